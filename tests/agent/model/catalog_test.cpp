#include "agent/model/catalog.h"
#include "agent/model/listing.h"
#include "tests/support/compare_json.h"
#include "tests/support/heard_listener.h"
#include "tests/support/manual_clock.h"
#include "tests/support/model_server.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace model;
using namespace support;
using Kind = ProviderSettings::Kind;

namespace {

FactTable factTable()
{
    std::ostringstream text;
    text << std::ifstream(HOGLET_MODELS).rdbuf();
    return *FactTable::parse(text.str());
}

struct CatalogFixture {
    Catalog catalog(ModelSettings settings)
    {
        Catalog::Options options;
        options.settings = std::move(settings);
        options.facts = factTable();
        options.posthogHost = posthogHost;
        options.getKey = [this](const ProviderSettings &provider) -> ph::Result<std::string> { return key.empty() ? key : key + provider.id; };
        return Catalog({client, clock}, std::move(options));
    }
    /// One provider at the server.
    Catalog catalog(Kind kind, std::vector<std::string> models = {})
    {
        ModelSettings settings;
        settings.providers = {{"p", kind, "", server.url(), false, {}, std::move(models)}};
        return catalog(settings);
    }
    static std::vector<std::string> idsOf(const ModelList &list)
    {
        std::vector<std::string> ids;
        for (const CatalogEntry &entry : list.models)
            ids.push_back(entry.id);
        return ids;
    }

    ModelServer server;
    http::Client client;
    ManualClock clock;
    std::string key = "key-of-";
    std::string posthogHost;
};

ph::Json listOf(const std::vector<std::string> &ids)
{
    ph::Json data = ph::Json::array();
    for (const auto &id : ids)
        data.push_back({{"id", id}});
    return {{"data", data}};
}

std::string asked(Model &model)
{
    HeardListener heard;
    Message message;
    message.text = "Hello";
    const auto reply = model.ask({{message}, {}}, heard, {});
    return reply ? heard.text : reply.error().message;
}

} // namespace

class CatalogTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatServicesSayOfTheirModels_data();
    void readsWhatServicesSayOfTheirModels();
    void leavesOutWhatHoldsNoConversation();
    void fetchesTheListWithTheKey_data();
    void fetchesTheListWithTheKey();
    void keepsTheListForTenMinutes();
    void knowsModelsWithoutTheService_data();
    void knowsModelsWithoutTheService();
    void leavesOutWhatIsBlocked();
    void makesTheModelThatIsNamed();
    void speaksTheApiOfTheModel();
    void makesWhatIsNotListed();
    void asksNoServiceForWhatItKnows();
    void saysWhyThereIsNoModel();
    void asksForTheGatewayOfASelfHostedPostHog();
    void needsAKeyOnlyForTheServicesThemselves();
};

void CatalogTest::readsWhatServicesSayOfTheirModels_data()
{
    QTest::addColumn<QByteArray>("item");
    QTest::addColumn<QString>("name");
    QTest::addColumn<qint64>("window");
    QTest::addColumn<qint64>("output");
    QTest::addColumn<bool>("images");
    QTest::addColumn<QString>("efforts");
    QTest::addColumn<int>("thinking");
    QTest::addColumn<bool>("isAnthropic");
    const int none = int(Thinking::None);
    QTest::newRow("Anthropic") << QByteArray(
        R"({"id":"claude-new-9","display_name":"Claude New 9","max_input_tokens":500000,"max_tokens":64000,"capabilities":{"image_input":{"supported":true},
            "effort":{"supported":true,"low":{"supported":true},"high":{"supported":true},"xhigh":{"supported":false}},"thinking":{"supported":true,"types":{"adaptive":{"supported":true},"enabled":{"supported":false}}}}})")
                               << "Claude New 9" << qint64(500000) << qint64(64000) << true << "low high" << int(Thinking::Adaptive) << true;
    QTest::newRow("what the table knows") << QByteArray(R"({"id":"claude-haiku-4-5-20251001"})") << "Claude Haiku 4.5 20251001" << qint64(200000)
                                          << qint64(64000) << true << "low medium high" << int(Thinking::Budget) << true;
    QTest::newRow("PostHog's gateway") << QByteArray(
        R"({"id":"openai/gpt-5.4","owned_by":"openai","context_window":1050000,"supports_streaming":true,"supports_vision":true})")
                                       << "Gpt 5.4" << qint64(1050000) << qint64(0) << true << "low medium high" << none << false;
    QTest::newRow("the owner counts") << QByteArray(R"({"id":"claude-like","owned_by":"somebody"})") << "Claude Like" << qint64(0) << qint64(0)
                                      << false << "" << none << false;
    QTest::newRow("OpenRouter") << QByteArray(R"({"id":"qwen/qwen3","context_length":32768,"architecture":{"input_modalities":["text","image"]}})")
                                << "Qwen3" << qint64(32768) << qint64(0) << true << "" << none << false;
    QTest::newRow("vLLM") << QByteArray(R"({"id":"llama","max_model_len":8192})") << "Llama" << qint64(8192) << qint64(0) << false << "" << none
                          << false;
    QTest::newRow("llama.cpp") << QByteArray(R"({"id":"m.gguf","meta":{"n_ctx_train":4096}})") << "M.gguf" << qint64(4096) << qint64(0) << false << ""
                               << none << false;
    QTest::newRow("nonsense") << QByteArray(R"({"id":"m","max_model_len":"x","meta":7,"capabilities":3,"architecture":[],"display_name":1})") << "M"
                              << qint64(0) << qint64(0) << false << "" << none << false;
}

