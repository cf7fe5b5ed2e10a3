#pragma once

#include "ui/conversation/conversation.h"

namespace ui {

/// The conversation that a run's log tells: JSON-RPC lines in their order, bare or as stored entries. Lines that do not read are
/// passed over. A turn without an end is shown as interrupted.
Conversation conversationOf(const std::vector<std::string> &lines);

} // namespace ui
