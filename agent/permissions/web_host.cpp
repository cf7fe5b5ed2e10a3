#include "agent/permissions/web_host.h"

#include <algorithm>

namespace permissions {

std::optional<std::string> hostOf(std::string_view url)
{
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= 0x20 || c == 0x7f || c == '\\'; }))
        return {};
    std::string text(url);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::size_t start = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
    if (start == 0)
        return {};
    std::string host = text.substr(start, text.find_first_of("/?#", start) - start);
    const auto port = host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
    if (port != std::string::npos) {
        if (host.find_first_not_of("0123456789", port + 1) != std::string::npos)
            return {};
        host.resize(port);
    }
    if (host.ends_with('.'))
        host.pop_back();
    const bool isAddress = host.starts_with('[') && host.ends_with(']');
    const auto known = isAddress ? "0123456789abcdef:.[]" : "abcdefghijklmnopqrstuvwxyz0123456789-._";
    if (host.empty() || host.find_first_not_of(known) != std::string::npos)
        return {};
    return host;
}

bool isInDomain(std::string_view host, std::string_view domain)
{
    if (domain.starts_with("*."))
        return host.size() > domain.size() - 1 && host.ends_with(domain.substr(1));
    return host == domain;
}

} // namespace permissions
