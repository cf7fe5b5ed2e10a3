// Paints the agent's panel in its states to PNG files, to be looked at: conversation_pictures FOLDER.
#include "tests/support/fake_file_names.h"
#include "tests/support/picture.h"
#include "tests/support/window_fakes.h"
#include "tests/support/window_notes.h"
#include "ui/conversation/agent_panel.h"
#include "ui/conversation/attachments.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/composer_completion.h"
#include "ui/conversation/composer_edit.h"
#include "ui/conversation/growing_edit.h"
#include "ui/conversation/question_card.h"

#include <QApplication>
#include <QPainter>
#include <QTemporaryDir>

namespace {

QImage chart()
{
    QImage image(900, 500, QImage::Format_RGB32);
    image.fill(QColor(250, 250, 245));
    QPainter painter(&image);
    for (int i = 0; i < 12; ++i)
        painter.fillRect(40 + i * 70, 480 - (i * 37 % 420), 48, i * 37 % 420, QColor(29, 74, 255));
    return image;
}

acp::RequestPermissionRequest permission(const acp::SessionId &session, const std::string &title, const std::string &command)
{
    acp::RequestPermissionRequest request;
    request.sessionId = session;
    request.toolCall.toolCallId = {title};
    request.toolCall.title = title;
    request.toolCall.rawInput = ph::Json{{"command", command}};
    request.options = {{"yes", "Yes", "allow_once", {}},
                       {"always", "Yes, and don't ask again for `git push` commands", "allow_always", {}},
                       {"no", "No, and tell the agent what to do differently", "reject_once", ph::Json{{"customInput", true}}}};
    request.meta = ph::Json{{"hoglet", {{"reason", "The conversation holds data from outside, which could have asked for this, and the call can send data elsewhere."}}}};
    return request;
}

std::string ask(FakeAgent::Turn &turn)
{
    std::vector<std::thread> askers;
    for (const auto &[title, command] : {std::pair{"Push the branch?", "git push origin checkout-fix"}, std::pair{"Run the tests?", "npm test"},
                                         std::pair{"Install?", "npm install"}})
        askers.emplace_back([&turn, request = permission(turn.request.sessionId, title, command)] { turn.client.requestPermission(request, turn.stop); });
    for (auto &asker : askers)
        asker.join();
    return "cancelled";
}

} // namespace

int main(int argc, char **argv)
{
    return test::paint(argc, argv, [](const test::Pictures &pictures) {
        QTemporaryDir data;
        FakeAgent agent;
        agent.takesImages = true;
        agent.onAnnounce = [](acp::Client &client, const acp::SessionId &id) {
            acp::SessionUpdate update;
            update.value = acp::AvailableCommandsUpdate{{{"compact", "Summarise the conversation to make room", {}},
                                                         {"create_plan", "Plan first, then ask before anything changes", ph::Json{{"hint", "what to plan"}}},
                                                         {"insight", "Draw an insight of the project", ph::Json{{"hint", "a question"}}},
                                                         {"mcp:docs:search", "Search PostHog's documentation", ph::Json{{"hint", "words"}}}}};
            client.update(id, update);
        };
        ui::AgentHub hub([&]() -> ph::Result<std::unique_ptr<acp::Transport>> { return agent.connect(); }, data.path(), data.path());
        ui::MainWindow window(data.path());
        addKinds(window);
        auto *panel = new ui::AgentPanel(hub, window.workbench());
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [] {
            return ui::FileNames::Listing{{"README.md", "package.json", "src/checkout/cart.ts", "src/checkout/cart.test.ts", "src/checkout/payment form.tsx",
                                           "src/charts/bar-chart.tsx", "src/lib/capture.ts"}, false};
        };
        panel->setFileNames(names);
        window.setAgentPanel(panel);
        pictures.settle(window, {1100, 800});
        window.activateWindow();
        hub.start();
        pictures.waitFor([&] { return hub.current()->isOpen() && !hub.current()->conversation().commands().empty(); });
        auto &composer = panel->composer();
        composer.setFocus();
        pictures.settle(window);

        QTest::keyClicks(composer.edit(), "/");
        pictures.settle(window);
        pictures.save(window, "composer-commands");
        QTest::keyClick(composer.edit(), Qt::Key_Down);
        QTest::keyClick(composer.edit(), Qt::Key_Return);
        pictures.settle(window);
        pictures.save(*panel, "composer-hint");
        composer.edit()->clear();
        QTest::keyClicks(composer.edit(), "Why does @ca");
        pictures.waitFor([&] { return composer.completion().isOpen(); });
        pictures.settle(window);
        pictures.save(*panel, "composer-files-panel");
        pictures.save(window, "composer-files");
        QTest::keyClick(composer.edit(), Qt::Key_Tab);

        chart().save(data.filePath("weekly sign-ups by plan.png"));
        QFile(data.filePath("notes.txt")).open(QIODevice::WriteOnly);
        hub.current()->draftAttachments().addFiles({data.filePath("weekly sign-ups by plan.png"), data.filePath("notes.txt"), data.path()});
        hub.current()->draftAttachments().addPicture(chart().scaled(90, 50));
        pictures.waitFor([&] { return !hub.current()->draftAttachments().isReading(); });
        pictures.settle(window);
        pictures.save(*panel, "composer-attachments");

        agent.onPrompt = ask;
        QTest::keyClick(composer.edit(), Qt::Key_Return);
        pictures.waitFor([&] { return hub.current()->questions().size() == 3; });
        hub.current()->send("And then draw the funnel of the three plans beside one another", {ui::fileLink(data.filePath("notes.txt"))});
        hub.current()->send("Thanks");
        panel->card().words()->setPlainText("Push to a branch of your own, and open a draft");
        panel->card().words()->setFocus();
        pictures.settle(window);
        pictures.save(*panel, "panel-question");
        panel->card().showNext(1);
        pictures.settle(window);
        pictures.save(window, "panel-question-two");
        hub.current()->stop();
        pictures.waitFor([&] { return !hub.current()->isRunning(); });
        pictures.settle(window);
        pictures.save(*panel, "panel-stopped");
    });
}
