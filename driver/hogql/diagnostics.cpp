#include "driver/hogql/diagnostics.h"

#include "driver/hogql/keywords.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/resolve.h"
#include "driver/hogql/source_tokens.h"
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
        , m_tokens(text, std::move(tokens))
    {
    }

    std::vector<Diagnostic> take() { return std::move(m_found); }

    void visit(const Select &select)
    {
        checkLimitOfUnion(select);
        for (const Join &join : select.from)
            checkTable(join.table);
        for (const ExprPtr &column : select.columns)
            checkColumn(*column);
        checkTimeBound(select);
        forEachChild(
            select, [this](const Expr &child) { visit(child); }, [this](const Select &child) { visit(child); });
    }

private:
    void visit(const Expr &expression)
    {
        if (const Binary *binary = std::get_if<Binary>(&expression.node))
            checkDoubleQuotes(*binary);
        if (std::holds_alternative<Field>(expression.node))
            checkOddName(expression);
        forEachChild(
            expression, [this](const Expr &child) { visit(child); }, [this](const Select &child) { visit(child); });
    }

    void warn(Span span, std::string message, std::optional<Fix> fix = {})
    {
        m_found.push_back({span, std::move(message), Severity::Warning, std::move(fix)});
    }

    void hint(Span span, std::string message, std::optional<Fix> fix = {})
    {
        m_found.push_back({span, std::move(message), Severity::Hint, std::move(fix)});
    }

    /// FROM events whre: words behind a table that are read as its name and are nearly keywords.
    void checkTable(const TableRef &table)
    {
        std::size_t from = table.span.start;
        if (table.inner) {
            checkTable(*table.inner);
            return; // what follows PIVOT (…) hardly ever is a slip
        }
        if (table.select)
            from = table.select->span.end;
        else if (table.function)
            from = table.function->span.end;
        else if (const std::vector<Span> name = m_tokens.path(from); !name.empty())
            from = name.back().end;
        for (std::size_t i = m_tokens.at(from); i > 0 && i < m_tokens.size() && m_tokens[i].span.end <= table.span.end; ++i)
            checkAlias(i);
    }

    /// The alias that a column ends with.
    void checkColumn(const Expr &column)
    {
        const std::size_t last = m_tokens.at(column.span.end) - 1;
        if (std::holds_alternative<Alias>(column.node) && last < m_tokens.size() && m_tokens[last].span.start > column.span.start)
            checkAlias(last);
    }

    void checkAlias(std::size_t index)
    {
        const Token &word = m_tokens[index];
        const std::string keyword(word.kind == TokenKind::Word ? clauseLike(word.text) : std::string_view());
        if (keyword.empty() || index == 0 || isWord(m_tokens[index - 1].text, "AS") || m_tokens[index - 1].text == ".")
            return;
        warn(word.span, word.text + " is read as an alias. Did you mean " + keyword + "?", Fix{"Write " + keyword, word.span, keyword});
    }

    /// SELECT and FROM t: a word that holds queries together, read as the name of a column.
    void checkOddName(const Expr &expression)
    {
        const Token &word = m_tokens[m_tokens.at(expression.span.start)];
        if (word.kind == TokenKind::Word && isOddName(word.text))
            warn(word.span, upperCase(word.text) + " is read as the name of a column here. If that is meant, put it in backticks.",
                 Fix{"Write `" + word.text + "`", word.span, "`" + word.text + "`"});
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
        std::size_t limit = m_tokens.at(last.limit->span.start);
        while (limit > 0 && !isWord(m_tokens[limit].text, "LIMIT"))
            --limit;
        std::size_t tail = limit;
        if (!last.orderBy.empty()) {
            tail = m_tokens.at(last.orderBy.front().expression->span.start);
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
            hint(events->span, "This reads every event there ever was; give a time.", std::move(fix));
            return;
        }
        if (select.prewhere || select.arrayJoin || select.from.back().on || !select.from.back().usingColumns.empty()) {
            hint(events->span, "This reads every event there ever was; give a time.");
            return;
        }
        const std::size_t end = select.from.back().table.span.end;
        fix.span = {end, end};
        fix.replacement = " WHERE " + bound;
        hint(events->span, "This reads every event there ever was; give a time.", std::move(fix));
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
    SourceTokens m_tokens;
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

std::vector<Diagnostic> diagnose(std::string_view text, const Project *project)
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
    const std::size_t linted = found.size();
    for (Diagnostic &each : resolve(text, **parsed, project).diagnostics) {
        const auto samePlace = [&](const Diagnostic &other) { return other.span == each.span && (other.severity != Severity::Hint || other.message == each.message); };
        if (std::none_of(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(linted), samePlace))
            found.push_back(std::move(each));
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Diagnostic &a, const Diagnostic &b) { return a.span.start < b.span.start; });
    return found;
}

} // namespace hogql
