#include "driver/localproject/compiler_state.h"

#include "driver/hogql/printer.h"

#include <algorithm>

namespace localproject {
namespace {

using Kind = Type::Kind;

std::string joinedWith(const std::vector<std::string> &parts, const char *separator)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : separator) + part;
    return text;
}

constexpr std::string_view offsetRefusal =
    "OFFSET is not supported on queries made with a personal API key. For pagination, use keyset pagination on the `timestamp` column, e.g. "
    "`WHERE timestamp > :last_seen_timestamp ORDER BY timestamp LIMIT N`. For bulk data extraction, use batch exports: "
    "https://posthog.com/docs/cdp/batch-exports";

} // namespace

std::int64_t Compilation::wholeNumber(const hogql::Expr &expr, const char *what)
{
    const auto value = constantValue(expr);
    if (!value || !value->is_number() || value->get<double>() < 0)
        refuse(std::string(what) + " needs a whole number that is not negative.", expr.span);
    return value->is_number_float() ? static_cast<std::int64_t>(value->get<double>()) : value->get<std::int64_t>();
}

CompiledSelect Compilation::select(const hogql::Select &query, bool outermost)
{
    if (m_depth > 300)
        refuse("The query is nested too deeply.", query.span);
    const Within depth(m_depth, m_depth + 1);
    Scope scope;
    scope.parent = m_scope;
    scope.select = &query;
    const Within within(m_scope, &scope);
    const Within phase(m_phase, Phase::Rows);
    const Within filter(m_filter, false);
    const Within joining(m_joining, false);
    const Within aggregates(m_noAggregates, static_cast<const char *>(nullptr));
    const Within limit(m_aliasLimit, std::size_t {0});
    const Within parameters(m_lambdaParameters, decltype(m_lambdaParameters) {});

    if (query.substitute)
        unsupported("A placeholder or a tag as a whole statement", query.span);
    std::string with;
    const bool recursive = commonTables(query, with);
    CompiledSelect compiled = query.arms.empty() ? plainSelect(query, outermost) : selectSet(query, outermost);
    with += (with.empty() || compiled.common.empty() ? "" : ", ") + compiled.common;
    if (!with.empty())
        compiled.sql = std::string(recursive ? "WITH RECURSIVE " : "WITH ") + with + " " + compiled.sql;
    compiled.common.clear();
    return compiled;
}

bool Compilation::commonTables(const hogql::Select &query, std::string &with)
{
    bool recursive = false;
    for (const hogql::Cte &cte : query.ctes) {
        if (cte.value) {
            m_scope->commonValues[cte.name] = cte.value.get();
            continue;
        }
        std::string sql;
        CommonTable table;
        table.sqlName = freshName("w");
        const bool selfReferring = cte.recursive && cte.select->arms.size() == 2;
        CompiledSelect compiled = select(selfReferring ? *cte.select->arms[0] : *cte.select, false);
        sql = compiled.sql;
        table.columns = compiled.columns;
        if (!cte.columns.empty() && cte.columns.size() != table.columns.size())
            refuse("WITH " + cte.name + " names " + std::to_string(cte.columns.size()) + " columns, its SELECT has " + std::to_string(table.columns.size()) + ".",
                   cte.span);
        for (std::size_t i = 0; i < cte.columns.size(); ++i)
            table.columns[i].name = cte.columns[i];
        m_scope->commonTables[cte.name] = table;
        if (selfReferring) {
            recursive = true;
            CompiledSelect step = select(*cte.select->arms[1], false);
            if (step.columns.size() != table.columns.size())
                refuse("Both parts of WITH RECURSIVE " + cte.name + " need the same number of columns.", cte.span);
            const bool all = cte.select->operators[0] == hogql::SetOp::UnionAll;
            sql = "(" + sql + ") " + (all ? "UNION ALL" : "UNION") + " (" + step.sql + ")";
        }
        std::string names;
        for (const Output &column : table.columns)
            names += (names.empty() ? "" : ", ") + column.column;
        with += (with.empty() ? "" : ", ") + table.sqlName + "(" + names + ") AS (" + sql + ")";
    }
    return recursive;
}

