#include "driver/posthog/driver.h"

#include "driver/http/client.h"
#include "tests/support/fake_posthog.h"

#include <QTest>

using ph::ErrorCode;

/// What a person is told when PostHog says no.
class ErrorsTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_server = std::make_unique<FakePostHog>(); }
    void explains_data();
    void explains();
    void refusesProjectTokensUnsent();
    void saysWhenTheHostIsNotReachable();
    void explainsEachCallOfTheDriver();
    void neverShowsTheKey();

private:
    /// One that says at once what is wrong, instead of trying for some seconds whether it passes.
    std::unique_ptr<posthog::Driver> impatient()
    {
        posthog::DriverOptions options;
        options.longestWait = std::chrono::seconds(0);
        return posthog::makeDriver(m_client, m_server->credentials(), options);
    }

    std::unique_ptr<FakePostHog> m_server;
    http::Client m_client;
};

void ErrorsTest::explains_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("header"); // "name: value"
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message"); // with HOST for the server's address

    const auto body = [](const char *detail, const char *code = "x", const char *attr = nullptr) {
        return QString::fromStdString(
            ph::Json{{"type", "t"}, {"code", code}, {"detail", detail}, {"attr", attr ? ph::Json(attr) : ph::Json()}}.dump());
    };
    const auto row = [](const char *name, int status, QString text, const char *header, ErrorCode code, const char *message) {
        QTest::newRow(name) << status << text << header << static_cast<int>(code) << message;
    };
    row("HogQL", 400, body("Unable to resolve field: evnt", "hogql_query_error"), "", ErrorCode::InvalidInput,
        "Unable to resolve field: evnt.");
    row("a field", 400, body("This field is required.", "required", "name"), "", ErrorCode::InvalidInput,
        "name: This field is required.");
    row("no reason", 400, "{}", "", ErrorCode::InvalidInput, "PostHog refused the request without giving a reason.");
    row("key refused", 401, body("Personal API key found in request Authorization header is invalid."), "",
        ErrorCode::Unauthorized,
        "PostHog at HOST does not accept the personal API key. It may be mistyped, revoked, or made in another region (us or "
        "eu).");
    row("scope", 403, body("API key missing required scope 'query:read'", "permission_denied"), "", ErrorCode::Unauthorized,
        "The personal API key lacks the scope query:read; add it in PostHog under Settings, Personal API keys.");
    row("project of others", 403, body("API key does not have access to the requested project: ID 1.", "permission_denied"), "",
        ErrorCode::Unauthorized, "The personal API key does not open project 1; choose another project or key.");
    row("other ban", 403, body("This action does not support personal API key access"), "", ErrorCode::Unauthorized,
        "PostHog does not allow this: This action does not support personal API key access.");
    row("no project", 404, body("Not found.", "not_found"), "", ErrorCode::NotFound,
        "PostHog at HOST has no project 1 that this key opens, or no such object in it.");
    row("not PostHog at all", 404, "<html><body>nginx</body></html>", "", ErrorCode::Network,
        "HOST answered with a web page instead of data; check that it is the address of PostHog.");
    row("a page", 200, "<!DOCTYPE html><html>Sign in</html>", "", ErrorCode::Network,
        "HOST answered with a web page instead of data; check that it is the address of PostHog.");
    row("text", 200, "hello", "", ErrorCode::Network,
        "HOST answered with something that is no JSON; check that it is the address of PostHog.");
    row("empty", 200, "", "", ErrorCode::Network,
        "HOST answered with something that is no JSON; check that it is the address of PostHog.");
    row("too many, seconds", 429, body("Request was throttled.", "throttled"), "Retry-After: 37", ErrorCode::RateLimited,
        "PostHog takes no more requests for now; try again in 37 seconds.");
    row("too many, in the detail", 429, body("Request was throttled. Expected available in 1 second.", "throttled"), "",
        ErrorCode::RateLimited, "PostHog takes no more requests for now; try again in 1 second.");
    row("too many, minutes", 429, body("Request was throttled."), "Retry-After: 601", ErrorCode::RateLimited,
        "PostHog takes no more requests for now; try again in 11 minutes.");
    row("too many, date", 429, body("x"), "Retry-After: Fri, 02 Jan 2026 00:00:00 GMT", ErrorCode::RateLimited,
        "PostHog takes no more requests for now; try again after Fri, 02 Jan 2026 00:00:00 GMT.");
    row("too many at once", 429, "{}", "", ErrorCode::RateLimited,
        "Too many queries of this project run at once; try again in a moment.");
    row("fault", 500, body("A server error occurred.", "error"), "", ErrorCode::Internal,
        "PostHog at HOST had a fault (500). A server error occurred.");
    row("gateway", 502, "<html>Bad gateway</html>", "", ErrorCode::Network,
        "PostHog at HOST cannot be reached for the moment (502); try again.");
    row("gateway, slow", 504, "<html></html>", "", ErrorCode::Network,
        "PostHog took too long to answer (504); try again with a shorter time or fewer rows.");
    row("too much", 413, "", "", ErrorCode::InvalidInput, "That is more than PostHog takes at once (20 MB).");
    row("no method", 405, body("Method \"POST\" not allowed."), "", ErrorCode::InvalidInput, "Method \"POST\" not allowed.");
}

