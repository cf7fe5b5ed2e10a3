#pragma once

#include "driver/base/result.h"

#include <chrono>
#include <stop_token>
#include <string>

namespace http {

/// Whether a numeric address ("93.184.216.34", "2606:2800::1") is one of the public internet: not of this machine, a private or
/// local network, a document or a multicast group (IANA's special-purpose registries), nor one that wraps such an address.
bool isPublicAddress(const std::string &numeric);

/// One address of the host, all of whose addresses are public. Error: Unauthorized when one is not, Network when the name is not known
/// or nothing answers until `deadline`, Cancelled.
ph::Result<std::string> publicAddressOf(const std::string &host, std::chrono::steady_clock::time_point deadline, std::stop_token stop);

} // namespace http
