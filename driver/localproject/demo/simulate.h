#pragma once

#include "driver/localproject/demo/plan.h"

#include <cstdint>
#include <string_view>
#include <vector>

/// Plays the plan: sessions with their events, then what is wrong with the data on purpose.
namespace localproject::demo {

enum class EventType : std::uint8_t {
    Pageview,
    Pageleave,
    Autocapture,
    Rageclick,
    DeadClick,
    WebVitals,
    FlagCalled,
    Identify,
    GroupIdentify,
    Exception,
    SignedUp,
    LoggedIn,
    UploadedFile,
    DownloadedFile,
    SharedFile,
    DeletedFile,
    PreviewedFile,
    InvitedMember,
    UpgradedPlan,
    DowngradedPlan,
    PaidBill,
    SurveyShown,
    SurveySent,
    count
};

extern const std::array<std::string_view, static_cast<std::size_t>(EventType::count)> eventNames;

inline constexpr std::uint32_t noSession = 0xffff'ffff;

/// What an event says beyond its person, session and page stands in a, b and c; their meaning goes with the type:
/// Pageleave a ms on the page · Autocapture, Rageclick, DeadClick a label, b x | y << 16 · FlagCalled a Flag, b FlagAnswer ·
/// Exception a kind · SignedUp a by invite · file events a file kind, b bytes, c file id · UpgradedPlan a seats ·
/// DowngradedPlan a seats · PaidBill a account, b dollars, c invoice · SurveyShown, SurveySent a survey, b score · WebVitals a
/// LCP ms, b INP ms, c CLS per 1000.
struct Event {
    Milliseconds time = 0;
    std::uint32_t person = 0;
    std::uint32_t session = noSession;
    std::uint32_t serial = 0; // order of making; the uuid comes from it
    std::uint32_t pageId = 0; // of a file or an invite
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
    EventType type = EventType::Pageview;
    Page page = Home;
    bool identified = false; // sent under the user's id, not the device's
    bool late = false; // arrived more than a day after it happened
    bool asText = false; // PaidBill: the amount is a text
};

struct Session {
    std::uint32_t person = 0;
    std::uint8_t device = 0;
    std::uint8_t source = 0;
    bool onOtherDevice = false;
    bool replayed = false;
    Milliseconds start = 0;
    Milliseconds end = 0;
    std::uint32_t pageviews = 0;
    std::uint32_t autocaptures = 0;
    std::uint32_t clicks = 0;
    std::uint32_t keypresses = 0;
    std::uint32_t errors = 0;
    std::uint32_t eventCount = 0;
    bool identifiedAtStart = false;
    std::vector<std::uint32_t> pages; // page | id << 8, in order, each once
    std::uint32_t lastPage = 0;
};

/// What the month made of a person.
struct PersonState {
    Milliseconds firstEvent = 0;
    Milliseconds lastEvent = 0;
    Milliseconds signupExposure = 0; // 0: never
    std::uint32_t previewBucket = 0; // 0 … 999: the flag file-previews reaches the low ones first
};

struct Data {
    std::vector<Event> events; // by time
    std::vector<Session> sessions;
    std::vector<PersonState> states;
};

enum Flag : std::uint32_t { SignupPageFlag, PricingOrderFlag, FastUploadFlag, FilePreviewsFlag, BetaCommentsFlag };
enum FlagAnswer : std::uint32_t { AnswerFalse, AnswerTrue, AnswerControl, AnswerTest };
enum ExceptionKind : std::uint32_t { PlanIdError, ResizeObserverError, FetchError, ChunkError, QuotaError };

bool previewEnabled(const World &world, std::uint32_t bucket, Milliseconds time);

Data simulate(const World &world, const Plan &plan);

} // namespace localproject::demo