CompiledSelect Compilation::selectSet(const hogql::Select &query, bool outermost)
{
    if (query.offset && m_context.refuseOffset)
        refuse(std::string(offsetRefusal), query.offset->span);
    std::vector<CompiledSelect> arms;
    for (const auto &arm : query.arms) // Each arm without a LIMIT of its own gets the default one.
        arms.push_back(select(*arm, outermost && !query.limit));
    if (outermost && query.arms.size() > 1)
        m_statement.limitedByDefault = false;

    CompiledSelect compiled;
    compiled.columns = arms[0].columns;
    for (const CompiledSelect &arm : arms) {
        if (arm.columns.size() != compiled.columns.size())
            refuse("The parts of a UNION need the same number of columns: " + std::to_string(compiled.columns.size()) + " and "
                       + std::to_string(arm.columns.size()) + ".",
                   query.span);
        for (std::size_t i = 0; i < arm.columns.size(); ++i) {
            const auto common = commonType(compiled.columns[i].type, arm.columns[i].type);
            if (!common)
                refuse("There is no supertype for types " + compiled.columns[i].type.name() + ", " + arm.columns[i].type.name() + " of column "
                           + compiled.columns[i].name + " in a UNION.",
                       query.span);
            compiled.columns[i].type = *common;
        }
    }
    for (std::size_t i = 0; i < arms.size(); ++i) {
        std::string columns;
        for (std::size_t c = 0; c < compiled.columns.size(); ++c) {
            Fragment value;
            value.sql = arms[i].columns[c].column;
            value.type = arms[i].columns[c].type;
            columns += (c ? ", " : "") + as(value, compiled.columns[c].type) + " AS c" + std::to_string(c);
            compiled.columns[c].column = "c" + std::to_string(c);
        }
        const std::string arm = "SELECT " + columns + " FROM (" + arms[i].sql + ")";
        if (i == 0) {
            compiled.sql = arm;
            continue;
        }
        static constexpr const char *names[] = {" UNION ALL ", " UNION ", " INTERSECT ", " EXCEPT ", " INTERSECT ALL ", " EXCEPT ALL "};
        if (query.operators[i - 1] > hogql::SetOp::ExceptAll)
            unsupported("BY NAME", query.span);
        compiled.sql = "(" + compiled.sql + ")" + names[static_cast<int>(query.operators[i - 1])] + "(" + arm + ")";
    }
    if (query.orderBy.empty() && !query.limit && !query.offset)
        return compiled;

    auto whole = std::make_unique<Source>();
    whole->alias = "t" + std::to_string(++m_aliases);
    whole->columns = compiled.columns;
    std::string columns;
    for (const Output &column : compiled.columns)
        columns += (columns.empty() ? "" : ", ") + whole->alias + "." + column.column;
    compiled.sql = "SELECT " + columns + " FROM (" + compiled.sql + ") AS " + whole->alias;
    m_scope->sources.push_back(std::move(whole));
    if (const std::string order = orderBy(query.orderBy, nullptr); !order.empty())
        compiled.sql += " ORDER BY " + order;
    if (query.limit || query.offset)
        compiled.sql += limitClause(query, outermost);
    return compiled;
}

void Compilation::collectAliases(const hogql::Select &query)
{
    std::size_t itemStart = 0;
    const std::function<void(const hogql::ExprPtr &)> walk = [&](const hogql::ExprPtr &expr) {
        if (!expr)
            return;
        const auto all = [&](const std::vector<hogql::ExprPtr> &list) {
            for (const auto &item : list)
                walk(item);
        };
        std::visit(Overloaded {
                       [&](const hogql::Alias &node) {
                           walk(node.operand);
                           for (const AliasDefinition &known : m_scope->aliases)
                               if (known.name == node.name)
                                   refuse("Cannot redefine an alias with the name: " + node.name + ".", expr->span);
                           m_scope->aliases.push_back({node.name, node.operand.get(), m_scope->aliases.size(), itemStart, false});
                       },
                       [&](const hogql::Unary &node) { walk(node.operand); },
                       [&](const hogql::Binary &node) { walk(node.left), walk(node.right); },
                       [&](const hogql::IsNull &node) { walk(node.operand); },
                       [&](const hogql::Between &node) { walk(node.operand), walk(node.low), walk(node.high); },
                       [&](const hogql::Call &node) { all(node.arguments), walk(node.filter); },
                       [&](const hogql::Case &node) {
                           walk(node.operand);
                           for (const auto &[when, then] : node.branches)
                               walk(when), walk(then);
                           walk(node.otherwise);
                       },
                       [&](const hogql::Lambda &node) { walk(node.body); },
                       [&](const hogql::Array &node) { all(node.items); },
                       [&](const hogql::Tuple &node) { all(node.items); },
                       [&](const hogql::Index &node) { walk(node.operand), walk(node.index); },
                       [&](const hogql::Slice &node) { walk(node.operand), walk(node.from), walk(node.to); },
                       [&](const hogql::Access &node) { walk(node.operand); },
                       [&](const hogql::Cast &node) { walk(node.operand); },
                       [&](const hogql::TemplateString &node) { all(node.parts); },
                       [](const auto &) {},
                   },
                   expr->node);
    };
    for (const auto &column : query.columns) {
        itemStart = m_scope->aliases.size();
        walk(column);
    }
    m_aliasLimit = m_scope->aliases.size();
}

