#pragma once

#include "agent/model/language_model.h"
#include "tests/support/heard_listener.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_server.h"

namespace support {

/// A model that is asked over HTTP, and what a test needs around it. Waiting takes no time.
struct ModelFixture {
    enum class Api { Messages, Chat };

    explicit ModelFixture(Api which = Api::Messages)
        : api(which)
    {
        choice.id = "test/m";
        choice.facts.id = "m";
        choice.facts.name = "M";
        choice.facts.info = {200'000, 32'000, true, {"low", "medium", "high"}};
        choice.service.name = "The service";
        choice.service.baseUrl = api == Api::Messages ? server.url() : server.openAiUrl();
        choice.service.keyHeader = api == Api::Messages ? model::Service::KeyHeader::XApiKey : model::Service::KeyHeader::Authorization;
        choice.service.getKey = [this]() -> ph::Result<std::string> { return key; };
    }

    ph::Result<model::Reply> ask(const model::Request &request, std::stop_token stop = {})
    {
        const model::Network network{client, clock, patience};
        const auto model = api == Api::Messages ? model::makeMessagesModel(network, choice) : model::makeChatModel(network, choice);
        return model->ask(request, heard, std::move(stop));
    }
    ph::Result<model::Reply> ask(const std::string &text = "Hello") { return ask(model::Request{{userSays(text)}, {}}); }

    static model::Message userSays(std::string text)
    {
        model::Message message;
        message.text = std::move(text);
        return message;
    }

    const Api api;
    ModelServer server;
    http::Client client;
    ManualClock clock;
    model::Patience patience;
    std::string key = "key-of-the-test";
    model::LanguageModel choice;
    HeardListener heard;
};

} // namespace support
