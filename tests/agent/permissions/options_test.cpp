#include "agent/permissions/options.h"

#include <QTest>

using permissions::Call;
using permissions::Circumstances;
using permissions::Group;
using permissions::Mode;
using permissions::Rules;
using permissions::Verdict;

namespace {

const Rules noRules;

Call callOf(const char *tool, Group group)
{
    Call call;
    call.tool = tool;
    call.group = group;
    return call;
}

Call commandCall(const char *command)
{
    Call call = callOf("Bash", Group::Bash);
    call.command = command;
    return call;
}

Call fileCall(const char *tool, Group group, const char *path)
{
    Call call = callOf(tool, group);
    call.paths = {path};
    return call;
}

/// The label of "always", or nothing.
QString alwaysOf(const Call &call, const Circumstances &circumstances)
{
    for (const auto &option : offerFor(call, circumstances).options)
        if (option.kind == "allow_always")
            return QString::fromStdString(option.name);
    return {};
}

} // namespace

class OptionsTest : public QObject
{
    Q_OBJECT

private slots:
    void offersOnceAlwaysAndNo()
    {
        const auto offer = offerFor(commandCall(" npm test "), {Mode::Default, {"/repo"}, noRules});

        QCOMPARE(offer.options.size(), std::size_t(3));
        QVERIFY(offer.options[0] == (acp::PermissionOption{"allow", "Yes", "allow_once", {}}));
        QVERIFY(offer.options[1] == (acp::PermissionOption{"allow_always", "Yes, and don't ask again for `npm test` in /repo", "allow_always", {}}));
        QVERIFY(offer.options[2] == (acp::PermissionOption{"reject", "No, and tell the agent what to do differently", "reject_once", ph::Json{{"customInput", true}}}));
        QCOMPARE(offer.always.size(), std::size_t(1));
        QCOMPARE(textOf(offer.always[0]), std::string("Bash(npm test)"));
    }

    void saysExactlyWhatAlwaysWouldAllow()
    {
        const Circumstances circumstances{Mode::Default, {"/repo"}, noRules};
        QCOMPARE(alwaysOf(fileCall("Write", Group::Write, "/repo/a.c"), circumstances), QString("Yes, and don't ask again for edits of `/repo/a.c`"));
        QCOMPARE(alwaysOf(fileCall("Read", Group::Read, "/data/a.c"), circumstances), QString("Yes, and don't ask again for reading `/data/a.c`"));
        QCOMPARE(alwaysOf(callOf("mcp__a__b", Group::Mcp), circumstances), QString("Yes, and don't ask again for `mcp__a__b`, whatever its input"));
        QCOMPARE(alwaysOf(fileCall("Read", Group::Read, "/usr"), circumstances), QString("Yes, and don't ask again for reading `/usr` and all beneath"));
        const std::string tooLong = "/data/" + std::string(300, 'a'); // for a file system's names
        QVERIFY(alwaysOf(fileCall("Read", Group::Read, tooLong.c_str()), circumstances).endsWith("a`"));
        Call web = callOf("WebFetch", Group::Web);
        web.url = "https://docs.posthog.com/x?y";
        QCOMPARE(alwaysOf(web, circumstances), QString("Yes, allow all fetches from docs.posthog.com"));
    }

    void offersNoAlwaysThatWouldNotHold()
    {
        Rules rules;
        rules.ask = {*permissions::ruleOf("Bash(git push:*)")};
        const Circumstances circumstances{Mode::Default, {"/repo"}, rules};
        for (const char *command : {"", "a; b", "a > b", "$x", "a 'b", "git push", "cat .git/config", "a b:*", "cat ~/.ssh/id"})
            QVERIFY2(alwaysOf(commandCall(command), circumstances).isEmpty(), command);
        QVERIFY(alwaysOf(fileCall("Edit", Group::Write, "/repo/.git/config"), circumstances).isEmpty());
        QVERIFY(alwaysOf(callOf("Edit", Group::Write), circumstances).isEmpty());
        QVERIFY(alwaysOf(callOf("ExitPlanMode", Group::SwitchMode), circumstances).isEmpty());
    }

    // Whatever is shown: with its rules the same call passes, and another one does not.
    void scopesAlwaysToTheCall()
    {
        for (const char *command : {"npm test", "ls 'a b'", "git log --output=x", "rm -rf build", "ls *.c", "find . -delete", "echo \"a\\\"b\"", "npm test ':*'"}) {
            const Call call = commandCall(command);
            const auto offer = offerFor(call, {Mode::Default, {"/repo"}, noRules});
            QVERIFY2(!offer.always.empty(), command);
            Rules rules;
            rules.allow = offer.always;
            QVERIFY2(decide(call, {Mode::Default, {"/repo"}, rules}).verdict == Verdict::Allow, command);
            for (const char *more : {" x", "; x", " > x", " --x"})
                QVERIFY2(decide(commandCall((std::string(command) + more).c_str()), {Mode::Default, {"/repo"}, rules}).verdict != Verdict::Allow, command);
        }
    }

    void offersTheModesThatMayFollowAPlan()
    {
        const auto idsOf = [](const std::vector<acp::PermissionOption> &options) {
            QStringList ids;
            for (const auto &option : options)
                ids << QString::fromStdString(option.optionId);
            return ids;
        };
        QCOMPARE(idsOf(permissions::planOptions({}, false)), (QStringList{"auto", "acceptEdits", "default", "reject_with_feedback"}));
        QCOMPARE(idsOf(permissions::planOptions(Mode::Default, true)), (QStringList{"default", "bypassPermissions", "auto", "acceptEdits", "reject_with_feedback"}));
        QCOMPARE(idsOf(permissions::planOptions(Mode::BypassPermissions, false)), (QStringList{"auto", "acceptEdits", "default", "reject_with_feedback"}));
        QCOMPARE(permissions::planOptions(Mode::Default, true)[0].name, std::string("Yes, continue manually approving edits"));
    }
};

QTEST_APPLESS_MAIN(OptionsTest)
#include "options_test.moc"
