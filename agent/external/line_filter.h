#pragma once

#include "agent/acp/transport.h"

#include <memory>
#include <string>
#include <vector>

namespace external {

/// What must be changed between a client and an agent that strays from what the window expects. Both functions get one whole line and
/// return what goes on in its place, in order; lines that are no JSON object pass as they are. One call at a time.
class LineFilter
{
public:
    virtual ~LineFilter() = default;
    virtual std::vector<std::string> toAgent(const std::string &line) = 0;
    virtual std::vector<std::string> toClient(const std::string &line) = 0;
};

/// `inner` with everything that passes it changed by `filter`.
std::unique_ptr<acp::Transport> filtered(std::unique_ptr<acp::Transport> inner, std::unique_ptr<LineFilter> filter);

} // namespace external