const hogql::Expr &Compilation::byPosition(const hogql::Expr &expr, const hogql::Select &query) const
{
    const auto *constant = std::get_if<hogql::Constant>(&expr.node);
    const auto *number = constant ? std::get_if<std::int64_t>(&constant->value) : nullptr;
    if (!number)
        return expr;
    if (*number < 1 || *number > static_cast<std::int64_t>(query.columns.size()))
        refuse("There is no column " + std::to_string(*number) + " in this SELECT.", expr.span);
    const hogql::Expr &column = *query.columns[static_cast<std::size_t>(*number) - 1];
    if (const auto *alias = std::get_if<hogql::Alias>(&column.node))
        return *alias->operand;
    return column;
}

bool Compilation::isGrouped(const hogql::Select &query)
{
    const auto aggregated = [this](const hogql::ExprPtr &expr) { return expr && containsAggregate(*expr); };
    return !query.groupBy.empty() || query.groupByAll || !query.groupingSets.empty() || std::ranges::any_of(query.columns, aggregated)
        || aggregated(query.having) || std::ranges::any_of(query.orderBy, [&](const hogql::OrderBy &order) { return aggregated(order.expression); });
}

void Compilation::groupKeys(const hogql::Select &query)
{
    const Within forbidden(m_noAggregates, static_cast<const char *>("GROUP BY"));
    const auto add = [this](const hogql::Expr &expr) {
        Fragment key = expression(expr);
        if (key.type.is(Kind::State))
            refuse("An aggregate state cannot be in GROUP BY.", expr.span);
        if (std::ranges::find(m_scope->keys, key.sql, &Fragment::sql) == m_scope->keys.end())
            m_scope->keys.push_back(std::move(key));
    };
    for (const auto &expr : query.groupBy) {
        const hogql::Expr &key = byPosition(*expr, query);
        if (const auto *tuple = std::get_if<hogql::Tuple>(&key.node)) { // GROUP BY (a, b) is GROUP BY a, b.
            for (const auto &item : tuple->items)
                add(*item);
        } else {
            add(key);
        }
    }
    if (query.groupByAll)
        for (const auto &column : query.columns)
            if (!containsAggregate(*column))
                add(*column);
    for (const auto &set : query.groupingSets)
        for (const auto &expr : set)
            add(byPosition(*expr, query));
}

std::string Compilation::groupingSets(const hogql::Select &query)
{
    const Within phase(m_phase, Phase::Rows);
    std::string sql;
    for (const auto &set : query.groupingSets) {
        std::string keys;
        for (const auto &expr : set) {
            const Fragment key = expression(byPosition(*expr, query));
            keys += (keys.empty() ? "" : ", ") + (key.hasKey() ? key.key : key.sql);
        }
        sql += (sql.empty() ? "(" : ", (") + keys + ")";
    }
    return "GROUPING SETS (" + sql + ")";
}

