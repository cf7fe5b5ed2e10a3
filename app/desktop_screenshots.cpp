#include "app/desktop_screenshots.h"

#include "app/desktop.h"
#include "ui/shell/document_tabs.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <cstdio>

namespace app {
namespace {

constexpr int connectMs = 180'000; // the demo project may have to be made first
constexpr int pageMs = 20'000;
constexpr int runMs = 120'000;

void pause(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

void answerAsRecommended(ui::AgentHub &hub)
{
    for (auto *session : hub.sessions()) {
        if (session->questions().empty())
            continue;
        const auto question = session->questions().front();
        const auto &options = question->options();
        const auto recommended = std::find_if(options.begin(), options.end(), [](const auto &option) { return option.recommended; });
        if (recommended != options.end())
            session->answer(question->id(), recommended->id);
        else
            session->dismiss(question->id());
    }
}

/// Runs it to its end, with the recommended answers.
bool runWorkflow(Desktop &desktop, const QString &id)
{
    QElapsedTimer timer;
    timer.start();
    while (desktop.runs().definitions().empty() && timer.elapsed() < pageMs)
        pause(50);
    desktop.window().workbench().open("workflow", {{"workflow", id}, {"parameters", QJsonObject()}});
    do
        pause(200);
    while ((!desktop.hub().current()->isOpen() || desktop.hub().current()->isRunning() || !desktop.hub().current()->queue().empty())
           && timer.elapsed() < runMs);
    desktop.window().tabs().closeCurrent();
    return !desktop.hub().current()->isRunning() && !desktop.hub().current()->conversation().items().empty();
}

/// Nothing lights up under a mouse that the picture does not show.
void forgetMouse(QWidget &window)
{
    for (auto *widget : window.findChildren<QWidget *>()) {
        if (widget->underMouse()) {
            widget->setAttribute(Qt::WA_UnderMouse, false);
            widget->update();
        }
    }
}

/// Until the window looks the same twice in a row: what loads has loaded.
QPixmap settledPicture(QWidget &window)
{
    QElapsedTimer timer;
    timer.start();
    pause(700);
    QImage before;
    while (timer.elapsed() < pageMs) {
        forgetMouse(window);
        const auto now = window.grab().toImage();
        if (now == before)
            break;
        before = now;
        pause(500);
    }
    return window.grab();
}

} // namespace

int takeScreenshots(Desktop &desktop, const QString &folder)
{
    if (!QDir().mkpath(folder)) {
        std::fprintf(stderr, "hoglet: %s cannot be made.\n", qPrintable(folder));
        return 1;
    }
    auto &window = desktop.window();
    window.resize(1440, 900);
    QString problem;
    bool connected = false;
    QEventLoop waiting;
    QObject::connect(&desktop.project(), &DesktopProject::connected, &waiting, [&] {
        connected = true;
        waiting.quit();
    });
    QObject::connect(&desktop.project(), &DesktopProject::failed, &waiting, [&](const ph::Error &error) {
        problem = QString::fromStdString(error.message);
        waiting.quit();
    });
    QTimer::singleShot(connectMs, &waiting, &QEventLoop::quit);
    desktop.start();
    waiting.exec();
    if (!connected) {
        std::fprintf(stderr, "hoglet: %s\n", problem.isEmpty() ? "the project did not answer in time." : qPrintable(problem));
        return 1;
    }

    QObject::connect(&desktop.hub(), &ui::AgentHub::questionsChanged, &window, [&desktop] { answerAsRecommended(desktop.hub()); },
                     Qt::QueuedConnection);
    if (!runWorkflow(desktop, "funnel-drop-off")) {
        std::fprintf(stderr, "hoglet: the workflow did not end in time.\n");
        return 1;
    }
    const auto run = QString::fromStdString(desktop.hub().current()->id().value);

    struct Page {
        const char *name;
        const char *kind;
        QJsonObject state;
    };
    const std::vector<Page> pages{
        {"home", "home", {}},
        {"workflows", "workflows", {}},
        {"workflow", "workflow", {{"runId", run}, {"step", "segments"}}},
        {"explore-events", "explore", {{"object", "events"}}},
        {"explore-persons", "explore", {{"object", "persons"}}},
        {"hogql", "hogql",
         {{"text", "-- people by day, and those who signed up\nSELECT toStartOfDay(timestamp) AS day, count(DISTINCT person_id) AS people,\n"
                   "    uniqIf(person_id, event = 'signed_up') AS signed_up\nFROM events\n"
                   "WHERE timestamp >= now() - INTERVAL 30 DAY AND timestamp < now()\nGROUP BY day\nORDER BY day"},
          {"title", "People by day"},
          {"view", "both"},
          {"run", true}}},
        {"exports", "exports", {{"object", "events"}, {"where", "event = 'signed_up'"}}},
        {"sessions", "sessions", {}},
        {"settings", "settings", {}},
    };
    for (const auto theme : {ui::ThemeChoice::Dark, ui::ThemeChoice::Light}) {
        ui::Theme::apply(*qApp, theme);
        for (const auto &page : pages) {
            window.workbench().open(page.kind, page.state);
            const auto path = QString("%1/%2-%3.png").arg(folder, page.name, theme == ui::ThemeChoice::Dark ? "dark" : "light");
            if (!settledPicture(window).save(path)) {
                std::fprintf(stderr, "hoglet: %s cannot be written.\n", qPrintable(path));
                return 1;
            }
            std::puts(qPrintable(path));
            window.tabs().closeCurrent();
        }
    }
    return 0;
}

} // namespace app
