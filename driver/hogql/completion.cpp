#include "driver/hogql/completion.h"

#include "driver/hogql/catalogue.h"
#include "driver/hogql/keywords.h"
#include "driver/hogql/parser.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/resolve.h"
#include "driver/hogql/schema.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace hogql {

namespace {

// What begins something, in the order in which a query needs it.
constexpr std::string_view offeredKeywords[] = {
    "SELECT",     "FROM",      "WHERE",      "GROUP BY", "HAVING", "ORDER BY",  "LIMIT",   "AND",      "OR",
    "NOT",        "IN",        "AS",         "DISTINCT", "LIKE",   "ILIKE",     "BETWEEN", "IS NULL",  "IS NOT NULL",
    "INNER JOIN", "LEFT JOIN", "CROSS JOIN", "ON",       "USING",  "UNION ALL", "WITH",    "INTERVAL", "DESC",
    "ASC",        "OFFSET",    "CASE",       "WHEN",     "THEN",   "ELSE",      "END",     "OVER",     "PARTITION BY",
    "ARRAY JOIN", "SAMPLE",    "IN COHORT",  "NULL",     "true",   "false",     "EXISTS",  "QUALIFY",  "WINDOW",
    "DAY",        "HOUR",      "MINUTE",     "WEEK",     "MONTH",  "YEAR",
};

/// A table in FROM and the name it goes by.
struct Source {
    std::string name; // "events", "persons", or that of a CTE; empty for a sub-select
    std::string alias;
    std::vector<OutputColumn> columns = {}; // of a CTE or a sub-select, where they can be read
};

// So many of a project's names are offered at most: who types one more letter sees others.
constexpr std::size_t mostKnownNames = 200;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// How well `name` fits what was typed (in upper case): 3 begins so, 2 holds it, 1 has its letters in order, 0 not at all.
int fit(std::string_view name, std::string_view typed)
{
    if (typed.empty())
        return 3;
    if (typed.size() > name.size())
        return 0;
    std::size_t matched = 0; // letters in order
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (matched < typed.size() && upper(name[at]) == typed[matched])
            ++matched;
        if (upper(name[at]) != typed[0] || name.size() - at < typed.size())
            continue;
        std::size_t run = 1;
        while (run < typed.size() && upper(name[at + run]) == typed[run])
            ++run;
        if (run == typed.size())
            return at == 0 || (at == 1 && name[0] == '$') ? 3 : 2;
    }
    return matched == typed.size() ? 1 : 0;
}

std::string grouped(std::int64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, " ");
    }
    return digits;
}

/// What stands at the right of a known name: what was said of it, else type and volume. `unit`: what the volume counts.
std::string detailOf(const KnownName &known, const std::string &unit = {})
{
    if (!known.detail.empty() || !known.volume)
        return known.detail.empty() ? known.type : known.detail;
    return known.type + (known.type.empty() ? "" : " \u00b7 ") + grouped(*known.volume) + unit;
}

bool startsWithoutCase(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && isWord(text.substr(0, prefix.size()), upperCase(prefix));
}

class Completer
{
public:
    Completer(std::string_view text, std::size_t cursor, const ProjectNames &names)
        : m_text(text)
        , m_names(names)
        , m_cursor(std::min(cursor, text.size()))
    {
        for (Token &token : tokenize(text)) {
            if (token.span.start < m_cursor && token.span.end >= m_cursor)
                m_current = token;
            if (token.kind != TokenKind::Whitespace && token.kind != TokenKind::Comment)
                m_tokens.push_back(std::move(token));
        }
        m_replaces = {m_cursor, m_cursor};
        if (m_current.kind == TokenKind::String && m_current.span.end == m_cursor)
            m_current = {}; // behind the closing quote
        if (m_current.kind == TokenKind::String || m_current.kind == TokenKind::Error)
            m_replaces = m_current.span;
        if (m_current.kind == TokenKind::Word) {
            m_replaces = m_current.span; // the whole word, also what stands right of the cursor
            m_prefix = std::string(text.substr(m_current.span.start, m_cursor - m_current.span.start));
        }
        while (m_before < m_tokens.size() && m_tokens[m_before].span.end <= m_replaces.start
               && m_tokens[m_before].kind != TokenKind::End)
            ++m_before;
        findCommonTables();
        findSources();
    }

