#pragma once

#include "driver/base/json_fields.h"
#include "driver/http/client.h"

#include <functional>

/// A language model's service: how it is reached, and what its refusals mean.
namespace model {

/// Asked at each request, so that a key may change; kept nowhere, and sent in a header alone. "": the service wants none.
using GetKey = std::function<ph::Result<std::string>()>;

struct Service {
    enum class KeyHeader { Authorization, XApiKey };

    std::string name; // in messages: "Anthropic"
    std::string baseUrl; // what stands before the API's own paths: "https://api.anthropic.com/v1"
    KeyHeader keyHeader = KeyHeader::Authorization;
    http::Headers headers = {}; // sent with each request
    GetKey getKey = {};
    bool needsKey = false; // does nothing without one
};

/// A request, and the texts that must not be seen in what is said about it.
struct ServiceRequest {
    http::Request http;
    std::vector<std::string> secrets;
};

/// A request to `path`, which begins with "/". Redirects are not followed: they would carry the headers away.
/// Error: InvalidInput for an address or key that cannot be used, or where the key would travel unprotected; Unauthorized where a key is
/// needed and there is none; that of getKey.
ph::Result<ServiceRequest> requestTo(const Service &service, const std::string &path);

/// What a service says when it does not do what it was asked.
struct Refusal {
    ph::Error error; // one sentence, without secrets
    bool passes = false; // of the moment: asking again may help
    bool windowIsFull = false; // the request is longer than the model's window
};

/// An answer other than 2xx.
Refusal refusalOf(const Service &service, const ServiceRequest &request, const http::Response &response);
/// An error in the middle of a stream: {"type": "error", "error": {…}} or {"error": {…}}.
Refusal refusalOf(const Service &service, const ServiceRequest &request, const ph::Json &event);

/// `text` without the request's secrets, and without whatever else looks like a key.
std::string withoutSecrets(std::string text, const ServiceRequest &request);

} // namespace model