void CatalogTest::readsWhatServicesSayOfTheirModels()
{
    QFETCH(QByteArray, item);
    QFETCH(QString, name);
    QFETCH(qint64, window);
    QFETCH(qint64, output);
    QFETCH(bool, images);
    QFETCH(QString, efforts);
    QFETCH(int, thinking);
    QFETCH(bool, isAnthropic);

    const auto models = listedModels({{"data", ph::Json::array({ph::Json::parse(item.toStdString())})}}, factTable(), false);

    QCOMPARE(models.size(), std::size_t(1));
    const ModelFacts &facts = models[0];
    QCOMPARE(QString::fromStdString(facts.name), name);
    QCOMPARE(qint64(facts.info.contextWindow), window);
    QCOMPARE(qint64(facts.info.maximumOutput), output);
    QCOMPARE(facts.info.takesImages, images);
    QStringList found;
    for (const auto &effort : facts.info.efforts)
        found << QString::fromStdString(effort);
    QCOMPARE(found.join(' '), efforts);
    QCOMPARE(int(facts.thinking), thinking);
    QCOMPARE(facts.isAnthropic, isAnthropic);
}

void CatalogTest::leavesOutWhatHoldsNoConversation()
{
    const auto models
        = listedModels(listOf({"gpt-5.4", "text-embedding-3-large", "whisper-1", "gpt-4o-realtime", "", "dall-e-3", "tts-1"}), factTable(), false);
    QCOMPARE(models.size(), std::size_t(1));
    for (const char *text : {"null", "7", "{}", R"({"data":7})", R"([1,null,{"id":7}])", R"({"models":[{}]})"})
        QVERIFY(listedModels(ph::Json::parse(text), factTable(), false).empty());
    QCOMPARE(listedModels(ph::Json::parse(R"([{"id":"a"}])"), factTable(), false).size(), std::size_t(1));
    QCOMPARE(listedModels(ph::Json::parse(R"({"models":[{"id":"a"}]})"), factTable(), false).size(), std::size_t(1));
}

void CatalogTest::fetchesTheListWithTheKey_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("value");
    QTest::newRow("Anthropic") << int(Kind::Anthropic) << "/v1/models?limit=1000"
                               << "x-api-key"
                               << "key-of-p";
    QTest::newRow("gateway") << int(Kind::PostHogGateway) << "/v1/models"
                             << "authorization"
                             << "Bearer key-of-p";
    QTest::newRow("OpenAI") << int(Kind::OpenAiCompatible) << "/v1/models"
                            << "authorization"
                            << "Bearer key-of-p";
}

void CatalogTest::fetchesTheListWithTheKey()
{
    QFETCH(int, kind);
    QFETCH(QString, path);
    QFETCH(QString, header);
    QFETCH(QString, value);
    CatalogFixture fixture;
    fixture.server.setModels(listOf({"claude-a", "gpt-b"}));
    auto catalog = fixture.catalog(static_cast<Kind>(kind), {"extra"});

    const auto list = catalog.list();

    QVERIFY2(list.problems.empty(), list.problems.empty() ? "" : list.problems[0].message.c_str());
    QCOMPARE(CatalogFixture::idsOf(list), (std::vector<std::string>{"p/claude-a", "p/gpt-b", "p/extra"}));
    const auto request = fixture.server.lastRequest();
    QCOMPARE(QString::fromStdString(request.path), path);
    QCOMPARE(QString::fromStdString(request.header(header.toStdString())), value);
}

