#include "driver/posthog/rate_budget.h"

#include "driver/base/ids.h"
#include "driver/base/paths.h"
#include "driver/posthog/budget_ledger.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <limits>
#include <map>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace posthog {

namespace {

using ph::Time;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds margin{100}; // PostHog's machines do not agree about the time to the millisecond
constexpr seconds lostAfter{900}; // no request runs longer
constexpr seconds orphaned{10}; // how long a query may go on whose program was killed (API docs: queries run 10 s at most)
constexpr hours learnedFor{24};
constexpr int legacyQueries = 120; // an hour, of teams that are not on the newer scheme
constexpr std::uintmax_t compactAbove = 512 * 1024;
constexpr Time never = Time(microseconds(std::numeric_limits<std::int64_t>::max() / 2));

/// Words of one line of the ledger.
std::vector<std::string_view> wordsOf(std::string_view line)
{
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
}

std::optional<std::int64_t> numberOf(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return {};
    return value;
}

std::string textOf(Time time) { return std::to_string(time.time_since_epoch().count()); }

bool isAlive(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

std::string spanText(Time::duration wait)
{
    const auto all = std::chrono::ceil<seconds>(wait).count();
    return all < 120 ? std::to_string(all) + (all == 1 ? " second" : " seconds") : std::to_string((all + 59) / 60) + " minutes";
}

/// Tells each wait once, and its end when it goes out of scope.
class WaitTeller
{
public:
    explicit WaitTeller(const OnWait &onWait)
        : m_onWait(onWait)
    {
    }
    ~WaitTeller()
    {
        if (m_told)
            m_onWait({});
    }
    void operator()(Wait wait)
    {
        if (!m_onWait || m_told == wait)
            return;
        m_told = std::move(wait);
        m_onWait(m_told);
    }

private:
    const OnWait &m_onWait;
    std::optional<Wait> m_told;
};

} // namespace

RateClasses only(RateClass rateClass) { return RateClasses().set(static_cast<std::size_t>(rateClass)); }

std::string_view titleOf(RateClass rateClass)
{
    constexpr std::string_view titles[] = {"Analytics", "Lists and objects", "Queries", "Property values"};
    return titles[static_cast<std::size_t>(rateClass)];
}

RateLimits RateLimits::ofPostHog()
{
    RateLimits limits;
    limits.windows[static_cast<std::size_t>(RateClass::Analytics)] = {{seconds(60), 240}, {seconds(3600), 1200}};
    limits.windows[static_cast<std::size_t>(RateClass::Crud)] = {{seconds(60), 480}, {seconds(3600), 4800}};
    limits.windows[static_cast<std::size_t>(RateClass::Query)] = {{seconds(60), 240}, {seconds(3600), 2400}};
    limits.windows[static_cast<std::size_t>(RateClass::Values)] = {{seconds(60), 60}, {seconds(3600), 300}};
    return limits;
}

RateLimits RateLimits::none() { return {}; }

/// Lines of the ledger, times in microseconds since 1970:
///   s ID CLASSES PID TIME   a request was started
///   e ID TIME               … and answered
///   b CLASS TIME            nothing more of this class before TIME
///   l CLASS SECONDS REQUESTS TIME   a limit that PostHog turned out to have, believed until TIME
class RateBudget::Impl
{
public:
    Impl(RateLimits limits, std::filesystem::path file, ph::Clock &clock)
        : m_limits(std::move(limits))
        , m_clock(clock)
        , m_ledger(std::move(file))
        , m_prefix(std::to_string(::getpid()) + "." + ph::randomHex(3) + ".")
    {
    }

    ph::Result<std::string> take(RateClasses classes, Urgency urgency, Time latest, const std::stop_token &stop, const OnWait &onWait)
    {
        WaitTeller tell(onWait);
        for (;;) {
            if (stop.stop_requested())
                return ph::fail(ph::ErrorCode::Cancelled, "The request was cancelled.");
            Time free;
            std::uint64_t seen = 0;
            Time now;
            {
                const std::lock_guard lock(m_mutex);
                const BudgetLedger::Lock fileLock(m_ledger);
                catchUp();
                now = m_clock.now();
                free = freeAt(classes, urgency, now);
                if (free <= now)
                    return start(classes, now);
                seen = m_ends;
            }
            if (free == never) { // waits for a query to end, here or in another program
                tell({"another query to end", {}});
                std::unique_lock lock(m_mutex);
                m_ended.wait_for(lock, stop, milliseconds(100), [&] { return m_ends != seen; });
                continue;
            }
            if (free > latest) {
                return ph::fail(ph::ErrorCode::RateLimited,
                                "PostHog takes no more requests of this kind for now; try again in " + spanText(free - now) + ".");
            }
            tell({"PostHog's limit", free});
            m_clock.waitUntil(free, stop);
        }
    }