    std::vector<Completion> run()
    {
        const bool inComment = m_current.kind == TokenKind::Comment && m_current.span.end >= m_cursor;
        if (inComment || m_current.kind == TokenKind::TagText || m_current.kind == TokenKind::TemplateText
            || m_current.kind == TokenKind::Number)
            return {};
        if (m_current.kind == TokenKind::String || m_current.kind == TokenKind::Error)
            return texts();
        if (isBefore(".") || isBefore("?."))
            return behindDot();
        if (tableExpected())
            return tablesHere();
        if (isWordBefore("COHORT") && isWordBefore("IN", 2)) {
            addValues(m_names.cohorts, m_prefix, " persons");
            return std::move(m_out);
        }
        return anything();
    }

private:
    const Token &before(std::size_t back = 1) const
    {
        static const Token none;
        return m_before >= back ? m_tokens[m_before - back] : none;
    }
    bool isBefore(std::string_view symbol, std::size_t back = 1) const
    {
        return before(back).kind == TokenKind::Operator && before(back).text == symbol;
    }
    bool isWordBefore(std::string_view upper, std::size_t back = 1) const
    {
        return before(back).kind == TokenKind::Word && isWord(before(back).text, upper);
    }

    void add(std::string_view label, CompletionKind kind, std::string insert, std::string_view detail)
    {
        if (!startsWithoutCase(label, m_prefix) || !m_seen.insert({static_cast<int>(kind), std::string(label)}).second)
            return;
        m_out.push_back({std::string(label), kind, std::move(insert), std::string(detail), m_replaces});
    }

    /// The tables that the SELECT around the cursor reads: those of the innermost bracket that has a FROM.
    void findSources()
    {
        // From the cursor outwards to the bracket's beginning, and onwards to its end.
        std::size_t begin = m_before;
        int depth = 0;
        while (begin > 0) {
            const Token &token = m_tokens[begin - 1];
            if (token.kind == TokenKind::Bracket && (token.text == ")" || token.text == "]"))
                ++depth;
            if (token.kind == TokenKind::Bracket && (token.text == "(" || token.text == "[") && --depth < 0) {
                if (isWord(m_tokens[begin].text, "SELECT") || isWord(m_tokens[begin].text, "WITH"))
                    break;
                depth = 0; // the bracket of a call: look further out
            }
            --begin;
        }
        depth = 0;
        for (std::size_t i = begin; i < m_tokens.size(); ++i) {
            const Token &token = m_tokens[i];
            if (token.kind == TokenKind::Bracket && (token.text == "(" || token.text == "["))
                ++depth;
            if (token.kind == TokenKind::Bracket && (token.text == ")" || token.text == "]") && --depth < 0)
                break;
            const bool opensTable = isWord(token.text, "FROM") || isWord(token.text, "JOIN");
            if (depth == 0 && token.kind == TokenKind::Word && opensTable)
                addSource(i + 1);
            if (depth == 0 && token.kind == TokenKind::Word && isWord(token.text, "AS") && i + 1 < m_tokens.size()
                && m_tokens[i + 1].kind == TokenKind::Word && m_tokens[i + 1].span != m_current.span)
                m_aliases.push_back(m_tokens[i + 1].text);
        }
    }

    /// The names that a WITH gives, before or around the cursor.
    void findCommonTables()
    {
        for (std::size_t i = 0; i + 2 < m_tokens.size(); ++i) { // WITH name AS (, , name AS (
            const bool opens = isWord(m_tokens[i].text, "WITH") || isWord(m_tokens[i].text, "RECURSIVE") || m_tokens[i].text == ",";
            if (opens && isWord(m_tokens[i + 2].text, "AS") && i + 3 < m_tokens.size() && m_tokens[i + 3].text == "("
                && m_tokens[i + 1].kind == TokenKind::Word)
                m_ctes.push_back({m_tokens[i + 1].text, m_tokens[i + 1].text, columnsOf(i + 3)});
        }
    }

