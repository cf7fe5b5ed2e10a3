#pragma once

#include "driver/http/server.h"

#include <optional>
#include <string>

namespace localproject::capture {

/// The JSON that an SDK sent, whatever it packed it into: gzip (said by Content-Encoding, by ?compression=gzip-js, or by its
/// first bytes), base64, a form's `data`. No more than `limit` bytes come out, however small the body was.
/// Errors: InvalidInput (not what it says), RateLimited (beyond the limit).
ph::Result<std::string> payloadOf(const http::ServerRequest &request, std::size_t limit);

ph::Result<std::string> gunzip(std::string_view packed, std::size_t limit);
std::optional<std::string> decodeBase64(std::string_view text);

} // namespace localproject::capture
