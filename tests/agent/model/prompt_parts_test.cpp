#include "agent/model/json_read.h"
#include "agent/model/prompt_parts.h"
#include "tests/support/compare_json.h"

#include <QTest>

#include <fstream>

using namespace model;

namespace {

Message messageOf(const ph::Json &prompt)
{
    Message message;
    for (const ph::Json &block : prompt)
        message.blocks.push_back(block.get<acp::ContentBlock>());
    return message;
}

ph::Json asJson(const std::vector<Part> &parts)
{
    ph::Json json = ph::Json::array();
    for (const Part &part : parts) {
        if (const auto *text = std::get_if<std::string>(&part)) {
            json.push_back({{"type", "text"}, {"text", *text}});
            continue;
        }
        const auto &image = std::get<Image>(part);
        if (image.data.empty())
            json.push_back({{"type", "image"}, {"source", {{"type", "url"}, {"url", image.url}}}});
        else
            json.push_back({{"type", "image"}, {"source", {{"type", "base64"}, {"data", image.data}, {"media_type", image.mimeType}}}});
    }
    return json;
}

} // namespace

class PromptPartsTest : public QObject
{
    Q_OBJECT

private slots:
    void readsBlocks_data();
    void readsBlocks();
    void readsATextWithoutBlocks();
    void isNeverEmpty();
    void readsAsTheReferenceDoes();
};

void PromptPartsTest::readsBlocks_data()
{
    QTest::addColumn<QByteArray>("blocks");
    QTest::addColumn<QByteArray>("parts"); // texts, and images as their data or address
    QTest::newRow("a file") << QByteArray(R"x([{"type":"resource_link","uri":"file:///r/a%20b.ts","name":"a b.ts"}])x")
                            << QByteArray(R"x(["Attached file \"a b.ts\", to be read with your tools: /r/a b.ts"])x");
    QTest::newRow("a page") << QByteArray(R"x([{"type":"resource_link","uri":"https://x.y/z","name":"z"}])x") << QByteArray(R"x(["https://x.y/z"])x");
    QTest::newRow("another link") << QByteArray(R"x([{"type":"resource_link","uri":"zed:///agent/x","name":"x"}])x") << QByteArray(R"x(["[@x](zed:///agent/x)"])x");
    QTest::newRow("an embedded text") << QByteArray(R"x([{"type":"resource","resource":{"uri":"file:///r/a.ts","text":"CODE"}},{"type":"text","text":"explain"}])x")
                                      << QByteArray(R"x(["[@a.ts](file:///r/a.ts)","explain","\n<context ref=\"file:///r/a.ts\">\nCODE\n</context>"])x");
    QTest::newRow("images") << QByteArray(R"x([{"type":"image","data":"AAA","mimeType":"image/png"},{"type":"image","uri":"https://i.png","data":"","mimeType":"image/png"}])x")
                            << QByteArray(R"x(["AAA","https://i.png"])x");
    QTest::newRow("images that no service takes") << QByteArray(
        R"([{"type":"image","data":"AAA","mimeType":"image/tiff"},{"type":"image","uri":"file:///i.png","data":"","mimeType":"image/png"},{"type":"text","text":"x"}])")
                                                  << QByteArray(R"x(["x"])x");
    QTest::newRow("blanks and sounds") << QByteArray(
        R"([{"type":"text","text":" \n"},{"type":"audio","data":"A","mimeType":"audio/wav"},{"type":"text","text":"x"}])")
                                       << QByteArray(R"x(["x"])x");
    QTest::newRow("a resource that is none") << QByteArray(R"x([{"type":"resource","resource":7},{"type":"text","text":"x"}])x")
                                             << QByteArray(R"x(["x"])x");
}

void PromptPartsTest::readsBlocks()
{
    QFETCH(QByteArray, blocks);
    QFETCH(QByteArray, parts);
    ph::Json found = ph::Json::array();
    for (const Part &part : partsOf(messageOf(ph::Json::parse(blocks.toStdString())), true)) {
        const auto *image = std::get_if<Image>(&part);
        found.push_back(image ? image->data + image->url : std::get<std::string>(part));
    }

    COMPARE_JSON(found, ph::Json::parse(parts.toStdString()));
}

void PromptPartsTest::readsATextWithoutBlocks()
{
    Message message;
    message.text = "Hello";
    QVERIFY(partsOf(message, true) == std::vector<Part>{std::string("Hello")});
}

void PromptPartsTest::isNeverEmpty() { QCOMPARE(partsOf({}, true).size(), std::size_t(1)); }

/// HOGLET_REFERENCE_VECTORS names a folder with recorded cases of the TypeScript agent in two versions; each part of ours must be as in
/// one of them, but for what is listed.
void PromptPartsTest::readsAsTheReferenceDoes()
{
    const QByteArray folder = qgetenv("HOGLET_REFERENCE_VECTORS");
    if (folder.isEmpty())
        QSKIP("HOGLET_REFERENCE_VECTORS is not set.");
    std::ifstream file(folder.toStdString() + "/conversion/prompt-to-claude.json");
    const ph::Json cases = ph::Json::parse(file);
    for (const ph::Json &each : cases) {
        const ph::Json &prompt = each["prompt"];
        const std::string first = prompt.empty() ? "" : textAt(prompt[0], "text") + textAt(prompt[0], "uri");
        if (first.starts_with("/mcp:")) // The name that a program of Anthropic's gives to prompts of MCP servers; here they are commands.
            continue;
        if (first == "file:///r/a%20b.ts") // Said in other words.
            continue;
        const ph::Json parts = asJson(partsOf(messageOf(prompt), true));
        const ph::Json &newer = each["code_may2026"]["message"]["content"];
        const ph::Json &older = each["twig_feb2026"]["message"]["content"];
        if (newer.empty()) { // The API refuses a message without content.
            QCOMPARE(parts.size(), std::size_t(1));
            continue;
        }
        QVERIFY2(parts == newer || parts == older, parts.dump().c_str());
    }
    QVERIFY(cases.size() >= 13);
}

QTEST_APPLESS_MAIN(PromptPartsTest)
#include "prompt_parts_test.moc"
