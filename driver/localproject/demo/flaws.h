#pragma once

#include "driver/localproject/demo/simulate.h"

namespace localproject::demo {

/// Adds what is wrong with the data, so that there is something to find: page views that came twice, clocks that are years
/// ahead, events that arrived days late.
void spoil(const World &world, const Plan &plan, Data &data);

} // namespace localproject::demo
