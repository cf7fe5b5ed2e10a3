#pragma once

#include "agent/tools/tool.h"

#include <memory>
#include <string>
#include <vector>

namespace http {
class Client;
}

namespace tools {

struct WebSetting {
    std::vector<std::string> privateHosts; // hosts of this machine and of private networks that may be read
};

/// WebFetch. `client` outlives the tool.
std::shared_ptr<Tool> makeWebFetch(http::Client &client, WebSetting setting);

} // namespace tools
