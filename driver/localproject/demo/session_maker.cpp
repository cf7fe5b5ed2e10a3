#include "driver/localproject/demo/session_maker.h"

#include <algorithm>

namespace localproject::demo {

const std::array<std::string_view, static_cast<std::size_t>(EventType::count)> eventNames = {"$pageview",
                                                                                             "$pageleave",
                                                                                             "$autocapture",
                                                                                             "$rageclick",
                                                                                             "$dead_click",
                                                                                             "$web_vitals",
                                                                                             "$feature_flag_called",
                                                                                             "$identify",
                                                                                             "$groupidentify",
                                                                                             "$exception",
                                                                                             "signed_up",
                                                                                             "logged_in",
                                                                                             "uploaded_file",
                                                                                             "downloaded_file",
                                                                                             "shared_file",
                                                                                             "deleted_file",
                                                                                             "file_previewed",
                                                                                             "invited_team_member",
                                                                                             "upgraded_plan",
                                                                                             "downgraded_plan",
                                                                                             "paid_bill",
                                                                                             "survey shown",
                                                                                             "survey sent"};

bool previewEnabled(const World &world, std::uint32_t bucket, Milliseconds time)
{
    const int today = world.dayOf(time);
    return today >= 22 || (today >= 18 && bucket < 500) || (today >= previewReleaseDay && bucket < 250);
}

void SessionMaker::begin(std::uint32_t person, Milliseconds start, std::uint8_t source, bool otherDevice, bool identified,
                         Random &random)
{
    const Person &who = m_plan.persons[person];
    m_random = &random;
    m_session = Session{};
    m_session.person = person;
    m_session.device = otherDevice ? who.otherDevice : who.device;
    m_session.onOtherDevice = otherDevice;
    m_session.source = source;
    m_session.start = start;
    m_session.identifiedAtStart = identified;
    m_firstEvent = m_data.events.size();
    m_now = start;
    m_gap = 0;
    m_views = 0;
    m_person = person;
    m_identified = identified;
    m_viewing = false;
}

void SessionMaker::add(EventType type, std::uint32_t a, std::uint32_t b, std::uint32_t c)
{
    Event event;
    event.time = m_now;
    event.person = m_person;
    event.session = static_cast<std::uint32_t>(m_data.sessions.size());
    event.serial = static_cast<std::uint32_t>(m_data.events.size());
    event.pageId = m_pageId;
    event.a = a;
    event.b = b;
    event.c = c;
    event.type = type;
    event.page = m_page;
    event.identified = m_identified;
    m_data.events.push_back(event);
}

void SessionMaker::wait(Milliseconds median)
{
    m_now += std::min<Milliseconds>(m_random->spread(m_gap > 0 ? m_gap : median) + m_random->below(400), 28 * minute);
}

void SessionMaker::view(Page page, std::uint32_t id)
{
    if (m_viewing) {
        wait(17 * second);
        if (m_random->chance(300))
            add(EventType::Pageleave, static_cast<std::uint32_t>(m_now - m_viewedAt));
        m_now += 120 + m_random->below(900);
    }
    m_page = page;
    m_pageId = id;
    m_viewing = true;
    m_viewedAt = m_now;
    add(EventType::Pageview);
    if (++m_views == 2 && m_random->chance(188)) {
        m_now += 900 + m_random->below(1500);
        const Device &device = devices[m_session.device];
        const std::int64_t slow = device.type == "Desktop" ? 1 : 2;
        add(EventType::WebVitals, static_cast<std::uint32_t>(700 * slow + m_random->spread(600 * slow)),
            static_cast<std::uint32_t>(24 + m_random->spread(70 * slow)), static_cast<std::uint32_t>(m_random->spread(18)));
    }
}

void SessionMaker::click(Label label)
{
    wait(12 * second);
    const Device &device = devices[m_session.device];
    const auto x = 20 + m_random->below(static_cast<std::uint32_t>(device.screenWidth - 40));
    const auto y = 60 + m_random->below(static_cast<std::uint32_t>(device.screenHeight - 120));
    add(EventType::Autocapture, label, x | y << 16);
}

void SessionMaker::rageclick(Label label)
{
    m_now += 600 + m_random->below(2500);
    const Device &device = devices[m_session.device];
    const auto x = 20 + m_random->below(static_cast<std::uint32_t>(device.screenWidth - 40));
    const auto y = 60 + m_random->below(static_cast<std::uint32_t>(device.screenHeight - 120));
    add(EventType::Rageclick, label, x | y << 16);
}

void SessionMaker::deadClick(Label label)
{
    wait(5 * second);
    const Device &device = devices[m_session.device];
    const auto x = 20 + m_random->below(static_cast<std::uint32_t>(device.screenWidth - 40));
    const auto y = 60 + m_random->below(static_cast<std::uint32_t>(device.screenHeight - 120));
    add(EventType::DeadClick, label, x | y << 16);
}

void SessionMaker::exception(ExceptionKind kind)
{
    m_now += 40 + m_random->below(500);
    add(EventType::Exception, kind);
}

void SessionMaker::flag(Flag flag, FlagAnswer answer)
{
    m_now += 60 + m_random->below(240);
    add(EventType::FlagCalled, flag, answer);
}

void SessionMaker::file(EventType type, std::uint32_t id)
{
    m_now += 300 + m_random->below(2500);
    static constexpr std::array<std::uint32_t, 7> kinds = {30, 24, 14, 12, 8, 7, 5};
    static constexpr std::array<std::int64_t, 7> sizes = {420'000, 1'100'000, 90'000, 60'000, 24'000'000, 800'000, 5'000'000};
    Random own(m_world.seed, 0xf11e, id); // a file is of one kind and size whoever touches it
    const std::size_t kind = own.pick(kinds);
    add(type, static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(own.spread(sizes[kind])), id);
}

void SessionMaker::identify()
{
    m_identified = true;
    m_now += 30 + m_random->below(200);
    add(EventType::Identify);
}

void SessionMaker::shift(Milliseconds by)
{
    for (std::size_t i = m_firstEvent; i < m_data.events.size(); ++i)
        m_data.events[i].time += by;
    m_session.start += by;
    m_now += by;
}

void SessionMaker::countUp()
{
    m_session.end = m_data.events.back().time;
    m_session.eventCount = static_cast<std::uint32_t>(m_data.events.size() - m_firstEvent);
    for (std::size_t i = m_firstEvent; i < m_data.events.size(); ++i) {
        const Event &event = m_data.events[i];
        switch (event.type) {
        case EventType::Pageview: {
            ++m_session.pageviews;
            m_session.lastPage = event.page | event.pageId << 8;
            const auto known = std::find(m_session.pages.begin(), m_session.pages.end(), m_session.lastPage);
            if (known == m_session.pages.end())
                m_session.pages.push_back(m_session.lastPage);
            break;
        }
        case EventType::Autocapture:
            ++m_session.autocaptures;
            ++m_session.clicks;
            if (event.a == EmailField || event.a == PasswordField || event.a == SearchFiles || event.a == SaveSettings)
                m_session.keypresses += 8 + event.b % 18;
            break;
        case EventType::Rageclick:
            m_session.clicks += 4 + event.b % 5;
            break;
        case EventType::DeadClick:
            ++m_session.clicks;
            break;
        case EventType::Exception:
            ++m_session.errors;
            break;
        default:
            break;
        }
    }
}

Milliseconds SessionMaker::end(std::uint32_t leavePerMille, bool overMidnight)
{
    if (m_viewing && m_random->chance(leavePerMille)) {
        m_now += 800 + m_random->below(7000);
        add(EventType::Pageleave, static_cast<std::uint32_t>(m_now - m_viewedAt));
    }
    m_session.end = m_data.events.back().time;
    const Milliseconds length = m_session.end - m_session.start;
    const Milliseconds midnight = m_session.start - m_session.start % day + day;
    if (overMidnight && length > 2 * second && midnight < m_world.end)
        shift(midnight - length / 4 - m_random->below(static_cast<std::uint32_t>(length / 2)) - m_session.start);
    if (m_session.start < m_world.outageEnd() && m_session.start + length >= m_world.outageStart())
        shift(m_world.outageEnd() + m_random->below(40 * 60 * 1000) - m_session.start);

    // What falls on the anchor's day is not there yet.
    while (m_data.events.size() > m_firstEvent + 1 && m_data.events.back().time >= m_world.end)
        m_data.events.pop_back();
    countUp();
    m_data.sessions.push_back(std::move(m_session));
    return m_data.sessions.back().end;
}

} // namespace localproject::demo
