#include "agent/model/service.h"

#include "agent/model/json_read.h"
#include "driver/base/json_depth.h"
#include "driver/base/redact.h"
#include "driver/posthog/driver.h"
#include "driver/posthog/retry.h"

#include <algorithm>
#include <array>

namespace model {

namespace {

const std::string containerHost = "http://host.docker.internal"; // the machine that a container runs on
constexpr std::size_t leastSecret = 8; // shorter texts are no secrets, and are parts of words
constexpr std::size_t longestQuote = 400; // bytes of a service's own words

/// What a service says about itself in the body of an error.
struct Complaint {
    std::string type;
    std::string message;
};

Complaint complaintOf(const ph::Json &body)
{
    const ph::Json &error = memberAt(body, "error");
    Complaint complaint;
    if (error.is_object()) {
        complaint.message = textAt(error, "message");
        complaint.type = textAt(error, "code");
        if (complaint.type.empty())
            complaint.type = textAt(error, "type");
    } else {
        complaint.type = textAt(body, "code");
        complaint.message = error.is_string() ? error.get<std::string>() : textAt(body, "message");
        if (complaint.message.empty())
            complaint.message = textAt(body, "detail");
    }
    return complaint;
}

bool contains(const std::string &text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Every service has words of its own for it: Anthropic, OpenAI, llama.cpp, vLLM, Ollama and those in front of them.
bool saysWindowIsFull(const Complaint &complaint, int status)
{
    static constexpr std::array<std::string_view, 6> words{
        "prompt is too long", "exceed context limit", "maximum context length", "exceeds the context window", "exceeds the available context size",
        "input is too long"};
    if (complaint.type == "context_length_exceeded" || complaint.type == "exceed_context_size_error" || complaint.type == "request_too_large"
        || status == 413)
        return true;
    return std::any_of(words.begin(), words.end(), [&](std::string_view each) { return contains(complaint.message, each); });
}

std::string quoted(std::string message, const ServiceRequest &request)
{
    message = withoutSecrets(std::move(message), request);
    std::replace_if(
        message.begin(), message.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    if (message.size() > longestQuote) {
        std::size_t end = longestQuote;
        while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80)
            --end;
        message = message.substr(0, end) + "…";
    }
    while (!message.empty() && (message.back() == '.' || message.back() == ' '))
        message.pop_back();
    return message;
}

Refusal judge(const Service &service, const ServiceRequest &request, int status, const Complaint &complaint)
{
    const std::string said = quoted(complaint.message, request);
    const std::string why = said.empty() ? "." : ": " + said + ".";
    const std::string number = status ? " (" + std::to_string(status) + ")" : "";
    const std::string &type = complaint.type;

    if (status >= 300 && status < 400)
        return {{ph::ErrorCode::InvalidInput, service.name + " has moved" + number + ": set the address that it redirects to."}};
    if (saysWindowIsFull(complaint, status))
        return {{ph::ErrorCode::InvalidInput, "The conversation is longer than the model's window" + why}, false, true};
    if (status == 401 || status == 403 || type == "authentication_error" || type == "permission_error")
        return {{ph::ErrorCode::Unauthorized, service.name + " does not accept the key" + number + why + " Check it in the settings."}};
    if (status == 402 || type == "billing_error" || type == "insufficient_quota" || contains(complaint.message, "credit balance"))
        return {{ph::ErrorCode::Unauthorized, "The account at " + service.name + " has no credit left" + why}};
    if (status == 404 || type == "not_found_error")
        return {{ph::ErrorCode::NotFound, service.name + " does not know the model or the address" + number + why}};
    if (status == 429 || type == "rate_limit_error" || type == "rate_limit_exceeded")
        return {{ph::ErrorCode::RateLimited, service.name + " takes no more requests for the moment" + number + why}, true};
    if (status == 529 || status == 503 || type == "overloaded_error")
        return {{ph::ErrorCode::RateLimited, service.name + " is overloaded" + number + why}, true};
    if (posthog::isPassing(status) || type == "api_error" || type == "timeout_error" || type == "server_error" || type == "internal_server_error")
        return {{ph::ErrorCode::Network, service.name + " has a fault of its own" + number + why}, true};
    if (status == 0) // In mid-stream; what a service calls its error there is nobody's standard.
        return {{ph::ErrorCode::Network, service.name + " broke off with an error" + why}, true};
    return {{ph::ErrorCode::InvalidInput, service.name + " refuses the request" + number + why}};
}

} // namespace

ph::Result<ServiceRequest> requestTo(const Service &service, const std::string &path)
{
    const auto refuse = [](std::string why) { return ph::fail(ph::ErrorCode::InvalidInput, std::move(why)); };
    std::string base = service.baseUrl;
    while (base.ends_with('/'))
        base.pop_back();
    const bool isHttps = base.starts_with("https://");
    if (!isHttps && !base.starts_with("http://"))
        return refuse("The address of " + service.name + " must begin with https:// or http://.");

    ServiceRequest request;
    request.http.url = base + path;
    request.http.headers = service.headers;
    request.http.followsRedirects = false;
    for (const auto &[name, value] : service.headers) {
        if (name.find_first_of("\r\n:") != std::string::npos || value.find_first_of("\r\n") != std::string::npos)
            return refuse("A header that is set for " + service.name + " has a line break or colon in it.");
        if (value.size() >= leastSecret)
            request.secrets.push_back(value);
    }
    auto key = service.getKey ? service.getKey() : std::string();
    if (!key)
        return ph::fail(key.error());
    if (key->empty() && service.needsKey)
        return ph::fail(ph::ErrorCode::Unauthorized, service.name + " needs a key. Add it in the settings, or in the environment.");
    if (key->empty())
        return request;
    if (key->find_first_of("\r\n") != std::string::npos)
        return refuse("The key for " + service.name + " has a line break in it; copy it again.");
    const std::string origin = base.substr(0, base.find('/', base.find("://") + 3));
    const bool isOwnMachine = posthog::isThisMachine(origin) || origin == containerHost || origin.starts_with(containerHost + ":");
    if (!isHttps && !isOwnMachine)
        return refuse("The key for " + service.name + " would travel unprotected; write https:// instead of http:// in its address.");
    if (service.keyHeader == Service::KeyHeader::XApiKey)
        request.http.headers.emplace_back("X-Api-Key", *key);
    else
        request.http.headers.emplace_back("Authorization", "Bearer " + *key);
    request.secrets.push_back(*std::move(key));
    return request;
}

Refusal refusalOf(const Service &service, const ServiceRequest &request, const http::Response &response)
{
    Complaint complaint;
    if (!ph::isNestedDeeper(response.body, 64))
        complaint = complaintOf(ph::Json::parse(response.body, nullptr, false));
    return judge(service, request, response.status, complaint);
}

Refusal refusalOf(const Service &service, const ServiceRequest &request, const ph::Json &event)
{
    return judge(service, request, 0, complaintOf(event));
}

std::string withoutSecrets(std::string text, const ServiceRequest &request)
{
    for (const std::string &secret : request.secrets) {
        for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;)
            text.replace(at, secret.size(), "«redacted»");
    }
    return ph::redact(text);
}

} // namespace model
