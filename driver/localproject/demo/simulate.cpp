#include "driver/localproject/demo/simulate.h"

#include "driver/localproject/demo/bills.h"
#include "driver/localproject/demo/flaws.h"
#include "driver/localproject/demo/session_maker.h"
#include "driver/localproject/demo/visits.h"

#include <algorithm>

namespace localproject::demo {
namespace {

enum Stream : std::uint64_t { Sessions = 102, Replays };

class Simulator
{
public:
    Simulator(const World &world, const Plan &plan)
        : m_world(world)
        , m_plan(plan)
        , m_session(world, plan, m_data)
        , m_bills(world, plan)
    {
    }

    Data run()
    {
        m_data.events.reserve(230'000);
        m_data.sessions.reserve(24'000);
        m_data.states.resize(m_plan.persons.size());
        VisitPlanner visits(m_world, m_plan);
        for (std::uint32_t i = 0; i < m_plan.persons.size(); ++i)
            play(i, visits.visitsOf(i));
        m_bills.billAccounts();
        m_bills.write(m_data);
        spoil(m_world, m_plan, m_data);
        return finish();
    }

private:
    std::uint8_t sourceOf(const Person &p, bool first, Random &random) const
    {
        if (first && p.kind != Kind::Existing)
            return p.source;
        static constexpr std::array<std::uint32_t, sources.size()> later = {710, 150, 20, 40, 40, 15, 20, 5};
        return static_cast<std::uint8_t>(random.pick(later));
    }

    void play(std::uint32_t index, const std::vector<Visit> &visits)
    {
        const Person &p = m_plan.persons[index];
        m_random = Random(m_world.seed, Sessions, index);
        m_state = &m_data.states[index];
        m_state->previewBucket = m_random.below(1000);
        if (p.adopts) // the flag reaches those early who are to take the feature up
            m_state->previewBucket %= 250;
        else if (p.heavy)
            m_state->previewBucket = 250 + m_state->previewBucket * 750 / 1000;
        m_person = &p;
        m_index = index;
        m_identified = p.kind == Kind::Existing;
        m_seenPricing = m_seenFiles = m_knowsOtherDevice = m_surveyed = m_retried = false;
        m_flagDay = 0;
        Milliseconds free = 0;
        bool first = true;
        for (const Visit &visit : visits) {
            const Milliseconds start = std::max(visit.start, free);
            if (start >= m_world.end - minute)
                continue;
            const bool mayDiffer = m_identified && p.secondDevice && visit.kind != VisitKind::Upgrade;
            const bool otherDevice = mayDiffer && m_random.chance(300);
            m_session.begin(index, start, sourceOf(p, first, m_random), otherDevice,
                            m_identified && (!otherDevice || m_knowsOtherDevice), m_random);
            playOne(visit, otherDevice);
            const bool cross = visit.mayCrossMidnight && visit.kind >= VisitKind::Work && visit.kind <= VisitKind::Look
                && m_random.chance(115);
            const std::uint32_t leave = visit.kind == VisitKind::HomeBounce || visit.kind == VisitKind::Glance ? 480
                : visit.kind >= VisitKind::Bot                                                                 ? 0
                                                                                                               : 400;
            free = m_session.end(leave, cross) + 31 * minute;
            first = false;
        }
    }

    void playOne(const Visit &visit, bool otherDevice)
    {
        Random &r = m_random;
        switch (visit.kind) {
        case VisitKind::HomeBounce:
            m_session.view(Home);
            break;
        case VisitKind::HomeBrowse:
            browse();
            break;
        case VisitKind::Signup:
            signUp();
            break;
        case VisitKind::Retry:
            m_retried = true;
            signUp();
            break;
        case VisitKind::Join:
            join();
            break;
        case VisitKind::FirstUpload:
        case VisitKind::Work:
            work(visit, otherDevice);
            break;
        case VisitKind::Look:
            look(otherDevice);
            break;
        case VisitKind::Glance:
            enter(otherDevice, false);
            break;
        case VisitKind::Upgrade:
            upgrade();
            break;
        case VisitKind::Other:
            m_session.view(r.chance(500) ? Blog : Docs);
            if (r.chance(400)) {
                m_session.click(ReadMore);
                m_session.view(DocsSharing);
            }
            break;
        case VisitKind::Bot:
            m_session.setGap(1700);
            for (int i = 0; i < 20; ++i) {
                static constexpr std::array<Page, 5> crawled = {Docs, DocsSharing, Blog, Changelog, Pricing};
                m_session.view(crawled[static_cast<std::size_t>(i) % crawled.size()]);
            }
            break;
        case VisitKind::Undefined:
            m_session.view(Docs);
            for (const Label label : {ReadMore, ReadMore, MenuBlog})
                m_session.click(label);
            break;
        }
    }

    void mishaps()
    {
        if (m_random.chance(50))
            m_session.rageclick(SortFiles);
        if (m_random.chance(62))
            m_session.deadClick(ToggleGrid);
        const std::uint32_t drawn = m_random.below(1000);
        if (drawn < 4)
            m_session.exception(FetchError);
        else if (drawn < 7)
            m_session.exception(ChunkError);
        else if (drawn < 9)
            m_session.exception(QuotaError);
    }

    void pricing()
    {
        m_session.view(Pricing);
        const int today = m_world.dayOf(m_session.now());
        if (!m_seenPricing && today >= pricingTestFirstDay && today <= demo::days) {
            m_seenPricing = true;
            m_session.flag(PricingOrderFlag, m_person->pricingVariant == Variant::Test ? AnswerTest : AnswerControl);
        }
    }

    void browse()
    {
        Random &r = m_random;
        m_session.view(Home);
        const int steps = 1 + static_cast<int>(r.below(4));
        for (int i = 0; i < steps; ++i) {
            m_session.click(r.chance(400) ? SeePricing : r.chance(500) ? MenuDocs : ReadMore);
            switch (r.below(4)) {
            case 0:
                pricing();
                break;
            case 1:
                m_session.view(Docs);
                break;
            case 2:
                m_session.view(Blog);
                break;
            default:
                m_session.view(Home);
                break;
            }
        }
        mishaps();
    }

    void signUp()
    {
        Random &r = m_random;
        const Person &p = *m_person;
        if (p.firstDay == p.signupDay || m_retried) {
            m_session.view(Home);
            if (r.chance(340)) {
                m_session.click(SeePricing);
                pricing();
            }
            if (r.chance(700))
                m_session.click(TryFree);
        }
        m_session.view(Signup);
        const bool test = p.signupVariant == Variant::Test;
        if (p.signupVariant != Variant::None && !m_retried) {
            m_state->signupExposure = m_session.now();
            m_session.flag(SignupPageFlag, test ? AnswerTest : AnswerControl);
            if (p.bothVariants) { // a reload that was dealt another page
                m_session.view(Signup);
                m_session.flag(SignupPageFlag, test ? AnswerControl : AnswerTest);
            }
        }
        if (p.kind != Kind::SignedUp) {
            if (m_world.isPlanted(p.device) && m_world.release(m_session.now()) == "2.4.0")
                breakSignup();
            else
                leaveSignup();
            return;
        }
        m_session.click(EmailField);
        m_session.click(PasswordField);
        if (r.chance(600))
            m_session.click(PlanCard);
        m_session.click(CreateAccount);
        m_session.wait((test ? 14 : 19) * second);
        arrive(false);
    }

    /// The planted bug: choosing a plan reads a field that the form of 2.4.0 has not got in this browser.
    void breakSignup()
    {
        Random &r = m_random;
        m_session.click(EmailField);
        if (r.chance(800))
            m_session.click(PasswordField);
        if (m_person->meetsBug) {
            m_session.click(CreateAccount);
            const int times = 1 + static_cast<int>(r.below(3));
            for (int i = 0; i < times; ++i) {
                if (i > 0)
                    m_session.wait(4 * second);
                m_session.exception(PlanIdError);
            }
            if (m_person->rages)
                m_session.rageclick(CreateAccount);
        } else if (r.chance(500)) {
            m_session.click(PlanCard);
        }
        if (r.chance(200))
            m_session.view(Home);
    }

    void leaveSignup()
    {
        Random &r = m_random;
        const int fields = static_cast<int>(r.below(4));
        for (int i = 0; i < fields; ++i)
            m_session.click(i == 0 ? EmailField : i == 1 ? PasswordField : PlanCard);
        if (r.chance(250))
            pricing();
        else if (r.chance(150))
            m_session.view(Docs);
        mishaps();
    }

    void join()
    {
        m_session.view(Invite, 1000 + m_index);
        m_session.click(EmailField);
        m_session.click(PasswordField);
        m_session.click(CreateAccount);
        m_session.wait(15 * second);
        arrive(true);
    }

    void arrive(bool byInvite)
    {
        Random &r = m_random;
        m_session.add(EventType::SignedUp, byInvite ? 1 : 0, r.below(10) < 7 ? 0 : 1);
        m_session.identify();
        m_identified = true;
        if (r.chance(520)) {
            m_session.wait(second);
            m_session.add(EventType::GroupIdentify);
        }
        files();
        if (m_person->uploads && m_person->uploadDay == m_person->signupDay) {
            const int count = 1 + static_cast<int>(r.below(2));
            for (int i = 0; i < count; ++i)
                fileStep(i == 0);
        } else if (r.chance(600)) {
            m_session.click(r.chance(500) ? MenuTeam : SearchFiles);
        }
    }

    void files()
    {
        m_session.view(Files);
        const int today = m_world.dayOf(m_session.now());
        if (!m_seenFiles && today >= uploadTestFirstDay) {
            m_seenFiles = true;
            m_session.flag(FastUploadFlag, m_person->uploadVariant == Variant::Test ? AnswerTest : AnswerControl);
        }
        if (today >= previewReleaseDay && today != m_flagDay && m_random.chance(480)) {
            m_flagDay = today;
            m_session.flag(FilePreviewsFlag,
                           previewEnabled(m_world, m_state->previewBucket, m_session.now()) ? AnswerTrue : AnswerFalse);
        }
        if (m_person->internal && m_random.chance(450))
            m_session.flag(BetaCommentsFlag, m_random.chance(500) ? AnswerTrue : AnswerFalse);
    }

    /// Comes to the files, by way of /login/ in three of five sessions.
    void enter(bool otherDevice, bool mayLogIn = true)
    {
        const bool unknown = otherDevice && !m_knowsOtherDevice;
        if (unknown || (mayLogIn && m_random.chance(590))) {
            m_session.view(Login);
            m_session.click(LogIn);
            m_session.wait(4 * second);
            if (unknown || m_random.chance(120))
                m_session.identify();
            m_session.add(EventType::LoggedIn);
            m_knowsOtherDevice = m_knowsOtherDevice || otherDevice;
            if (m_random.chance(20))
                m_session.add(EventType::GroupIdentify);
        }
        files();
    }

    void fileStep(bool mustUpload)
    {
        Random &r = m_random;
        static constexpr std::array<EventType, 4> types
            = {EventType::UploadedFile, EventType::DownloadedFile, EventType::SharedFile, EventType::DeletedFile};
        static constexpr std::array<Label, 4> buttons = {UploadButton, DownloadButton, ShareButton, DeleteButton};
        static constexpr std::array<std::uint32_t, 4> shares = {55, 55, 22, 13};
        const std::size_t what = mustUpload ? 0 : r.pick(shares);
        const std::uint32_t id = static_cast<std::uint32_t>(m_person->account + 1) * 40 + r.below(r.chance(500) ? 8 : 40);
        if (r.chance(680)) {
            m_session.view(File, id);
            if (mayPreview() && r.chance(420)) {
                m_session.click(PreviewButton);
                m_session.file(EventType::PreviewedFile, id);
            }
        }
        if (r.chance(500))
            m_session.click(buttons[what]);
        else
            m_session.wait(8 * second);
        m_session.file(types[what], id);
    }

    /// In the adoption week only adopters take the feature up; afterwards it is for everybody.
    bool mayPreview() const
    {
        const int today = m_world.dayOf(m_session.now());
        if (!previewEnabled(m_world, m_state->previewBucket, m_session.now()))
            return false;
        return m_person->adopts || m_world.weekOf(today) > m_plan.adoptionWeek;
    }

    void work(const Visit &visit, bool otherDevice)
    {
        Random &r = m_random;
        const bool lasting = visit.kind == VisitKind::Work && visit.mayCrossMidnight && r.chance(42);
        if (lasting)
            m_session.setGap(9 * minute);
        enter(otherDevice);
        bool previewed = !m_person->adopts;
        const int count = lasting ? std::max(visit.fileEvents, 12) : visit.fileEvents;
        for (int i = 0; i < count; ++i) {
            fileStep(i == 0 && visit.kind == VisitKind::FirstUpload);
            const bool adoptionWeek = m_world.weekOf(std::min(m_world.dayOf(m_session.now()), demo::days)) == m_plan.adoptionWeek;
            if (!previewed && adoptionWeek && previewEnabled(m_world, m_state->previewBucket, m_session.now())) {
                m_session.click(PreviewButton);
                m_session.file(EventType::PreviewedFile, static_cast<std::uint32_t>(m_person->account + 1) * 40);
                previewed = true;
            }
            if (r.chance(150))
                m_session.click(r.chance(500) ? SortFiles : SearchFiles);
        }
        wander(4);
        if (m_person->weight > 7'000 && m_person->weight % 5 == 0
            && r.chance(420)) // an old extension of theirs: loud, and of no harm
            for (int i = 0, times = 2 + static_cast<int>(r.below(4)); i < times; ++i)
                m_session.exception(ResizeObserverError);
        mishaps();
        survey();
    }

    void wander(std::uint32_t most)
    {
        Random &r = m_random;
        for (std::uint32_t i = 0, steps = r.below(most + 1); i < steps; ++i) {
            if (r.chance(330))
                m_session.click(r.chance(500) ? MenuFiles : SearchFiles);
            switch (r.below(6)) {
            case 0:
                m_session.view(Settings);
                break;
            case 1:
                m_session.view(Team);
                if (r.chance(230)) {
                    m_session.click(InviteButton);
                    m_session.wait(6 * second);
                    m_session.add(EventType::InvitedMember);
                }
                break;
            case 2:
                m_session.view(DocsSharing);
                break;
            case 3:
                m_session.view(Changelog);
                break;
            default:
                m_session.view(Files);
                break;
            }
        }
    }

    void survey()
    {
        if (m_surveyed || !m_random.chance(96))
            return;
        m_surveyed = true;
        const std::uint32_t which = m_random.below(2);
        m_session.wait(3 * second);
        m_session.add(EventType::SurveyShown, which);
        if (m_random.chance(420)) {
            m_session.wait(9 * second);
            static constexpr std::array<std::uint32_t, 11> scores = {2, 1, 2, 3, 4, 8, 9, 16, 24, 18, 13};
            m_session.add(EventType::SurveySent, which, static_cast<std::uint32_t>(m_random.pick(scores)));
        }
    }

    void look(bool otherDevice)
    {
        enter(otherDevice);
        m_session.click(SearchFiles);
        wander(4);
        mishaps();
    }

    void upgrade()
    {
        enter(false);
        m_session.click(Upgrade);
        m_session.view(Billing);
        m_session.click(PlanCard);
        m_session.click(Upgrade);
        m_session.wait(12 * second);
        m_session.add(EventType::UpgradedPlan, 1);
        m_bills.charge(static_cast<std::uint32_t>(m_person->account), m_session.now() + 4 * second, 10);
    }

    Data finish()
    {
        std::sort(m_data.events.begin(), m_data.events.end(),
                  [](const Event &a, const Event &b) { return a.time != b.time ? a.time < b.time : a.serial < b.serial; });
        for (const Event &event : m_data.events) {
            PersonState &state = m_data.states[event.person];
            if (event.time >= m_world.end)
                continue;
            if (state.firstEvent == 0)
                state.firstEvent = event.time;
            state.lastEvent = event.time;
        }
        Random random(m_world.seed, Replays);
        for (Session &session : m_data.sessions)
            session.replayed = random.chance(246) || session.errors > 0;
        return std::move(m_data);
    }

    const World &m_world;
    const Plan &m_plan;
    Data m_data;
    SessionMaker m_session;
    Bills m_bills;

    // Of the person whose visits are being played:
    Random m_random{0, 0};
    const Person *m_person = nullptr;
    PersonState *m_state = nullptr;
    std::uint32_t m_index = 0;
    bool m_identified = false;
    bool m_seenPricing = false;
    bool m_seenFiles = false;
    bool m_knowsOtherDevice = false;
    bool m_surveyed = false;
    bool m_retried = false;
    int m_flagDay = 0;
};

} // namespace

Data simulate(const World &world, const Plan &plan) { return Simulator(world, plan).run(); }

} // namespace localproject::demo
