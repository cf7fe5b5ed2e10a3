#include "agent/workflow/text_template.h"

#include <functional>

namespace workflow {

namespace {

/// Calls `onText` and `onExpression` in order.
ph::Result<> walk(std::string_view text, const std::function<void(std::string_view)> &onText,
                  const std::function<ph::Result<>(const std::string &)> &onExpression)
{
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if ((c == '{' || c == '}') && at + 1 < text.size() && text[at + 1] == c) {
            onText(text.substr(at, 1));
            at += 2;
            continue;
        }
        if (c != '{') {
            const auto next = text.find_first_of("{}", at + 1);
            onText(text.substr(at, (next == std::string_view::npos ? text.size() : next) - at));
            at = next == std::string_view::npos ? text.size() : next;
            continue;
        }
        int depth = 0;
        bool quoted = false;
        std::size_t bar = std::string_view::npos;
        std::size_t end = at;
        for (; end < text.size(); ++end) {
            if (text[end] == '\'' && (end == 0 || text[end - 1] != '\\'))
                quoted = !quoted;
            if (quoted)
                continue;
            if (text[end] == '{' || text[end] == '(' || text[end] == '[')
                ++depth;
            else if ((text[end] == '}' || text[end] == ')' || text[end] == ']') && --depth == 0)
                break;
            else if (text[end] == '|' && depth == 1)
                bar = end;
        }
        if (end >= text.size())
            return ph::fail(ph::ErrorCode::InvalidInput, "'{' without '}' in \"" + std::string(text) + "\"");
        std::string expression;
        if (bar == std::string_view::npos)
            expression = text.substr(at + 1, end - at - 1);
        else
            expression = std::string(text.substr(bar + 1, end - bar - 1)) + "((" + std::string(text.substr(at + 1, bar - at - 1)) + "))";
        if (const auto done = onExpression(expression); !done)
            return done;
        at = end + 1;
    }
    return {};
}

} // namespace

ph::Result<std::string> renderText(std::string_view text, const Scope &scope)
{
    std::string out;
    const auto done = walk(
        text, [&](std::string_view piece) { out += piece; },
        [&](const std::string &expression) -> ph::Result<> {
            const auto value = evaluate(expression, scope);
            if (!value)
                return ph::fail(value.error());
            out += toText(*value);
            return {};
        });
    if (!done)
        return ph::fail(done.error());
    return out;
}

ph::Result<std::set<std::string>> namesInText(std::string_view text)
{
    std::set<std::string> names;
    const auto done = walk(
        text, [](std::string_view) {},
        [&](const std::string &expression) -> ph::Result<> {
            const auto parsed = Expression::parse(expression);
            if (!parsed)
                return ph::fail(parsed.error());
            names.merge(parsed->freeNames());
            return {};
        });
    if (!done)
        return ph::fail(done.error());
    return names;
}

ph::Result<ph::Json> renderJson(const ph::Json &value, const Scope &scope)
{
    if (value.is_string()) {
        const auto &text = value.get_ref<const std::string &>();
        if (text.starts_with("="))
            return evaluate(std::string_view(text).substr(1), scope);
        auto rendered = renderText(text, scope);
        if (!rendered)
            return ph::fail(rendered.error());
        return ph::Json(std::move(*rendered));
    }
    if (!value.is_structured())
        return value;
    auto out = value;
    for (auto &item : out) {
        auto rendered = renderJson(item, scope);
        if (!rendered)
            return rendered;
        item = std::move(*rendered);
    }
    return out;
}

} // namespace workflow
