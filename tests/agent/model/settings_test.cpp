#include "agent/model/json_read.h"
#include "agent/model/settings.h"
#include "tests/support/compare_json.h"

#include <QTemporaryFile>
#include <QTest>

#include <fstream>

using namespace model;
using Kind = ProviderSettings::Kind;

namespace {

/// What the environment of this process says does not count.
posthog::Environment environmentOf(const std::map<std::string, std::string> &values)
{
    for (const char *name : {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_GATEWAY_URL",
                             "POSTHOG_PERSONAL_API_KEY"})
        qunsetenv(name);
    QTemporaryFile file;
    posthog::Environment environment;
    if (!file.open())
        return environment;
    for (const auto &[name, value] : values)
        file.write(QByteArray::fromStdString(name + "=" + value + "\n"));
    file.flush();
    if (!environment.addFile(file.fileName().toStdString()))
        qWarning("The file of the environment does not read.");
    return environment;
}

} // namespace

class SettingsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsWhatItWrites();
    void writesNoMoreThanIsSet();
    void saysWhatDoesNotRead_data();
    void saysWhatDoesNotRead();
    void takesProvidersFromTheEnvironment();
    void putsTheEnvironmentBeforeTheFile();
    void takesKeysFromTheEnvironment();
    void knowsTheGatewayOfAHost_data();
    void knowsTheGatewayOfAHost();
    void knowsTheGatewayAsTheReferenceDoes();
};

void SettingsTest::readsWhatItWrites()
{
    ModelSettings settings;
    settings.model = "local/qwen";
    settings.blocked = {"openai/gpt-4"};
    settings.providers = {{"anthropic", Kind::Anthropic},
                          {"posthog", Kind::PostHogGateway, "PostHog", "https://gateway.example.com/x", false, {{"X-Team", "7"}}},
                          {"local", Kind::OpenAiCompatible, "", "http://localhost:8080", true, {}, {"qwen", "gpt-oss"}, 4096}};

    const auto read = ModelSettings::parse(settings.toJson());

    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QVERIFY(*read == settings);
    QCOMPARE(read->provider("local")->models.size(), std::size_t(2));
    QVERIFY(!read->provider("other"));
}

void SettingsTest::writesNoMoreThanIsSet()
{
    COMPARE_JSON(ModelSettings{}.toJson(), {{"providers", ph::Json::array()}});
    QVERIFY(*ModelSettings::parse(ph::Json::object()) == ModelSettings{});
}

void SettingsTest::saysWhatDoesNotRead_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("error"); // begins so
    QTest::newRow("no object") << QByteArray("[]") << "The setting \"models\" must be an object.";
    QTest::newRow("no text") << QByteArray(R"({"model": 7})") << "The setting \"models\" does not read: ";
    QTest::newRow("no id") << QByteArray(R"({"providers": [{"kind": "anthropic"}]})") << "The setting \"models\" does not read: ";
    QTest::newRow("a bad id") << QByteArray(R"({"providers": [{"id": "a/b", "kind": "anthropic"}]})")
                              << "The id \"a/b\" of a model provider must be of the letters";
    QTest::newRow("a kind that is none") << QByteArray(R"({"providers": [{"id": "a", "kind": "x"}]})")
                                         << "The kind of the model provider \"a\" must be anthropic, posthog-gateway or";
    QTest::newRow("twice") << QByteArray(R"({"providers": [{"id": "a", "kind": "anthropic"}, {"id": "a", "kind": "anthropic"}]})")
                           << "The model provider \"a\" is there twice.";
    for (const char *header : {"Authorization", "x-api-key", "API-Key", "Cookie"})
        QTest::newRow(header) << QByteArray(R"({"providers": [{"id": "a", "kind": "anthropic", "headers": {"%": "secret"}}]})").replace("%", header)
                              << QString("The header %1 of the model provider \"a\" carries a key").arg(header);
}

void SettingsTest::saysWhatDoesNotRead()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, error);

    const auto settings = ModelSettings::parse(ph::Json::parse(json.toStdString()));

    QVERIFY(!settings);
    QCOMPARE(settings.error().code, ph::ErrorCode::InvalidInput);
    QVERIFY2(settings.error().message.starts_with(error.toStdString()), settings.error().message.c_str());
    QVERIFY(settings.error().message.find("secret") == std::string::npos);
}

void SettingsTest::takesProvidersFromTheEnvironment()
{
    const auto settings = [](const std::map<std::string, std::string> &values) { return withEnvironment({}, environmentOf(values)).providers; };

    QVERIFY(settings({}).empty());
    QVERIFY(settings({{"ANTHROPIC_API_KEY", "k"}}) == (std::vector<ProviderSettings>{{"anthropic", Kind::Anthropic}}));
    QVERIFY(settings({{"ANTHROPIC_AUTH_TOKEN", "k"}, {"ANTHROPIC_BASE_URL", "https://x"}})
            == (std::vector<ProviderSettings>{{"anthropic", Kind::Anthropic, "", "https://x", true}}));
    QVERIFY(settings({{"OPENAI_BASE_URL", "http://localhost:1234/v1"}})
            == (std::vector<ProviderSettings>{{"openai", Kind::OpenAiCompatible, "", "http://localhost:1234/v1"}}));
    QVERIFY(settings({{"OPENAI_API_KEY", "k"}, {"LLM_GATEWAY_URL", "https://g"}})
            == (std::vector<ProviderSettings>{{"openai", Kind::OpenAiCompatible}, {"posthog", Kind::PostHogGateway, "", "https://g"}}));
}

