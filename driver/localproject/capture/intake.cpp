#include "driver/localproject/capture/intake.h"

#include "driver/base/log.h"
#include "driver/localproject/import/event_loader.h"
#include "driver/localproject/import/event_reader.h"

namespace localproject::capture {

namespace {

constexpr std::size_t mostWaitingBytes = 256 * 1024 * 1024;
constexpr std::size_t mostAtOnce = 1000; // bodies in one commit

} // namespace

ph::Result<std::string> tokenOf(const std::string &body)
{
    ingest::EventReader reader;
    ingest::Batch ignored;
    const auto posted = reader.readPosted(body, {1}, ignored);
    if (!posted)
        return ph::fail(posted.error());
    return posted->token;
}

Intake::Intake(const Store &store, std::function<void()> onDefinitions)
    : m_store(store)
    , m_onDefinitions(std::move(onDefinitions))
    , m_thread([this] { work(); })
{
}

Intake::~Intake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

ph::Result<Intake::Taken> Intake::take(std::string body, ph::Time received)
{
    auto item = std::make_shared<Item>(Item{std::move(body), received, std::nullopt});
    std::unique_lock lock(m_mutex);
    if (m_ending)
        return ph::fail(ph::ErrorCode::Cancelled, "The project is closing.");
    if (m_waitingBytes + item->body.size() > mostWaitingBytes)
        return ph::fail(ph::ErrorCode::RateLimited, "Too many events wait to be stored.");
    m_waitingBytes += item->body.size();
    m_waiting.push_back(item);
    m_changed.notify_all();
    m_changed.wait(lock, [&] { return item->answer.has_value(); });
    return *item->answer;
}

void Intake::work()
{
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_ending || !m_waiting.empty(); });
            if (m_ending && m_waiting.empty())
                return;
        }
        // Ends when the project does, or after an error: then with a new loader, whose view is that of the store.
        const auto served = m_store.withConnection([this](_duckdb_connection *connection) { return serve(connection); });
        if (!served)
            ph::logError("capture", served.error().message);
    }
}

ph::Result<> Intake::serve(_duckdb_connection *connection)
{
    ingest::LoaderOptions options;
    options.keepsPersonProperties = true;
    auto loader = ingest::EventLoader::open(m_store, connection, options);
    ingest::EventReader reader;
    while (true) {
        std::deque<std::shared_ptr<Item>> items;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_ending || !m_waiting.empty(); });
            if (m_waiting.empty())
                return {};
            while (!m_waiting.empty() && items.size() < mostAtOnce) {
                m_waitingBytes -= m_waiting.front()->body.size();
                items.push_back(std::move(m_waiting.front()));
                m_waiting.pop_front();
            }
        }
        ph::Result<> stored = loader ? ph::Result<>() : ph::fail(loader.error());
        std::vector<ph::Result<Taken>> answers;
        for (const auto &item : items) {
            if (!stored)
                break;
            ingest::Batch batch;
            const auto posted = reader.readPosted(item->body, {item->received.time_since_epoch().count()}, batch);
            if (!posted) {
                answers.emplace_back(ph::fail(posted.error()));
                continue;
            }
            reader.endBatch(batch);
            answers.emplace_back(Taken{batch.events.size(), batch.rejects.size()});
            for (const ingest::Reject &reject : batch.rejects)
                ph::logWarning("capture", "An event was not taken. " + reject.reason);
            stored = loader->add(batch);
        }
        bool newDefinitions = false;
        if (stored) {
            const auto loaded = loader->commit();
            if (loaded) {
                newDefinitions = loaded->newDefinitions;
                stored = loader->refreshSessions(false);
            } else {
                stored = ph::fail(loaded.error());
            }
        }
        if (newDefinitions && m_onDefinitions)
            m_onDefinitions();
        {
            const std::lock_guard lock(m_mutex);
            for (std::size_t i = 0; i < items.size(); ++i)
                items[i]->answer = stored ? answers[i] : ph::Result<Taken>(ph::fail(ph::ErrorCode::Internal, stored.error().message));
        }
        m_changed.notify_all();
        if (!stored)
            return stored;
    }
}

} // namespace localproject::capture