    /// The columns of the SELECT in the bracket at `opening`, as far as it can be read.
    std::vector<OutputColumn> columnsOf(std::size_t opening) const
    {
        int depth = 0;
        for (std::size_t i = opening; i < m_tokens.size(); ++i) {
            if (m_tokens[i].kind != TokenKind::Bracket)
                continue;
            depth += m_tokens[i].text == "(" ? 1 : m_tokens[i].text == ")" ? -1 : 0;
            if (depth > 0)
                continue;
            const std::size_t start = m_tokens[opening].span.end;
            const std::string_view inner = m_text.substr(start, m_tokens[i].span.start - start);
            const Parsed<SelectPtr> select = parseSelect(inner);
            return select ? resolve(inner, **select).columns : std::vector<OutputColumn>{};
        }
        return {};
    }

    void addSource(std::size_t at)
    {
        Source source;
        if (at < m_tokens.size() && m_tokens[at].text == "(")
            return addSubselect(at);
        while (at < m_tokens.size() && m_tokens[at].kind == TokenKind::Word && !isReserved(m_tokens[at].text)
               && m_tokens[at].span != m_current.span) {
            source.name += m_tokens[at].text;
            ++at;
            if (at >= m_tokens.size() || m_tokens[at].text != ".")
                break;
            source.name += ".";
            ++at;
        }
        if (source.name.empty())
            return;
        source.alias = source.name;
        if (at < m_tokens.size() && isWord(m_tokens[at].text, "AS"))
            ++at;
        if (at < m_tokens.size() && m_tokens[at].kind == TokenKind::Word && !isReserved(m_tokens[at].text)
            && m_tokens[at].span != m_current.span)
            source.alias = m_tokens[at].text;
        for (const Source &cte : m_ctes) {
            if (cte.name == source.name)
                source.columns = cte.columns;
        }
        m_sources.push_back(std::move(source));
    }

    /// FROM (SELECT …) [AS] alias
    void addSubselect(std::size_t opening)
    {
        Source source;
        source.columns = columnsOf(opening);
        int depth = 0;
        std::size_t at = opening;
        for (; at < m_tokens.size(); ++at) {
            depth += m_tokens[at].text == "(" ? 1 : m_tokens[at].text == ")" ? -1 : 0;
            if (depth == 0)
                break;
        }
        ++at;
        if (at < m_tokens.size() && isWord(m_tokens[at].text, "AS"))
            ++at;
        if (at < m_tokens.size() && m_tokens[at].kind == TokenKind::Word && !isReserved(m_tokens[at].text) && m_tokens[at].span != m_current.span)
            source.alias = m_tokens[at].text;
        m_sources.push_back(std::move(source));
    }

    bool tableExpected() const { return isWordBefore("FROM") || isWordBefore("JOIN"); }

    std::vector<Completion> tablesHere()
    {
        for (const Source &cte : m_ctes) {
            if (!isReserved(cte.name))
                add(cte.name, CompletionKind::Table, quoteIdentifier(cte.name), "named by WITH");
        }
        for (const TableDoc &table : tables())
            add(table.name, CompletionKind::Table, std::string(table.name), table.doc);
        for (const KnownTable &table : m_names.tables)
            add(table.name, CompletionKind::Table, table.name, "of this project");
        return std::move(m_out);
    }

    void addColumns(const TableDoc &table)
    {
        for (const ColumnDoc &column : table.columns) {
            const KnownGroupType *type = table.name == "events" ? groupTypeOf(m_names, column.name) : nullptr;
            add(column.name, CompletionKind::Column, quoteIdentifier(column.name),
                std::string(column.type) + " \u2014 " + (type ? type->name + ". " : "") + std::string(column.doc));
        }
        for (const KnownGroupType &type : table.name == "events" ? std::span(m_names.groupTypes) : std::span<const KnownGroupType>())
            add(type.name, CompletionKind::Column, quoteIdentifier(type.name), "Table \u2014 The same as group_" + std::to_string(type.index) + ".");
    }