void CatalogTest::keepsTheListForTenMinutes()
{
    CatalogFixture fixture;
    fixture.server.setModels(listOf({"a"}));
    auto catalog = fixture.catalog(Kind::OpenAiCompatible);

    catalog.list();
    fixture.clock.advance(std::chrono::minutes(9));
    fixture.server.setModels(listOf({"b"}));
    QCOMPARE(CatalogFixture::idsOf(catalog.list()), std::vector<std::string>{"p/a"});
    fixture.clock.advance(std::chrono::minutes(1));
    QCOMPARE(CatalogFixture::idsOf(catalog.list()), std::vector<std::string>{"p/b"});
    QCOMPARE(fixture.server.requests().size(), std::size_t(2));
}

void CatalogTest::knowsModelsWithoutTheService_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("hasBuiltIn");
    QTest::newRow("Anthropic") << int(Kind::Anthropic) << true;
    QTest::newRow("gateway") << int(Kind::PostHogGateway) << true;
    QTest::newRow("OpenAI") << int(Kind::OpenAiCompatible) << false;
}

void CatalogTest::knowsModelsWithoutTheService()
{
    QFETCH(int, kind);
    QFETCH(bool, hasBuiltIn);
    CatalogFixture fixture;
    ModelSettings settings;
    settings.providers = {{"p", static_cast<Kind>(kind), "", "http://127.0.0.1:1", false, {}, {"mine"}}};
    auto catalog = fixture.catalog(settings);

    const auto list = catalog.list();

    QCOMPARE(list.problems.size(), std::size_t(1));
    QVERIFY2(list.problems[0].message.find("could not be listed: Nothing answers at 127.0.0.1:1") != std::string::npos,
             list.problems[0].message.c_str());
    const auto ids = CatalogFixture::idsOf(list);
    QCOMPARE(ids.front(), std::string("p/mine"));
    QCOMPARE(std::find(ids.begin(), ids.end(), "p/claude-opus-5-5") != ids.end(), hasBuiltIn);
    // It is asked again as soon as it may be there.
    QCOMPARE(catalog.list().problems.size(), std::size_t(1));
}

void CatalogTest::leavesOutWhatIsBlocked()
{
    CatalogFixture fixture;
    fixture.server.setModels(listOf({"gpt-5-mini", "openai/gpt-5-mini", "gpt-5.4", "claude-x", "claude-y"}));
    ModelSettings settings;
    settings.providers = {{"posthog", Kind::PostHogGateway, "", fixture.server.url()}, {"openai", Kind::OpenAiCompatible, "", fixture.server.url()}};
    settings.blocked = {"claude-x", "openai/gpt-5.4"};
    auto catalog = fixture.catalog(settings);

    QCOMPARE(CatalogFixture::idsOf(catalog.list()),
             (std::vector<std::string>{"posthog/gpt-5.4", "posthog/claude-y", "openai/gpt-5-mini", "openai/openai/gpt-5-mini", "openai/claude-y"}));
    QCOMPARE(catalog.make("posthog/claude-x").error(),
             (ph::Error{ph::ErrorCode::NotFound, "The model \"posthog/claude-x\" is blocked by the settings. Choose another one."}));
}

void CatalogTest::makesTheModelThatIsNamed()
{
    CatalogFixture fixture;
    fixture.server.setModels(listOf({"a", "b"}));
    auto catalog = fixture.catalog(Kind::OpenAiCompatible);
    const auto idOf = [&](const std::string &id) {
        const auto model = catalog.make(id);
        return model ? (*model)->id() : model.error().message;
    };

    QCOMPARE(idOf(""), std::string("p/a"));
    QCOMPARE(idOf("p/b"), std::string("p/b"));
    QCOMPARE(idOf("b"), std::string("p/b"));
    QCOMPARE(idOf("c"), std::string("There is no model \"c\". Choose one of the list in the settings."));
    QCOMPARE(idOf("q/c"), std::string("There is no model \"q/c\". Choose one of the list in the settings."));
    QCOMPARE((*catalog.make("p/b"))->name(), std::string("B"));
}

