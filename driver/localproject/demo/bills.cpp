#include "driver/localproject/demo/bills.h"

#include "driver/localproject/demo/random.h"

#include <algorithm>

namespace localproject::demo {
namespace {

constexpr std::uint64_t billingStream = 103;
constexpr int repeatedBills = 3;
constexpr std::uint32_t repeatedDollars = 30;
constexpr int textBills = 2;

void append(Data &data, Event event)
{
    event.serial = static_cast<std::uint32_t>(data.events.size());
    data.events.push_back(event);
}

} // namespace

Milliseconds Bills::outsideOutage(Milliseconds time) const
{
    return time >= m_world.outageStart() && time < m_world.outageEnd() ? m_world.outageEnd() + 5 * minute
                                                                       : std::min(time, m_world.end - 1);
}

void Bills::add(Event event, std::uint32_t account, Milliseconds time)
{
    event.time = outsideOutage(time);
    event.person = m_plan.accounts[account].members.front();
    event.identified = true;
    m_events.push_back(event);
}

void Bills::charge(std::uint32_t account, Milliseconds time, std::uint32_t dollars)
{
    Event event;
    event.type = EventType::PaidBill;
    event.a = account;
    event.b = dollars;
    event.c = ++m_invoices;
    add(event, account, time);
}

void Bills::billAccounts()
{
    for (std::uint32_t index = 0; index < m_plan.accounts.size(); ++index) {
        const Account &account = m_plan.accounts[index];
        Random random(m_world.seed, billingStream, index);
        const Milliseconds due = m_world.dayStart(account.billingDay) + 6 * hour + random.below(7'200'000);
        const auto seats = static_cast<std::uint32_t>(account.seatsAtStart);
        if (seats > 0 && (account.churnDay == 0 || account.billingDay < account.churnDay))
            charge(index, due, seats * 10);
        if (account.churnDay > 0) {
            Event leaving;
            leaving.type = EventType::DowngradedPlan;
            leaving.a = seats;
            add(leaving, index, m_world.dayStart(account.churnDay) + 9 * hour + random.below(7'200'000));
        }
    }
}

void Bills::write(Data &data)
{
    std::stable_sort(m_events.begin(), m_events.end(), [](const Event &a, const Event &b) { return a.time < b.time; });
    std::vector<std::size_t> repeatable;
    int texts = 0;
    for (std::size_t i = 0; i < m_events.size(); ++i) {
        if (m_events[i].type != EventType::PaidBill)
            continue;
        if (m_events[i].b == repeatedDollars && m_events[i].time < m_world.end - 2 * day)
            repeatable.push_back(i);
        else if (i >= 50 && texts < textBills && i / 90 >= static_cast<std::size_t>(texts)) {
            m_events[i].asText = true;
            ++texts;
        }
    }
    for (int n = 0; n < repeatedBills && static_cast<std::size_t>(n) < repeatable.size(); ++n) { // well apart from each other
        Event again = m_events[repeatable[static_cast<std::size_t>(n) * repeatable.size() / repeatedBills]];
        again.time = outsideOutage(again.time + 3 * hour);
        append(data, again);
    }
    for (const Event &event : m_events)
        append(data, event);
}

} // namespace localproject::demo
