#include "driver/localproject/capture/payload.h"

#include "driver/http/url.h"

#include <algorithm>
#include <array>
#include <zlib.h>

namespace localproject::capture {

namespace {

bool isGzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

/// The JSON inside of a form's or an address's `data`.
ph::Result<std::string> unwrapped(const std::string &data, std::size_t limit)
{
    if (data.starts_with('{') || data.starts_with('['))
        return data;
    auto bytes = decodeBase64(data);
    if (!bytes)
        return ph::fail(ph::ErrorCode::InvalidInput, "The data is neither JSON nor base64.");
    return isGzip(*bytes) ? gunzip(*bytes, limit) : ph::Result<std::string>(std::move(*bytes));
}

} // namespace

ph::Result<std::string> gunzip(std::string_view packed, std::size_t limit)
{
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        return ph::fail(ph::ErrorCode::Internal, "zlib could not be started.");
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data())); // zlib does not write there.
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    std::array<char, 64 * 1024> buffer;
    int state = Z_OK;
    while (state == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef *>(buffer.data());
        stream.avail_out = buffer.size();
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out.size() > limit)
        return ph::fail(ph::ErrorCode::RateLimited, "The body unpacks to more than " + std::to_string(limit) + " bytes.");
    if (state != Z_STREAM_END)
        return ph::fail(ph::ErrorCode::InvalidInput, "The body is no whole gzip.");
    return out;
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = c >= 'A' && c <= 'Z' ? c - 'A'
            : c >= 'a' && c <= 'z'             ? c - 'a' + 26
            : c >= '0' && c <= '9'             ? c - '0' + 52
            : c == '+' || c == '-'             ? 62
            : c == '/' || c == '_'             ? 63
                                               : -1;
        if (c == '=' || c == '\n' || c == '\r')
            continue;
        if (value < 0)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xff);
        }
    }
    return out;
}

ph::Result<std::string> payloadOf(const http::ServerRequest &request, std::size_t limit)
{
    std::string body = request.body;
    const std::string compression = request.queryValue("compression");
    const std::string encoding = request.header("content-encoding");
    if (encoding == "gzip" || compression == "gzip-js" || compression == "gzip" || isGzip(body)) {
        if (!isGzip(body) && (encoding == "gzip" || compression == "gzip"))
            return ph::fail(ph::ErrorCode::InvalidInput, "The body is no gzip.");
        if (isGzip(body)) {
            auto unpacked = gunzip(body, limit);
            if (!unpacked)
                return unpacked;
            body = std::move(*unpacked);
        }
    } else if (!encoding.empty() && encoding != "identity") {
        return ph::fail(ph::ErrorCode::InvalidInput, "The encoding " + encoding + " is not known.");
    }
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded") && !body.starts_with('{')
        && !body.starts_with('[')) {
        const auto fields = http::parseQuery(body);
        if (fields) {
            for (const auto &[name, value] : *fields) {
                if (name == "data")
                    return unwrapped(value, limit);
            }
        }
        return ph::fail(ph::ErrorCode::InvalidInput, "The form has no data.");
    }
    if (body.empty()) {
        if (const std::string data = request.queryValue("data"); !data.empty())
            return unwrapped(data, limit);
        return ph::fail(ph::ErrorCode::InvalidInput, "The body is empty.");
    }
    if (compression == "base64" || !(body.starts_with('{') || body.starts_with('[') || std::isspace(static_cast<unsigned char>(body[0]))))
        return unwrapped(body, limit);
    return body;
}

} // namespace localproject::capture
