#include "agent/permissions/rules.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using permissions::Call;
using permissions::Group;
using permissions::Rule;
using permissions::RuleMatcher;
using Match = permissions::RuleMatcher::Match;

namespace fs = std::filesystem;

namespace {

Rule rule(const char *text)
{
    const auto parsed = permissions::ruleOf(text);
    if (!parsed)
        qFatal("%s", parsed.error().message.c_str());
    return *parsed;
}

Call fileCall(const char *tool, Group group, std::vector<fs::path> paths)
{
    Call call;
    call.tool = tool;
    call.group = group;
    call.paths = std::move(paths);
    return call;
}

Call webCall(const char *url)
{
    Call call;
    call.tool = "WebFetch";
    call.group = Group::Web;
    call.url = url;
    return call;
}

Call mcpCall(const char *tool, const char *command = "")
{
    Call call;
    call.tool = tool;
    call.group = Group::Mcp;
    call.command = command;
    return call;
}

bool isAllowed(const Call &call, const char *text) { return RuleMatcher(call, "/repo").isAllowedBy({rule(text)}); }
bool isDenied(const Call &call, const char *text) { return RuleMatcher(call, "/repo").find({rule(text)}).match == Match::Yes; }

} // namespace

class RulesTest : public QObject
{
    Q_OBJECT

private slots:
    void readsAndWritesRules()
    {
        for (const char *text : {"Bash", "Bash(npm test:*)", "Bash(npm test)", "Bash(echo \"a)b\")", "Read(./src/**)", "Edit(~/x)", "WebFetch(domain:posthog.com)", "WebFetch(domain:*.posthog.com)",
                                 "mcp__server", "mcp__server__tool", "mcp__posthog__exec(dashboard-update)", "posthog_create"})
            QCOMPARE(textOf(rule(text)), std::string(text));
    }

    void refusesRulesThatWouldNotSayWhatTheyMatch()
    {
        for (const char *text : {"", "(x)", "Bash(", "Bash()", "Bash(x", "Bash(:*)", "Bash(*)", "Bash(*:*)", "Bash(a; b)", "Bash(a && b:*)", "Bash($x:*)", "Bash(X=1 a)", "Bash(a > b)", "Bash(a* b:*)", "Ba sh",
                                 "Task(x)", "mcp__a__b(x)", "WebFetch(posthog.com)", "WebFetch(domain:)", "WebFetch(domain:a/b)", "WebFetch(domain:*)", "WebFetch(domain:A.com)", "posthog_create(x)"})
            QVERIFY2(!permissions::ruleOf(text), text);
    }

