#include "agent/session/meter.h"

namespace agent {

Meter::Meter(const Wire &wire)
    : m_wire(wire)
{
}

void Meter::setWindow(std::int64_t tokens)
{
    const std::lock_guard lock(m_mutex);
    m_window = tokens;
}

void Meter::add(const model::Usage &usage)
{
    if (usage.total() == 0)
        return; // A model that counts nothing.
    {
        const std::lock_guard lock(m_mutex);
        m_used = usage.total();
        if (usage.cost)
            m_cost = m_cost.value_or(0) + *usage.cost;
    }
    tell(usage);
}

void Meter::addCost(std::optional<double> dollars)
{
    if (!dollars)
        return;
    const std::lock_guard lock(m_mutex);
    m_cost = m_cost.value_or(0) + *dollars;
}

void Meter::setUsed(std::int64_t tokens)
{
    {
        const std::lock_guard lock(m_mutex);
        m_used = tokens;
    }
    tell({});
}

std::int64_t Meter::used() const
{
    const std::lock_guard lock(m_mutex);
    return m_used;
}

std::int64_t Meter::window() const
{
    const std::lock_guard lock(m_mutex);
    return m_window;
}

std::optional<double> Meter::cost() const
{
    const std::lock_guard lock(m_mutex);
    return m_cost;
}

bool Meter::isNearlyFull() const
{
    const std::lock_guard lock(m_mutex);
    return m_window > 0 && m_used * 100 > m_window * 85;
}

void Meter::tell(const model::Usage &usage) const
{
    if (m_wire.isSubAgent())
        return; // The client's meter is the session's.
    acp::UsageUpdate update;
    const auto cost = this->cost();
    update.used = double(used());
    update.size = double(window());
    if (cost)
        update.cost = ph::Json{{"amount", *cost}, {"currency", "USD"}};
    m_wire.send({update});
    m_wire.client().notify("_posthog/usage_update", {{"sessionId", m_wire.session().value},
                                                     {"used",
                                                      {{"inputTokens", usage.input},
                                                       {"outputTokens", usage.output},
                                                       {"cachedReadTokens", usage.cachedRead},
                                                       {"cachedWriteTokens", usage.cachedWrite}}},
                                                     {"cost", cost ? ph::Json(*cost) : ph::Json()}});
}

} // namespace agent
