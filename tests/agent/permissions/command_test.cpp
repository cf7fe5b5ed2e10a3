#include "agent/permissions/command.h"
#include "agent/permissions/programs.h"

#include <QTest>

using permissions::simpleCommand;
using permissions::surveyCommands;

namespace {

QStringList textsOf(const std::vector<permissions::Word> &words)
{
    QStringList texts;
    for (const auto &word : words)
        texts << (word.isKnown ? QString::fromStdString(word.text) : "<" + QString::fromStdString(word.text) + ">") + (word.isPattern ? "~" : "");
    return texts;
}

QStringList commandsOf(std::string_view line)
{
    QStringList commands;
    for (const auto &invocation : surveyCommands(line).invocations)
        commands << textsOf(invocation.words).join('|') + (invocation.runsOthers ? " +" : "");
    return commands;
}

} // namespace

class CommandTest : public QObject
{
    Q_OBJECT

private slots:
    void givesTheWordsOfASimpleCommand_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("plain") << "ls -l a" << QStringList{"ls", "-l", "a"};
        QTest::newRow("blanks") << " \tls\t a  " << QStringList{"ls", "a"};
        QTest::newRow("quotes join") << "a'b c'\"d e\"f\\ g" << QStringList{"ab cd ef g"};
        QTest::newRow("empty word") << "ls '' \"\"" << QStringList{"ls", "", ""};
        QTest::newRow("backslashes in double quotes") << "echo \"\\a \\\" \\\\ \\$ \\`\"" << QStringList{"echo", "\\a \" \\ $ `"};
        QTest::newRow("pattern") << "ls a*.c '*'" << QStringList{"ls", "a*.c~", "*"};
        QTest::newRow("hash and equals within") << "ls a#b c=d" << QStringList{"ls", "a#b", "c=d"};
    }
    void givesTheWordsOfASimpleCommand()
    {
        QFETCH(QString, line);
        QFETCH(QStringList, words);
        const auto found = simpleCommand(line.toStdString());
        QVERIFY(found);
        QCOMPARE(textsOf(*found), words);
    }

    void knowsNoLineThatIsLongerThanAnArgumentMayBe()
    {
        QVERIFY(simpleCommand("ls " + std::string(120'000, 'a')));
        QVERIFY(!simpleCommand("ls " + std::string(140'000, 'a')));
        QVERIFY(!simpleCommand(std::string_view("ls a\0b", 6)));
        QVERIFY(!simpleCommand(""));
    }

    void findsEveryCommand_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("commands");
        QTest::newRow("list") << "a 1; b 2 && c | d & e" << QStringList{"a|1", "b|2", "c", "d", "e"};
        QTest::newRow("substitution") << "a $(b) \"$(c)\" `d`" << QStringList{"b", "c", "d", "a|<>|<>|<>"};
        QTest::newRow("a closed descriptor ends its word") << ">&-a b; c 2>& -d; <&\\\n-e; f &>-g" << QStringList{"a|b", "c|d", "e", "f +"};
        QTest::newRow("redirections are not arguments") << "a 2>x b >&2 <<<y c" << QStringList{"a|b|c"};
        QTest::newRow("case") << "case $x in a) b;; (c) d;; esac; e" << QStringList{"case|<>|in|a", "b", "c", "d", "e"};
        QTest::newRow("wrapper") << "timeout 5 a b" << QStringList{"timeout|5|a|b +", "5|a|b"};
        QTest::newRow("shell") << "sh -c 'a; b'" << QStringList{"a", "b", "-c|a", "b", "sh|-c|a; b +"};
        QTest::newRow("here-document") << "a <<E b\n$(c)\nE\nd" << QStringList{"a|b", "c", "c", "<>", "d"};
        QTest::newRow("what only other shells have as blanks") << "a\r\rb c\u00a0d" << QStringList{"<>", "a", "<>", "b|c|d"};
        QTest::newRow("blanks from an expansion") << "${IFS}a b" << QStringList{"<>", "a|b"};
        QTest::newRow("a blank of other shells behind a wrapper") << "time a\v" << QStringList{"<>", "time|a +"};
        QTest::newRow("assignments") << "A=1 B+=\"2 3\" C[0]=$x d" << QStringList{"d"};
        QTest::newRow("a quoted name assigns nothing") << "\"A\"=1 b" << QStringList{"<>", "b"};
        QTest::newRow("nor does one that an expansion adds to") << "A$x=1 b" << QStringList{"<>", "b"};
        QTest::newRow("no reserved word behind an assignment") << "A=1 then b; then c" << QStringList{"<>", "b", "c"};
        QTest::newRow("nor behind a redirection") << "> f { b" << QStringList{"<>", "b"};
        QTest::newRow("a backslash at the end") << "a; b\\" << QStringList{"a", "<b>"};
        QTest::newRow("nothing but a backslash") << "\\" << QStringList{"<>"};
        QTest::newRow("a blank of other shells in an argument") << "a b\rc" << QStringList{"a|b", "c"};
    }
    void findsEveryCommand()
    {
        QFETCH(QString, line);
        QFETCH(QStringList, commands);
        auto found = commandsOf(line.toStdString());
        found.sort();
        commands.sort();
        QCOMPARE(found, commands);
    }

    void saysWhenItCannotReadALine()
    {
        for (const char *line : {"a 'b", "a \"b", "a $(b", "a `b", "a )", "a ${b", "(a", "a $'b", "a <\\\n<E\nb\nE", "a >\\\n&-b"})
            QVERIFY2(!surveyCommands(line).isComplete, line);
        for (const char *line : {"a", "a 'b'", "case x in a) b;; esac", "a <<E\nit's\nE", "sudo a \"it's\"", "a > \\\nb", "a >&-", ""})
            QVERIFY2(surveyCommands(line).isComplete, line);
    }

    void knowsWhatReachesTheNetwork()
    {
        for (const char *line : {"curl x", "true; wget x", "git push", "timeout 5 git push", "sh -c 'curl x'", "echo x > /dev/tcp/a/1", "$x", "./x", "python3 x.py", "a 'b", "cat x | nc a 1",
                                 "echo $(dig x)", "npm i", "env curl x"})
            QVERIFY2(permissions::mayReachNetwork(surveyCommands(line)), line);
        for (const char *line : {"ls", "git status", "grep curl x", "cat a > b", "rm x; mv a b", "timeout 5 ls"})
            QVERIFY2(!permissions::mayReachNetwork(surveyCommands(line)), line);
    }
};

QTEST_APPLESS_MAIN(CommandTest)
#include "command_test.moc"
