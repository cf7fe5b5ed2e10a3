#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace ph {

/// A random UUID: "9f1c…", 36 characters in lower case.
std::string uuid4();

/// A UUID that starts with the time, so that later ones sort after earlier ones; strictly rising within the process.
std::string uuid7();
std::string uuid7(std::chrono::system_clock::time_point time);

/// `bytes` random bytes from the kernel as hex digits: for keys and names that nobody may guess.
std::string randomHex(std::size_t bytes);

} // namespace ph
