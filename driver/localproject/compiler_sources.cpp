#include "driver/localproject/compiler_state.h"

#include <algorithm>

namespace localproject {
namespace {

using Kind = Type::Kind;

const char *joinKeyword(const hogql::Join &join)
{
    if (join.strictness == "SEMI" || join.strictness == "ANTI") {
        if (join.kind == hogql::JoinKind::Right || join.kind == hogql::JoinKind::Full)
            unsupported("A RIGHT " + join.strictness + " JOIN", join.table.span);
        return join.strictness == "SEMI" ? " SEMI JOIN " : " ANTI JOIN ";
    }
    if (join.strictness == "ASOF")
        return join.kind == hogql::JoinKind::Left ? " ASOF LEFT JOIN " : " ASOF JOIN ";
    const bool anyLeft = join.strictness == "ANY" && join.kind == hogql::JoinKind::Left;
    if (!join.strictness.empty() && join.strictness != "ALL" && !anyLeft)
        unsupported("A JOIN with " + join.strictness, join.table.span);
    switch (join.kind) {
    case hogql::JoinKind::First: return "";
    case hogql::JoinKind::Inner: return " JOIN ";
    case hogql::JoinKind::Left: return " LEFT JOIN ";
    case hogql::JoinKind::Right: return " RIGHT JOIN ";
    case hogql::JoinKind::Full: return " FULL JOIN ";
    case hogql::JoinKind::Cross: return " CROSS JOIN ";
    case hogql::JoinKind::Positional: unsupported("A POSITIONAL JOIN", join.table.span);
    }
    return "";
}

} // namespace

const CommonTable *Compilation::findCommonTable(const std::string &name) const
{
    for (const Scope *scope = m_scope; scope; scope = scope->parent)
        if (const auto found = scope->commonTables.find(name); found != scope->commonTables.end())
            return &found->second;
    return nullptr;
}

std::unique_ptr<Source> Compilation::source(const hogql::TableRef &ref)
{
    auto result = std::make_unique<Source>();
    result->alias = "t" + std::to_string(++m_aliases);
    result->name = ref.alias;
    if (ref.inner)
        unsupported(ref.pivot ? "PIVOT" : "UNPIVOT", ref.span);

    const auto subselect = [&](const std::string &sql, const std::vector<Output> &columns) {
        result->from = sql + " AS " + result->alias;
        result->columns = columns;
        if (ref.columnAliases.size() > columns.size())
            refuse("The table has " + std::to_string(columns.size()) + " columns, " + std::to_string(ref.columnAliases.size()) + " names are given.",
                   ref.span);
        for (std::size_t i = 0; i < ref.columnAliases.size(); ++i)
            result->columns[i].name = ref.columnAliases[i];
    };

    if (!ref.rows.empty()) {
        const CompiledSelect compiled = valueRows(ref);
        subselect(compiled.sql, compiled.columns);
        return result;
    }
    if (ref.select) {
        const CompiledSelect compiled = select(*ref.select, false);
        subselect("(" + compiled.sql + ")", compiled.columns);
        return result;
    }
    if (ref.function) {
        const auto *call = std::get_if<hogql::Call>(&ref.function->node);
        if (!call)
            unsupported("A placeholder as a table", ref.span);
        const std::string name = toLower(call->name);
        if (name != "numbers" || call->arguments.empty() || call->arguments.size() > 2)
            unsupported("The table function " + call->name + "()", ref.span);
        std::vector<std::string> arguments;
        for (const auto &argument : call->arguments)
            arguments.push_back(integer(expression(*argument)));
        const std::string range = arguments.size() == 1 ? "0, " + arguments[0] : arguments[0] + ", " + arguments[0] + " + " + arguments[1];
        subselect("(SELECT unnest(range(" + range + ")) AS c0)", {{"number", "c0", Type::integer(64, false), {}}});
        if (result->name.empty())
            result->name = "numbers";
        return result;
    }
    std::vector<std::string> parts = ref.name;
    if (parts.size() > 1 && parts.front() == "posthog")
        parts.erase(parts.begin());
    std::string name;
    for (const std::string &part : parts)
        name += (name.empty() ? "" : ".") + part;
    if (result->name.empty())
        result->name = parts.back();
    if (const CommonTable *common = findCommonTable(name)) {
        subselect(common->sqlName, common->columns);
        return result;
    }
    result->table = findTable(name);
    if (!result->table && isTableElsewhere(name))
        unsupported("The table " + name, ref.span);
    if (!result->table) {
        std::vector<std::string> known;
        for (const Table &table : allTables())
            known.emplace_back(table.name);
        for (const Scope *scope = m_scope; scope; scope = scope->parent)
            for (const auto &common : scope->commonTables)
                known.push_back(common.first);
        const auto guess = closest(name, known);
        refuse("Unknown table `" + name + "`." + (guess ? " Did you mean " + *guess + "?" : ""), ref.span);
    }
    result->from = std::string(result->table->physical) + " AS " + result->alias;
    if (ref.sample) {
        const auto share = constantValue(*ref.sample);
        double part = share && share->is_number() ? share->get<double>() : -1;
        if (const auto *ratio = std::get_if<hogql::Binary>(&ref.sample->node); ratio && ratio->op == hogql::BinaryOp::Divide) {
            const auto above = constantValue(*ratio->left);
            const auto below = constantValue(*ratio->right);
            if (above && below && above->is_number() && below->is_number() && below->get<double>() > 0)
                part = above->get<double>() / below->get<double>();
        }
        if (part <= 0 || part > 1 || result->table->name != "events")
            refuse("SAMPLE works on events, with a share between 0 and 1.", ref.span);
        // By person: a person's events are all in or all out.
        m_scope->sampled = "(hash(" + result->alias + ".distinct_id) % 1000000 < " + std::to_string(static_cast<int>(part * 1'000'000)) + ")";
    }
    return result;
}

/// (VALUES (1, 'a'), (2, NULL)): the columns are called c1, c2 … as DuckDB and ClickHouse do.
CompiledSelect Compilation::valueRows(const hogql::TableRef &ref)
{
    std::vector<std::vector<Fragment>> rows;
    CompiledSelect compiled;
    for (const auto &written : ref.rows) {
        std::vector<Fragment> &row = rows.emplace_back();
        for (const auto &item : written)
            row.push_back(expression(*item));
        if (row.size() != rows.front().size())
            refuse("The rows of VALUES need the same number of values.", ref.span);
    }
    for (std::size_t c = 0; c < rows.front().size(); ++c) {
        std::optional<Type> type = Type::of(Kind::Null);
        for (const auto &row : rows) {
            const std::optional<Type> common = &row == &rows.front() ? std::optional(row[c].type) : commonType(*type, row[c].type);
            if (!common)
                refuse("There is no supertype for types " + type->name() + ", " + row[c].type.name() + " in VALUES.", row[c].span);
            type = common;
        }
        compiled.columns.push_back({"c" + std::to_string(c + 1), "c" + std::to_string(c), *type, {}});
    }
    std::string names;
    for (const auto &row : rows) {
        compiled.sql += compiled.sql.empty() ? "(VALUES (" : ", (";
        for (std::size_t c = 0; c < row.size(); ++c)
            compiled.sql += (c ? ", " : "") + as(row[c], compiled.columns[c].type);
        compiled.sql += ")";
    }
    for (const Output &column : compiled.columns)
        names += (names.empty() ? "" : ", ") + column.column;
    compiled.sql = "(SELECT * FROM " + compiled.sql + ") AS v(" + names + "))";
    return compiled;
}

void Compilation::from(const hogql::Select &query)
{
    for (const hogql::Join &join : query.from) {
        const char *keyword = joinKeyword(join);
        auto next = source(join.table);
        if (!next->name.empty() && m_scope->findSource(next->name))
            refuse("Already have joined a table called \"" + next->name + "\". Can't join another one with the same name.", join.table.span);
        next->outer = join.kind == hogql::JoinKind::Left || join.kind == hogql::JoinKind::Full;
        if (join.kind == hogql::JoinKind::Right || join.kind == hogql::JoinKind::Full)
            for (const auto &earlier : m_scope->sources)
                earlier->outer = true;
        Source *added = m_scope->sources.emplace_back(std::move(next)).get();
        JoinPiece piece {keyword, added, "", join.strictness == "ANY"};
        if (join.on) {
            const Within forbidden(m_noAggregates, static_cast<const char *>("ON"));
            const Within joining(m_joining, true);
            piece.on = " ON " + condition(*join.on, true);
        } else if (!join.usingColumns.empty()) {
            for (const std::string &name : join.usingColumns) {
                Source *left = nullptr;
                for (const auto &candidate : m_scope->sources)
                    if (candidate.get() != added && !left && tryColumn(*candidate, {name}, 0, join.table.span))
                        left = candidate.get();
                if (!left)
                    unknownField({name}, join.table.span);
                m_scope->shared.insert(name);
                const Within filter(m_filter, true);
                const Within joining(m_joining, true);
                piece.on += (piece.on.empty() ? " ON " : " AND ")
                    + compare(hogql::BinaryOp::Equal, column(*left, {name}, 0, join.table.span), column(*added, {name}, 0, join.table.span), join.table.span).sql;
            }
        } else if (join.kind != hogql::JoinKind::First && join.kind != hogql::JoinKind::Cross) {
            refuse("This JOIN needs ON or USING.", join.table.span);
        }
        m_scope->joins.push_back(std::move(piece));
    }
}

std::string Compilation::fromSql()
{
    std::string sql;
    for (const JoinPiece &piece : m_scope->joins) {
        const std::string table = piece.source->sql(m_scope->common);
        if (!piece.any) {
            sql += (sql.empty() ? " FROM " : piece.keyword) + table + piece.on;
            continue;
        }
        const std::string &alias = piece.source->alias;
        if (!piece.source->lazy.empty())
            unsupported("A LEFT ANY JOIN of a table whose own joins are read", m_scope->select->span);
        const std::string condition = piece.on.substr(std::string_view(" ON ").size());
        sql += piece.keyword + "LATERAL (SELECT " + alias + ".* FROM " + table + " WHERE " + condition + " LIMIT 1) AS " + alias + " ON true";
    }
    if (sql.empty() && !m_scope->rowUnfoldings.empty())
        sql = " FROM (SELECT 1)";
    return sql + unfoldings(m_scope->rowUnfoldings);
}

void Compilation::arrayJoin(const hogql::ArrayJoin &join)
{
    Unfolding unfolding;
    unfolding.alias = freshName("u");
    unfolding.keepEmpty = join.kind == "LEFT";
    std::map<std::string, Fragment> columns;
    for (const auto &item : join.items) {
        const auto *alias = std::get_if<hogql::Alias>(&item->node);
        const auto *field = std::get_if<hogql::Field>(&(alias ? *alias->operand : *item).node);
        if (!alias && !field)
            refuse("ARRAY JOIN of an expression needs a name: … AS name.", item->span);
        const Fragment array = expression(alias ? *alias->operand : *item);
        if (!array.type.is(Kind::Array) && !array.type.is(Kind::Unknown))
            refuse("ARRAY JOIN needs an array, this is " + array.type.name() + ".", item->span);
        Fragment element;
        element.sql = unfolding.alias + ".v" + std::to_string(unfolding.arrays.size());
        element.type = array.type.element();
        if (unfolding.keepEmpty && !element.type.is(Kind::Tuple))
            element.type.nullable = true;
        columns[alias ? alias->name : field->chain.back()] = element;
        unfolding.arrays.push_back(array.sql);
    }
    m_scope->rowUnfoldings.push_back(std::move(unfolding));
    m_scope->arrayColumns = std::move(columns);
}

} // namespace localproject
