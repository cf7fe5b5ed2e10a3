#pragma once

#include "ui/conversation/conversation.h"

#include <memory>

namespace ui {

class Question;

/// What a run's log leaves behind.
struct Replayed {
    Conversation conversation;
    std::shared_ptr<Question> waiting; // the last question of a turn that never ended, when it was not answered; else null
    bool isCutOff = false;             // the last turn has no end
};

/// JSON-RPC lines in their order, bare or as stored entries. Lines that do not read are passed over. A turn without an end is
/// shown as interrupted.
Replayed replay(const std::vector<std::string> &lines);

Conversation conversationOf(const std::vector<std::string> &lines);

} // namespace ui
