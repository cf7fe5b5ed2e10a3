#include "agent/tools/grep_engine.h"
#include "agent/tools/pattern.h"
#include "agent/tools/search_tools.h"
#include "driver/base/child_process.h"
#include "tests/support/tool_folder.h"

#include <QElapsedTimer>
#include <QTest>

#include <sys/stat.h>

using support::ToolContext;
using support::ToolFolder;

namespace {

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

#define VERIFY_HAS(text, part) QVERIFY2(has(text, part), std::string(text).substr(0, 2'000).c_str())

void fill(const ToolFolder &folder)
{
    folder.write(folder.work / "src/a.ts", "const one = 1;\nexport function two() {\n  return one;\n}\n");
    folder.write(folder.work / "src/b.cpp", "int one();\n");
    folder.write(folder.work / "src/deep/c.ts", "// ONE\n");
    folder.write(folder.work / "build/out.ts", "one\n");
    folder.write(folder.work / "keep.log", "one\n");
    folder.write(folder.work / "drop.log", "one\n");
    folder.write(folder.work / ".git/config", "one\n");
    folder.write(folder.work / ".env.example", "one\n");
    folder.write(folder.work / "image.bin", std::string("one\0one", 7));
    folder.write(folder.work / ".gitignore", "build/\n*.log\n!keep.log\n");
    std::filesystem::create_symlink(folder.outside, folder.work / "out");
    std::filesystem::create_symlink(folder.outside / "secret.txt", folder.work / "link.txt");
    ::mkfifo((folder.work / "pipe").c_str(), 0600);
}

/// The result as lines "path:number:text".
std::string textOf(const ph::Result<tools::GrepResult> &result)
{
    if (!result)
        return "error: " + result.error().message;
    std::string text;
    for (const auto &line : result->lines)
        text += line.path + (line.isMatch ? ":" : "-") + std::to_string(line.number) + ":" + line.text + "\n";
    return text + (result->isCut ? "cut\n" : "");
}

} // namespace

