#pragma once

#include "driver/localproject/insights/filters.h"

namespace localproject::insights {

/// One series of an insight, or one step of a funnel: EventsNode or ActionsNode.
struct Entity {
    bool isAction = false;
    std::optional<std::string> event; // absent: all events
    std::int64_t actionId = 0;
    std::string name;                 // the event's, the action's, or "All events"
    ph::Json customName;
    std::string math;                 // empty: total
    ph::Json mathProperty;
    std::string mathPropertyType;
    ph::Json mathHogql;
    ph::Json mathGroup;
    ExprPtr named;                    // the event or the action
    ExprPtr filtered;                 // its properties
    std::string path;

    ExprPtr condition() const { return allOf({named, filtered}); }
    /// "action" of a result.
    ph::Json actionJson(std::size_t order) const;
    /// "id" there: the event's name or the action's id.
    ph::Json id() const;
};

Entity readEntity(Node node, const Engine &engine);
/// The older form of retention's entities and funnel exclusions too: {id, type: events|actions, properties}.
Entity readRetentionEntity(Node node, const Engine &engine);

/// `event IN (…)` where all of them name an event: cheap, and it spares the rest most of the work. Null when one takes all events.
ExprPtr eventsOf(const std::vector<Entity> &entities, const Engine &engine);

} // namespace localproject::insights