void SettingsTest::putsTheEnvironmentBeforeTheFile()
{
    ModelSettings file;
    file.providers = {{"anthropic", Kind::Anthropic, "Mine", "https://file", true}, {"local", Kind::OpenAiCompatible}};

    const auto both = withEnvironment(file, environmentOf({{"ANTHROPIC_BASE_URL", "https://environment"}}));

    QVERIFY(
        both.providers
        == (std::vector<ProviderSettings>{{"anthropic", Kind::Anthropic, "Mine", "https://environment", true}, {"local", Kind::OpenAiCompatible}}));
    QVERIFY(!withEnvironment(file, environmentOf({{"ANTHROPIC_API_KEY", "k"}})).providers[0].usesBearer);
}

void SettingsTest::takesKeysFromTheEnvironment()
{
    const auto environment
        = environmentOf({{"ANTHROPIC_API_KEY", "a"}, {"ANTHROPIC_AUTH_TOKEN", "t"}, {"OPENAI_API_KEY", "o"}, {"POSTHOG_PERSONAL_API_KEY", "p"}});
    const auto key = [&](ProviderSettings provider) { return keyFromEnvironment(provider, environment); };

    QCOMPARE(key({"anthropic", Kind::Anthropic}), std::string("a"));
    QCOMPARE(key({"anthropic", Kind::Anthropic, "", "", true}), std::string("t"));
    QCOMPARE(key({"openai", Kind::OpenAiCompatible}), std::string("o"));
    QCOMPARE(key({"posthog", Kind::PostHogGateway}), std::string("p"));
    QCOMPARE(key({"local", Kind::OpenAiCompatible}), std::string()); // Another server must not get OpenAI's.
    QCOMPARE(key({"mine", Kind::Anthropic}), std::string());
}

void SettingsTest::knowsTheGatewayOfAHost_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("url"); // "": an error
    QTest::newRow("us") << "https://us.posthog.com"
                        << "https://gateway.us.posthog.com/posthog_code";
    QTest::newRow("eu, as pasted") << "https://EU.posthog.com/project/1"
                                   << "https://gateway.eu.posthog.com/posthog_code";
    QTest::newRow("app") << "https://app.posthog.com"
                         << "https://gateway.us.posthog.com/posthog_code";
    QTest::newRow("where events go") << "https://eu.i.posthog.com"
                                     << "https://gateway.eu.posthog.com/posthog_code";
    QTest::newRow("this machine") << "http://127.0.0.1:8000"
                                  << "http://localhost:3308/posthog_code";
    QTest::newRow("docker") << "http://host.docker.internal:8000"
                            << "http://host.docker.internal:3308/posthog_code";
    QTest::newRow("self-hosted") << "https://posthog.example.com"
                                 << "";
    QTest::newRow("a name like ours") << "https://us.posthog.com.example.com"
                                      << "";
    QTest::newRow("no address") << "us.posthog.com"
                                << "";
    QTest::newRow("nothing") << ""
                             << "";
}

void SettingsTest::knowsTheGatewayOfAHost()
{
    QFETCH(QString, host);
    QFETCH(QString, url);

    const auto gateway = gatewayUrl(host.toStdString());

    QCOMPARE(QString::fromStdString(gateway.value_or("")), url);
    if (host.startsWith("https") && url.isEmpty())
        QVERIFY(gateway.error().message.ends_with("Set its address as `baseUrl` of the model provider, or in LLM_GATEWAY_URL."));
}

/// HOGLET_REFERENCE_VECTORS names a folder with recorded cases of the TypeScript agent. It sends every host that it does not know to the
/// gateway of the US; ours asks.
void SettingsTest::knowsTheGatewayAsTheReferenceDoes()
{
    const QByteArray folder = qgetenv("HOGLET_REFERENCE_VECTORS");
    if (folder.isEmpty())
        QSKIP("HOGLET_REFERENCE_VECTORS is not set.");
    std::ifstream file(folder.toStdString() + "/conversion/gateway-urls.json");
    const ph::Json cases = ph::Json::parse(file);
    for (const ph::Json &each : cases) {
        const auto host = textAt(each, "input");
        const bool isAsked = host == "https://posthog.example.com";
        QCOMPARE(gatewayUrl(host, "twig").value_or(""), isAsked ? "" : textAt(each, "twig_feb2026"));
        QCOMPARE(gatewayUrl(host).value_or(""), isAsked ? "" : textAt(each, "code_may2026"));
        QCOMPARE(gatewayUrl(host, "background_agents").value_or(""), isAsked ? "" : textAt(each, "code_background_agents"));
    }
    QVERIFY(cases.size() >= 12);
}

QTEST_APPLESS_MAIN(SettingsTest)
#include "settings_test.moc"
