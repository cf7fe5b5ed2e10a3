#pragma once

#include "driver/http/client.h"
#include "driver/posthog/driver.h"

namespace posthog {

/// What an answer other than 2xx means, as one sentence that a person can act on. Holds no key.
ph::Error errorOf(const http::Response &response, const Credentials &credentials);

/// An answer that is no JSON: a web page, most likely of another program at that address.
ph::Error unreadableAnswer(const http::Response &response, const Credentials &credentials);

/// `text` without the key and whatever else looks like a secret.
std::string withoutSecrets(std::string text, const Credentials &credentials);

} // namespace posthog