    std::optional<std::string> tryTake(RateClasses classes)
    {
        const std::lock_guard lock(m_mutex);
        const BudgetLedger::Lock fileLock(m_ledger);
        catchUp();
        const Time now = m_clock.now();
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            if (classes.test(i) && freeByWindows(i, Urgency::Interactive, now) > now)
                return {};
        }
        return start(classes, now);
    }

    void end(const std::string &id)
    {
        {
            const std::lock_guard lock(m_mutex);
            const BudgetLedger::Lock fileLock(m_ledger);
            catchUp();
            write("e " + id + " " + textOf(m_clock.now()));
            if (m_ledger.size() > m_compactAbove)
                compact();
        }
        m_ended.notify_all();
    }

    void refused(RateClasses classes, Time until)
    {
        const std::lock_guard lock(m_mutex);
        const BudgetLedger::Lock fileLock(m_ledger);
        catchUp();
        const Time now = m_clock.now();
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            if (!classes.test(i))
                continue;
            write("b " + std::to_string(i) + " " + textOf(until));
            // An hour's worth of waiting with less than an hour's worth of queries: the team has the older, smaller limit.
            if (i == static_cast<std::size_t>(RateClass::Query) && !m_limits.windows[i].empty() && until - now > seconds(60)) {
                const int used = usedWithin(i, seconds(3600), now);
                if (used >= legacyQueries && used < limitsOf(i).back().requests)
                    write("l " + std::to_string(i) + " 3600 " + std::to_string(legacyQueries) + " " + textOf(now + learnedFor));
            }
        }
    }

    std::vector<BudgetUse> use()
    {
        const std::lock_guard lock(m_mutex);
        const BudgetLedger::Lock fileLock(m_ledger);
        catchUp();
        const Time now = m_clock.now();
        std::vector<BudgetUse> all;
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            const auto rateClass = static_cast<RateClass>(i);
            BudgetUse use{rateClass, {}, now, now, 0, 0};
            for (const RateLimit &limit : limitsOf(i))
                use.windows.push_back({limit.window, limit.requests, usedWithin(i, limit.window, now)});
            use.nextFree = freeByWindows(i, Urgency::Interactive, now);
            if (rateClass == RateClass::Query) {
                use.running = runningQueries(now);
                use.atOnce = m_limits.queriesAtOnce;
            }
            all.push_back(std::move(use));
        }
        return all;
    }

