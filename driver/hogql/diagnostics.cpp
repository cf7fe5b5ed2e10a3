#include "driver/hogql/diagnostics.h"

#include "driver/hogql/catalogue.h"
#include "driver/hogql/keywords.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/walk.h"

#include <algorithm>

namespace hogql {

namespace {

/// Looks through a tree for what can be read but is hardly meant.
class Linter
{
public:
    Linter(std::string_view text, std::vector<Token> tokens)
        : m_text(text)
        , m_tokens(std::move(tokens))
    {
        std::erase_if(m_tokens,
                      [](const Token &token) { return token.kind == TokenKind::Whitespace || token.kind == TokenKind::Comment; });
    }

    std::vector<Diagnostic> take() { return std::move(m_found); }

    void visit(const Select &select)
    {
        checkLimitOfUnion(select);
        for (const Join &join : select.from) {
            if (!join.table.alias.empty())
                checkAlias(join.table.span, join.table.alias);
        }
        for (const ExprPtr &column : select.columns) {
            if (const Alias *alias = std::get_if<Alias>(&column->node))
                checkAlias(column->span, alias->name);
        }
        checkTimeBound(select);
        forEachChild(
            select, [this](const Expr &child) { visit(child); }, [this](const Select &child) { visit(child); });
    }

private:
    void visit(const Expr &expression)
    {
        if (const Call *call = std::get_if<Call>(&expression.node))
            checkFunction(expression, *call);
        if (const Binary *binary = std::get_if<Binary>(&expression.node))
            checkDoubleQuotes(*binary);
        forEachChild(
            expression, [this](const Expr &child) { visit(child); }, [this](const Select &child) { visit(child); });
    }

    void warn(Span span, std::string message, std::optional<Fix> fix = {})
    {
        m_found.push_back({span, std::move(message), Severity::Warning, std::move(fix)});
    }

    /// Index of the token that begins at or after `offset`.
    std::size_t tokenAt(std::size_t offset) const
    {
        const auto found = std::lower_bound(m_tokens.begin(), m_tokens.end(), offset,
                                            [](const Token &token, std::size_t value) { return token.span.start < value; });
        return static_cast<std::size_t>(found - m_tokens.begin());
    }

    /// FROM events whre: an alias without AS that is nearly a keyword.
    void checkAlias(Span owner, const std::string &alias)
    {
        const std::string keyword(clauseLike(alias));
        if (keyword.empty())
            return;
        for (std::size_t i = tokenAt(owner.start); i < m_tokens.size() && m_tokens[i].span.end <= owner.end; ++i) {
            const bool bare = m_tokens[i].kind == TokenKind::Word && m_tokens[i].text == alias;
            if (!bare || i == 0 || m_tokens[i].span.start == owner.start || isWord(m_tokens[i - 1].text, "AS")
                || m_tokens[i - 1].text == ".")
                continue;
            if (m_tokens[i].span.end != owner.end && !isWord(m_tokens[i + 1].text, "FINAL")
                && !isWord(m_tokens[i + 1].text, "SAMPLE"))
                continue;
            warn(m_tokens[i].span, alias + " is read as an alias. Did you mean " + keyword + "?",
                 Fix{"Write " + keyword, m_tokens[i].span, keyword});
        }
    }

    /// A UNION ALL B LIMIT 10 limits B alone.
    void checkLimitOfUnion(const Select &set)
    {
        if (set.arms.size() < 2 || set.limit || set.offset)
            return;
        const Select &last = *set.arms.back();
        if (!last.limit || !last.arms.empty())
            return;
        if (std::any_of(set.arms.begin(), set.arms.end() - 1, [](const SelectPtr &arm) { return arm->limit != nullptr; }))
            return; // each arm has its own: that is meant
        std::size_t limit = tokenAt(last.limit->span.start);
        while (limit > 0 && !isWord(m_tokens[limit].text, "LIMIT"))
            --limit;
        std::size_t tail = limit;
        if (!last.orderBy.empty()) {
            tail = tokenAt(last.orderBy.front().expression->span.start);
            while (tail > 0 && !isWord(m_tokens[tail].text, "ORDER"))
                --tail;
        }
        if (tail == 0 || m_tokens[tail].span.start <= last.span.start)
            return;
        const std::size_t armEnd = m_tokens[tail - 1].span.end;
        const Span span{m_tokens[limit].span.start, last.limit->span.end};
        const bool bracketed = m_text[last.span.start] == '(';
        if (bracketed)
            return;
        warn(span, "This LIMIT is for the last SELECT alone, not for all of the UNION.",
             Fix{"Limit the whole UNION",
                 {last.span.start, armEnd},
                 "(" + std::string(m_text.substr(last.span.start, armEnd - last.span.start)) + ")"});
    }