class SearchTest : public QObject
{
    Q_OBJECT

private slots:
    void matchesGlobs_data()
    {
        QTest::addColumn<QString>("glob");
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char *glob, const char *path, bool matches) { QTest::addRow("%s on %s", glob, path) << glob << path << matches; };
        row("*.ts", "a.ts", true);
        row("*.ts", "src/a.ts", false);
        row("**/*.ts", "a.ts", true);
        row("**/*.ts", "src/deep/a.ts", true);
        row("src/**", "src/deep/a.ts", true);
        row("src/**/a.ts", "src/a.ts", true);
        row("src/**/a.ts", "src/x/y/a.ts", true);
        row("*.{ts,cpp}", "b.cpp", true);
        row("*.{ts,cpp}", "b.h", false);
        row("[a-c].ts", "b.ts", true);
        row("[!a-c].ts", "b.ts", false);
        row("?.ts", "ab.ts", false);
        row("a+b(1).ts", "a+b(1).ts", true);
        row("\\*.ts", "*.ts", true);
        row("\\*.ts", "a.ts", false);
        row("[", "[", true);
        row("{a", "{a", true);
        row("{a", "a", false);
    }
    void matchesGlobs()
    {
        QFETCH(QString, glob);
        QFETCH(QString, path);
        QFETCH(bool, matches);
        const auto pattern = tools::Pattern::compile(tools::expressionOfGlob(glob.toStdString()));
        QVERIFY2(pattern.has_value(), pattern ? "" : pattern.error().message.c_str());
        QCOMPARE(pattern->matches(path.toStdString()), matches);
    }

    void findsFilesByNameTheLastChangedFirst()
    {
        ToolFolder folder;
        fill(folder);
        std::filesystem::last_write_time(folder.work / "src/a.ts", std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
        ToolContext context(folder.setting());
        const auto work = folder.work.string();

        QCOMPARE(glob(context, "**/*.ts"), work + "/src/a.ts\n" + work + "/src/deep/c.ts\n");
        QCOMPARE(glob(context, work + "/src/*.cpp"), work + "/src/b.cpp\n");
        QCOMPARE(glob(context, "*.log"), work + "/keep.log\n");
        QCOMPARE(glob(context, "**/secret.txt"), std::string("No file matches.\n"));
        for (int i = 0; i < 300; ++i)
            folder.write(folder.work / "many" / (std::to_string(i) + ".x"), "");
        VERIFY_HAS(glob(context, "**/*.x"), "The last changed 200 of 300 files");
        QVERIFY(context.call(*m_glob, {{"pattern", "*"}, {"path", "../outside"}})->failed);
        QVERIFY(context.call(*m_glob, {{"pattern", "*"}, {"path", "none"}})->failed);
    }

    void searchesContents_data()
    {
        QTest::addColumn<bool>("byRipgrep");
        QTest::newRow("by our own walk") << false;
        QTest::newRow("by ripgrep") << true;
    }
    void searchesContents()
    {
        QFETCH(bool, byRipgrep);
        const auto program = ph::findProgram("rg", ph::childEnvironment());
        if (byRipgrep && !program)
            QSKIP("ripgrep is not installed.");
        ToolFolder folder;
        fill(folder);
        if (byRipgrep)
            std::filesystem::create_directories(folder.work / ".git/objects"); // ripgrep minds .gitignore in a repository
        const tools::SearchScope scope{folder.work, folder.work};
        const auto search = [&](const tools::GrepQuery &query, const tools::SearchScope &in) {
            return textOf(byRipgrep ? tools::grepByRipgrep(*program, in, query, {}) : tools::grepByWalk(in, query, {}));
        };
        tools::GrepQuery query;
        query.pattern = "\\bone\\b";

        QCOMPARE(search(query, scope), std::string(".env.example:0:\nkeep.log:0:\nsrc/a.ts:0:\nsrc/b.cpp:0:\n"));
        query.mode = tools::GrepQuery::Mode::Count;
        query.type = "ts";
        query.ignoresCase = true;
        QCOMPARE(search(query, scope), std::string("src/a.ts:2:\nsrc/deep/c.ts:1:\n"));
        query.mode = tools::GrepQuery::Mode::Content;
        query.glob = "a.*";
        query.after = 1;
        QCOMPARE(search(query, scope), std::string("src/a.ts:1:const one = 1;\nsrc/a.ts-2:export function two() {\nsrc/a.ts:3:  return one;\nsrc/a.ts-4:}\n"));
        query.limit = 2;
        QCOMPARE(search(query, scope), std::string("src/a.ts:1:const one = 1;\nsrc/a.ts-2:export function two() {\ncut\n"));
        // A file that is named is meant, whatever .gitignore says.
        QCOMPARE(search({.pattern = "one", .mode = tools::GrepQuery::Mode::Content}, {folder.work, folder.work / "drop.log"}), std::string("drop.log:1:one\n"));
        QCOMPARE(search({.pattern = "\\{\\s+return", .isMultiline = true, .mode = tools::GrepQuery::Mode::Content}, scope),
                 std::string("src/a.ts:2:export function two() {\nsrc/a.ts:3:  return one;\n"));
        // Neither a link that leads out nor a pattern that looks like an option finds what is outside.
        QCOMPARE(search({.pattern = "secret"}, scope), std::string());
        QCOMPARE(search({.pattern = "--follow"}, scope), std::string());
        QVERIFY(search({.pattern = "("}, scope).starts_with("error: "));
    }

    void saysWhatAQueryLacksAndWhatWasLeftOut()
    {
        ToolFolder folder;
        for (int i = 0; i < 400; ++i)
            folder.write(folder.work / (std::to_string(1000 + i) + ".txt"), "same\n");
        ToolContext context(folder.setting());
        VERIFY_HAS(context.call(*m_grep, {{"pattern", "same"}})->text, "Only the first 250 files; there are more.");
        QCOMPARE(context.call(*m_grep, {{"pattern", "other"}})->text, std::string("Nothing matches.\n"));
        QVERIFY(context.call(*m_grep, ph::Json::object())->failed);
        VERIFY_HAS(context.call(*m_grep, {{"pattern", "a"}, {"type", "cobol"}})->text, "There is no file type “cobol”");
        QCOMPARE(context.call(*m_grep, {{"pattern", "s"}, {"path", "1000.txt"}, {"output_mode", "content"}})->text, (folder.work / "1000.txt").string() + ":1:same\n");
    }

    void doesNotHangOnAPatternGoneWild()
    {
        ToolFolder folder;
        folder.write(folder.work / "a.txt", std::string(5'000, 'a') + "!\n");
        QElapsedTimer time;
        time.start();
        textOf(tools::grepByWalk({folder.work, folder.work}, {.pattern = "(a+)+$"}, {}));
        QVERIFY2(time.elapsed() < 10'000, qPrintable(QString::number(time.elapsed())));
    }

    void leavesOutWhatRulesForbid()
    {
        ToolFolder folder;
        folder.write(folder.work / "open/a.txt", "word\n");
        folder.write(folder.work / "closed/b.txt", "word\n");
        auto setting = folder.setting();
        setting.isDenied = [&](const std::filesystem::path &path) { return path.string().starts_with((folder.work / "closed").string()); };
        ToolContext context(setting);
        const auto only = (folder.work / "open/a.txt").string() + "\n";
        QCOMPARE(context.call(*m_grep, {{"pattern", "word"}})->text, only);
        QCOMPARE(glob(context, "**/*.txt"), only);
        QCOMPARE(context.call(*m_ls, ph::Json::object())->text, std::string("open/\n"));
    }

    void stopsWhenItIsAsked()
    {
        ToolFolder folder;
        std::stop_source stop;
        stop.request_stop();
        folder.write(folder.work / "a.txt", "a");
        QCOMPARE(tools::grepByWalk({folder.work, folder.work}, {.pattern = "a"}, stop.get_token()).error().code, ph::ErrorCode::Cancelled);
    }

    void listsAFolder()
    {
        ToolFolder folder;
        fill(folder);
        ToolContext context(folder.setting());
        const auto ls = [&](const ph::Json &input) { return context.call(*m_ls, input)->text; };
        QCOMPARE(ls({{"path", "src"}}), std::string("a.ts  55 bytes\nb.cpp  11 bytes\ndeep/\n"));
        VERIFY_HAS(ls(ph::Json::object()), "out@\n");
        VERIFY_HAS(ls({{"path", "src/a.ts"}}), "is a file, not a folder");
        VERIFY_HAS(ls({{"path", "/etc"}}), "outside of this session's folders");
        VERIFY_HAS(ls({{"path", "out"}}), "outside of this session's folders");
    }

private:
    std::string glob(ToolContext &context, const std::string &pattern) { return context.call(*m_glob, {{"pattern", pattern}})->text; }

    std::shared_ptr<tools::Tool> m_glob = tools::makeGlob();
    std::shared_ptr<tools::Tool> m_grep = tools::makeGrep();
    std::shared_ptr<tools::Tool> m_ls = tools::makeLs();
};

QTEST_APPLESS_MAIN(SearchTest)
#include "search_test.moc"