private:
    struct Running {
        RateClasses classes;
        pid_t pid;
        Time started;
    };
    struct Class {
        std::deque<Time> ended; // of answered requests, oldest first
        Time blockedUntil{};
        std::optional<RateLimit> learned;
        Time learnedUntil{};
    };

    // Below here m_mutex and the ledger's lock are held.

    void catchUp()
    {
        m_ledger.read([this](std::string_view line) { apply(line); },
                      [this] {
                          m_running.clear();
                          for (Class &each : m_classes)
                              each = {};
                      });
    }

    void write(const std::string &line)
    {
        m_ledger.append(line);
        apply(line);
    }

    void apply(std::string_view line)
    {
        const auto words = wordsOf(line);
        std::vector<std::int64_t> numbers;
        for (const std::string_view word : words)
            numbers.push_back(numberOf(word).value_or(-1));
        const auto isClass = [&](std::int64_t number) { return number >= 0 && number < static_cast<std::int64_t>(rateClassCount); };
        if (words.size() == 5 && words[0] == "s" && numbers[2] > 0 && numbers[3] > 0) {
            m_running[std::string(words[1])] = {RateClasses(static_cast<unsigned long>(numbers[2])), static_cast<pid_t>(numbers[3]),
                                                Time(microseconds(numbers[4]))};
        } else if (words.size() == 3 && words[0] == "e") {
            const auto found = m_running.find(std::string(words[1]));
            if (found == m_running.end())
                return;
            finish(found->second.classes, Time(microseconds(numbers[2])));
            m_running.erase(found);
            ++m_ends;
        } else if (words.size() == 3 && words[0] == "b" && isClass(numbers[1])) {
            auto &until = m_classes[static_cast<std::size_t>(numbers[1])].blockedUntil;
            until = std::max(until, Time(microseconds(numbers[2])));
        } else if (words.size() == 5 && words[0] == "l" && isClass(numbers[1]) && numbers[2] > 0 && numbers[3] > 0) {
            Class &learning = m_classes[static_cast<std::size_t>(numbers[1])];
            learning.learned = RateLimit{seconds(numbers[2]), static_cast<int>(numbers[3])};
            learning.learnedUntil = Time(microseconds(numbers[4]));
        }
    }

    void finish(RateClasses classes, Time at)
    {
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            if (!classes.test(i))
                continue;
            auto &ended = m_classes[i].ended;
            ended.insert(std::upper_bound(ended.begin(), ended.end(), at), at); // nearly always at its end
        }
    }

    /// Lets go what no window holds any more, and what never ended: its program was killed.
    void forget(Time now)
    {
        for (auto it = m_running.begin(); it != m_running.end();) {
            const Running &running = it->second;
            const bool lost = now - running.started > lostAfter
                || (running.pid != ::getpid() && !isAlive(running.pid) && now - running.started > orphaned);
            if (lost)
                finish(running.classes, std::min(now, running.started + orphaned));
            it = lost ? m_running.erase(it) : std::next(it);
        }
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            auto &ended = m_classes[i].ended;
            seconds longest{3600};
            for (const RateLimit &limit : limitsOf(i))
                longest = std::max(longest, limit.window);
            while (!ended.empty() && ended.front() + longest + margin <= now)
                ended.pop_front();
            // The wall clock was set back: what seems to come has just been.
            for (auto it = ended.rbegin(); it != ended.rend() && *it > now; ++it)
                *it = now;
            if (m_classes[i].learned && m_classes[i].learnedUntil <= now)
                m_classes[i].learned.reset();
        }
    }

    std::vector<RateLimit> limitsOf(std::size_t i) const
    {
        auto limits = m_limits.windows[i];
        if (const auto &learned = m_classes[i].learned) {
            for (RateLimit &limit : limits) {
                if (limit.window == learned->window)
                    limit.requests = std::min(limit.requests, learned->requests);
            }
        }
        return limits;
    }

    int runningIn(std::size_t i) const
    {
        return static_cast<int>(
            std::count_if(m_running.begin(), m_running.end(), [i](const auto &each) { return each.second.classes.test(i); }));
    }

    int runningQueries(Time now)
    {
        forget(now);
        return runningIn(static_cast<std::size_t>(RateClass::Query));
    }

    int usedWithin(std::size_t i, seconds window, Time now) const
    {
        const auto &ended = m_classes[i].ended;
        return static_cast<int>(ended.end() - std::upper_bound(ended.begin(), ended.end(), now - window - margin)) + runningIn(i);
    }

    Time freeByWindows(std::size_t i, Urgency urgency, Time now)
    {
        forget(now);
        Time free = std::max(now, m_classes[i].blockedUntil);
        for (const RateLimit &limit : limitsOf(i)) {
            const int requests = urgency == Urgency::Background ? limit.requests - limit.requests / 10 : limit.requests;
            const int over = usedWithin(i, limit.window, now) + 1 - std::max(requests, 1); // how many must leave the window
            if (over <= 0)
                continue;
            const auto &ended = m_classes[i].ended;
            const auto first = std::upper_bound(ended.begin(), ended.end(), now - limit.window - margin);
            if (ended.end() - first < over)
                return never; // it takes the end of one that is still running
            free = std::max(free, *(first + (over - 1)) + limit.window + margin);
        }
        return free;
    }

    Time freeAt(RateClasses classes, Urgency urgency, Time now)
    {
        Time free = now;
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            if (classes.test(i))
                free = std::max(free, freeByWindows(i, urgency, now));
        }
        const int atOnce = m_limits.queriesAtOnce - (urgency == Urgency::Background && m_limits.queriesAtOnce > 1 ? 1 : 0);
        if (classes.test(static_cast<std::size_t>(RateClass::Query)) && runningQueries(now) >= atOnce)
            free = std::max(free, never);
        return free;
    }

    std::string start(RateClasses classes, Time now)
    {
        const std::string id = m_prefix + std::to_string(++m_started);
        write("s " + id + " " + std::to_string(classes.to_ulong()) + " " + std::to_string(::getpid()) + " " + textOf(now));
        return id;
    }

    /// Writes the ledger anew with what still counts.
    void compact()
    {
        forget(m_clock.now());
        std::string content;
        int count = 0;
        for (const auto &[id, running] : m_running) {
            content += "s " + id + " " + std::to_string(running.classes.to_ulong()) + " " + std::to_string(running.pid) + " "
                + textOf(running.started) + "\n";
        }
        for (std::size_t i = 0; i < rateClassCount; ++i) {
            const std::string name = std::to_string(i);
            for (const Time at : m_classes[i].ended) {
                const std::string id = "c" + std::to_string(++count);
                content += "s " + id + " " + std::to_string(1ul << i) + " 1 " + textOf(at) + "\ne " + id + " " + textOf(at) + "\n";
            }
            content += "b " + name + " " + textOf(m_classes[i].blockedUntil) + "\n";
            if (const auto &learned = m_classes[i].learned) {
                content += "l " + name + " " + std::to_string(learned->window.count()) + " " + std::to_string(learned->requests) + " "
                    + textOf(m_classes[i].learnedUntil) + "\n";
            }
        }
        m_ledger.replace(content);
        m_compactAbove = 2 * content.size() + compactAbove;
    }

    const RateLimits m_limits;
    ph::Clock &m_clock;
    std::mutex m_mutex; // Guards what follows.
    std::condition_variable_any m_ended;
    BudgetLedger m_ledger;
    const std::string m_prefix; // of the IDs of this object's requests
    std::uint64_t m_started = 0;
    std::uint64_t m_ends = 0; // counts up whenever a request ends, here or elsewhere
    std::map<std::string, Running> m_running;
    Class m_classes[rateClassCount];
    std::uintmax_t m_compactAbove = compactAbove;
};