    /// Reading events without a limit in time reads all there ever were.
    void checkTimeBound(const Select &select)
    {
        const TableRef *events = nullptr;
        for (const Join &join : select.from) {
            const std::vector<std::string> &name = join.table.name;
            if (name == std::vector<std::string>{"events"} || name == std::vector<std::string>{"posthog", "events"})
                events = &join.table;
        }
        if (!events || events->sample || isBounded(select.prewhere) || isBounded(select.where))
            return;
        if (std::any_of(select.from.begin(), select.from.end(), [this](const Join &join) { return isBounded(join.on); }))
            return;
        if (select.limit && select.groupBy.empty() && select.orderBy.empty() && !select.distinct)
            return; // a quick look at some rows
        const std::string bound = "timestamp > now() - INTERVAL 30 DAY";
        Fix fix{"Add " + bound, {}, {}};
        if (select.where) {
            const bool loose
                = std::holds_alternative<Binary>(select.where->node) && std::get<Binary>(select.where->node).op == BinaryOp::Or;
            if (loose) {
                fix.span = select.where->span;
                fix.replacement
                    = "(" + std::string(m_text.substr(fix.span.start, fix.span.end - fix.span.start)) + ") AND " + bound;
            } else {
                fix.span = {select.where->span.end, select.where->span.end};
                fix.replacement = " AND " + bound;
            }
            warn(events->span, "This reads every event there ever was; give a time.", std::move(fix));
            return;
        }
        if (select.prewhere || select.arrayJoin || select.from.back().on || !select.from.back().usingColumns.empty()) {
            warn(events->span, "This reads every event there ever was; give a time.");
            return;
        }
        const std::size_t end = select.from.back().table.span.end;
        fix.span = {end, end};
        fix.replacement = " WHERE " + bound;
        warn(events->span, "This reads every event there ever was; give a time.", std::move(fix));
    }

    /// Whether `condition` speaks of a time, or of something that picks few events anyway.
    bool isBounded(const ExprPtr &condition) const
    {
        if (!condition)
            return false;
        bool bounded = false;
        const auto look = [&](const auto &self, const Expr &expression) -> void {
            if (const Field *field = std::get_if<Field>(&expression.node)) {
                const std::string &last = field->chain.back();
                bounded |= last == "timestamp" || last == "created_at" || last == "uuid" || last == "$start_timestamp";
            }
            if (const Placeholder *placeholder = std::get_if<Placeholder>(&expression.node))
                bounded |= placeholder->chain.front() == "filters";
            forEachChild(
                expression, [&](const Expr &child) { self(self, child); }, [](const Select &) {});
        };
        look(look, *condition);
        return bounded;
    }

    void checkFunction(const Expr &expression, const Call &call)
    {
        const std::string replacement(replacementFor(call.name));
        if (replacement.empty())
            return;
        const std::size_t token = tokenAt(expression.span.start);
        if (token >= m_tokens.size() || m_tokens[token].text != call.name)
            return;
        warn(m_tokens[token].span, call.name + " is unknown to PostHog; write " + replacement + ".",
             Fix{"Write " + replacement, m_tokens[token].span, replacement});
    }

    /// event = "x" compares with a column x.
    void checkDoubleQuotes(const Binary &binary)
    {
        const bool comparison = binary.op >= BinaryOp::Equal && binary.op <= BinaryOp::NotIn;
        if (!comparison)
            return;
        const auto check = [&](const Expr &side) {
            const Field *field = std::get_if<Field>(&side.node);
            if (!field || field->chain.size() != 1 || m_text[side.span.start] != '"')
                return;
            const std::string text = quoteString(field->chain.front());
            warn(side.span, "Double quotes make a name; write " + text + " for text.", Fix{"Write " + text, side.span, text});
        };
        check(*binary.right);
        if (const Tuple *tuple = std::get_if<Tuple>(&binary.right->node)) {
            for (const ExprPtr &item : tuple->items)
                check(*item);
        }
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    std::vector<Diagnostic> m_found;
};

/// The fix of an error, where the text itself shows it.
std::optional<Fix> fixOf(std::string_view text, const SyntaxError &error)
{
    const std::string_view marked = text.substr(error.span.start, error.span.end - error.span.start);
    if (error.expected.size() == 1 && error.message.starts_with("Did you mean"))
        return Fix{"Write " + error.expected.front(), error.span, error.expected.front()};
    if (error.message.starts_with("Unknown escape") && marked.size() >= 2 && marked[0] == '\\' && marked[1] != '`'
        && marked[1] != '"')
        return Fix{"Write \\" + std::string(marked), error.span, "\\" + std::string(marked)};
    if (error.message.starts_with("Write AND"))
        return Fix{"Write AND", error.span, "AND"};
    if (error.message.starts_with("Write ' instead"))
        return Fix{"Write '", error.span, "'"};
    return {};
}

} // namespace

std::vector<Diagnostic> diagnose(std::string_view text)
{
    std::vector<Token> tokens = tokenize(text);
    const bool empty = std::all_of(tokens.begin(), tokens.end(), [](const Token &token) {
        return token.kind == TokenKind::Whitespace || token.kind == TokenKind::Comment || token.kind == TokenKind::End;
    });
    if (empty)
        return {};
    const Parsed<SelectPtr> parsed = parseSelect(text);
    if (!parsed) {
        std::vector<Diagnostic> found{
            {parsed.error().span, parsed.error().message, Severity::Error, fixOf(text, parsed.error())}};
        for (const Token &token : tokens) { // each bad escape at once, not one a try
            if (token.kind == TokenKind::Error && token.span != parsed.error().span)
                found.push_back({token.span, token.message, Severity::Error, fixOf(text, {token.message, token.span, 1, 1, {}})});
        }
        std::stable_sort(found.begin(), found.end(),
                         [](const Diagnostic &a, const Diagnostic &b) { return a.span.start < b.span.start; });
        return found;
    }
    Linter linter(text, std::move(tokens));
    linter.visit(**parsed);
    std::vector<Diagnostic> found = linter.take();
    std::stable_sort(found.begin(), found.end(),
                     [](const Diagnostic &a, const Diagnostic &b) { return a.span.start < b.span.start; });
    return found;
}

} // namespace hogql
