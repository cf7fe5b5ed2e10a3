#include "driver/localproject/insights/events_query.h"

#include "driver/localproject/functions.h"
#include "driver/localproject/insights/actors.h"
#include "driver/localproject/insights/entity.h"

#include "driver/hogql/walk.h"

#include <algorithm>

namespace localproject::insights {

namespace {

using hogql::BinaryOp;

// What `*` of an EventsQuery is an object of.
constexpr const char *eventFields[] = {"uuid", "event", "properties", "timestamp", "team_id", "distinct_id", "elements_chain", "created_at", "person_mode"};

bool hasAggregate(const hogql::Expr &expr)
{
    if (const auto *call = std::get_if<hogql::Call>(&expr.node); call && !call->over && combinedAggregate(call->name).aggregate)
        return true;
    bool found = false;
    hogql::forEachChild(
        expr, [&](const hogql::Expr &child) { found = found || hasAggregate(child); }, [](const hogql::Select &) {});
    return found;
}

/// One entry of `select`. PostHog reads what follows "--" as the column's title.
struct Column {
    enum class Kind { Expression, Event, Person } kind = Kind::Expression;
    std::string text;
    ExprPtr expr;
    std::size_t first = 0; // its place among what HogQL answers
};

std::vector<Column> readColumns(Node &node)
{
    std::vector<Column> columns;
    const auto texts = node.texts("select");
    if (!texts || texts->empty())
        refuse("required", "This field is required.", node.pathOf("select"));
    for (std::size_t i = 0; i < texts->size(); ++i) {
        Column column;
        column.text = (*texts)[i];
        std::string bare = column.text.substr(0, column.text.find("--"));
        bare.erase(bare.find_last_not_of(" \t") + 1);
        if (bare == "*")
            column.kind = Column::Kind::Event;
        else if (bare == "person" || bare == "person_display_name")
            column.kind = Column::Kind::Person;
        else
            column.expr = userExpression(bare, node.pathOf("select") + "." + std::to_string(i));
        columns.push_back(std::move(column));
    }
    return columns;
}

void readTimes(Node &node, Engine &engine, std::vector<ExprPtr> &where)
{
    const auto after = node.text("after");
    const auto before = node.text("before");
    // Without a border it is the last day, as PostHog's activity page asks; "all" has none.
    const std::string from = after && !after->empty() ? *after : "-24h";
    if (from != "all") {
        const auto time = parseDate(from, engine.calendar(), false, false);
        if (!time)
            node.refuseField("after", "\"" + from + "\" is not a date.");
        where.push_back(binary(after && !after->empty() && from.front() != '-' ? BinaryOp::Greater : BinaryOp::GreaterOrEqual, field({"timestamp"}),
                               clockConstant(*time)));
    }
    if (before && !before->empty()) {
        const auto time = parseDate(*before, engine.calendar(), false, false);
        if (!time)
            node.refuseField("before", "\"" + *before + "\" is not a date.");
        where.push_back(binary(BinaryOp::Less, field({"timestamp"}), clockConstant(*time)));
    } else {
        where.push_back(binary(BinaryOp::Less, field({"timestamp"}), clockConstant(engine.calendar().now + 5 * wallSecond)));
    }
}

ph::Json eventObject(const std::vector<ph::Json> &row, std::size_t first)
{
    ph::Json event = ph::Json::object();
    for (std::size_t i = 0; i < std::size(eventFields); ++i)
        event[eventFields[i]] = row[first + i];
    if (event["properties"].is_string()) {
        ph::Json properties = ph::Json::parse(event["properties"].get<std::string>(), nullptr, false);
        if (properties.is_object())
            event["properties"] = std::move(properties);
    }
    return event;
}

} // namespace

ph::Json answerEvents(Node node, Engine &engine)
{
    ignoreCommon(node);
    std::vector<Column> columns = readColumns(node);
    std::vector<ExprPtr> where;
    readTimes(node, engine, where);
    if (const auto event = node.text("event"); event && !event->empty())
        where.push_back(binary(BinaryOp::Equal, field({"event"}), constant(*event)));
    if (const auto events = node.texts("events"); events && !events->empty())
        where.push_back(binary(BinaryOp::In, field({"event"}), constant(ph::Json(*events))));
    if (const auto action = node.integer("actionId", 0, INT64_MAX)) {
        engine.action(*action, node.pathOf("actionId"));
        where.push_back(call("matchesAction", {constant(*action)}));
    }
    if (const auto person = node.text("personId"); person && !person->empty())
        where.push_back(binary(BinaryOp::Equal, call("toString", {field({"person_id"})}), constant(*person)));
    for (const char *key : {"properties", "fixedProperties"})
        if (const ph::Json &properties = node.raw(key); !properties.is_null() && !properties.empty())
            where.push_back(propertyCondition(properties, engine, node.pathOf(key)));
    if (node.flag("filterTestAccounts"))
        where.push_back(testAccountCondition(engine));
    bool grouped = std::ranges::any_of(columns, [](const Column &column) { return column.expr && hasAggregate(*column.expr); });
    std::vector<ExprPtr> having;
    const auto conditions = node.texts("where").value_or(std::vector<std::string>{});
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        const ExprPtr condition = userExpression(conditions[i], node.pathOf("where") + "." + std::to_string(i));
        (hasAggregate(*condition) ? having : where).push_back(condition);
    }
    grouped = grouped || !having.empty();
    const auto orders = node.texts("orderBy");
    const auto limit = node.integer("limit", 1, 50'000).value_or(100);
    const auto offset = node.integer("offset", 0, INT64_MAX).value_or(0);
    node.finish();

    Holes holes;
    hogql::Select select;
    const auto alias = [&](ExprPtr expr_) { // Of its own name: two columns may be the same.
        select.columns.push_back(expr(hogql::Alias{std::move(expr_), "column_" + std::to_string(select.columns.size())}));
    };
    for (Column &column : columns) {
        column.first = select.columns.size();
        if (column.kind == Column::Kind::Event) {
            if (grouped)
                refuse("invalid_input", "* cannot stand beside aggregates.", node.pathOf("select"));
            for (const char *name : eventFields)
                alias(field({name}));
        } else if (column.kind == Column::Kind::Person) {
            alias(call("toString", {field({"person_id"})}));
            alias(field({"distinct_id"}));
        } else {
            alias(column.expr);
        }
        if (grouped && (column.kind == Column::Kind::Person || !hasAggregate(*column.expr)))
            for (std::size_t i = column.first; i < select.columns.size(); ++i)
                select.groupBy.push_back(std::get<hogql::Alias>(select.columns[i]->node).operand);
    }
    hogql::Join events;
    events.table.name = {"events"};
    select.from.push_back(std::move(events));
    select.where = allOf(where);
    if (!having.empty())
        select.having = allOf(having);
    if (orders) {
        for (std::size_t i = 0; i < orders->size(); ++i) {
            const auto [text, descending] = splitOrder((*orders)[i]);
            select.orderBy.push_back({userExpression(text, node.pathOf("orderBy") + "." + std::to_string(i)), descending, std::nullopt, std::nullopt});
        }
    } else if (grouped) { // The first count or sum, the largest first.
        for (const Column &column : columns)
            if (column.expr && hasAggregate(*column.expr)) {
                select.orderBy.push_back({column.expr, true, std::nullopt, std::nullopt});
                break;
            }
    } else if (std::ranges::any_of(columns, [](const Column &c) { return c.kind == Column::Kind::Event || c.text == "timestamp"; })) {
        select.orderBy.push_back({field({"timestamp"}), true, std::nullopt, std::nullopt});
    }
    select.limit = constant(limit + 1);
    if (offset > 0)
        select.offset = constant(offset);
    const auto query = std::make_shared<const hogql::Select>(std::move(select));
    engine.show(query);
    CompileContext context = engine.source().context;
    context.maximumLimit = 100'000'000;
    Engine::Page page = engine.runPage(query, context, node.pathOf("select"));

    auto &rows = page.rows.rows;
    const bool hasMore = rows.size() > static_cast<std::size_t>(limit);
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(limit)));
    std::vector<std::string> people;
    for (const Column &column : columns)
        if (column.kind == Column::Kind::Person)
            for (const auto &row : rows)
                if (row[column.first].is_string())
                    people.push_back(row[column.first].get<std::string>());
    const auto persons = personsById(people, engine);
    ph::Json results = ph::Json::array();
    for (const auto &row : rows) {
        ph::Json out = ph::Json::array();
        for (const Column &column : columns) {
            if (column.kind == Column::Kind::Event) {
                out.push_back(eventObject(row, column.first));
            } else if (column.kind == Column::Kind::Person) {
                const auto known = row[column.first].is_string() ? persons.find(row[column.first].get<std::string>()) : persons.end();
                ph::Json person{{"distinct_id", row[column.first + 1]}};
                if (known != persons.end())
                    for (const char *key : {"uuid", "created_at", "properties", "is_identified"})
                        person[key] = known->second[key];
                out.push_back(std::move(person));
            } else {
                out.push_back(row[column.first]);
            }
        }
        results.push_back(std::move(out));
    }
    ph::Json names = ph::Json::array();
    ph::Json types = ph::Json::array();
    for (const Column &column : columns) {
        names.push_back(column.text);
        types.push_back(column.kind == Column::Kind::Expression ? page.statement.types[column.first] : "Tuple");
    }
    return {{"results", std::move(results)}, {"columns", std::move(names)}, {"types", std::move(types)}, {"hasMore", hasMore}, {"limit", limit},
            {"offset", offset}, {"hogql", engine.hogql()}};
}

} // namespace localproject::insights