Output Compilation::outputFor(const hogql::Expr &expr, const Fragment &value) const
{
    Output output;
    output.type = value.type;
    if (const auto *alias = std::get_if<hogql::Alias>(&expr.node)) {
        output.name = alias->name;
        return output;
    }
    output.name = hogql::print(expr);
    if (const auto *field = std::get_if<hogql::Field>(&expr.node)) {
        output.otherNames.push_back(field->chain.back());
        if (field->chain.size() == 1)
            output.name = field->chain[0];
        else if (field->chain.size() == 2 && m_scope->findSource(field->chain[0])) // e.event is called event
            output.name = field->chain.back();
        else if (field->chain.size() > 2 && m_scope->findSource(field->chain[0]))
            output.otherNames.push_back(output.name.substr(std::min(output.name.size(), output.name.find('.') + 1)));
    }
    return output;
}

std::vector<Compilation::Item> Compilation::expand(const hogql::Asterisk &asterisk, hogql::Span span)
{
    std::vector<Item> list;
    bool found = asterisk.table.empty();
    for (const auto &source : m_scope->sources) {
        if (!asterisk.table.empty() && source->name != asterisk.table)
            continue;
        found = true;
        const auto add = [&](const std::string &name) {
            if (std::ranges::find(asterisk.exclude, name) != asterisk.exclude.end())
                return;
            const Fragment value = column(*source, {name}, 0, span);
            list.push_back({{name, "", value.type, {}}, value.type.is(Kind::State) ? text(value) : value.sql});
        };
        if (source->table) {
            for (const TableColumn &known : source->table->columns)
                if (known.inAsterisk)
                    add(std::string(known.name));
        } else {
            for (const Output &known : source->columns) {
                if (std::ranges::find(asterisk.exclude, known.name) != asterisk.exclude.end())
                    continue;
                Fragment value;
                value.sql = source->alias + "." + known.column;
                value.type = source->outer ? known.type.orNull() : known.type;
                value = plain(std::move(value), known.name, span);
                list.push_back({{known.name, "", value.type, known.otherNames}, value.sql});
            }
        }
    }
    if (asterisk.table.empty())
        for (const auto &[name, value] : m_scope->arrayColumns)
            list.push_back({{name, "", value.type, {}}, value.sql});
    if (!found)
        refuse("Unknown table " + asterisk.table + " in " + asterisk.table + ".*", span);
    if (list.empty())
        refuse("There are no columns for * to stand for.", span);
    return list;
}

std::vector<Compilation::Item> Compilation::items(const hogql::Select &query)
{
    std::vector<Item> list;
    for (const auto &expr : query.columns) {
        std::size_t limit = m_scope->aliases.size();
        if (const auto *alias = std::get_if<hogql::Alias>(&expr->node)) {
            const auto definition = std::ranges::find(m_scope->aliases, alias->operand.get(), &AliasDefinition::operand);
            limit = definition->limit;
        } else { // The aliases of the items before this one.
            limit = 0;
            for (const AliasDefinition &definition : m_scope->aliases)
                if (definition.operand->span.start < expr->span.start)
                    limit = definition.position + 1;
        }
        const Within within(m_aliasLimit, limit);
        if (const auto *asterisk = std::get_if<hogql::Asterisk>(&expr->node)) {
            std::ranges::move(expand(*asterisk, expr->span), std::back_inserter(list));
            continue;
        }
        const Fragment value = expression(*expr);
        Item item {outputFor(*expr, value), value.sql};
        if (value.type.is(Kind::State))
            item.sql = text(value);
        else if (value.constant && value.type.is(Kind::Integer) && value.constant->is_number_integer())
            item.sql += "::BIGINT";
        list.push_back(std::move(item));
    }
    for (std::size_t i = 0; i < list.size(); ++i)
        list[i].output.column = "c" + std::to_string(i);
    return list;
}

std::vector<Compilation::OrderItem> Compilation::orderItems(const std::vector<hogql::OrderBy> &order, const hogql::Select *positions)
{
    std::vector<OrderItem> list;
    for (const hogql::OrderBy &item : order) {
        if (item.fill)
            unsupported("WITH FILL", item.expression->span);
        const hogql::Expr &expr = positions ? byPosition(*item.expression, *positions) : *item.expression;
        const std::string direction = std::string(item.descending ? " DESC" : " ASC") + (item.nullsFirst.value_or(false) ? " NULLS FIRST" : " NULLS LAST");
        const auto *tuple = std::get_if<hogql::Tuple>(&expr.node); // ORDER BY (a, b) DESC
        const std::vector<hogql::ExprPtr> none;
        for (const auto &part : tuple ? tuple->items : none)
            list.push_back({expression(*part).sql, direction});
        if (tuple)
            continue;
        const Fragment value = expression(expr);
        if (!value.constant)
            list.push_back({value.sql, direction});
    }
    return list;
}

