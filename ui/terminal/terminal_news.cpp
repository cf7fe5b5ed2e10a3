#include "ui/terminal/terminal_news.h"

namespace ui {

std::string commandLineOf(const acp::CreateTerminalRequest &request)
{
    // What a shell is given is what was meant.
    const bool isShell = request.command == "sh" || request.command == "bash" || request.command.ends_with("/sh") || request.command.ends_with("/bash");
    if (isShell && request.args.size() == 2 && (request.args[0] == "-c" || request.args[0] == "-lc"))
        return request.args[1];
    auto title = request.command;
    for (const auto &argument : request.args)
        title += " " + argument;
    return title;
}

std::string withReturns(const std::string &text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            out += '\r';
        out += text[i];
    }
    return out;
}

} // namespace ui
