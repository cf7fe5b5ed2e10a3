#include "driver/base/ids.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <sys/random.h>

namespace ph {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

void fillRandom(std::uint8_t *out, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = ::getrandom(out, size, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            std::abort(); // Without randomness no key is a secret; a kernel this old is not supported.
        }
        out += got;
        size -= static_cast<std::size_t>(got);
    }
}

void appendHex(std::string &text, std::uint8_t byte)
{
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
}

std::string formatUuid(Bytes bytes, std::uint8_t version)
{
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | (version << 4));
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80); // RFC 9562: the variant
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        appendHex(text, bytes[i]);
    }
    return text;
}

std::string uuid7Of(std::uint64_t milliseconds, std::uint16_t counter)
{
    Bytes bytes{};
    fillRandom(bytes.data(), bytes.size());
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
    bytes[6] = static_cast<std::uint8_t>(counter >> 8);
    bytes[7] = static_cast<std::uint8_t>(counter);
    return formatUuid(bytes, 7);
}

std::uint64_t millisecondsOf(std::chrono::system_clock::time_point time)
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

} // namespace

std::string uuid4()
{
    Bytes bytes{};
    fillRandom(bytes.data(), bytes.size());
    return formatUuid(bytes, 4);
}

std::string uuid7()
{
    static std::mutex mutex; // Guards the two below.
    static std::uint64_t last = 0;
    static std::uint16_t counter = 0;

    const std::lock_guard lock(mutex);
    const std::uint64_t now = millisecondsOf(std::chrono::system_clock::now());
    if (now > last) {
        last = now;
        counter = 0;
    } else if (++counter > 0x0fff) { // More than 4,096 in a millisecond, or a clock set back: run ahead of it.
        ++last;
        counter = 0;
    }
    return uuid7Of(last, counter);
}

std::string uuid7(std::chrono::system_clock::time_point time)
{
    std::uint8_t random[2];
    fillRandom(random, sizeof random);
    return uuid7Of(millisecondsOf(time), static_cast<std::uint16_t>((random[0] << 8 | random[1]) & 0x0fff));
}

std::string randomHex(std::size_t bytes)
{
    std::string random(bytes, '\0');
    fillRandom(reinterpret_cast<std::uint8_t *>(random.data()), bytes);
    std::string text;
    for (const char byte : random)
        appendHex(text, static_cast<std::uint8_t>(byte));
    return text;
}

} // namespace ph
