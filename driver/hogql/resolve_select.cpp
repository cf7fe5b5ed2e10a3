#include "driver/hogql/catalogue.h"
#include "driver/hogql/keywords.h"
#include "driver/hogql/near.h"
#include "driver/hogql/printer.h"
#include "driver/hogql/resolver.h"
#include "driver/hogql/walk.h"

namespace hogql {

using Kind = ValueType::Kind;

namespace {

std::string joined(const std::vector<std::string> &parts)
{
    std::string text;
    for (const std::string &part : parts)
        text += (text.empty() ? "" : ".") + part;
    return text;
}

bool isAggregate(const Expr &expression)
{
    const Call *call = std::get_if<Call>(&expression.node);
    if (!call || call->over)
        return false;
    const bool overSubquery = call->arguments.size() == 1 && std::holds_alternative<Subquery>(call->arguments.front()->node);
    const FunctionDoc *function = findFunction(call->name);
    return function && function->aggregate && !overSubquery; // x = any(SELECT …) folds nothing
}

bool containsAggregate(const Expr &expression)
{
    if (isAggregate(expression))
        return true;
    bool found = false;
    forEachChild(
        expression, [&](const Expr &child) { found = found || containsAggregate(child); }, [](const Select &) {});
    return found;
}

const Expr &withoutAlias(const Expr &expression)
{
    const Alias *alias = std::get_if<Alias>(&expression.node);
    return alias ? withoutAlias(*alias->operand) : expression;
}

} // namespace

Resolution resolve(std::string_view text, const Select &select, const Project *project)
{
    Resolver resolver(text, project);
    return resolver.take(resolver.select(select));
}

Resolution Resolver::take(const Relation &result)
{
    for (const Relation::Column &column : result.columns)
        m_result.columns.push_back({column.name, column.type});
    return std::move(m_result);
}

Relation Resolver::select(const Select &select)
{
    Scope scope;
    scope.parent = m_scope;
    scope.select = &select;
    Scope *const outer = std::exchange(m_scope, &scope);
    const Place place = std::exchange(m_place, Place::Elsewhere);
    Relation result;
    commonTables(select, scope);
    if (select.substitute) {
        expression(*select.substitute);
        result.open = true;
    } else {
        result = select.arms.empty() ? plainSelect(select, scope) : setOf(select);
    }
    m_scope = outer;
    m_place = place;
    return result;
}

void Resolver::commonTables(const Select &select, Scope &scope)
{
    for (const Cte &cte : select.ctes) {
        if (cte.value) {
            scope.values[cte.name] = {expression(*cte.value), cte.span};
            continue;
        }
        const Span name = m_tokens[m_tokens.at(cte.span.start)].span;
        if (cte.recursive)
            scope.commonTables[cte.name] = {Relation{nullptr, nullptr, {}, true}, name};
        Relation relation = this->select(*cte.select);
        for (std::size_t i = 0; i < cte.columns.size() && i < relation.columns.size(); ++i)
            relation.columns[i].name = cte.columns[i];
        scope.commonTables[cte.name] = {std::move(relation), name};
    }
}

Relation Resolver::setOf(const Select &select)
{
    Relation result;
    for (std::size_t i = 0; i < select.arms.size(); ++i) {
        Relation arm = this->select(*select.arms[i]);
        if (i == 0) {
            result = std::move(arm);
            continue;
        }
        const bool byName = select.operators[i - 1] > SetOp::ExceptAll;
        if (!byName && !arm.open && !result.open && arm.columns.size() != result.columns.size())
            say(Severity::Error, select.arms[i]->columns.empty() ? select.arms[i]->span : select.arms[i]->columns.front()->span,
                "This SELECT has " + std::to_string(arm.columns.size()) + " columns, the one before "
                    + std::to_string(result.columns.size()) + "; they have to have as many.");
    }
    // ORDER BY behind a bracket sees the columns of the result.
    Source whole{"", "", result, select.span};
    m_scope->sources.push_back(std::move(whole));
    for (const OrderBy &order : select.orderBy)
        expression(order.expression);
    expression(select.limit);
    expression(select.offset);
    return result;
}

Relation Resolver::plainSelect(const Select &select, Scope &scope)
{
    from(select, scope);
    for (const ExprPtr &column : select.columns)
        collectAliases(*column, scope, column->span);
    if (select.arrayJoin) {
        for (const ExprPtr &item : select.arrayJoin->items) {
            const ValueType type = expression(withoutAlias(*item));
            if (const Alias *alias = std::get_if<Alias>(&item->node))
                scope.aliases[alias->name] = {nullptr, item->span, type.is(Kind::Array) ? ValueType{type.item} : ValueType{}, true, false, false};
        }
    }
    Relation result;
    m_place = Place::Columns;
    for (const ExprPtr &column : select.columns) {
        if (const Asterisk *all = std::get_if<Asterisk>(&column->node)) {
            expandAsterisk(*all, result);
            continue;
        }
        const ValueType type = expression(column);
        const Field *field = std::get_if<Field>(&column->node);
        const Alias *alias = std::get_if<Alias>(&column->node);
        result.open = result.open || std::holds_alternative<Spread>(column->node);
        result.columns.push_back({alias ? alias->name : field ? field->chain.back() : print(*column), type, column->span});
    }
    m_place = Place::Where;
    expression(select.prewhere);
    expression(select.where);
    m_place = Place::Elsewhere;
    for (const ExprPtr &item : select.groupBy)
        expression(item);
    for (const auto &set : select.groupingSets) {
        for (const ExprPtr &item : set)
            expression(item);
    }
    expression(select.having);
    expression(select.qualify);
    for (const auto &[name, body] : select.windows)
        window(body);
    for (const OrderBy &order : select.orderBy) {
        expression(order.expression);
        if (order.fill)
            expression(order.fill->from), expression(order.fill->to), expression(order.fill->step);
    }
    if (select.limitBy) {
        for (const ExprPtr &item : select.limitBy->columns)
            expression(item);
    }
    expression(select.limit);
    expression(select.offset);
    guess(select.limit, {Kind::Number});
    guess(select.offset, {Kind::Number});
    checkGrouping(select);
    return result;
}

void Resolver::window(const Window &window)
{
    forEachChild(window, [this](const Expr &child) { expression(child); });
}

void Resolver::expandAsterisk(const Asterisk &all, Relation &result)
{
    for (const Source &source : m_scope->sources) {
        if (!all.table.empty() && source.name != all.table && source.table != all.table)
            continue;
        const auto add = [&](const std::string &name, ValueType type, Span definition) {
            if (std::find(all.exclude.begin(), all.exclude.end(), name) == all.exclude.end())
                result.columns.push_back({name, type, definition});
        };
        for (const Relation::Column &column : source.relation.columns)
            add(column.name, column.type, column.definition);
        if (source.relation.table) {
            for (const ColumnDoc &column : source.relation.table->columns) {
                if (column.type != "Table")
                    add(std::string(column.name), typeNamed(column.type), source.span);
            }
        }
        result.open = true; // the server's table may have more columns than are known here
        if (!source.relation.table && !source.relation.known)
            result.open = source.relation.open;
    }
}

void Resolver::from(const Select &select, Scope &scope)
{
    for (const Join &join : select.from) {
        Source source;
        source.span = join.table.span;
        source.relation = table(join.table, scope);
        source.table = joined(join.table.name);
        source.name = !join.table.alias.empty() ? join.table.alias : join.table.name.empty() ? "" : join.table.name.back();
        for (std::size_t i = 0; i < join.table.columnAliases.size() && i < source.relation.columns.size(); ++i)
            source.relation.columns[i].name = join.table.columnAliases[i];
        scope.sources.push_back(std::move(source));
        scope.shared.insert(scope.shared.end(), join.usingColumns.begin(), join.usingColumns.end());
        if (join.strictness == "NATURAL")
            scope.shared.emplace_back("*");
        expression(join.on);
    }
}

Relation Resolver::table(const TableRef &table, Scope &scope)
{
    expression(table.sample);
    if (table.select)
        return select(*table.select);
    if (table.inner) {
        Scope within; // what PIVOT speaks of are the columns of the table that it turns round
        within.parent = &scope;
        within.select = scope.select;
        within.sources.push_back({table.inner->alias, joined(table.inner->name), this->table(*table.inner, scope), table.inner->span});
        Scope *const outer = std::exchange(m_scope, &within);
        if (table.pivot) {
            for (const ExprPtr &item : table.pivot->aggregates)
                expression(item);
            for (const auto &[column, values] : table.pivot->columns)
                expression(column);
        }
        m_scope = outer;
        return {nullptr, nullptr, {}, true};
    }
    if (table.function) {
        const Call *call = std::get_if<Call>(&table.function->node);
        if (call && isWord(call->name, "NUMBERS"))
            return {findTable("numbers"), nullptr, {}, false};
        expression(*table.function);
        return {nullptr, nullptr, {}, true};
    }
    Relation rows;
    if (!table.rows.empty()) {
        for (std::size_t i = 0; i < table.rows.front().size(); ++i)
            rows.columns.push_back({"col" + std::to_string(i), expression(table.rows.front()[i]), table.span});
        rows.open = table.columnAliases.empty();
        return rows;
    }
    return namedTable(table, scope);
}

Relation Resolver::namedTable(const TableRef &table, Scope &scope)
{
    const std::vector<Span> places = m_tokens.path(table.span.start);
    const Span whole = places.empty() ? table.span : Span{places.front().start, places.back().end};
    const std::string name = joined(table.name);
    for (const Scope *at = &scope; at; at = at->parent) {
        if (const auto found = at->commonTables.find(name); found != at->commonTables.end()) {
            note(Symbol::Kind::CommonTable, whole, name, {}, "Named by WITH in this query.", found->second.second);
            return found->second.first;
        }
    }
    if (const TableDoc *known = findTable(name)) {
        note(Symbol::Kind::Table, whole, std::string(known->name), {}, known->doc);
        return {known, nullptr, {}, known->columns.empty() || known->name.starts_with("system.")};
    }
    if (const KnownTable *known = m_project ? m_project->table(name) : nullptr) {
        note(Symbol::Kind::Table, whole, name, {}, "A table of this project.");
        return {nullptr, known, {}, known->columns.empty()};
    }
    Nearest nearest(name);
    for (const TableDoc &known : tables())
        nearest.offer(known.name);
    for (const Scope *at = &scope; at; at = at->parent) {
        for (const auto &[common, relation] : at->commonTables)
            nearest.offer(common);
    }
    if (m_project) {
        for (const KnownTable &known : m_project->names().tables)
            nearest.offer(known.name);
    }
    if (!nearest.name().empty())
        say(Severity::Error, whole, "There is no table " + name + ". Did you mean " + nearest.name() + "?",
            Fix{"Write " + nearest.name(), whole, nearest.name()});
    else
        say(Severity::Hint, whole, "PostHog itself has no table " + name + "; it would have to come from the project's data warehouse.");
    return {nullptr, nullptr, {}, true};
}

/// Aliases may stand anywhere in a column; each is visible in the whole SELECT.
void Resolver::collectAliases(const Expr &expression, Scope &scope, Span owner)
{
    if (const Alias *alias = std::get_if<Alias>(&expression.node))
        scope.aliases.try_emplace(alias->name,
                                  AliasEntry{alias->operand.get(), expression.span, {}, false, false, containsAggregate(*alias->operand)});
    forEachChild(
        expression, [&](const Expr &child) { collectAliases(child, scope, owner); }, [](const Select &) {});
}

/// With GROUP BY or an aggregate, a column has to come from either.
void Resolver::checkGrouping(const Select &select)
{
    if (select.groupByAll || m_quiet)
        return;
    bool aggregated = !select.groupBy.empty() || !select.groupingSets.empty();
    for (const ExprPtr &column : select.columns)
        aggregated = aggregated || containsAggregate(*column);
    if (!aggregated)
        return;
    for (const ExprPtr &column : select.columns) {
        const Expr *reported = nullptr;
        const auto look = [&](const auto &self, const Expr &expression) -> void {
            if (reported || isGrouped(expression, select))
                return;
            if (std::holds_alternative<Field>(expression.node)) {
                reported = &expression;
                return;
            }
            forEachChild(
                expression, [&](const Expr &child) { self(self, child); }, [](const Select &) {});
        };
        look(look, *column);
        if (!reported)
            continue;
        const std::string name(m_tokens.written(reported->span));
        say(Severity::Warning, reported->span,
            name + (select.groupBy.empty() && select.groupingSets.empty()
                        ? " has many values where the query answers with one row: aggregate it, or GROUP BY it."
                        : " is neither in GROUP BY nor in an aggregate: PostHog refuses that."),
            Fix{"Write any(" + name + ")", reported->span, "any(" + name + ")"});
    }
}

/// e.timestamp and timestamp.
bool Resolver::sameColumn(const Field &a, const Field &b) const
{
    const auto bare = [this](const Field &field) {
        const bool qualified = field.chain.size() > 1
            && std::any_of(m_scope->sources.begin(), m_scope->sources.end(), [&](const Source &source) { return source.name == field.chain.front(); });
        return std::vector<std::string>(field.chain.begin() + (qualified ? 1 : 0), field.chain.end());
    };
    return bare(a) == bare(b);
}

/// Whether `expression` has one value in each group.
bool Resolver::isGrouped(const Expr &expression, const Select &select)
{
    if (std::holds_alternative<Constant>(expression.node) || std::holds_alternative<Placeholder>(expression.node)
        || std::holds_alternative<Subquery>(expression.node) || std::holds_alternative<Lambda>(expression.node)
        || std::holds_alternative<Asterisk>(expression.node) || isAggregate(expression))
        return true;
    const auto isKey = [&](const ExprPtr &key) {
        const Expr &bare = withoutAlias(*key);
        if (equal(bare, expression) || equal(*key, expression))
            return true;
        const Constant *constant = std::get_if<Constant>(&bare.node);
        if (const std::int64_t *position = constant ? std::get_if<std::int64_t>(&constant->value) : nullptr)
            return *position >= 1 && static_cast<std::size_t>(*position) <= select.columns.size()
                && equal(withoutAlias(*select.columns[static_cast<std::size_t>(*position) - 1]), expression);
        const Field *name = std::get_if<Field>(&bare.node);
        if (const Field *field = std::get_if<Field>(&expression.node); name && field && sameColumn(*name, *field))
            return true;
        if (!name || name->chain.size() != 1)
            return false;
        const auto alias = m_scope->aliases.find(name->chain.front());
        return alias != m_scope->aliases.end() && alias->second.expression && equal(*alias->second.expression, expression);
    };
    if (std::any_of(select.groupBy.begin(), select.groupBy.end(), isKey))
        return true;
    for (const auto &set : select.groupingSets) {
        if (std::any_of(set.begin(), set.end(), isKey))
            return true;
    }
    if (const Alias *alias = std::get_if<Alias>(&expression.node)) {
        const auto byName = [&](const ExprPtr &key) {
            const Field *name = std::get_if<Field>(&key->node);
            return name && name->chain.size() == 1 && name->chain.front() == alias->name;
        };
        return std::any_of(select.groupBy.begin(), select.groupBy.end(), byName) || isGrouped(*alias->operand, select);
    }
    if (const Field *field = std::get_if<Field>(&expression.node)) {
        for (const Scope *scope = m_scope; scope; scope = scope->parent) {
            if (scope->values.contains(field->chain.front()))
                return true;
        }
        const auto alias = m_scope->aliases.find(field->chain.front());
        if (alias == m_scope->aliases.end() || !alias->second.expression || alias->second.active)
            return false;
        alias->second.active = true;
        const bool grouped = isGrouped(*alias->second.expression, select);
        alias->second.active = false;
        return grouped;
    }
    if (const Call *call = std::get_if<Call>(&expression.node); call && isWord(call->name, "ARRAYJOIN") && call->arguments.size() == 1)
        return isGrouped(*call->arguments.front(), select);
    bool grouped = true;
    forEachChild(
        expression, [&](const Expr &child) { grouped = grouped && isGrouped(child, select); }, [](const Select &) {});
    return grouped;
}

} // namespace hogql
