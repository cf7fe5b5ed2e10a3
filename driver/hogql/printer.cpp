#include "driver/hogql/printer.h"

#include "driver/hogql/keywords.h"
#include "driver/hogql/writer.h"

namespace hogql {

std::string escaped(std::string_view text, char quote)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '\\':
            out += "\\\\";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\0':
            out += "\\0";
            break;
        case '\a':
            out += "\\a";
            break;
        case '\v':
            out += "\\v";
            break;
        default:
            if (c == quote)
                out += c == '\'' ? "\\" : std::string(1, c);
            out += c;
        }
    }
    return out;
}

bool isPlainWord(std::string_view name)
{
    if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
        return false;
    for (const char c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$'))
            return false;
    }
    return true;
}

std::string backticked(std::string_view name) { return "`" + escaped(name, '`') + "`"; }

std::string quotePart(std::string_view name)
{
    return isPlainWord(name) && !isNoPart(name) ? std::string(name) : backticked(name);
}

bool isIndexPart(std::string_view part)
{
    return !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string apart(std::string_view keyword, const std::string &text)
{
    const bool begins = isWord(std::string_view(text).substr(0, keyword.size()), keyword);
    const bool goesOn = text.size() > keyword.size() && isPlainWord("_" + text.substr(keyword.size(), 1)); // a longer word
    return begins && !goesOn ? "(" + text + ")" : text;
}

std::string print(const Select &select) { return Writer(0).select(select, 0); }

std::string print(const Expr &expression) { return Writer(0).expression(expression, AliasLevel, 0); }

std::string format(const Select &select) { return Writer(100).select(select, 0); }

std::string quoteIdentifier(std::string_view name)
{
    return isPlainWord(name) && !isReserved(name) ? std::string(name) : backticked(name);
}

std::string quoteString(std::string_view text) { return "'" + escaped(text, '\'') + "'"; }

} // namespace hogql