std::string Compilation::orderBy(const std::vector<hogql::OrderBy> &order, const hogql::Select *positions)
{
    std::string sql;
    for (const OrderItem &item : orderItems(order, positions))
        sql += (sql.empty() ? "" : ", ") + item.sql + item.direction;
    return sql;
}

std::string Compilation::limitClause(const hogql::Select &query, bool outermost)
{
    std::string sql;
    if (query.limitPercent) {
        sql = " LIMIT " + std::to_string(wholeNumber(*query.limit, "LIMIT")) + "%";
    } else if (query.limit) {
        std::int64_t limit = wholeNumber(*query.limit, "LIMIT");
        if (outermost)
            limit = std::min<std::int64_t>(limit, m_context.maximumLimit);
        sql = " LIMIT " + std::to_string(limit);
    } else if (outermost) {
        m_statement.limitedByDefault = true;
        sql = " LIMIT " + std::to_string(m_context.defaultLimit + 1);
    }
    if (query.offset)
        sql += " OFFSET " + std::to_string(wholeNumber(*query.offset, "OFFSET"));
    return sql;
}

std::string Compilation::unfoldings(const std::vector<Unfolding> &list) const
{
    std::string sql;
    for (const Unfolding &unfolding : list) {
        std::string columns;
        for (std::size_t i = 0; i < unfolding.arrays.size(); ++i)
            columns += (i ? ", " : "") + ("unnest(" + unfolding.arrays[i] + ") AS v") + std::to_string(i);
        sql += unfolding.keepEmpty ? " LEFT JOIN LATERAL (SELECT " : " CROSS JOIN LATERAL (SELECT ";
        sql += columns + ") AS " + unfolding.alias + (unfolding.keepEmpty ? " ON true" : "");
    }
    return sql;
}

std::string Compilation::groupedRows(const hogql::Select &query, const std::string &where)
{
    std::string columns;
    std::vector<std::string> ordinals;
    for (std::size_t i = 0; i < m_scope->keys.size(); ++i) {
        const Fragment &key = m_scope->keys[i];
        columns += (columns.empty() ? "" : ", ") + (key.type.is(Kind::Null) ? "NULL::VARCHAR" : key.hasKey() ? key.key : key.sql) + " AS k" + std::to_string(i);
        ordinals.push_back(std::to_string(i + 1));
    }
    for (std::size_t i = 0; i < m_scope->aggregates.size(); ++i)
        columns += (columns.empty() ? "" : ", ") + m_scope->aggregates[i].sql + " AS a" + std::to_string(i);
    const std::string from = fromSql();
    const std::string common = m_scope->common.empty() ? "" : "WITH " + m_scope->common + " ";
    std::string sql = "(" + common + "SELECT " + (columns.empty() ? "1" : columns) + from + where;
    if (!ordinals.empty()) {
        std::string keys = joinedWith(ordinals, ", ");
        if (query.groupByMode == "ROLLUP" || query.groupByMode == "CUBE") {
            keys.clear();
            for (const Fragment &key : m_scope->keys)
                keys += (keys.empty() ? "" : ", ") + (key.hasKey() ? key.key : key.sql);
            keys = query.groupByMode + "(" + keys + ")";
        } else if (!query.groupingSets.empty()) {
            keys = groupingSets(query);
        } else if (!query.groupByMode.empty()) {
            unsupported("GROUP BY " + query.groupByMode, query.span);
        }
        sql += " GROUP BY " + keys;
    }
    return sql + ") AS " + m_scope->groups;
}

