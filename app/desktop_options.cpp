#include "app/desktop_options.h"

namespace app {

ph::Result<DesktopOptions> readDesktopOptions(const QStringList &arguments)
{
    DesktopOptions options;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const auto name = arguments[i].section('=', 0, 0);
        const bool joined = arguments[i].contains('=');
        const auto value = [&]() -> ph::Result<QString> {
            if (joined)
                return arguments[i].section('=', 1);
            if (i + 1 < arguments.size())
                return arguments[++i];
            return ph::fail(ph::ErrorCode::InvalidInput, name.toStdString() + " needs a value.");
        };
        const auto into = [&](QString &field) -> ph::Result<> {
            auto given = value();
            if (!given)
                return ph::fail(given.error());
            field = *std::move(given);
            return {};
        };
        ph::Result<> read;
        QString passedOver;
        if (name == "--help" || name == "-h")
            options.help = true;
        else if (name == "--version" || name == "-v")
            options.version = true;
        else if (name == "--new-query")
            options.newQuery = true;
        else if (name == "--say-first-paint")
            options.sayFirstPaint = true;
        else if (name == "--project")
            read = into(options.project);
        else if (name == "--open-workflow")
            read = into(options.workflow);
        else if (name == "--screenshot")
            read = into(options.screenshots);
        else if (name == "-platform" || name == "--platform" || name == "-style" || name == "--style")
            read = into(passedOver);
        else
            return ph::fail(ph::ErrorCode::InvalidInput, "There is no option " + arguments[i].toStdString() + ".");
        if (!read)
            return ph::fail(read.error());
    }
    if (!options.project.isEmpty() && options.project != "demo")
        return ph::fail(ph::ErrorCode::InvalidInput, "--project takes \"demo\"; another project is chosen in the settings.");
    return options;
}

QString desktopHelp()
{
    return QStringLiteral(R"(hoglet: PostHog on the desktop, with an agent

  hoglet                          opens the window; a window that is open comes to front
  hoglet --project demo           on the local demo project, which needs no account
  hoglet --new-query              with a new HogQL query
  hoglet --open-workflow ID       with the form of a workflow
  hoglet --screenshot FOLDER      writes pictures of the pages, dark and light, and ends
  hoglet --platform NAME          Qt's platform: wayland, xcb, offscreen
  hoglet --version, --help
)");
}

} // namespace app
