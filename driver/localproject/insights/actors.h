#pragma once

#include "driver/localproject/insights/engine.h"

#include <map>

namespace localproject::insights {

/// ActorsQuery: the people (or groups) behind a source, or all of them.
ph::Json answerActors(Node node, Engine &engine);

/// InsightActorsQuery, FunnelsActorsQuery, StickinessActorsQuery by themselves: a column actor_id and what the insight adds.
struct ActorsSource {
    SelectPtr query;
    bool arePersons = true;
    std::vector<std::string> columns; // beside actor_id: event_count, appearances
};
ActorsSource readActorsSource(Node node, Engine &engine);

/// Persons as objects, by id; those that are nobody's are missing.
std::map<std::string, ph::Json> personsById(const std::vector<std::string> &ids, const Engine &engine);

/// An "orderBy" or "select" entry split: "event_count DESC" is event_count and true.
std::pair<std::string, bool> splitOrder(const std::string &text);

} // namespace localproject::insights