RateBudget::RateBudget(RateLimits limits, std::filesystem::path file, ph::Clock &clock)
    : m_impl(std::make_unique<Impl>(std::move(limits), std::move(file), clock))
{
}

RateBudget::~RateBudget() = default;

RateBudget::Permit::Permit(Permit &&other) noexcept
    : m_budget(std::exchange(other.m_budget, nullptr))
    , m_id(std::move(other.m_id))
{
}

RateBudget::Permit &RateBudget::Permit::operator=(Permit &&other) noexcept
{
    std::swap(m_budget, other.m_budget);
    std::swap(m_id, other.m_id);
    return *this;
}

RateBudget::Permit::~Permit()
{
    if (m_budget)
        m_budget->m_impl->end(m_id);
}

ph::Result<RateBudget::Permit> RateBudget::take(RateClasses classes, Urgency urgency, ph::Time latest, std::stop_token stop, const OnWait &onWait)
{
    auto id = m_impl->take(classes, urgency, latest, stop, onWait);
    if (!id)
        return ph::fail(id.error());
    Permit permit;
    permit.m_budget = this;
    permit.m_id = std::move(*id);
    return permit;
}

RateBudget::Permit RateBudget::tryTake(RateClasses classes)
{
    Permit permit;
    if (auto id = m_impl->tryTake(classes)) {
        permit.m_budget = this;
        permit.m_id = std::move(*id);
    }
    return permit;
}

void RateBudget::refused(RateClasses classes, ph::Time until) { m_impl->refused(classes, until); }

std::vector<BudgetUse> RateBudget::use() { return m_impl->use(); }

std::filesystem::path budgetPath(std::string_view host, std::string_view projectId)
{
    std::uint64_t hash = 14'695'981'039'346'656'037u; // FNV-1a
    for (const char c : std::string(host) + "\n" + std::string(projectId))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    char name[17];
    for (int i = 15; i >= 0; --i, hash >>= 4)
        name[i] = "0123456789abcdef"[hash & 15];
    name[16] = 0;
    return ph::stateDir() / "budget" / (std::string(name) + ".ledger");
}

} // namespace posthog
