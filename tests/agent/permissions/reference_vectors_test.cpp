#include "agent/permissions/options.h"
#include "agent/permissions/posthog_exec.h"
#include "driver/base/json_fields.h"
#include "driver/base/paths.h"
#include "tests/support/compare_json.h"

#include <QFile>
#include <QTest>

using permissions::Call;
using permissions::Circumstances;
using permissions::Group;
using permissions::Verdict;

namespace {

const permissions::Rules noRules;

ph::Json vectors(const char *name)
{
    QFile file(qEnvironmentVariable("HOGLET_REFERENCE_VECTORS") + "/permissions/" + name);
    if (!file.open(QFile::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    return ph::Json::parse(file.readAll().toStdString());
}

/// A call as our tools would describe it, of the reference's tools and inputs.
Call callOf(std::string tool, const ph::Json &input, const ph::Json &groups)
{
    if (tool.starts_with("mcp__acp__"))
        tool = tool.substr(10);
    Call call;
    call.tool = tool;
    const std::vector<std::pair<const char *, Group>> names{{"READ_TOOLS", Group::Read}, {"WRITE_TOOLS", Group::Write}, {"BASH_TOOLS", Group::Bash},
                                                            {"SEARCH_TOOLS", Group::Search}, {"WEB_TOOLS", Group::Web}, {"AGENT_TOOLS", Group::Agent}};
    call.changes = true;
    for (const auto &[name, group] : names)
        for (const auto &one : groups[name])
            if (one == tool)
                call.group = group;
    if (tool.starts_with("mcp__"))
        call.group = Group::Mcp;
    if (tool == "ExitPlanMode" || tool == "EnterPlanMode")
        call.group = Group::SwitchMode;
    if (tool == "AskUserQuestion")
        call.group = Group::Question;
    call.command = input.value("command", "");
    call.url = input.value("url", "");
    if (input.contains("file_path"))
        call.paths = {input["file_path"].get<std::string>()};
    return call;
}

} // namespace

/// What the reference answers, against what is decided here. Every difference is on purpose; agent/permissions/README.md has the reasons.
class ReferenceVectorsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (qEnvironmentVariableIsEmpty("HOGLET_REFERENCE_VECTORS"))
            QSKIP("HOGLET_REFERENCE_VECTORS names no folder with the reference's vectors.");
        m_groups = vectors("tool-mode-table.json")["groups_code"];
    }

    void allowsWhatTheTableAllows()
    {
        const auto table = vectors("tool-mode-table.json")["code_may2026"];
        QStringList differences;
        int rows = 0;
        for (const auto &[tool, row] : table.items()) {
            Call call = callOf(tool, ph::Json::object(), m_groups);
            if (call.group == Group::Write)
                call.paths = {"/repo/a"};
            for (const auto &[name, expected] : row.items()) {
                const auto mode = permissions::modeOf(name);
                const bool isAllowed = mode && decide(call, {*mode, {"/repo"}, noRules}).verdict == Verdict::Allow;
                if (isAllowed != expected.get<bool>())
                    differences << QString::fromStdString(tool + " " + name);
                ++rows;
            }
        }
        QCOMPARE(rows, 156);
        differences.sort();
        QCOMPARE(differences, (QStringList{"AskUserQuestion bypassPermissions", "EnterPlanMode acceptEdits", "EnterPlanMode auto", "EnterPlanMode default", "EnterPlanMode plan",
                                           "ExitPlanMode bypassPermissions"}));
    }

    void hidesBypassFromRoot()
    {
        const auto listed = vectors("tool-mode-table.json")["availableModes_as_root_twig"];
        QStringList expected;
        for (const auto &mode : listed)
            expected << QString::fromStdString(mode["id"]);
        QStringList found;
        for (const auto &info : permissions::offeredModes(permissions::mayBypass(0, nullptr)))
            found << QString::fromStdString(info.id);
        QCOMPARE(found, expected << "auto"); // which the later generations have
    }

