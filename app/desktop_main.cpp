#include "app/desktop.h"
#include "app/desktop_screenshots.h"
#include "driver/base/log.h"
#include "driver/base/paths.h"
#include "driver/posthog/environment.h"
#include "ui/shell/single_instance.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTimer>

#include <csignal>
#include <cstdio>

namespace {

/// Tells when the window has been painted for the first time.
class FirstPaint : public QObject
{
public:
    explicit FirstPaint(std::function<void()> then)
        : m_then(std::move(then))
    {
    }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && m_then)
            QTimer::singleShot(0, this, [then = std::exchange(m_then, {})] { then(); });
        return QObject::eventFilter(watched, event);
    }

private:
    std::function<void()> m_then;
};

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    const auto read = app::readDesktopOptions(arguments);
    if (!read) {
        std::fprintf(stderr, "hoglet: %s\n%s", read.error().message.c_str(), qPrintable(app::desktopHelp()));
        return 2;
    }
    const auto options = *read;
    if (options.help) { // Neither needs a display.
        std::fputs(qPrintable(app::desktopHelp()), stdout);
        return 0;
    }
    if (options.version) {
        std::puts("hoglet " HOGLET_VERSION);
        return 0;
    }
    ph::LogOptions log;
    log.program = "hoglet";
    ph::startLog(log);

    QApplication application(argc, argv);
    QApplication::setApplicationName("hoglet");
    QApplication::setApplicationDisplayName("Hoglet");
    QApplication::setApplicationVersion(HOGLET_VERSION);
    QApplication::setDesktopFileName("hoglet");

    const bool isPictures = !options.screenshots.isEmpty();
    ui::SingleInstance instance(QString::fromStdString(ph::runtimeDir().string()));
    if (!isPictures) {
        if (instance.handOver(arguments))
            return 0;
        if (!instance.listen())
            ph::logWarning("window", "Another start of Hoglet will not find this window.");
    }

    const auto settingsPath = QString::fromStdString((ph::configDir() / "settings.json").string());
    const auto loaded = ui::loadSettings(settingsPath);
    auto settings = loaded.value_or(ui::Settings{});
    if (options.project == "demo" || isPictures) {
        settings.project.isDemo = true;
    } else if (const auto environment = posthog::Environment().credentials()) {
        settings.project = {false, QString::fromStdString(environment->host), QString::fromStdString(environment->projectId)};
    }
    ui::Theme::setFontScale(settings.fontScale);
    ui::Theme::apply(application, settings.theme);

    QTemporaryDir temporary; // Pictures leave the user's window as it is.
    app::LocalProjectOptions demo;
    if (isPictures) { // and show the same data on every day
        demo.choice.folder = temporary.filePath("projects").toStdString();
        demo.choice.anchor = "2026-01-31T12:00:00Z";
    }
    app::Desktop desktop(settings, settingsPath, isPictures ? temporary.path() : QString::fromStdString(ph::dataDir().string()), demo);
    auto &window = desktop.window();
    window.restoreDocuments();
    if (!loaded)
        window.showBanner("settings", ui::Banner::Severity::Warning,
                          QObject::tr("The settings could not be read, so the defaults are in use. %1").arg(QString::fromStdString(loaded.error().message)));
    if (isPictures) {
        window.show();
        return app::takeScreenshots(desktop, options.screenshots);
    }
    desktop.follow(options);
    QObject::connect(&instance, &ui::SingleInstance::received, &window, [&](const QStringList &later) {
        if (const auto more = app::readDesktopOptions(later))
            desktop.follow(*more);
        if (window.isMinimized())
            window.showNormal();
        window.raise();
        window.activateWindow();
    });
    FirstPaint firstPaint([&] {
        if (options.sayFirstPaint) {
            std::puts("first-paint");
            std::fflush(stdout);
        }
        desktop.start(); // The window stands first; what takes time comes after.
    });
    window.centralWidget()->installEventFilter(&firstPaint);
    window.show();
    return QApplication::exec();
}
