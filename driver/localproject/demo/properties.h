#pragma once

#include "driver/localproject/demo/people.h"
#include "driver/localproject/demo/simulate.h"

#include <string>
#include <string_view>
#include <vector>

/// The JSON of events, persons and accounts, written by hand: two hundred thousand times through a JSON library would take
/// longer than all the rest.
namespace localproject::demo {

inline constexpr std::string_view host = "driftboard.example";

/// `text` as JSON, with its quotes.
void appendJsonString(std::string &out, std::string_view text);

std::string pagePath(Page page, std::uint32_t id);
std::string pageUrl(Page page, std::uint32_t id);

class PropertyWriter
{
public:
    PropertyWriter(const World &world, const Plan &plan, const Data &data);

    /// Valid until the next call.
    const std::string &event(const Event &event);
    std::string elementsChain(const Event &event) const;
    std::string person(std::uint32_t index) const;
    std::string account(std::uint32_t index) const;
    std::string_view sessionId(std::uint32_t session) const { return m_sessionIds[session]; }
    std::string_view windowId(std::uint32_t session) const { return m_windowIds[session]; }
    std::string_view distinctId(const Event &event) const;

private:
    void key(std::string_view name);
    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void boolean(std::string_view name, bool value);
    void web(const Event &event);
    void own(const Event &event);
    void file(const Event &event);
    void exception(const Event &event);
    void flagCall(const Event &event);

    const World &m_world;
    const Plan &m_plan;
    const Data &m_data;
    std::vector<std::string> m_sessionIds;
    std::vector<std::string> m_windowIds;
    std::vector<std::string> m_sessionParts; // what all events of a session say
    std::vector<std::string> m_userIds;
    std::vector<std::string> m_deviceIds;
    std::vector<std::string> m_otherDeviceIds; // empty where there is none
    std::string m_out;
};

} // namespace localproject::demo