    void addPropertiesOf(const TableDoc &table, const KnownGroupType *group)
    {
        if (table.name == "persons" || table.name == "raw_persons")
            addProperties(m_names.personProperties);
        else if (table.name == "events")
            addProperties(m_names.eventProperties);
        else if (table.name == "groups")
            addProperties(group ? group->properties : allGroupProperties(m_names));
    }

    void addProperties(const std::vector<KnownName> &known)
    {
        for (const KnownName *property : fitting(known, m_prefix))
            m_out.push_back({property->name, CompletionKind::Property, quoteIdentifier(property->name), detailOf(*property), m_replaces});
    }

    void addValues(const std::vector<KnownName> &known, const std::string &typed, const std::string &unit = {})
    {
        for (const KnownName *value : fitting(known, typed))
            m_out.push_back({value->name, CompletionKind::Value, quoteString(value->name), detailOf(*value, unit), m_replaces});
    }

    void addColumns(const std::vector<OutputColumn> &columns)
    {
        for (const OutputColumn &column : columns)
            add(column.name, CompletionKind::Column, quoteIdentifier(column.name), nameOf(column.type));
    }

    /// Those of a project's names that fit best, the most used first among equals. The list may be very long.
    static std::vector<const KnownName *> fitting(const std::vector<KnownName> &known, std::string_view typed)
    {
        const std::string wanted = upperCase(typed);
        std::array<std::vector<const KnownName *>, 4> byFit;
        for (const KnownName &name : known) {
            const int how = fit(name.name, wanted);
            if (how > 0 && byFit[static_cast<std::size_t>(how)].size() < mostKnownNames)
                byFit[static_cast<std::size_t>(how)].push_back(&name);
        }
        std::vector<const KnownName *> best = std::move(byFit[3]);
        for (const int how : {2, 1})
            best.insert(best.end(), byFit[static_cast<std::size_t>(how)].begin(), byFit[static_cast<std::size_t>(how)].end());
        if (best.size() > mostKnownNames)
            best.resize(mostKnownNames);
        return best;
    }

    /// Behind `a.b.`: the columns of a table, or properties.
    std::vector<Completion> behindDot()
    {
        std::vector<std::string> chain;
        for (std::size_t back = 1; isBefore(".", back) || isBefore("?.", back); back += 2) {
            const Token &name = before(back + 1);
            if (name.kind != TokenKind::Word && name.kind != TokenKind::QuotedIdentifier)
                break;
            chain.insert(chain.begin(), name.text);
        }
        if (chain.empty())
            return {};
        if (isWordBefore("FROM", chain.size() * 2 + 1) || isWordBefore("JOIN", chain.size() * 2 + 1)) { // system.…
            for (const TableDoc &table : tables()) {
                if (table.name.starts_with(chain.front() + "."))
                    add(table.name.substr(chain.front().size() + 1), CompletionKind::Table,
                        std::string(table.name.substr(chain.front().size() + 1)), table.doc);
            }
            return std::move(m_out);
        }
        const TableDoc *table = nullptr;
        std::size_t at = 0;
        for (const Source &source : m_sources) {
            if (source.alias != chain.front())
                continue;
            table = findTable(source.name);
            at = 1;
            if (chain.size() > 1 || (table && source.columns.empty()))
                continue;
            addColumns(source.columns);
            addColumnsOf(source.name);
            if (!table || !source.columns.empty())
                return std::move(m_out);
        }
        if (!table) { // a column of one of the tables
            for (const Source &source : m_sources) {
                const TableDoc *candidate = findTable(source.name);
                const bool isGroup = candidate && candidate->name == "events" && groupTypeOf(m_names, chain.front());
                if (candidate && (isGroup || findColumn(*candidate, chain.front())))
                    table = candidate;
            }
        }
        const KnownGroupType *group = nullptr; // whose column `table` is
        for (; table && at < chain.size(); ++at) {
            const ColumnDoc *column = findColumn(*table, chain[at]);
            if (column && column->type == "JSON" && at + 1 == chain.size()) {
                addPropertiesOf(*table, group);
                return std::move(m_out);
            }
            group = table->name == "events" ? groupTypeOf(m_names, chain[at]) : nullptr;
            if (!column && !group)
                return {};
            table = column ? findTable(column->table) : findTable("groups");
        }
        if (table)
            addColumns(*table);
        return std::move(m_out);
    }

