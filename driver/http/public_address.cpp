#include "driver/http/public_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <thread>
#include <vector>

namespace http {
namespace {

struct Block {
    std::uint32_t start;
    int bits;
};

/// IANA IPv4 Special-Purpose Address Registry, and multicast.
constexpr std::array<Block, 16> special{{{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16}, {0xac100000, 12},
                                         {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24},
                                         {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4},  {0xffffffff, 32}}};

bool isPublic(std::uint32_t address)
{
    return std::none_of(special.begin(), special.end(), [address](const Block &block) {
        const auto mask = block.bits == 32 ? 0xffffffffU : ~(0xffffffffU >> block.bits);
        return (address & mask) == block.start;
    });
}

bool isPublic(const std::array<std::uint8_t, 16> &bytes)
{
    const auto word = [&](std::size_t i) { return std::uint32_t(bytes[i]) << 24 | std::uint32_t(bytes[i + 1]) << 16 | std::uint32_t(bytes[i + 2]) << 8 | bytes[i + 3]; };
    if (word(0) == 0 && word(4) == 0 && word(8) == 0x0000ffff) // ::ffff:0:0/96, IPv4-mapped
        return isPublic(word(12));
    if ((bytes[0] & 0xe0) != 0x20) // only 2000::/3 is given out
        return false;
    if (word(0) >> 9 == 0x20010000U >> 9 || word(0) == 0x20010db8) // 2001::/23 (Teredo among it), documentation
        return false;
    if (word(0) >> 16 == 0x2002) // 6to4 wraps an IPv4 address
        return isPublic(std::uint32_t(bytes[2]) << 24 | std::uint32_t(bytes[3]) << 16 | std::uint32_t(bytes[4]) << 8 | bytes[5]);
    return word(0) >> 12 != 0x3fff0; // 3fff::/20, documentation
}

/// What a look-up has found, shared with the thread that may outlive the caller: getaddrinfo() cannot be interrupted.
struct LookUp {
    std::mutex mutex; // Guards the three below.
    std::condition_variable_any changed;
    bool isDone = false;
    int error = 0;
    std::vector<std::string> addresses;
};

void lookUp(const std::shared_ptr<LookUp> &state, const std::string &host)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *list = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    std::vector<std::string> addresses;
    for (const auto *item = list; item; item = item->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(item->ai_addr, item->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0)
            addresses.emplace_back(text.data());
    }
    if (list)
        ::freeaddrinfo(list);
    const std::lock_guard lock(state->mutex);
    state->error = error;
    state->addresses = std::move(addresses);
    state->isDone = true;
    state->changed.notify_all();
}

} // namespace

bool isPublicAddress(const std::string &numeric)
{
    in_addr four{};
    if (::inet_pton(AF_INET, numeric.c_str(), &four) == 1)
        return isPublic(ntohl(four.s_addr));
    std::array<std::uint8_t, 16> six{};
    return ::inet_pton(AF_INET6, numeric.c_str(), six.data()) == 1 && isPublic(six);
}

ph::Result<std::string> publicAddressOf(const std::string &host, std::chrono::steady_clock::time_point deadline, std::stop_token stop)
{
    const auto state = std::make_shared<LookUp>();
    std::thread(lookUp, state, host).detach();
    std::unique_lock lock(state->mutex);
    const bool isDone = state->changed.wait_until(lock, stop, deadline, [&] { return state->isDone; });
    if (!isDone && stop.stop_requested())
        return ph::fail(ph::ErrorCode::Cancelled, "The request to " + host + " was cancelled.");
    if (!isDone)
        return ph::fail(ph::ErrorCode::Network, "The name service did not answer for " + host + " in time.");
    if (state->addresses.empty())
        return ph::fail(ph::ErrorCode::Network, "The host " + host + " is not known. Check the address and the network connection.");
    const auto closed = std::find_if_not(state->addresses.begin(), state->addresses.end(), isPublicAddress);
    if (closed != state->addresses.end())
        return ph::fail(ph::ErrorCode::Unauthorized, host + " is an address of this machine or of a private network (" + *closed + "); such pages are only read where the settings allow the host.");
    return state->addresses.front();
}

} // namespace http