    void decidesByRules()
    {
        QList<int> differences;
        int number = 0;
        for (const auto &vector : vectors("settings-rules-code.json")) {
            permissions::Rules rules;
            const auto read = [&](const char *effect, std::vector<permissions::Rule> &into) {
                for (const auto &text : vector["rules"].value(effect, ph::Json::array()))
                    into.push_back(*permissions::ruleOf(text.get<std::string>()));
            };
            read("allow", rules.allow);
            read("ask", rules.ask);
            read("deny", rules.deny);
            ph::Json input = vector["input"];
            if (input.contains("file_path")) {
                auto path = QString::fromStdString(input["file_path"]);
                input["file_path"] = path.replace("<HOME>", QString::fromStdString(ph::homeDir().string())).toStdString();
            }
            const Call call = callOf(vector["tool"], input, m_groups);
            auto verdict = Verdict::Ask;
            // The reference's rules alone; a web tool's own default would hide them.
            if (permissions::RuleMatcher(call, "/repo").isAllowedBy(rules.allow) || decide(call, {permissions::Mode::Default, {"/repo"}, rules}).verdict != Verdict::Ask)
                verdict = decide(call, {permissions::Mode::Default, {"/repo"}, rules}).verdict;
            const char *const names[]{"allow", "ask", "deny"};
            if (vector["result"]["decision"] != names[int(verdict)])
                differences << number;
            ++number;
        }
        QCOMPARE(number, 10);
        // A word boundary; ask before allow; rules about domains count.
        QCOMPARE(differences, (QList<int>{1, 4, 7}));
    }

    void offersTheSameOptions()
    {
        QStringList differences;
        int requests = 0;
        const auto requested = vectors("permission-options.json")["twig_feb2026"];
        for (const auto &vector : requested) {
            const Call call = callOf(vector["tool"], vector["input"], m_groups);
            const auto options = offerFor(call, {permissions::Mode::Default, {vector.value("cwd", "/")}, noRules}).options;
            const auto &expected = vector["options"];
            COMPARE_JSON(options.front(), expected[0]);
            COMPARE_JSON(options.back(), expected[2]);
            if (options.size() == 2 || ph::Json(options[1]) != expected[1])
                differences << QString::fromStdString(vector["tool"].get<std::string>() + " " + vector["input"].dump());
            for (const auto &option : options)
                QVERIFY(option.kind != "allow_always" || option.optionId == "allow_always");
            ++requests;
        }
        QCOMPARE(requests, 18);
        // "Always" says and adds what was shown, and nothing wider: the command whole, the file, the tool by its name.
        QCOMPARE(differences, (QStringList{R"(Bash {"command":"npm test -- --watch"})", R"(Bash {"command":"  ls"})", R"(Bash {"command":""})", "Bash {}", "BashOutput {}", "KillShell {}", "Edit {}",
                                           "Write {}", "NotebookEdit {}", "Read {}", "Glob {}", R"(WebFetch {"url":"not a url"})", "WebFetch {}", "mcp__a__b {}"}));
    }

    void offersTheSameModesAfterAPlan()
    {
        const auto byMode = vectors("permission-options.json")["exitPlan_code_by_previousMode"];
        for (const auto &[before, expected] : byMode.items())
            COMPARE_JSON(permissions::planOptions(permissions::modeOf(before), true), expected);
    }

    void readsTheDispatchersCommands()
    {
        const auto all = vectors("posthog-exec-gate-code.json");
        for (const auto &row : all["isExecTool"])
            QCOMPARE(permissions::isPosthogExec(row[0].get<std::string>()), row[1].get<bool>());
        for (const auto &row : all["destructive"])
            QCOMPARE(permissions::isDestructive(row[0].get<std::string>()), row[1].get<bool>());
        QStringList differences;
        for (const auto &row : all["subTool"]) {
            const auto called = permissions::calledTool(row[0].get<std::string>());
            if ((called ? ph::Json(*called) : ph::Json()) != row[1])
                differences << QString::fromStdString(row[0]);
        }
        QCOMPARE(differences, QStringList{"call --confirm dashboard-update {}"}); // no option hides what is called
    }

    void asksWhereTheReferenceAsks()
    {
        QStringList differences;
        int flows = 0;
        for (const auto &flow : vectors("can-use-tool-flows-twig.json")) {
            bool isAsked = false;
            for (const auto &event : flow["events"])
                isAsked = isAsked || event[0] == "session/request_permission";
            const Call call = callOf(flow["tool"], flow["input"], m_groups);
            const auto verdict = decide(call, {*permissions::modeOf(flow["mode"].get<std::string>()), {"/repo"}, noRules}).verdict;
            if (isAsked != (verdict == Verdict::Ask))
                differences << QString::fromStdString(flow["name"]);
            ++flows;
        }
        QCOMPARE(flows, 16);
        QCOMPARE(differences, (QStringList{"default Read auto", "acceptEdits Write auto", "plan Write normal file asks", "plan Write plan dir lookalike", "bypass AskUserQuestion auto (no answers)",
                                           "ExitPlanMode without plan", "ExitPlanMode no heading"}));
    }

private:
    ph::Json m_groups;
};

QTEST_APPLESS_MAIN(ReferenceVectorsTest)
#include "reference_vectors_test.moc"
