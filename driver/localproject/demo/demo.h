#pragma once

#include "driver/base/result.h"
#include "driver/localproject/store.h"

#include <cstdint>
#include <filesystem>
#include <string>

/// The demo project: a month of an invented file board, Driftboard, made from a seed. What is hidden in it, and where, is
/// described in README.md beside this file.
namespace localproject::demo {

/// Part of the data's identity: raise it when the same seed begins to give other data.
inline constexpr int generatorVersion = 2;

struct Options {
    std::uint64_t seed = 20'240'607;
    std::string anchor; // "2026-01-31T12:00:00Z"; empty: today at 12:00 UTC. Data ends the day before.
    std::string plant = "browser=Safari,os=iOS"; // whose sign-up breaks in release 2.4.0; "none": nobody's
};

/// Fills an empty store. Errors: InvalidInput (anchor or plant), Internal.
ph::Result<> fill(const Store &store, const Options &options);

/// Whether the store was filled by this generator. One that another version filled lacks what has come since.
bool isCurrent(const Store &store);

/// Makes the store's file. It appears under its name only when it is whole. Errors: as fill(), and InvalidInput when the
/// file is there already.
ph::Result<Store> create(const std::filesystem::path &path, const Options &options, const StoreOptions &storeOptions = {});

} // namespace localproject::demo
