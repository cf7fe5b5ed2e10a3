#include "agent/tools/output.h"

namespace tools {

Output failure(const std::string &message)
{
    Output output;
    output.failed = true;
    output.text = message;
    output.raw = {{"error", message}};
    return output;
}

ph::Result<Output> failed(const ph::Error &error)
{
    if (error.code == ph::ErrorCode::Cancelled)
        return ph::fail(error);
    return failure(error.message);
}

std::string withSeparators(std::size_t number)
{
    auto digits = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
        digits.insert(static_cast<std::size_t>(i), 1, ',');
    return digits;
}

std::string counted(std::size_t n, const std::string &what) { return withSeparators(n) + " " + what + (n == 1 ? "" : "s"); }

} // namespace tools
