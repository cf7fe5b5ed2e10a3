#include "driver/localproject/insights/entity.h"

#include <set>

namespace localproject::insights {

namespace {

void nameAction(Entity &entity, const Engine &engine, const std::string &path)
{
    const ph::Json &action = engine.action(entity.actionId, path);
    entity.isAction = true;
    entity.name = action.value("name", std::string());
    entity.named = call("matchesAction", {constant(entity.actionId)});
}

void nameEvent(Entity &entity)
{
    entity.name = entity.event.value_or("All events");
    entity.named = entity.event ? binary(hogql::BinaryOp::Equal, field({"event"}), constant(*entity.event)) : constant(true);
}

ExprPtr propertiesOf(Node &node, const Engine &engine)
{
    std::vector<ExprPtr> list;
    for (const char *key : {"properties", "fixedProperties"})
        if (const ph::Json &properties = node.raw(key); !properties.is_null() && !properties.empty())
            list.push_back(propertyCondition(properties, engine, node.pathOf(key)));
    return allOf(list);
}

} // namespace

Entity readEntity(Node node, const Engine &engine)
{
    ignoreCommon(node);
    node.ignore({"optionalInFunnel", "limit", "orderBy", "math_multiplier", "math_property_revenue_currency", "funnelFromStep", "funnelToStep"});
    Entity entity;
    entity.path = node.path();
    const std::string kind = node.choice("kind", {"EventsNode", "ActionsNode"}, "EventsNode");
    if (kind == "ActionsNode") {
        const auto id = node.integer("id", 0, INT64_MAX);
        if (!id)
            refuse("required", "This field is required.", node.pathOf("id"));
        entity.actionId = *id;
        nameAction(entity, engine, node.pathOf("id"));
    } else {
        entity.event = node.text("event");
        if (entity.event && entity.event->empty())
            entity.event.reset();
        nameEvent(entity);
    }
    entity.customName = node.raw("custom_name");
    entity.math = node.text("math").value_or("");
    entity.mathProperty = node.raw("math_property");
    entity.mathPropertyType = node.choice(
        "math_property_type", {"event_properties", "person_properties", "session_properties", "data_warehouse_properties"}, "event_properties");
    entity.mathHogql = node.raw("math_hogql");
    entity.mathGroup = node.raw("math_group_type_index");
    node.integer("math_group_type_index", 0, 4);
    node.text("math_property");
    node.text("math_hogql");
    entity.filtered = propertiesOf(node, engine);
    node.finish();
    return entity;
}

Entity readRetentionEntity(Node node, const Engine &engine)
{
    node.ignore({"kind", "name", "order", "uuid", "custom_name", "aggregationMathProperty"});
    Entity entity;
    entity.path = node.path();
    const std::string type = node.choice("type", {"events", "actions"}, "events");
    const ph::Json &id = node.raw("id");
    if (type == "actions") {
        const std::string text = id.is_string() ? id.get<std::string>() : id.dump();
        if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos || text.size() > 15)
            refuse("invalid_input", "An action is named by its id.", node.pathOf("id"));
        entity.actionId = std::stoll(text);
        nameAction(entity, engine, node.pathOf("id"));
    } else {
        if (!id.is_null() && !id.is_string())
            refuse("invalid_input", "An event is named by text.", node.pathOf("id"));
        if (id.is_string() && !id.get<std::string>().empty())
            entity.event = id.get<std::string>();
        nameEvent(entity);
    }
    entity.filtered = propertiesOf(node, engine);
    node.finish();
    return entity;
}

ph::Json Entity::id() const
{
    if (isAction)
        return actionId;
    return event ? ph::Json(*event) : ph::Json();
}

ph::Json Entity::actionJson(std::size_t order) const
{
    return {{"id", id()},
            {"type", isAction ? "actions" : "events"},
            {"order", order},
            {"name", name},
            {"custom_name", customName},
            {"math", math.empty() ? ph::Json() : ph::Json(math)},
            {"math_property", mathProperty},
            {"math_hogql", mathHogql},
            {"math_group_type_index", mathGroup},
            {"properties", ph::Json::object()}};
}

ExprPtr eventsOf(const std::vector<Entity> &entities, const Engine &engine)
{
    std::set<std::string> names;
    for (const Entity &entity : entities) {
        if (!entity.isAction) {
            if (!entity.event)
                return nullptr;
            names.insert(*entity.event);
            continue;
        }
        const ph::Json &action = engine.action(entity.actionId, entity.path);
        const ph::Json steps = action.value("steps", ph::Json::array());
        for (const ph::Json &step : steps) {
            if (!step.is_object() || !step.contains("event") || !step.at("event").is_string() || step.at("event").get<std::string>().empty())
                return nullptr;
            names.insert(step.at("event").get<std::string>());
        }
    }
    ph::Json list = ph::Json::array();
    for (const std::string &name : names)
        list.push_back(name);
    return list.empty() ? nullptr : binary(hogql::BinaryOp::In, field({"event"}), constant(list));
}

} // namespace localproject::insights
