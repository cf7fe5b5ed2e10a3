#pragma once

#include <string>
#include <string_view>

namespace ph {

/// `text` with every secret it knows the look of replaced by «redacted»: PostHog keys (phx_ phc_ pha_ phs_ phr_), model
/// keys (sk-…), GitHub tokens (ghp_ gho_ ghu_ ghs_ ghr_ github_pat_), e2b_ keys, what follows "Bearer " or "Basic ",
/// user and password in a URL, JSON web tokens, PEM private keys. For logs, error reports and everything else that
/// leaves the process without being asked for.
std::string redact(std::string_view text);

/// Quicker, for many lines of JSON of which hardly one holds a secret: when it is false, redact() changes none of the texts in `json`,
/// read as JSON. True for some lines without a secret.
bool mayHoldSecret(std::string_view json);

} // namespace ph
