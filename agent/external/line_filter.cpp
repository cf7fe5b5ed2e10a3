#include "agent/external/line_filter.h"

#include <deque>
#include <mutex>

namespace external {
namespace {

class Filtered final : public acp::Transport
{
public:
    Filtered(std::unique_ptr<acp::Transport> inner, std::unique_ptr<LineFilter> filter)
        : m_inner(std::move(inner))
        , m_filter(std::move(filter))
    {
    }

    void send(const std::string &line) override
    {
        const std::lock_guard order(m_sending);
        std::vector<std::string> lines;
        {
            const std::lock_guard lock(m_filtering);
            lines = m_filter->toAgent(line);
        }
        for (const auto &one : lines)
            m_inner->send(one);
    }

    std::optional<std::string> receive() override
    {
        const std::lock_guard order(m_receiving);
        while (m_ready.empty()) {
            const auto line = m_inner->receive();
            if (!line)
                return {};
            const std::lock_guard lock(m_filtering);
            for (auto &one : m_filter->toClient(*line))
                m_ready.push_back(std::move(one));
        }
        auto line = std::move(m_ready.front());
        m_ready.pop_front();
        return line;
    }

    void close() override { m_inner->close(); }
    std::string ending() override { return m_inner->ending(); }

private:
    std::unique_ptr<acp::Transport> m_inner;
    std::mutex m_sending;   // One line at a time, with what comes before it.
    std::mutex m_receiving; // Guards m_ready.
    std::deque<std::string> m_ready;
    std::mutex m_filtering; // Guards m_filter, which both directions share.
    std::unique_ptr<LineFilter> m_filter;
};

} // namespace

std::unique_ptr<acp::Transport> filtered(std::unique_ptr<acp::Transport> inner, std::unique_ptr<LineFilter> filter)
{
    return std::make_unique<Filtered>(std::move(inner), std::move(filter));
}

} // namespace external
