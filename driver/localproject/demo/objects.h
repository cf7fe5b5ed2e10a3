#pragma once

#include "driver/localproject/demo/world.h"
#include "driver/localproject/store.h"

/// What stands around the events: cohorts with their people, flags, insights, experiments … and the definitions of events and
/// properties, from resources/demo/objects.json. The events and persons must be in the store already.
namespace localproject::demo {

ph::Result<> addObjects(const Store &store, const World &world);

} // namespace localproject::demo