    void matchesPathsComponentByComponent_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("allowed");
        QTest::addColumn<bool>("denied");
        QTest::newRow("literal file") << "Read(./src/a.c)" << "/repo/src/a.c" << true << true;
        QTest::newRow("relative without a dot") << "Read(src/a.c)" << "/repo/src/a.c" << true << true;
        QTest::newRow("literal folder") << "Read(src)" << "/repo/src/x/a.c" << true << true;
        QTest::newRow("with a slash") << "Read(src/)" << "/repo/src/x/a.c" << true << true;
        QTest::newRow("no part of a name") << "Read(src)" << "/repo/src-evil/a.c" << false << false;
        QTest::newRow("no other root") << "Read(./**)" << "/repo-evil/a.c" << false << false;
        QTest::newRow("a star stays in its component") << "Read(src/*.c)" << "/repo/src/x/a.c" << false << false;
        QTest::newRow("a star within") << "Read(src/*.c)" << "/repo/src/a.c" << true << true;
        QTest::newRow("two stars") << "Read(src/**/a.c)" << "/repo/src/x/y/a.c" << true << true;
        QTest::newRow("two stars, nothing between") << "Read(src/**/a.c)" << "/repo/src/a.c" << true << true;
        QTest::newRow("all beneath") << "Read(./src/**)" << "/repo/src/x/y" << true << true;
        QTest::newRow("anywhere") << "Read(**/*.pem)" << "/repo/a/b.pem" << true << true;
        QTest::newRow("beneath what a star found: only denied") << "Read(src/*)" << "/repo/src/x/a.c" << false << true;
        QTest::newRow("absolute") << "Read(/data/**)" << "/data/x" << true << true;
        QTest::newRow("absolute with two slashes") << "Read(//data/**)" << "/data/x" << true << true;
        QTest::newRow("outside") << "Read(./src/**)" << "/etc/passwd" << false << false;
        QTest::newRow("escaped") << R"(Read(./a\[1\].ts))" << "/repo/a[1].ts" << true << true;
        QTest::newRow("not escaped") << "Read(./a[1].ts)" << "/repo/a1.ts" << true << true;
        QTest::newRow("dots in the rule") << "Read(./src/../other/**)" << "/repo/other/x" << true << true;
    }
    void matchesPathsComponentByComponent()
    {
        QFETCH(QString, text);
        QFETCH(QString, path);
        QFETCH(bool, allowed);
        QFETCH(bool, denied);
        const auto call = fileCall("Read", Group::Read, {path.toStdString()});
        QCOMPARE(isAllowed(call, qPrintable(text)), allowed);
        QCOMPARE(isDenied(call, qPrintable(text)), denied);
    }

    void takesManyStarsInGoodTime()
    {
        std::string text = "Read(";
        std::string path = "/repo";
        for (int i = 0; i < 300; ++i) {
            text += "**/a/";
            path += "/a";
        }
        const auto call = fileCall("Read", Group::Read, {path + "/b"});
        QVERIFY(!isAllowed(call, (text + "c)").c_str()));
    }

    void speaksForAllToolsOfAKind()
    {
        QVERIFY(isAllowed(fileCall("Write", Group::Write, {"/repo/a"}), "Edit(./a)"));
        QVERIFY(isDenied(fileCall("Grep", Group::Search, {"/repo/secret"}), "Read(secret)"));
        QVERIFY(!isAllowed(fileCall("Write", Group::Write, {"/repo/a"}), "Read(./a)"));
        QVERIFY(!isAllowed(fileCall("Read", Group::Read, {"/repo/a"}), "Edit(./a)"));
        QVERIFY(!isAllowed(fileCall("Read", Group::Read, {"/repo/a"}), "Bash"));
    }

    void allowsACallOnlyWithAllItsPaths()
    {
        const auto call = fileCall("Edit", Group::Write, {"/repo/a", "/repo/b"});
        QVERIFY(!isAllowed(call, "Edit(./a)"));
        QVERIFY(isDenied(call, "Edit(./b)"));
        QVERIFY(RuleMatcher(call, "/repo").isAllowedBy({rule("Edit(./a)"), rule("Edit(./b)")}));
        QVERIFY(!isAllowed(fileCall("Edit", Group::Write, {}), "Edit(./a)"));
    }

    void deniesThroughLinks()
    {
        const QTemporaryDir folder;
        const fs::path root = fs::canonical(folder.path().toStdString());
        fs::create_directories(root / "real");
        std::ofstream(root / "real/key") << "x";
        fs::create_symlink("real", root / "secret");
        fs::create_symlink("real", root / "elsewhere");
        const std::vector<Rule> deny{rule("Read(secret/**)")};

        // The tools give canonical paths, whatever they were called with.
        const auto call = fileCall("Read", Group::Read, {fs::canonical(root / "elsewhere/key")});
        QVERIFY(RuleMatcher(call, root).find(deny).match == Match::Yes);
        Call command;
        command.tool = "Bash";
        command.group = Group::Bash;
        command.command = "cat elsewhere/key";
        QVERIFY(RuleMatcher(command, root).find(deny).match == Match::Yes);
    }

    void matchesHosts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("host") << "WebFetch(domain:posthog.com)" << "https://posthog.com/x?y#z" << true;
        QTest::newRow("case, port, last dot") << "WebFetch(domain:posthog.com)" << "HTTPS://PostHog.com.:443/x" << true;
        QTest::newRow("sub-domain") << "WebFetch(domain:posthog.com)" << "https://docs.posthog.com" << false;
        QTest::newRow("wildcard") << "WebFetch(domain:*.posthog.com)" << "https://docs.posthog.com" << true;
        QTest::newRow("wildcard and no sub-domain") << "WebFetch(domain:*.posthog.com)" << "https://posthog.com" << false;
        QTest::newRow("end of a name") << "WebFetch(domain:posthog.com)" << "https://evilposthog.com" << false;
        QTest::newRow("beginning of a name") << "WebFetch(domain:posthog.com)" << "https://posthog.com.evil.example" << false;
        QTest::newRow("user name") << "WebFetch(domain:posthog.com)" << "https://posthog.com@evil.example" << false;
        QTest::newRow("user name the other way") << "WebFetch(domain:posthog.com)" << "https://evil.example@posthog.com" << false;
        QTest::newRow("backslash") << "WebFetch(domain:posthog.com)" << "https://posthog.com\\@evil.example" << false;
        QTest::newRow("blank") << "WebFetch(domain:posthog.com)" << "https://posthog.com /x" << false;
        QTest::newRow("line break") << "WebFetch(domain:posthog.com)" << "https://posthog.com\n.evil.example" << false;
        QTest::newRow("other scheme") << "WebFetch(domain:posthog.com)" << "file://posthog.com/x" << false;
        QTest::newRow("no address") << "WebFetch(domain:posthog.com)" << "posthog.com" << false;
        QTest::newRow("look-alike") << "WebFetch(domain:posthog.com)" << "https://posthоg.com" << false;
        QTest::newRow("whole tool") << "WebFetch" << "https://anything.example" << true;
    }
    void matchesHosts()
    {
        QFETCH(QString, text);
        QFETCH(QString, url);
        QFETCH(bool, allowed);
        QCOMPARE(isAllowed(webCall(qPrintable(url)), qPrintable(text)), allowed);
    }

    void deniesHostsBelowADomain()
    {
        QVERIFY(isDenied(webCall("https://a.evil.example"), "WebFetch(domain:evil.example)"));
        QVERIFY(!isDenied(webCall("https://notevil.example"), "WebFetch(domain:evil.example)"));
        const auto unclear = webCall("https://evil.example\\@x");
        QVERIFY(RuleMatcher(unclear, "/repo").find({rule("WebFetch(domain:evil.example)")}).match == Match::Perhaps);
    }

    void matchesToolsOfServers()
    {
        QVERIFY(isAllowed(mcpCall("mcp__a__b"), "mcp__a"));
        QVERIFY(isAllowed(mcpCall("mcp__a__b"), "mcp__a__b"));
        QVERIFY(!isAllowed(mcpCall("mcp__ab__b"), "mcp__a"));
        QVERIFY(!isAllowed(mcpCall("mcp__a__bc"), "mcp__a__b"));
        QVERIFY(!isAllowed(mcpCall("mcp__a__b"), "mcp__a__b__c"));
    }

    void wantsDestructiveToolsBehindTheDispatcherNamed()
    {
        const auto get = mcpCall("mcp__posthog__exec", "call dashboard-get {}");
        const auto remove = mcpCall("mcp__posthog__exec", "call --confirm dashboard-delete {\"id\":1}");
        QVERIFY(isAllowed(get, "mcp__posthog"));
        QVERIFY(!isAllowed(remove, "mcp__posthog"));
        QVERIFY(!isAllowed(remove, "mcp__posthog__exec"));
        QVERIFY(isAllowed(remove, "mcp__posthog__exec(dashboard-delete)"));
        QVERIFY(!isAllowed(remove, "mcp__posthog__exec(insight-delete)"));
        QVERIFY(isDenied(remove, "mcp__posthog__exec(dashboard-delete)"));
    }

    void writesARuleForExactlyOnePath()
    {
        const auto relative = permissions::ruleForPath("Edit", "/repo/src/[id]/a*.ts", "/repo");
        QCOMPARE(textOf(relative), std::string(R"(Edit(./src/\[id]/a\*.ts))"));
        QVERIFY(RuleMatcher(fileCall("Edit", Group::Write, {"/repo/src/[id]/a*.ts"}), "/repo").isAllowedBy({relative}));
        QVERIFY(!RuleMatcher(fileCall("Edit", Group::Write, {"/repo/src/i/ab.ts"}), "/repo").isAllowedBy({relative}));
        QCOMPARE(textOf(permissions::ruleForPath("Read", "/data/x", "/repo")), std::string("Read(//data/x)"));
    }
};

QTEST_APPLESS_MAIN(RulesTest)
#include "rules_test.moc"
