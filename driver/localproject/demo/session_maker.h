#pragma once

#include "driver/localproject/demo/random.h"
#include "driver/localproject/demo/simulate.h"

namespace localproject::demo {

enum Label : std::uint32_t {
    SeePricing,
    TryFree,
    ReadMore,
    MenuDocs,
    MenuBlog,
    EmailField,
    PasswordField,
    PlanCard,
    CreateAccount,
    LogIn,
    UploadButton,
    DownloadButton,
    ShareButton,
    DeleteButton,
    PreviewButton,
    OpenFile,
    SortFiles,
    SearchFiles,
    InviteButton,
    SaveSettings,
    Upgrade,
    MenuFiles,
    MenuTeam,
    ToggleGrid,
    labelCount
};

/// Writes one session at a time into the data, event after event along a clock.
class SessionMaker
{
public:
    SessionMaker(const World &world, const Plan &plan, Data &data)
        : m_world(world)
        , m_plan(plan)
        , m_data(data)
    {
    }

    void begin(std::uint32_t person, Milliseconds start, std::uint8_t source, bool otherDevice, bool identified, Random &random);
    void setGap(Milliseconds median) { m_gap = median; }

    void view(Page page, std::uint32_t id = 0);
    void click(Label label);
    void rageclick(Label label);
    void deadClick(Label label);
    void exception(ExceptionKind kind);
    void flag(Flag flag, FlagAnswer answer);
    void file(EventType type, std::uint32_t id);
    void add(EventType type, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0);
    void identify();

    /// Time passes: `median` times a log-normal factor, below the half hour that would end a session.
    void wait(Milliseconds median);

    /// Leaves the page (with an event of its own at `leavePerMille`) and closes the session. It moves out of the outage, and
    /// over the next midnight if asked to. Returns its end.
    Milliseconds end(std::uint32_t leavePerMille, bool overMidnight = false);

    Milliseconds now() const { return m_now; }

private:
    void shift(Milliseconds by);
    void countUp();

    const World &m_world;
    const Plan &m_plan;
    Data &m_data;
    Random *m_random = nullptr;
    Session m_session;
    std::size_t m_firstEvent = 0;
    Milliseconds m_now = 0;
    Milliseconds m_gap = 0;
    Milliseconds m_viewedAt = 0;
    Page m_page = Home;
    std::uint32_t m_pageId = 0;
    std::uint32_t m_person = 0;
    bool m_identified = false;
    bool m_viewing = false;
    int m_views = 0;
};

} // namespace localproject::demo
