#include "driver/base/json_fields.h"
#include "driver/base/redact.h"

#include <QTest>

#include <random>

class RedactTest : public QObject
{
    Q_OBJECT

private slots:
    void replacesSecrets_data();
    void replacesSecrets();
    void leavesOrdinaryTextAlone_data();
    void leavesOrdinaryTextAlone();
    void findsWithoutReadingWhatRedactWouldChange();
    void isFastOnALongLine();
};

void RedactTest::replacesSecrets_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");

    const auto row = [](const char *name, const char *text, const char *expected) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(expected);
    };
    row("personal key", "key phx_AbC123def456 sent", "key «redacted» sent");
    row("local key", "phx_local_0123456789abcdef", "«redacted»");
    row("project token", "\"api_key\":\"phc_0123456789\"", "\"api_key\":\"«redacted»\"");
    row("OAuth token", "pha_0123456789", "«redacted»");
    row("Anthropic key", "x-api-key: sk-ant-api03-abcDEF_123-xyz", "x-api-key: «redacted»");
    row("OpenAI key", "OPENAI_API_KEY=sk-abcdefghijklmnopqrst", "OPENAI_API_KEY=«redacted»");
    row("GitHub token", "ghp_abcdefghijklmnop", "«redacted»");
    row("GitHub fine-grained token", "github_pat_11ABC_defghijk", "«redacted»");
    row("E2B key", "e2b_0123456789abcdef", "«redacted»");
    row("bearer", "Authorization: Bearer abc.def/ghi+jkl=", "Authorization: Bearer «redacted»");
    row("bearer in lower case", "authorization: bearer 0123456789", "authorization: bearer «redacted»");
    row("basic", "Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic «redacted»");
    row("password in a URL", "git clone https://me:hunter2@github.com/a/b", "git clone https://«redacted»@github.com/a/b");
    row("token in a URL", "https://ghp_abcdefghijkl@github.com", "https://«redacted»@github.com");
    row("web token", "token=eyJhbGciOiJSUzI1NiJ9.eyJydW5faWQiOiIxIn0.c2lnbmF0dXJl;", "token=«redacted»;");
    row("private key", "a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb", "a\n«redacted»\nb");
    row("cut private key", "-----BEGIN PRIVATE KEY-----\nMIIE", "«redacted»");
    row("two in a line", "phx_aaaaaaaa phx_bbbbbbbb", "«redacted» «redacted»");
    row("in the query of a URL", "/api?personal_api_key=phx_0123456789&a=b", "/api?personal_api_key=«redacted»&a=b");
}

void RedactTest::replacesSecrets()
{
    QFETCH(QString, text);
    QFETCH(QString, expected);

    QCOMPARE(QString::fromStdString(ph::redact(text.toStdString())), expected);
}

void RedactTest::leavesOrdinaryTextAlone_data()
{
    QTest::addColumn<QString>("text");

    for (const char *text :
         {"", "a task-list of disk-usage-reports", "pip install sk-learn", "SELECT phx FROM t", "a basic type",
          "the bearer of news", "https://us.posthog.com/project/1?a=b@c", "mail ann@example.com", "eyJust a word.",
          "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "http://[::1]:8000/", "xphx_abcdefgh"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void RedactTest::leavesOrdinaryTextAlone()
{
    QFETCH(QString, text);

    QCOMPARE(QString::fromStdString(ph::redact(text.toStdString())), text);
}

void RedactTest::findsWithoutReadingWhatRedactWouldChange()
{
    const std::vector<std::string> parts{"phx_", "phc", "_abcdef", "sk-", "abcdefghijkl", "ghp_", "github_pat_", "e2b_", "eyJ", ".", "Bearer", "bAsIc", " ", "\t", "\n", "\r", "\b",
                                         "\f", "\"", "\\", "/", ":", "://", "me:pw", "@", "-----BEGIN ", "RSA PRIVATE KEY", "-----", "-----END ", "é", "earer 12345678", "x", "0", "="};
    std::mt19937 random(4); // NOLINT(cert-msc51-cpp): the same texts each time
    int secrets = 0;
    int passed = 0;
    for (int i = 0; i < 15'000; ++i) {
        std::string text;
        for (auto count = random() % 9; count > 0; --count)
            text += parts[random() % parts.size()];
        const bool isSecret = ph::redact(text) != text;
        for (const bool ascii : {false, true}) {
            const auto json = ph::Json{{"key", {"before", text, "after"}}}.dump(-1, ' ', ascii);
            const bool mayBe = ph::mayHoldSecret(json);
            QVERIFY2(mayBe || !isSecret, json.c_str());
            passed += !mayBe;
        }
        secrets += isSecret;
    }
    QVERIFY(secrets > 300 && passed > 3'000);

    for (const char *json : {"{\"a\":\"\\u0070hx_abcdefgh\"}", "{\"a\":\"http:\\/\\/me:pw@host\"}"})
        QVERIFY2(ph::mayHoldSecret(json), json);
    for (const char *json : {"", "p", "\\", "{\"a\":\"what is\\nbetter, http://host/sk-learn or a \\\"key\\\"?\\\\\"}"})
        QVERIFY2(!ph::mayHoldSecret(json), json);
}

void RedactTest::isFastOnALongLine()
{
    std::string text;
    for (int i = 0; i < 100'000; ++i)
        text += "://a -----BEGIN "; // Both start a search that ends nowhere.

    QElapsedTimer timer;
    timer.start();
    QCOMPARE(ph::redact(text).size(), text.size());
    QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_APPLESS_MAIN(RedactTest)
#include "redact_test.moc"
