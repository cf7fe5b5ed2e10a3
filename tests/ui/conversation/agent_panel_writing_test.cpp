#include "tests/support/fake_file_names.h"
#include "tests/support/window_fakes.h"
#include "tests/support/window_notes.h"
#include "ui/conversation/agent_panel.h"
#include "ui/conversation/attachments.h"
#include "ui/conversation/composer.h"
#include "ui/conversation/composer_completion.h"
#include "ui/conversation/composer_edit.h"
#include "ui/conversation/growing_edit.h"
#include "ui/conversation/question_card.h"
#include "ui/shell/banner.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QBuffer>
#include <QMimeData>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

#include <mutex>

namespace {

QImage blue()
{
    QImage image(12, 9, QImage::Format_RGB32);
    image.fill(Qt::blue);
    return image;
}

} // namespace

/// What is written in the agent's panel, and how it reaches the agent: over a real line to a scripted one.
class AgentPanelWritingTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::Theme::apply(*qApp, ui::ThemeChoice::Dark); }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_agent = std::make_unique<FakeAgent>();
        m_agent->onPrompt = [this](FakeAgent::Turn &turn) {
            keep(turn.request.prompt);
            return "end_turn";
        };
        m_prompts.clear();
        m_hub = std::make_unique<ui::AgentHub>([this]() -> ph::Result<std::unique_ptr<acp::Transport>> { return m_agent->connect(); },
                                               m_folder->path(), m_folder->path());
        m_window = std::make_unique<ui::MainWindow>(m_folder->path());
        addKinds(*m_window);
        m_panel = new ui::AgentPanel(*m_hub, m_window->workbench());
        m_window->setAgentPanel(m_panel);
        QVERIFY(isShown(*m_window));
    }
    void cleanup()
    {
        m_window.reset();
        m_hub.reset();
        m_agent.reset();
        m_folder.reset();
    }

    void whatTheAgentShouldDoInsteadReachesItWithTheNo()
    {
        std::optional<ph::Json> meta;
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            const auto reply = turn.client.requestPermission(permission(turn, {{"no", "No", "reject_once", ph::Json{{"customInput", true}}}}), turn.stop);
            meta = reply ? reply->meta : std::nullopt;
            return "end_turn";
        };
        start();
        send("go");
        QTRY_VERIFY(m_panel->card().isVisible());
        auto *words = m_panel->card().words();
        QVERIFY(!words->hasFocus());
        words->setFocus();
        QTest::keyClicks(words, "use 2 of them");
        QVERIFY(m_panel->card().isVisible()); // The digit was text.
        QTest::keyClick(words, Qt::Key_Return);

        QTRY_VERIFY(!session()->isRunning());
        QVERIFY(meta == std::optional(ph::Json{{"customInput", "use 2 of them"}}));
        QVERIFY(m_panel->composer().edit()->hasFocus());
        QVERIFY(m_panel->composer().text().isEmpty());
        const auto &asked = std::get<ui::Asked>(session()->conversation().items()[1].value);
        QCOMPARE(asked.answer, std::string("No: use 2 of them"));
    }

    void whereAnAgentTakesNoWordsTheyAreTheNextMessage()
    {
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            keep(turn.request.prompt);
            if (m_agent->prompts == 1)
                turn.client.requestPermission(permission(turn, {{"no", "No", "reject_once", {}}}), turn.stop);
            return "end_turn";
        };
        start();
        send("go");
        QTRY_VERIFY(m_panel->card().isVisible());
        auto *words = m_panel->card().words();
        QTest::keyClicks(words, "another way");
        QTest::keyClick(words, Qt::Key_Return);

        QTRY_COMPARE(prompts().size(), size_t(2));
        QCOMPARE(*prompts()[1].front().text, std::string("another way"));
    }

    void whatWasWrittenForAnAllowedCallComesToTheComposer()
    {
        m_agent->onPrompt = [&](FakeAgent::Turn &turn) {
            turn.client.requestPermission(permission(turn, {{"no", "No", "reject_once", {}}}), turn.stop);
            return "end_turn";
        };
        start();
        send("go");
        QTRY_VERIFY(m_panel->card().isVisible());
        QTest::keyClicks(m_panel->card().words(), "and test it");
        QTest::keyClick(m_window.get(), Qt::Key_1, Qt::AltModifier);

        QTRY_VERIFY(!session()->isRunning());
        QCOMPARE(m_panel->composer().text(), QString("and test it"));
    }

    void aPromptHoldsTextPictureLinkAndMentionedFileExactly()
    {
        m_agent->takesImages = true;
        file("notes.txt");
        file("src/main.cpp");
        start();
        QMimeData picture;
        picture.setImageData(blue());
        m_panel->composer().edit()->insertFromMimeData(&picture);
        QTRY_VERIFY(!session()->draftAttachments().isReading());
        QMimeData dropped;
        dropped.setUrls({QUrl::fromLocalFile(m_folder->filePath("notes.txt"))});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(m_panel, &enter);
        QVERIFY(enter.isAccepted());
        QApplication::sendEvent(m_panel, &drop); // anywhere on the panel
        QTRY_COMPARE(session()->draftAttachments().blocks().size(), size_t(2));
        QTRY_VERIFY(!session()->draftAttachments().isReading());

        send("see @src/main.cpp.");

        QTRY_COMPARE(prompts().size(), size_t(1));
        QByteArray png;
        QBuffer buffer(&png);
        QVERIFY(buffer.open(QIODevice::WriteOnly) && blue().save(&buffer, "png"));
        acp::ContentBlock image;
        image.type = "image";
        image.mimeType = "image/png";
        image.data = png.toBase64().toStdString();
        const std::vector<acp::ContentBlock> expected{acp::ContentBlock::ofText("see @src/main.cpp."), image, ui::fileLink(m_folder->filePath("notes.txt")),
                                                      ui::fileLink(m_folder->filePath("src/main.cpp"))};
        QVERIFY(prompts()[0] == expected);
        QVERIFY(session()->draftAttachments().isEmpty());
    }

    void anAgentThatTakesNoPicturesIsSentNoneAndTheTextStays()
    {
        start();
        acp::ContentBlock image;
        image.type = "image";
        image.mimeType = "image/png";
        image.data = "AAAA";
        session()->draftAttachments().add({image}); // from when another model took them
        send("look at this");

        QCOMPARE(m_panel->composer().text(), QString("look at this"));
        QVERIFY(banner().contains("takes no pictures"));
        QCOMPARE(m_agent->prompts.load(), 0);
        session()->draftAttachments().remove(0);
        QTest::keyClick(m_panel->composer().edit(), Qt::Key_Return);
        QTRY_COMPARE(prompts().size(), size_t(1));
    }

    void aCompletedFileThatHasGoneIsSaid()
    {
        file("gone.cpp");
        auto names = std::make_shared<test::FakeFileNames>();
        names->onList = [] { return ui::FileNames::Listing{{"gone.cpp"}, true}; };
        m_panel->setFileNames(names);
        start();
        auto *edit = m_panel->composer().edit();
        edit->setFocus();
        QTest::keyClicks(edit, "fix @gon");
        QTRY_VERIFY(m_panel->composer().completion().isOpen());
        QTest::keyClick(edit, Qt::Key_Tab);
        QVERIFY(QFile::remove(m_folder->filePath("gone.cpp")));
        QTest::keyClick(edit, Qt::Key_Return);

        QTRY_COMPARE(prompts().size(), size_t(1));
        QCOMPARE(prompts()[0].size(), size_t(1));
        QCOMPARE(banner(), QString("gone.cpp: not there any more. The agent gets the name only."));
    }

    void aQueuedMessageIsSentNowAndTheOthersWait()
    {
        blockFirstTurn();
        start();
        send("first");
        QTRY_COMPARE(prompts().size(), size_t(1));
        send("second");
        send("third");
        auto *sendNow = button("Send now: stops what runs", 1);
        QVERIFY(sendNow && sendNow->focusPolicy() & Qt::TabFocus);
        sendNow->setFocus();
        QTest::keyClick(sendNow, Qt::Key_Space);

        QTRY_COMPARE(prompts().size(), size_t(3));
        QTRY_VERIFY(!session()->isRunning());
        QCOMPARE(m_agent->cancels.load(), 1);
        QCOMPARE(*prompts()[1].front().text, std::string("third"));
        QCOMPARE(*prompts()[2].front().text, std::string("second"));
        QVERIFY(session()->draft().isEmpty());
    }

    void aQueuedMessageComesBackWithItsAttachments()
    {
        file("notes.txt");
        file("src/main.cpp");
        blockFirstTurn();
        start();
        send("first");
        QTRY_COMPARE(prompts().size(), size_t(1));
        attach("notes.txt");
        send("second @src/main.cpp");
        QVERIFY(session()->draftAttachments().isEmpty());
        m_panel->composer().setText("being typed");

        button("Edit this message", 0)->click();

        QTRY_COMPARE(m_panel->composer().text(), QString("second @src/main.cpp\n\nbeing typed"));
        QCOMPARE(session()->draftAttachments().blocks().size(), size_t(1)); // what the text names needs no chip
        QVERIFY(session()->draftAttachments().blocks()[0] == ui::fileLink(m_folder->filePath("notes.txt")));
        QVERIFY(session()->queue().empty());
        QTest::keyClick(m_panel->composer().edit(), Qt::Key_Return);
        session()->stop();

        QTRY_VERIFY(!session()->isRunning());
        QCOMPARE(m_panel->composer().text(), QString("second @src/main.cpp\n\nbeing typed"));
        QCOMPARE(session()->draftAttachments().blocks().size(), size_t(1));
        QTest::keyClick(m_panel->composer().edit(), Qt::Key_Return);
        QTRY_COMPARE(prompts().size(), size_t(2));
        QCOMPARE(prompts()[1].size(), size_t(3)); // text, notes, main: each once
    }

    void eachSessionHasItsOwnAttachments()
    {
        file("notes.txt");
        start();
        attach("notes.txt");
        auto *first = session();
        first->setDraft("about the notes");
        auto *second = m_hub->newSession();
        QVERIFY(second->draftAttachments().isEmpty());
        QTRY_VERIFY(second->isOpen());
        send("something else");
        QTRY_COMPARE(prompts().size(), size_t(1));
        QCOMPARE(prompts()[0].size(), size_t(1));

        m_hub->setCurrent(first);

        QCOMPARE(m_panel->composer().text(), QString("about the notes"));
        QCOMPARE(first->draftAttachments().blocks().size(), size_t(1));
    }

    void theAgentsCommandsAreCompleted()
    {
        m_agent->onAnnounce = [](acp::Client &client, const acp::SessionId &id) {
            acp::SessionUpdate update;
            update.value = acp::AvailableCommandsUpdate{{{"compact", "Summarise", {}}}};
            client.update(id, update);
        };
        start();
        QTRY_COMPARE(session()->conversation().commands().size(), size_t(1));
        QTest::qWait(60); // The panel hears of it at most once in 30 ms.
        auto *edit = m_panel->composer().edit();
        edit->setFocus();
        QTest::keyClicks(edit, "/com");
        QTRY_VERIFY(m_panel->composer().completion().isOpen());
        QTest::keyClick(edit, Qt::Key_Escape); // Closes the list; the turn goes on, the panel stays.
        QVERIFY(!m_panel->composer().completion().isOpen());
        QCOMPARE(m_panel->composer().text(), QString("/com"));
    }

