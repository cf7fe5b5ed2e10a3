#pragma once

#include <string>
#include <string_view>

namespace tools {

/// `bytes` in base64 (RFC 4648, section 4), padded.
std::string toBase64(std::string_view bytes);

} // namespace tools
