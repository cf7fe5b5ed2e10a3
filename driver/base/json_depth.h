#pragma once

#include <string_view>

namespace ph {

/// Whether brackets in the JSON text stand more than `levels` deep. Copying and writing a JSON value recurses: text from elsewhere is
/// looked at before it is read. For text that is no JSON the answer means nothing, but is given.
bool isNestedDeeper(std::string_view text, int levels);

} // namespace ph
