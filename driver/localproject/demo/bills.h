#pragma once

#include "driver/localproject/demo/simulate.h"

namespace localproject::demo {

/// What the billing server sends: paid bills and accounts that leave. No session, no browser, in the name of the account's
/// first member. Three bills come twice and two have their amount as a text.
class Bills
{
public:
    Bills(const World &world, const Plan &plan)
        : m_world(world)
        , m_plan(plan)
    {
    }

    void charge(std::uint32_t account, Milliseconds time, std::uint32_t dollars);

    /// The month's bill of each account that paid before day 1; those that leave may do so before theirs is due.
    void billAccounts();

    void write(Data &data);

private:
    void add(Event event, std::uint32_t account, Milliseconds time);
    Milliseconds outsideOutage(Milliseconds time) const;

    const World &m_world;
    const Plan &m_plan;
    std::vector<Event> m_events;
    std::uint32_t m_invoices = 0;
};

} // namespace localproject::demo