private:
    ui::AgentSession *session() const { return m_hub->current(); }
    void start()
    {
        m_hub->start();
        QTRY_VERIFY(session()->isOpen());
    }
    void send(const QString &text)
    {
        auto *edit = m_panel->composer().edit();
        edit->setFocus();
        m_panel->composer().setText(text);
        QTest::keyClick(edit, Qt::Key_Return);
    }
    static acp::RequestPermissionRequest permission(const FakeAgent::Turn &turn, const std::vector<acp::PermissionOption> &noes)
    {
        acp::RequestPermissionRequest request;
        request.sessionId = turn.request.sessionId;
        request.toolCall.toolCallId = {"t"};
        request.toolCall.title = "Run this?";
        request.options = {{"yes", "Yes", "allow_once", {}}};
        request.options.insert(request.options.end(), noes.begin(), noes.end());
        return request;
    }
    void blockFirstTurn()
    {
        m_agent->onPrompt = [this](FakeAgent::Turn &turn) {
            keep(turn.request.prompt);
            if (m_agent->prompts > 1)
                return "end_turn";
            while (!turn.stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            return "cancelled";
        };
    }
    void file(const QString &name)
    {
        QDir(m_folder->path()).mkpath(QFileInfo(name).path());
        QFile made(m_folder->filePath(name));
        QVERIFY(made.open(QIODevice::WriteOnly));
    }
    void attach(const QString &name)
    {
        session()->draftAttachments().addFiles({m_folder->filePath(name)});
        QTRY_VERIFY(!session()->draftAttachments().isReading());
    }
    QToolButton *button(const QString &name, int which) const
    {
        QList<QToolButton *> found;
        for (auto *tool : m_panel->findChildren<QToolButton *>()) {
            if (tool->accessibleName() == name)
                found << tool;
        }
        return found.value(which);
    }
    QString banner() const
    {
        for (const auto *one : m_panel->findChildren<ui::Banner *>()) {
            if (one->isVisible())
                return one->text();
        }
        return {};
    }
    void keep(const std::vector<acp::ContentBlock> &prompt)
    {
        const std::lock_guard lock(m_mutex);
        m_prompts.push_back(prompt);
    }
    std::vector<std::vector<acp::ContentBlock>> prompts() const
    {
        const std::lock_guard lock(m_mutex);
        return m_prompts;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FakeAgent> m_agent;
    std::unique_ptr<ui::AgentHub> m_hub;
    std::unique_ptr<ui::MainWindow> m_window;
    ui::AgentPanel *m_panel = nullptr;
    mutable std::mutex m_mutex; // Guards m_prompts.
    std::vector<std::vector<acp::ContentBlock>> m_prompts;
};

QTEST_MAIN(AgentPanelWritingTest)
#include "agent_panel_writing_test.moc"
