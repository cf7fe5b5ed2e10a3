#pragma once

#include "agent/tools/tool.h"

#include <memory>

namespace tools {

// Tools that work on the session itself.
std::shared_ptr<Tool> makeTodoWrite();
std::shared_ptr<Tool> makeTask();
std::shared_ptr<Tool> makeEnterPlanMode();
std::shared_ptr<Tool> makeExitPlanMode();
std::shared_ptr<Tool> makeAskUserQuestion();

/// Whether a plan can be shown: 40 characters or more, and a Markdown heading.
bool isReadyPlan(const std::string &plan);

} // namespace tools
