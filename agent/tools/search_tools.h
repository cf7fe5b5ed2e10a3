#pragma once

#include "agent/tools/tool.h"

#include <memory>

namespace tools {

std::shared_ptr<Tool> makeGlob();
std::shared_ptr<Tool> makeGrep();
std::shared_ptr<Tool> makeLs();

} // namespace tools
