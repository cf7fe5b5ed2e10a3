#include "app/desktop_models.h"
#include "driver/base/atomic_file.h"
#include "tests/support/fake_secrets.h"
#include "tests/support/model_server.h"
#include "tests/support/scripted_model.h"
#include "ui/shell/background.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <condition_variable>

using Kind = ui::ModelService::Kind;

namespace {

/// A keychain that waits for its user.
class SilentSecrets : public FakeSecrets
{
public:
    ph::Result<std::string> get(const std::string &, std::stop_token stop) override
    {
        ++asked;
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    }

    std::atomic<int> asked = 0;
};

} // namespace

/// The settings of language models on a real service, with its key in a keychain.
class DesktopModelsTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        for (const char *name : {"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_GATEWAY_URL",
                                 "POSTHOG_PERSONAL_API_KEY"})
            qunsetenv(name);
        m_folder = std::make_unique<QTemporaryDir>();
        m_server = std::make_unique<support::ModelServer>();
        m_server->setModels({{"data", {{{"id", "claude-large"}, {"display_name", "Claude Large"}}}}});
        m_secrets = std::make_unique<FakeSecrets>();
        begin();
    }
    void cleanup() { end(); }

    void asksTheServiceWithTheKeyAndOffersItsModels()
    {
        QVERIFY(!m_setup->service(Kind::Anthropic).isUsed);

        const auto names = use(Kind::Anthropic, "sk-secret");

        QVERIFY2(names, names ? "" : names.error().message.c_str());
        QCOMPARE(*names, QStringList{"Claude Large"});
        QCOMPARE(m_server->lastRequest().header("x-api-key"), std::string("sk-secret"));
        const auto service = m_setup->service(Kind::Anthropic);
        QVERIFY(service.isUsed && service.hasKey);
        QCOMPARE(service.baseUrl, QString::fromStdString(m_server->url()));
        QCOMPARE(m_models->now().size(), size_t(2)); // the guided one, and this
    }

    void keepsTheKeyInTheKeychainAndNowhereElse()
    {
        use(Kind::Anthropic, "sk-secret");

        QCOMPARE(m_secrets->kept, (std::map<std::string, std::string>{{"anthropic", "sk-secret"}}));
        const auto file = ph::readFile(settingsFile());
        QVERIFY(file && file->find(m_server->url()) != std::string::npos);
        QVERIFY(file->find("sk-secret") == std::string::npos);
    }

    void isThereAgainTheNextTime()
    {
        use(Kind::Anthropic, "sk-secret");
        end();
        begin();

        QVERIFY(m_setup->service(Kind::Anthropic).isUsed);
        QTRY_VERIFY(m_setup->service(Kind::Anthropic).hasKey);
        QTRY_COMPARE(m_models->now().size(), size_t(2));
    }

    void saysWhatTheKeychainSaysAndUsesTheServiceAllTheSame()
    {
        m_secrets->error = ph::Error{ph::ErrorCode::Internal, "The desktop's keychain cannot be used (no D-Bus)."};

        const auto names = use(Kind::OpenAiCompatible, "sk-secret");

        QVERIFY(!names);
        QCOMPARE(names.error().message, m_secrets->error->message);
        QVERIFY(m_setup->service(Kind::OpenAiCompatible).isUsed);
    }

    void isGoneAtOnceWhenItIsRemovedWithItsKey()
    {
        use(Kind::Anthropic, "sk-secret");

        m_setup->remove(Kind::Anthropic);

        const auto service = m_setup->service(Kind::Anthropic);
        QVERIFY(!service.isUsed && !service.hasKey);
        ui::backgroundPool()->waitForDone();
        QVERIFY(m_secrets->kept.empty());
        m_models->wait({});
        QCOMPARE(m_models->now().size(), size_t(1));
    }

    void endsThoughTheKeychainWaitsForItsUser()
    {
        use(Kind::Anthropic, "sk-secret");
        end();
        auto silent = std::make_unique<SilentSecrets>();
        const auto &asked = silent->asked;
        m_secrets = std::move(silent);
        begin();
        QTRY_COMPARE(asked.load(), 2); // by the settings and by the list of models
        QElapsedTimer timer;
        timer.start();

        end();

        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    }

private:
    std::filesystem::path settingsFile() const { return m_folder->filePath("models.json").toStdString(); }
    void begin()
    {
        app::AgentModelsOptions options;
        options.guided = std::make_shared<support::ScriptedModel>("guided");
        options.settingsFile = settingsFile();
        options.factsFile = HOGLET_MODELS;
        options.secrets = m_secrets.get();
        m_models = std::make_shared<app::AgentModels>(std::move(options));
        m_setup = std::make_unique<app::DesktopModels>(m_models, *m_secrets);
    }
    void end()
    {
        m_setup.reset();
        m_models.reset();
    }
    ph::Result<QStringList> use(Kind kind, const std::string &key)
    {
        std::optional<ph::Result<QStringList>> answer;
        const auto address = kind == Kind::OpenAiCompatible ? m_server->openAiUrl() : m_server->url();
        m_setup->use({kind, QString::fromStdString(address), false, false}, key, [&](const ph::Result<QStringList> &names) { answer = names; });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000))
            return ph::fail(ph::ErrorCode::Internal, "nothing was told");
        return *answer;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<support::ModelServer> m_server;
    std::unique_ptr<FakeSecrets> m_secrets;
    std::shared_ptr<app::AgentModels> m_models;
    std::unique_ptr<app::DesktopModels> m_setup;
};

QTEST_MAIN(DesktopModelsTest)
#include "desktop_models_test.moc"