void CatalogTest::speaksTheApiOfTheModel()
{
    CatalogFixture fixture;
    fixture.server.setModels(listOf({"claude-a", "gpt-b"}));
    auto gateway = fixture.catalog(Kind::PostHogGateway);

    QCOMPARE(asked(**gateway.make("p/claude-a")), std::string("Done."));
    QCOMPARE(fixture.server.lastRequest().path, std::string("/v1/messages"));
    QCOMPARE(fixture.server.lastRequest().header("authorization"), std::string("Bearer key-of-p"));
    QCOMPARE(asked(**gateway.make("p/gpt-b")), std::string("Done."));
    QCOMPARE(fixture.server.lastRequest().path, std::string("/v1/chat/completions"));

    // Whoever else names a model like Anthropic's speaks the API of his kind.
    auto other = fixture.catalog(Kind::OpenAiCompatible);
    QCOMPARE(asked(**other.make("p/claude-a")), std::string("Done."));
    QCOMPARE(fixture.server.lastRequest().path, std::string("/v1/chat/completions"));
    auto anthropic = fixture.catalog(Kind::Anthropic);
    QCOMPARE(asked(**anthropic.make("p/gpt-b")), std::string("Done."));
    QCOMPARE(fixture.server.lastRequest().path, std::string("/v1/messages"));
}

void CatalogTest::makesWhatIsNotListed()
{
    CatalogFixture fixture;
    auto catalog = fixture.catalog(Kind::OpenAiCompatible);

    const auto model = catalog.make("p/my-own");

    QVERIFY(model);
    QCOMPARE(asked(**model), std::string("Done."));
    COMPARE_JSON(fixture.server.lastRequest().body["model"], "my-own");
}

void CatalogTest::asksNoServiceForWhatItKnows()
{
    CatalogFixture fixture;
    auto catalog = fixture.catalog(Kind::Anthropic);

    const auto model = catalog.make("p/claude-opus-4-6");

    QVERIFY(model);
    QCOMPARE((*model)->info().contextWindow, std::int64_t(1'000'000));
    QVERIFY(fixture.server.requests().empty());
}

void CatalogTest::saysWhyThereIsNoModel()
{
    CatalogFixture fixture;
    auto nothing = fixture.catalog(ModelSettings{});
    QCOMPARE(nothing.make("").error(),
             (ph::Error{ph::ErrorCode::NotFound,
                        "No language model is set up. Add a provider in the settings, or set ANTHROPIC_API_KEY or OPENAI_BASE_URL."}));
    auto empty = fixture.catalog(Kind::OpenAiCompatible); // lists none
    QCOMPARE(empty.make("").error(), (ph::Error{ph::ErrorCode::NotFound, "No language model is known. Name one as `model` in the settings."}));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(empty.make("", stop.get_token()).error().code, ph::ErrorCode::Cancelled);
}

void CatalogTest::asksForTheGatewayOfASelfHostedPostHog()
{
    CatalogFixture fixture;
    fixture.posthogHost = "https://posthog.example.com";
    ModelSettings settings;
    settings.providers = {{"posthog", Kind::PostHogGateway}};
    auto catalog = fixture.catalog(settings);

    const auto model = catalog.make("posthog/claude-opus-5-5");

    QVERIFY(!model);
    QCOMPARE(model.error(),
             (ph::Error{ph::ErrorCode::InvalidInput,
                        "Where the gateway of posthog.example.com is cannot be known. Set its address as `baseUrl` of the model provider, or in "
                        "LLM_GATEWAY_URL."}));
}

void CatalogTest::needsAKeyOnlyForTheServicesThemselves()
{
    CatalogFixture fixture;
    fixture.key = "";
    ModelSettings settings;
    settings.providers = {{"anthropic", Kind::Anthropic}, {"openai", Kind::OpenAiCompatible}, {"local", Kind::Anthropic, "", fixture.server.url()}};
    auto catalog = fixture.catalog(settings);

    QCOMPARE(asked(**catalog.make("anthropic/claude-opus-5-5")),
             std::string("Anthropic needs a key. Add it in the settings, or in the environment."));
    QCOMPARE(asked(**catalog.make("openai/gpt-x")), std::string("OpenAI needs a key. Add it in the settings, or in the environment."));
    QCOMPARE(asked(**catalog.make("local/claude-opus-5-5")), std::string("Done."));
}

QTEST_GUILESS_MAIN(CatalogTest)
#include "catalog_test.moc"
