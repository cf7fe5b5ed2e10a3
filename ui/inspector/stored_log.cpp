#include "ui/inspector/stored_log.h"

#include "driver/base/time.h"
#include "ui/inspector/message_head.h"

#include <simdjson.h>

#include <limits>
#include <map>

namespace ui {
namespace {

using acp::Direction;

/// Tells which way the lines of a log went, taken one after another.
class Directions
{
public:
    explicit Directions(const acp::SchemaCheck &schema)
        : m_schema(schema)
    {
    }

    Direction of(const std::string &line)
    {
        const auto head = headOf(line);
        ++m_count;
        switch (head.kind) {
        case MessageKind::Request:
        case MessageKind::Notification: {
            // What is not in the schema is most likely an agent's own.
            const auto direction = m_schema.receiverOf(head.method) == acp::Side::Agent ? Direction::Sent : Direction::Received;
            if (head.kind == MessageKind::Request)
                m_open[direction == Direction::Sent ? 0 : 1][head.id] = {head.method, m_count};
            return direction;
        }
        case MessageKind::Response:
        case MessageKind::Error:
            return ofReply(head, line);
        case MessageKind::Invalid:
            break;
        }
        return Direction::Received;
    }

private:
    struct Request {
        std::string method;
        int number;
    };

    Direction ofReply(const MessageHead &head, const std::string &line)
    {
        auto &[sent, received] = m_open;
        const auto ours = sent.find(head.id);
        const auto theirs = received.find(head.id);
        bool isForUs = theirs == received.end();
        if (ours != sent.end() && theirs != received.end()) {
            const bool fitsUs = fits(line, acp::Side::Agent, ours->second.method);
            const bool fitsThem = fits(line, acp::Side::Client, theirs->second.method);
            isForUs = fitsUs == fitsThem ? ours->second.number > theirs->second.number : fitsUs;
        }
        if (isForUs && ours != sent.end())
            sent.erase(ours);
        else if (!isForUs)
            received.erase(theirs);
        return isForUs ? Direction::Received : Direction::Sent;
    }

    bool fits(const std::string &line, acp::Side sender, const std::string &method) const
    {
        for (const auto &finding : m_schema.check(line, sender, method)) {
            if (finding.kind == acp::Finding::Kind::Problem)
                return false;
        }
        return true;
    }

    const acp::SchemaCheck &m_schema;
    std::array<std::map<std::string, Request>, 2> m_open; // not answered, by id: sent, received
    int m_count = 0;
};

/// Takes a stored entry apart; a bare message stays as it is.
WireLine unpacked(const std::string &text, simdjson::ondemand::parser &parser, bool &knowsDirection)
{
    WireLine line;
    const simdjson::padded_string padded(text);
    simdjson::ondemand::document entry;
    simdjson::ondemand::object message;
    std::string_view part;
    if (parser.iterate(padded).get(entry) == simdjson::SUCCESS) {
        if (entry["timestamp"].get(part) == simdjson::SUCCESS) {
            if (const auto time = ph::parseIsoTime(part))
                line.time = *time;
        }
        if (entry["direction"].get(part) == simdjson::SUCCESS) {
            knowsDirection = true;
            line.direction = part == "sent" ? Direction::Sent : Direction::Received;
        }
        if (entry["notification"].get(message) == simdjson::SUCCESS && message.raw_json().get(part) == simdjson::SUCCESS)
            line.text = part;
        else if (knowsDirection && entry["text"].get(part) == simdjson::SUCCESS)
            line.text = part;
    }
    if (line.text.empty())
        line.text = text;
    return line;
}

} // namespace

std::shared_ptr<WireLog> storedLog(const QString &runId, const std::vector<std::string> &lines, const acp::SchemaCheck &schema)
{
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    auto log = std::make_shared<WireLog>(runId, QString(), WireLog::Limits{all, all});
    simdjson::ondemand::parser parser;
    Directions directions(schema);
    for (const auto &text : lines) {
        bool knowsDirection = false;
        auto line = unpacked(text, parser, knowsDirection);
        const auto told = directions.of(line.text);
        if (!knowsDirection)
            line.direction = told;
        log->add(std::move(line));
    }
    log->end();
    return log;
}

} // namespace ui
