#include "agent/acp/wire.h"

#include "driver/base/json_escape.h"

#include <simdjson.h>

namespace acp::wire {
namespace {

constexpr std::array<bool, 256> plain = [] {
    std::array<bool, 256> isPlain{};
    for (int c = 0x20; c < 0x80; ++c)
        isPlain[std::size_t(c)] = c != '"' && c != '\\';
    return isPlain;
}();

} // namespace

void writeText(std::string &out, std::string_view text)
{
    const auto begin = out.size();
    bool isUtf8 = false; // what follows is known to be
    out += '"';
    for (std::size_t done = 0; done < text.size();) {
        auto end = done;
        while (end < text.size() && (plain[static_cast<unsigned char>(text[end])] || (isUtf8 && (text[end] & 0x80))))
            ++end;
        out += text.substr(done, end - done);
        done = end;
        if (done == text.size())
            break;
        if (!(text[done] & 0x80)) {
            ph::appendJsonEscape(out, static_cast<unsigned char>(text[done++]));
            continue;
        }
        isUtf8 = simdjson::validate_utf8(text.substr(done));
        if (!isUtf8) {
            out.resize(begin);
            return writeJson(out, std::string(text));
        }
    }
    out += '"';
}

void writeJson(std::string &out, const ph::Json &json) { out += json.dump(-1, ' ', false, ph::Json::error_handler_t::replace); }

} // namespace acp::wire
