#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace tools {

/// Makes a call whose stop is requested after `limit`, or as soon as `stop` is: for a client that may not answer.
template <typename Call>
auto within(std::chrono::milliseconds limit, const std::stop_token &stop, Call call)
{
    std::stop_source source;
    const std::stop_callback forwarded(stop, [&source] { source.request_stop(); });
    const std::jthread timer([&source, limit](std::stop_token done) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait_for(lock, done, limit, [] { return false; });
        if (!done.stop_requested())
            source.request_stop();
    });
    return call(source.get_token());
}

} // namespace tools
