#pragma once

#include "driver/localproject/insights/engine.h"

namespace localproject::insights {

/// "properties" of a node as one condition on events: a list of property filters, or a group {type, values} of them.
/// `onPersons` reads them for a query over persons, where person properties are the rows' own.
ExprPtr propertyCondition(const ph::Json &properties, const Engine &engine, const std::string &path, bool onPersons = false);

/// What filterTestAccounts leaves.
ExprPtr testAccountCondition(const Engine &engine);

/// The conditions that hold for a whole insight: its properties and its test accounts.
std::vector<ExprPtr> insightConditions(Node &node, const Engine &engine);

/// The field that a property of that type is: person.properties.email. `type` is event, person, session, group, event_metadata.
ExprPtr propertyField(const std::string &type, const std::string &key, std::int64_t group, const std::string &path, bool onPersons = false);

} // namespace localproject::insights
