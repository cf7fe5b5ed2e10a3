#include "agent/acp/types.h"
#include "agent/acp/wire.h"
#include "tests/support/compare_json.h"
#include "tests/support/random_json.h"

#include <QTest>

namespace {

/// The text of `value` as a tree; both ways of writing must come to the same.
template <typename T>
void compareWritten(const T &value)
{
    const auto text = acp::wire::textOf(value);
    QVERIFY2(!text.empty() && text.find('\n') == std::string::npos, text.c_str());
    COMPARE_JSON(ph::Json::parse(text), ph::Json::parse(ph::Json(value).dump(-1, ' ', false, ph::Json::error_handler_t::replace)));
}

std::string outcome(const ph::Result<acp::SessionNotification> &result)
{
    return result ? ph::Json(*result).dump(-1, ' ', true) : "error: " + result.error().message;
}

/// A session/update's params of every kind, with fields left out, of another type, null or doubled by chance.
ph::Json randomParams(support::RandomJson &random)
{
    static const std::vector<std::string> kinds{"user_message_chunk", "agent_message_chunk", "agent_thought_chunk", "tool_call", "tool_call_update", "plan",
                                                "available_commands_update", "current_mode_update", "config_option_update", "session_info_update",
                                                "usage_update", "notice", "compaction_update", "hologram"};
    const ph::Json block{{"type", "text"}, {"text", random.text()}, {"mimeType", random.text()}, {"resource", random.value(2)}, {"_meta", random.value(1)}};
    const ph::Json fields{
        {"content", random.below(2) ? block : ph::Json::array({{{"type", "content"}, {"content", block}}, {{"type", "diff"}, {"path", random.text()}}, random.value(1)})},
        {"messageId", random.text()}, {"toolCallId", random.text()}, {"title", random.text()}, {"status", random.text()}, {"kind", random.text()},
        {"locations", {{{"path", random.text()}, {"line", random.number()}}, random.value(1)}}, {"rawInput", random.value(3)}, {"rawOutput", random.value(3)},
        {"entries", {{{"content", random.text()}, {"priority", "high"}, {"status", random.value(0)}}}}, {"availableCommands", {{{"name", "a"}, {"description", "b"}}}},
        {"modeId", random.text()}, {"currentModeId", random.text()}, {"configOptions", {{{"id", "a"}, {"name", "b"}, {"currentValue", random.value(1)}, {"options", random.value(2)}}}},
        {"updatedAt", random.text()}, {"used", random.number()}, {"size", random.number()}, {"cost", random.value(1)}, {"severity", random.text()},
        {"compactionId", random.text()}, {"_meta", random.value(1)}, {"another", random.value(1)}};
    auto update = fields;
    for (const auto &[key, value] : fields.items()) {
        const auto chance = random.below(12);
        if (chance < 3)
            update.erase(key);
        else if (chance == 3)
            update[key] = random.value(2);
    }
    update["sessionUpdate"] = random.below(20) ? ph::Json(random.oneOf(kinds)) : random.value(1);
    ph::Json params{{"sessionId", random.below(20) ? ph::Json(random.text()) : random.value(1)}, {"update", update}};
    if (random.below(2))
        params["_meta"] = random.value(1);
    return params;
}

} // namespace

class WireTest : public QObject
{
    Q_OBJECT

private slots:
    void readsFromALineAsFromATree()
    {
        support::RandomJson random(3);
        acp::LineParser parser;
        int good = 0;
        for (int i = 0; i < 2'000; ++i) {
            const auto params = randomParams(random);
            const auto fromLine = outcome(acp::parse<acp::SessionNotification>(parser.read(params.dump()).value()));
            if (const auto fromTree = outcome(ph::parse<acp::SessionNotification>(params)); fromLine != fromTree)
                QFAIL(("params: " + params.dump(-1, ' ', true) + "\nfrom a line: " + fromLine + "\nfrom a tree: " + fromTree).c_str());
            good += !fromLine.starts_with("error");
        }
        QVERIFY(good > 400 && good < 1'950);
    }

    void writesTextAsATreeDoes()
    {
        support::RandomJson random(5);
        for (int i = 0; i < 1'000; ++i) {
            const auto notification = ph::parse<acp::SessionNotification>(randomParams(random));
            if (!notification)
                continue;
            compareWritten(notification->update);
            compareWritten(*notification);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void writesWhatEachTypeIs()
    {
        compareWritten(acp::Empty{});
        compareWritten(acp::SessionInfoUpdate{});
        compareWritten(acp::SessionUpdate{acp::SessionInfoUpdate{}});
        compareWritten(acp::SessionUpdate{acp::UsageUpdate{1, 0.5, {}}});
        compareWritten(acp::SessionUpdate{acp::UnknownUpdate{{{"sessionUpdate", "hologram"}}}});
        compareWritten(acp::InitializeRequest{-3, {{{"a", 1}}}, acp::Implementation{"n", "v", {}}});
        compareWritten(acp::NewSessionRequest{"/a", ph::Json::array(), {}, {{"/b", "/c"}}});
        compareWritten(acp::CreateTerminalRequest{{"s"}, "ls", {}, {{"A", "b"}}, "/", UINT64_MAX});
        compareWritten(acp::TerminalOutputResponse{"out", true, acp::TerminalExitStatus{INT64_MIN, {}}});
    }

    void escapesAnyBytes()
    {
        support::RandomJson random(9);
        for (int i = 0; i < 2'000; ++i) {
            auto bytes = random.text();
            for (auto count = random.below(3); count > 0; --count)
                bytes.insert(random.below(bytes.size() + 1), 1, char(random.below(256))); // UTF-8 no longer, as a rule
            std::string text;
            acp::wire::writeText(text, bytes);
            QCOMPARE(QByteArray::fromStdString(text), QByteArray::fromStdString(ph::Json(bytes).dump(-1, ' ', false, ph::Json::error_handler_t::replace)));
        }
    }
};

QTEST_APPLESS_MAIN(WireTest)
#include "wire_test.moc"
