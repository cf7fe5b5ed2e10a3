#pragma once

#include "driver/base/json_fields.h"

#include <string_view>

namespace model {

/// The JSON that `text` begins to be: what is open is closed, a member without a value is left out. For the input of a call while it
/// comes (Listener::onCallInput). Null when that is no JSON, as in the middle of a word, a number or an escape: then what was read
/// before still holds.
ph::Json parsePartial(std::string_view text);

} // namespace model
