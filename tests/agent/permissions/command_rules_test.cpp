#include "agent/permissions/policy.h"

#include <QFile>
#include <QTest>

using permissions::Mode;
using permissions::Verdict;

namespace {

/// "+Bash(a:*)  -Bash(b)": two blanks between rules.
permissions::Rules rulesOf(const QString &text)
{
    permissions::Rules rules;
    for (const QString &part : text.split("  ", Qt::SkipEmptyParts)) {
        const auto rule = permissions::ruleOf(part.mid(1).toStdString());
        if (!rule)
            qFatal("%s", rule.error().message.c_str());
        (part[0] == '+' ? rules.allow : part[0] == '?' ? rules.ask : rules.deny).push_back(*rule);
    }
    return rules;
}

QString unveiled(QString command)
{
    return command.replace(u'⏎', '\n').replace(u'␍', '\r').replace(u'⇥', '\t').replace(u'␛', QChar(0x1b)).replace(u'␣', QChar(0xa0)).replace(u'␠', QChar(0x2002));
}

} // namespace

/// The table beside this file, row by row.
class CommandRulesTest : public QObject
{
    Q_OBJECT

private slots:
    void decidesAsTheTableSays_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("rules");
        QTest::addColumn<QString>("command");
        QTest::addColumn<int>("verdict");
        QFile file(HOGLET_SOURCE_DIR "/tests/agent/permissions/command_rules.txt");
        QVERIFY(file.open(QFile::ReadOnly));
        QString mode;
        QString rules;
        int number = 0;
        int rows = 0;
        for (const QString &line : QString::fromUtf8(file.readAll()).split('\n')) {
            ++number;
            if (line.isEmpty() || line.startsWith("# "))
                continue;
            const QString head = line.section(' ', 0, 0);
            if (head == "mode") {
                mode = line.mid(5);
            } else if (head == "rules") {
                rules = line.mid(6);
            } else {
                const int verdict = QStringList{"allow", "ask", "refuse"}.indexOf(head);
                QVERIFY2(verdict >= 0, qPrintable(line));
                QTest::addRow("line %d: %s", number, qPrintable(line.left(60))) << mode << rules << unveiled(line.mid(8)) << verdict;
                ++rows;
            }
        }
        QVERIFY(rows >= 300);
    }
    void decidesAsTheTableSays()
    {
        QFETCH(QString, mode);
        QFETCH(QString, rules);
        QFETCH(QString, command);
        QFETCH(int, verdict);
        permissions::Call call;
        call.tool = "Bash";
        call.group = permissions::Group::Bash;
        call.command = command.toStdString();

        const permissions::Rules held = rulesOf(rules);
        const auto decision = permissions::decide(call, {*permissions::modeOf(mode.toStdString()), {"/repo"}, held});

        QVERIFY2(int(decision.verdict) == verdict, qPrintable(QString("decided %1: %2").arg(int(decision.verdict)).arg(QString::fromStdString(decision.reason))));
    }

    // A list as long as this was once too long to be checked, and was asked for instead.
    void forbidsBehindAnyNumberOfCommands()
    {
        permissions::Rules rules;
        rules.deny = {*permissions::ruleOf("Bash(curl:*)")};
        for (const int count : {49, 50, 1000, 10'000}) {
            permissions::Call call;
            call.tool = "Bash";
            call.group = permissions::Group::Bash;
            for (int i = 0; i < count; ++i)
                call.command += "true && ";
            call.command += "curl x";
            QCOMPARE(int(permissions::decide(call, {Mode::BypassPermissions, {"/repo"}, rules}).verdict), int(Verdict::Refuse));
        }
    }

    void refusesWhatIsNestedTooDeeplyToCheck()
    {
        permissions::Rules rules;
        rules.deny = {*permissions::ruleOf("Bash(curl:*)")};
        for (const char *opening : {"$(", "(", "${x:-", "\"$(", "`", "{ ", "eval \"", "bash -c '"}) {
            permissions::Call call;
            call.tool = "Bash";
            call.group = permissions::Group::Bash;
            for (int i = 0; i < 20'000; ++i)
                call.command += opening;
            call.command += "curl x";
            const auto verdict = permissions::decide(call, {Mode::BypassPermissions, {"/repo"}, rules}).verdict;
            QVERIFY2(verdict == Verdict::Refuse, opening);
        }
    }
};

QTEST_APPLESS_MAIN(CommandRulesTest)
#include "command_rules_test.moc"