CompiledSelect Compilation::plainSelect(const hogql::Select &query, bool outermost)
{
    if (query.offset && m_context.refuseOffset)
        refuse(std::string(offsetRefusal), query.offset->span);
    if (query.columns.empty())
        refuse("SELECT needs at least one column.", query.span);

    from(query);
    collectAliases(query);
    if (query.arrayJoin)
        arrayJoin(*query.arrayJoin);

    std::string where;
    for (const hogql::ExprPtr *filter : {&query.prewhere, &query.where}) {
        if (!*filter)
            continue;
        const Within forbidden(m_noAggregates, filter == &query.where ? "WHERE" : "PREWHERE");
        where += (where.empty() ? " WHERE " : " AND ") + condition(**filter, true);
    }
    if (!m_scope->sampled.empty())
        where += (where.empty() ? " WHERE " : " AND ") + m_scope->sampled;

    m_scope->grouped = isGrouped(query);
    m_scope->groups = "g" + std::to_string(++m_aliases);
    if (m_scope->grouped) {
        groupKeys(query);
        for (std::size_t i = 0; i < query.columns.size(); ++i)
            if (std::holds_alternative<hogql::Asterisk>(query.columns[i]->node))
                refuse("NOT_AN_AGGREGATE: * cannot be selected together with GROUP BY or aggregate functions.", query.columns[i]->span);
    }

    const Within phase(m_phase, m_scope->grouped ? Phase::Groups : Phase::Rows);
    std::vector<Item> list = items(query);
    std::string having = query.having ? condition(*query.having, true) : "";
    std::vector<OrderItem> order = orderItems(query.orderBy, &query);
    if (query.orderByAll)
        for (const Item &item : list)
            order.push_back({item.sql, " ASC NULLS LAST"});

    std::vector<std::string> qualify;
    if (query.qualify)
        qualify.push_back(condition(*query.qualify, true));
    std::string orderText;
    for (const OrderItem &item : order)
        orderText += (orderText.empty() ? " ORDER BY " : ", ") + item.sql + item.direction;
    if (query.limitBy) {
        std::string keys;
        for (const auto &key : query.limitBy->columns)
            keys += (keys.empty() ? "PARTITION BY " : ", ") + expression(byPosition(*key, query)).sql;
        const std::int64_t offset = query.limitBy->offset ? wholeNumber(*query.limitBy->offset, "OFFSET") : 0;
        const std::int64_t count = wholeNumber(*query.limitBy->count, "LIMIT BY");
        qualify.push_back("row_number() OVER (" + keys + orderText + ") BETWEEN " + std::to_string(offset + 1) + " AND "
                          + std::to_string(offset + count));
    }
    std::string limit = limitClause(query, outermost);
    if (query.withTies && query.limit && !order.empty()) {
        qualify.push_back("rank() OVER (" + orderText.substr(1) + ") <= " + std::to_string(wholeNumber(*query.limit, "LIMIT")));
        limit.clear();
    }

    std::string rows;
    if (m_scope->grouped)
        rows = " FROM " + groupedRows(query, where) + unfoldings(m_scope->groupUnfoldings) + (having.empty() ? "" : " WHERE " + having);
    else
        rows = fromSql() + where + (having.empty() ? "" : (where.empty() ? " WHERE " : " AND ") + having);
    if (!qualify.empty())
        rows += " QUALIFY " + joinedWith(qualify, " AND ");

    CompiledSelect compiled;
    if (!m_scope->grouped)
        compiled.common = m_scope->common;
    std::string columns;
    std::string names;
    for (const Item &item : list) {
        compiled.columns.push_back(item.output);
        columns += (columns.empty() ? "" : ", ") + item.sql + " AS " + item.output.column;
        names += (names.empty() ? "" : ", ") + item.output.column;
    }
    if (query.distinct && !order.empty()) { // ClickHouse orders what is left by anything of the first row of each kind.
        std::string outerOrder;
        for (std::size_t i = 0; i < order.size(); ++i) {
            columns += ", " + order[i].sql + " AS o" + std::to_string(i);
            outerOrder += (i ? ", first(o" : " ORDER BY first(o") + std::to_string(i) + ")" + order[i].direction;
        }
        compiled.sql = "SELECT " + names + " FROM (SELECT " + columns + rows + ") GROUP BY " + names + outerOrder + limit;
    } else {
        compiled.sql = std::string("SELECT ") + (query.distinct ? "DISTINCT " : "") + columns + rows + orderText + limit;
    }
    return compiled;
}

} // namespace localproject
