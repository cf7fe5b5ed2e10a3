#include "tests/fuzz/fuzz_driver.h"

#include "driver/base/utf8.h"
#include "driver/http/sse_parser.h"

#include <algorithm>
#include <iterator>

// Event streams with any bytes in them: nothing crashes or hangs; however a stream is cut, its events are the same; types, data and
// ids are UTF-8; no type is empty, none holds a line's end; an event is never longer than the parser allows.

using namespace http;

namespace {

constexpr std::size_t maximumEvent = 4096;

/// The events, up to the first that is too long.
std::vector<ServerEvent> readInPieces(std::string_view text, std::size_t size, bool &isWhole)
{
    SseParser parser(maximumEvent);
    std::vector<ServerEvent> events;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        auto more = parser.feed(text.substr(0, size));
        isWhole = more.has_value();
        if (!isWhole)
            break;
        events.insert(events.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    }
    return events;
}

} // namespace

std::string fuzzOne(std::string_view text)
{
    bool isWhole = true;
    const auto events = readInPieces(text, text.size() + 1, isWhole);
    for (const ServerEvent &event : events) {
        if (!ph::isUtf8(event.type) || !ph::isUtf8(event.data) || !ph::isUtf8(event.lastId))
            return "an event is no UTF-8";
        if (event.type.empty() || event.type.find_first_of("\r\n") != std::string::npos || event.lastId.find_first_of("\r\n") != std::string::npos)
            return "a line's end is in a field: " + event.type;
        if (event.data.size() > 3 * maximumEvent) // A wrong byte becomes three.
            return "an event is too long";
    }
    for (const std::size_t size : {1, 2, 3, 7, 64}) {
        bool isWholeToo = true;
        const auto again = readInPieces(text, size, isWholeToo);
        if (isWhole && (!isWholeToo || again != events))
            return "pieces of " + std::to_string(size) + " bytes give other events";
    }
    return {};
}

std::vector<std::string> fuzzSeeds()
{
    return {
        "event: message_start\ndata: {\"type\":\"message_start\"}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n",
        "\xEF\xBB\xBF: hello\r\nid: 7\r\nretry: 100\r\ndata: a\r\ndata: b\r\n\r\n",
        "data: x\rdata: \xF0\x9F\x98\x80\r\rdata: [DONE]\n\n",
    };
}

std::vector<std::string> fuzzPieces()
{
    return {"\r",
            "\n",
            "\r\n",
            "\n\n",
            ":",
            " ",
            "data",
            "data:",
            "event:",
            "id:",
            "retry:",
            "\xEF\xBB\xBF",
            "\xFF",
            "\xE2\x82",
            std::string(1, '\0'),
            std::string(3000, 'x')};
}
