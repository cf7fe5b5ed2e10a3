#pragma once

#include "driver/base/time.h"
#include "driver/localproject/store.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace localproject::capture {

/// Writes captured events to a store, in a thread of its own. All that wait at the same moment go in together, so that many
/// small requests cost few commits. An event is stored, and seen by queries, when take() has answered.
class Intake
{
public:
    /// `onDefinitions` is called on the intake's thread when there are new property definitions.
    Intake(const Store &store, std::function<void()> onDefinitions);
    ~Intake(); // stores what waits
    Intake(const Intake &) = delete;
    Intake &operator=(const Intake &) = delete;

    struct Taken {
        std::uint64_t events = 0; // of this body, those that are duplicates too
        std::uint64_t rejects = 0;
    };
    /// `body`: what the SDKs post, see EventReader::readPosted(). Waits until it is stored.
    /// Errors: InvalidInput (no JSON), RateLimited (too much waits already), Internal (the disk), Cancelled (we end).
    ph::Result<Taken> take(std::string body, ph::Time received);

private:
    struct Item {
        std::string body;
        ph::Time received;
        std::optional<ph::Result<Taken>> answer;
    };

    void work();
    ph::Result<> serve(_duckdb_connection *connection);

    const Store &m_store;
    std::function<void()> m_onDefinitions;
    std::mutex m_mutex; // Guards the three below.
    std::deque<std::shared_ptr<Item>> m_waiting;
    std::size_t m_waitingBytes = 0;
    bool m_ending = false;
    std::condition_variable m_changed;
    std::thread m_thread; // Last: it uses the rest.
};

/// The project token that a body names, wherever the SDKs put it; empty when it names none. Error: InvalidInput (no JSON).
ph::Result<std::string> tokenOf(const std::string &body);

} // namespace localproject::capture
