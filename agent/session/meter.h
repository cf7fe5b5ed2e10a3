#pragma once

#include "agent/model/model.h"
#include "agent/session/wire.h"

#include <mutex>

namespace agent {

/// How full a conversation's window is, and what the session has cost. Tells the client after each step. Any thread.
class Meter
{
public:
    explicit Meter(const Wire &wire);

    /// Of the model that answers from now on.
    void setWindow(std::int64_t tokens);

    /// Adds a step's tokens: they are what the window holds now.
    void add(const model::Usage &usage);
    /// Adds what was spent elsewhere: by a sub-agent, or on a summary.
    void addCost(std::optional<double> dollars);
    /// The window holds a summary of about `tokens` now.
    void setUsed(std::int64_t tokens);

    std::int64_t used() const;
    std::int64_t window() const;
    std::optional<double> cost() const; // US dollars; nothing where no price is known
    /// Whether the next step may not fit: more than 85 % is taken. Never where the window's size is not known.
    bool isNearlyFull() const;

private:
    void tell(const model::Usage &usage) const;

    const Wire &m_wire;
    mutable std::mutex m_mutex; // Guards what follows.
    std::int64_t m_window = 0;
    std::int64_t m_used = 0;
    std::optional<double> m_cost;
};

} // namespace agent
