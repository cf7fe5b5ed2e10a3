#pragma once

#include "driver/localproject/import/people.h"
#include "driver/localproject/store.h"

#include <memory>
#include <unordered_set>

namespace localproject::ingest {

/// What a commit has written.
struct Loaded {
    std::uint64_t events = 0;
    std::uint64_t duplicates = 0; // of events that are there already, by their uuid
    std::uint64_t persons = 0; // written, new ones and changed ones
    std::uint64_t merges = 0;
    bool newDefinitions = false;

    Loaded &operator+=(const Loaded &other);
};

struct LoaderOptions {
    bool keepsPersonProperties = false; // notes with each event what its person was like, where the event does not say
};

/// Writes events into a store, with all that follows from them: whose they are, persons and groups as they are now, sessions,
/// definitions. Collects, and writes everything of one commit in one transaction. Holds one connection of the store; there
/// may be one loader a store. One thread.
class EventLoader
{
public:
    /// Reads the store's persons and groups. `connection`, one of the store's, must outlive it.
    static ph::Result<EventLoader> open(const Store &store, _duckdb_connection *connection, const LoaderOptions &options = {});

    EventLoader(EventLoader &&) noexcept;
    ~EventLoader(); // what was not committed is gone

    /// Takes a batch in; its events' `groups` are filled in.
    ph::Result<> add(Batch &batch);

    /// Events that wait for a commit.
    std::size_t pending() const;

    using Alongside = std::function<ph::Result<>(_duckdb_connection *, const Loaded &)>;
    /// Writes what was added; afterwards, in the same transaction, `alongside`. On an error the store is as it was before, and
    /// this loader must not be used again.
    ph::Result<Loaded> commit(const Alongside &alongside = {});

    /// Makes the sessions of events committed since the last time anew from their events; `all`: every session of the store.
    ph::Result<> refreshSessions(bool all);

    std::uint64_t refusedMerges() const;

private:
    class Impl;
    explicit EventLoader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace localproject::ingest
