#include "ui/conversation/code_colors.h"

#include "driver/hogql/lexer.h"
#include "ui/shell/theme.h"

namespace ui {
namespace {

std::vector<ColoredRange> hogqlColors(const QString &code)
{
    const auto &c = Theme::colors();
    const auto utf8 = code.toStdString();
    std::vector<ColoredRange> ranges;
    const auto tokens = hogql::tokenize(utf8);
    int at = 0; // in UTF-16, as the tokens go on
    for (size_t i = 0; i < tokens.size(); ++i) {
        const auto &token = tokens[i];
        const auto piece = std::string_view(utf8).substr(token.span.start, token.span.end - token.span.start);
        const int length = int(QString::fromUtf8(piece.data(), qsizetype(piece.size())).size());
        QColor color;
        switch (token.kind) {
        case hogql::TokenKind::Word:
            if (hogql::isKeyword(piece))
                color = c.codeKeyword;
            else if (token.span.end < utf8.size() && utf8[token.span.end] == '(')
                color = c.codeFunction;
            break;
        case hogql::TokenKind::String:
        case hogql::TokenKind::TemplateStart:
            color = c.codeString;
            break;
        case hogql::TokenKind::Number:
            color = c.codeNumber;
            break;
        case hogql::TokenKind::Comment:
            color = c.codeComment;
            break;
        case hogql::TokenKind::Error:
            color = c.bad;
            break;
        default:
            break;
        }
        if (color.isValid() && length > 0)
            ranges.push_back({at, length, color});
        at += length;
    }
    return ranges;
}

std::vector<ColoredRange> jsonColors(const QString &code)
{
    const auto &c = Theme::colors();
    std::vector<ColoredRange> ranges;
    for (qsizetype i = 0; i < code.size();) {
        if (code[i] == '"') {
            qsizetype end = i + 1;
            while (end < code.size() && code[end] != '"')
                end += code[end] == '\\' ? 2 : 1;
            end = std::min(end + 1, code.size());
            const bool isKey = end < code.size() && code[end] == ':';
            ranges.push_back({int(i), int(end - i), isKey ? c.codeFunction : c.codeString});
            i = end;
        } else if (code[i].isDigit() || (code[i] == '-' && i + 1 < code.size() && code[i + 1].isDigit())) {
            qsizetype end = i + 1;
            while (end < code.size() && (code[end].isDigit() || QStringView(u".eE+-").contains(code[end])))
                ++end;
            ranges.push_back({int(i), int(end - i), c.codeNumber});
            i = end;
        } else if (code[i].isLetter()) {
            qsizetype end = i + 1;
            while (end < code.size() && code[end].isLetter())
                ++end;
            ranges.push_back({int(i), int(end - i), c.codeKeyword});
            i = end;
        } else {
            ++i;
        }
    }
    return ranges;
}

std::vector<ColoredRange> diffColors(const QString &code)
{
    const auto &c = Theme::colors();
    std::vector<ColoredRange> ranges;
    for (qsizetype i = 0; i < code.size();) {
        auto end = code.indexOf('\n', i);
        if (end < 0)
            end = code.size();
        if (end > i && (code[i] == '+' || code[i] == '-'))
            ranges.push_back({int(i), int(end - i), code[i] == '+' ? c.good : c.bad});
        i = end + 1;
    }
    return ranges;
}

} // namespace

std::vector<ColoredRange> codeColors(const QString &code, const QString &language)
{
    if (language == "hogql" || language == "sql" || language == "clickhouse")
        return hogqlColors(code);
    if (language == "json")
        return jsonColors(code);
    if (language == "diff")
        return diffColors(code);
    return {};
}

} // namespace ui