void ErrorsTest::explains()
{
    QFETCH(int, status);
    QFETCH(QString, body);
    QFETCH(QString, header);
    QFETCH(int, code);
    QFETCH(QString, message);
    http::ServerResponse response;
    response.status = status;
    response.body = body.toStdString();
    if (!header.isEmpty())
        response.headers.emplace_back(header.section(": ", 0, 0).toStdString(), header.section(": ", 1).toStdString());
    m_server->answer("POST", "query/", response);

    const auto table = impatient()->query("SELECT 1");

    QVERIFY(!table.has_value());
    QCOMPARE(QString::fromStdString(table.error().message), message.replace("HOST", QString::fromStdString(m_server->url())));
    QCOMPARE(static_cast<int>(table.error().code), code);
}

void ErrorsTest::refusesProjectTokensUnsent()
{
    auto credentials = m_server->credentials();
    credentials.key = "phc_publicToken";

    const auto table = posthog::makeDriver(m_client, credentials)->query("SELECT 1");

    QVERIFY(!table.has_value());
    QCOMPARE(table.error().code, ErrorCode::Unauthorized);
    QVERIFY(table.error().message.starts_with("This is a project token"));
    QVERIFY(m_server->requests().empty());
}

void ErrorsTest::saysWhenTheHostIsNotReachable()
{
    auto credentials = m_server->credentials();
    m_server.reset(); // nobody listens there now

    const auto table = posthog::makeDriver(m_client, credentials)->query("SELECT 1");

    QVERIFY(!table.has_value());
    QCOMPARE(table.error().code, ErrorCode::Network);
    QVERIFY(table.error().message.find("127.0.0.1") != std::string::npos);

    credentials.host = "http://us.posthog.com";
    const auto unsafe = posthog::makeDriver(m_client, credentials)->query("SELECT 1");
    QVERIFY(!unsafe.has_value());
    QCOMPARE(unsafe.error().code, ErrorCode::InvalidInput);
}

void ErrorsTest::explainsEachCallOfTheDriver()
{
    const auto driver = posthog::makeDriver(m_client, m_server->credentials()); // which knows no path
    QCOMPARE(driver->project().error().code, ErrorCode::NotFound);
    QCOMPARE(driver->getFields("cohorts").error().code, ErrorCode::NotFound);
    QCOMPARE(driver->getRows({"insights", "", "", ph::Json::object(), "", 10}).error().code, ErrorCode::NotFound);
    QCOMPARE(driver->create("cohorts", {}).error().code, ErrorCode::NotFound);
}

void ErrorsTest::neverShowsTheKey()
{
    for (const int status : {400, 401, 403, 404, 405, 422, 429, 500, 503}) {
        m_server->answer(
            "POST", "query/",
            FakePostHog::error(status, "t", "c", "The key " + FakePostHog::key + " and phx_otherSecretKey012345 are bad"));
        const auto table = impatient()->query("SELECT 1");
        QVERIFY(!table.has_value());
        QVERIFY2(table.error().message.find("phx_") == std::string::npos, table.error().message.c_str());
    }
    m_server->answer("POST", "query/", ph::Json{{"results", ph::Json::array()}, {"error", FakePostHog::key}});
    const auto table = impatient()->query("SELECT 1");
    QVERIFY(!table.has_value());
    QVERIFY(table.error().message.find("phx_") == std::string::npos);
}

QTEST_GUILESS_MAIN(ErrorsTest)
#include "errors_test.moc"