    /// The columns of a table of this project.
    void addColumnsOf(const std::string &tableName)
    {
        for (const KnownTable &table : m_names.tables) {
            for (const KnownName &column : table.columns) {
                if (table.name == tableName)
                    add(column.name, CompletionKind::Column, quoteIdentifier(column.name), detailOf(column));
            }
        }
    }

    /// Inside the quotes of event = '…' and event IN ('…', '…'), IN COHORT '…', matchesAction('…').
    std::vector<Completion> texts()
    {
        const std::string typed(m_text.substr(m_replaces.start + 1, m_cursor > m_replaces.start ? m_cursor - m_replaces.start - 1 : 0));
        if (isWordBefore("COHORT")) {
            addValues(m_names.cohorts, typed, " persons");
            return std::move(m_out);
        }
        if (before().text == "(" && isWordBefore("MATCHESACTION", 2)) {
            addValues(m_names.actions, typed);
            return std::move(m_out);
        }
        std::size_t back = 1;
        while (before(back).kind == TokenKind::String || before(back).text == "," || before(back).text == "(")
            ++back;
        const bool compares = isBefore("=", back) || isBefore("!=", back) || isWordBefore("IN", back);
        std::size_t column = back + 1;
        if (isWordBefore("NOT", column))
            ++column;
        if (!compares || !isWordBefore("EVENT", column))
            return {};
        addValues(m_names.events, typed);
        return std::move(m_out);
    }

    std::vector<Completion> anything()
    {
        for (const Source &source : m_sources) {
            addColumns(source.columns);
            addColumnsOf(source.name);
            const TableDoc *table = source.columns.empty() ? findTable(source.name) : nullptr;
            if (table)
                addColumns(*table);
        }
        for (const Source &source : m_sources) {
            if (source.alias != source.name)
                add(source.alias, CompletionKind::Alias, quoteIdentifier(source.alias), source.name);
        }
        for (const std::string &alias : m_aliases)
            add(alias, CompletionKind::Alias, quoteIdentifier(alias), "alias");
        // A keyword that has been typed to the end is most likely meant.
        for (const std::string_view keyword : offeredKeywords)
            add(keyword, CompletionKind::Keyword, std::string(keyword), {});
        for (const FunctionDoc &function : functions())
            add(function.name, CompletionKind::Function, std::string(function.name) + "(",
                std::string(function.signature) + " \u2014 " + std::string(function.doc));
        for (const std::string_view other : m_prefix.size() < 2 ? std::span<const std::string_view>() : otherFunctions())
            add(other, CompletionKind::Function, std::string(other) + "(", "a function of PostHog");
        return std::move(m_out);
    }

    std::string_view m_text;
    const ProjectNames &m_names;
    std::size_t m_cursor;
    std::vector<Token> m_tokens;
    Token m_current; // the one that holds or ends at the cursor
    std::size_t m_before = 0; // how many tokens stand before what is completed
    Span m_replaces;
    std::string m_prefix;
    std::vector<Source> m_sources;
    std::vector<std::string> m_aliases;
    std::vector<Source> m_ctes;
    std::vector<Completion> m_out;
    std::set<std::pair<int, std::string>> m_seen;
};

} // namespace

std::vector<Completion> completions(std::string_view text, std::size_t cursor, const ProjectNames &names)
{
    return Completer(text, cursor, names).run();
}

} // namespace hogql
