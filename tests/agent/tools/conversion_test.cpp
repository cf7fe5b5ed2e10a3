#include "agent/tools/agent_tools.h"
#include "driver/http/client.h"
#include "tests/support/tool_folder.h"

#include <QTest>

#include <algorithm>

namespace {

/// The cases that differ on purpose; why: agent/tools/README.md.
const std::vector<std::string> ownTools{"NotebookRead", "WebSearch", "Other", "mcp__posthog__exec", "", "MultiEdit", "Skill"};

/// The reference writes null and [] where ACP lets a key be absent.
ph::Json plain(ph::Json value)
{
    if (!value.is_array())
        return ph::Json::array();
    for (auto &item : value) {
        if (item.contains("oldText") && item["oldText"].is_null())
            item.erase("oldText");
        // The order of keys in a text that is JSON means nothing.
        if (item.contains("content") && item["content"].contains("text")) {
            auto inner = ph::Json::parse(item["content"]["text"].get<std::string>(), nullptr, false);
            if (inner.is_structured())
                item["content"]["text"] = std::move(inner);
        }
    }
    return value;
}

} // namespace

/// Holds the cards of calls against recorded ones of another agent. HOGLET_REFERENCE_VECTORS names the folder that has
/// conversion/tool-info.json: a list of {tool, input, code_may2026: {title, kind, content, locations?}}.
class ConversionTest : public QObject
{
    Q_OBJECT

private slots:
    void showsCallsAsTheReferenceDoes()
    {
        const auto folder = qEnvironmentVariable("HOGLET_REFERENCE_VECTORS");
        if (folder.isEmpty())
            QSKIP("HOGLET_REFERENCE_VECTORS names no folder with recorded cases.");
        const auto cases = ph::Json::parse(support::ToolFolder::read(std::filesystem::path(folder.toStdString()) / "conversion/tool-info.json"));
        // The recorded calls work in /r.
        support::ToolFolder place;
        const auto root = place.work.string();
        place.write(place.work / "cached.ts", "one\ntwo\nthree\ntwo\n");
        support::ToolContext context(place.setting());
        http::Client client;
        const auto tools = tools::makeAgentTools({{}, client, {}, {}});

        int compared = 0;
        for (const auto &one : cases) {
            const auto name = one["tool"].get<std::string>();
            if (std::find(ownTools.begin(), ownTools.end(), name) != ownTools.end())
                continue;
            const auto tool = std::find_if(tools.begin(), tools.end(), [&](const auto &candidate) { return candidate->name() == name; });
            QVERIFY2(tool != tools.end(), name.c_str());
            const auto inPlace = [&](const ph::Json &json) {
                auto text = json.dump();
                for (auto at = text.find("/r"); at != std::string::npos; at = text.find("/r", at + root.size())) {
                    const bool isWhole = at + 2 >= text.size() || text[at + 2] == '/' || text[at + 2] == '"' || text[at + 2] == '`' || text[at + 2] == '\\';
                    if (isWhole)
                        text.replace(at, 2, root);
                }
                return ph::Json::parse(text);
            };
            const auto info = (*tool)->describe(inPlace(one["input"]), context.workspace());
            const auto expected = inPlace(one["code_may2026"]);
            const auto where = name + " " + one["input"].dump() + " ";
            const auto show = [&](const ph::Json &json) { return QString::fromStdString(where + json.dump()); };
            QCOMPARE(show(info.title), show(expected["title"]));
            QCOMPARE(show(info.kind), show(expected["kind"]));
            QCOMPARE(show(plain(info.content)), show(plain(expected["content"])));
            QCOMPARE(show(info.locations), show(plain(expected.value("locations", ph::Json::array()))));
            ++compared;
        }
        QVERIFY(compared >= 30);
    }
};

QTEST_GUILESS_MAIN(ConversionTest)
#include "conversion_test.moc"
