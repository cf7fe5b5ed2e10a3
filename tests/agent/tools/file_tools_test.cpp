#include "agent/tools/base64.h"
#include "agent/tools/file_tools.h"
#include "tests/support/compare_json.h"
#include "tests/support/tool_folder.h"

#include <QTest>

#include <sys/stat.h>

using support::ToolContext;
using support::ToolFolder;

namespace {

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

#define VERIFY_HAS(text, part) QVERIFY2(has(text, part), std::string(text).substr(0, 2'000).c_str())

} // namespace

class FileToolsTest : public QObject
{
    Q_OBJECT

private slots:
    void showsLinesWithTheirNumbers()
    {
        ToolFolder folder;
        folder.write(folder.work / "a.txt", "\xef\xbb\xbf" "one\r\ntwo\n\nfour");
        ToolContext context(folder.setting());

        const auto whole = context.call(*m_read, {{"file_path", "a.txt"}});
        QCOMPARE(whole->text, std::string("     1→one\n     2→two\n     3→\n     4→four\n"));
        const auto part = context.call(*m_read, {{"file_path", "a.txt"}, {"offset", 2}, {"limit", 2}});
        QCOMPARE(part->text, std::string("     2→two\n     3→\n\nLines 2 to 3 of 4. Go on with offset 4.\n"));
        QVERIFY(context.call(*m_read, {{"file_path", "a.txt"}, {"offset", 9}})->failed);
        QCOMPARE(context.call(*m_read, ph::Json::object())->text, std::string("Read needs `file_path`, a text."));
    }

    void capsLongFilesAndLongLinesAndSaysSo()
    {
        ToolFolder folder;
        std::string text = std::string(10'000'000, 'x') + "\n";
        for (int i = 0; i < 5'000; ++i)
            text += "line\n";
        folder.write(folder.work / "long.txt", text);
        ToolContext context(folder.setting());

        const auto output = context.call(*m_read, {{"file_path", "long.txt"}});
        QVERIFY(!output->failed);
        QVERIFY(output->text.size() < 50'000);
        VERIFY_HAS(output->text, "xxx… (10,000,000 bytes)");
        VERIFY_HAS(output->text, "Lines 1 to 2000 of 5,001. Go on with offset 2001.");
        VERIFY_HAS(output->text, "1 line longer than 2,000 bytes is cut.");
    }

    void showsBytesThatAreNoUtf8AndLeavesThemInAnEdit()
    {
        ToolFolder folder;
        folder.write(folder.work / "latin.txt", "caf\xe9 one\n");
        ToolContext context(folder.setting());

        const auto output = context.call(*m_read, {{"file_path", "latin.txt"}});
        VERIFY_HAS(output->text, "caf\xef\xbf\xbd one");
        VERIFY_HAS(output->text, "no UTF-8");
        const auto edited = context.call(*m_edit, {{"file_path", "latin.txt"}, {"old_string", "one"}, {"new_string", "two"}});
        QVERIFY2(!edited->failed, edited->text.c_str());
        QCOMPARE(folder.read(folder.work / "latin.txt"), std::string("caf\xe9 two\n"));
        QVERIFY(ph::Json(edited->content[0]).dump().size() > 0); // goes over the wire
    }

    void refusesBinaryFilesPolitely()
    {
        ToolFolder folder;
        folder.write(folder.work / "program", std::string("\x7f" "ELF\0\0\0", 7));
        folder.write(folder.work / "paper.pdf", std::string("%PDF-1.7\0", 9));
        ToolContext context(folder.setting());

        VERIFY_HAS(context.call(*m_read, {{"file_path", "program"}})->text, "is a binary file of 7 bytes");
        VERIFY_HAS(context.call(*m_read, {{"file_path", "paper.pdf"}})->text, "pdftotext");
        VERIFY_HAS(context.call(*m_edit, {{"file_path", "program"}, {"old_string", "E"}, {"new_string", "F"}})->text, "is a binary file");
    }

    void showsImagesAsBlocksUpToASize()
    {
        ToolFolder folder;
        const std::string png = std::string("\x89PNG\r\n\x1a\n\0\0", 10);
        folder.write(folder.work / "a.png", png);
        folder.write(folder.work / "big.jpg", "\xff\xd8\xff" + std::string(4'000'000, 'x'));
        ToolContext context(folder.setting());

        const auto output = context.call(*m_read, {{"file_path", "a.png"}});
        QCOMPARE(output->images.size(), std::size_t(1));
        COMPARE_JSON(output->images[0], {{"type", "image"}, {"mimeType", "image/png"}, {"data", tools::toBase64(png)}});
        const auto big = context.call(*m_read, {{"file_path", "big.jpg"}});
        QVERIFY(big->failed && big->images.empty());
        VERIFY_HAS(big->text, "at most 3,750,000 can be shown");
    }

    void encodesAsTheRfcDoes()
    {
        // RFC 4648, section 10.
        QCOMPARE(tools::toBase64(""), std::string(""));
        QCOMPARE(tools::toBase64("f"), std::string("Zg=="));
        QCOMPARE(tools::toBase64("fo"), std::string("Zm8="));
        QCOMPARE(tools::toBase64("foobar"), std::string("Zm9vYmFy"));
    }

    void doesNotReadOutsideOrWhatCouldWaitForEver()
    {
        ToolFolder folder;
        ::mkfifo((folder.work / "pipe").c_str(), 0600);
        std::filesystem::create_symlink(folder.outside / "secret.txt", folder.work / "link");
        ToolContext context(folder.setting());

        for (const char *path : {"../outside/secret.txt", "link", "/etc/passwd", "/proc/self/environ", "pipe", "."}) {
            const auto output = context.call(*m_read, {{"file_path", path}});
            QVERIFY2(output->failed && !has(output->text, "secret\n"), path);
        }
        // The policy sees where a link leads.
        QCOMPARE(m_read->describe({{"file_path", "link"}}, context.workspace()).permission.paths.front(), folder.outside / "secret.txt");
    }

    void worksOnThePathThatWasDecidedOn()
    {
        ToolFolder folder;
        folder.write(folder.work / "a.txt", "a");
        folder.write(folder.work / ".git/config", "b");
        ToolContext context(folder.setting());
        const ph::Json input{{"file_path", "a.txt"}};
        context.decided = m_read->describe(input, context.workspace());
        std::filesystem::remove(folder.work / "a.txt");
        std::filesystem::create_symlink(".git/config", folder.work / "a.txt");

        const auto output = m_read->run({"1"}, input, context, {});
        QVERIFY(output->failed);
        VERIFY_HAS(output->text, "a link that was made meanwhile");
    }

    void writesOnlyOverWhatItKnows()
    {
        ToolFolder folder;
        folder.write(folder.work / "a.txt", "old\n");
        ToolContext context(folder.setting());

        QCOMPARE(context.call(*m_write, {{"file_path", "new/b.txt"}, {"content", "x\n"}})->text, std::string("Created new/b.txt (1 line)."));
        QCOMPARE(context.call(*m_write, {{"file_path", "a.txt"}, {"content", "x"}})->text,
                 std::string("a.txt has not been read in this session. Read it before you change it."));
        QCOMPARE(folder.read(folder.work / "a.txt"), std::string("old\n"));
        context.call(*m_read, {{"file_path", "a.txt"}});
        const auto written = context.call(*m_write, {{"file_path", "a.txt"}, {"content", "x"}});
        QVERIFY(!written->failed);
        COMPARE_JSON(written->content[0], {{"type", "diff"}, {"path", (folder.work / "a.txt").string()}, {"oldText", "old\n"}, {"newText", "x"}});
        // What it has written itself it knows.
        QVERIFY(!context.call(*m_write, {{"file_path", "a.txt"}, {"content", "y"}})->failed);
        QCOMPARE(folder.read(folder.work / "a.txt"), std::string("y"));
    }

    void refusesAnEditOfAFileThatWasChangedSince()
    {
        ToolFolder folder;
        folder.write(folder.work / "a.txt", "one two");
        ToolContext context(folder.setting());
        context.call(*m_read, {{"file_path", "a.txt"}});
        folder.write(folder.work / "a.txt", "one three");

        const auto output = context.call(*m_edit, {{"file_path", "a.txt"}, {"old_string", "one"}, {"new_string", "1"}});
        QVERIFY(output->failed);
        QCOMPARE(output->text, std::string("a.txt was changed since it was read, by the user or by a program. Read it again before you change it."));
        QCOMPARE(folder.read(folder.work / "a.txt"), std::string("one three"));
        // Touched, and the same: no reason to refuse.
        context.call(*m_read, {{"file_path", "a.txt"}});
        folder.write(folder.work / "a.txt", "one three");
        QVERIFY(!context.call(*m_edit, {{"file_path", "a.txt"}, {"old_string", "one"}, {"new_string", "1"}})->failed);
    }

    void editsExactly_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("after"); // empty: refused
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const char *before, const char *input, const char *after, const char *says) {
            QTest::newRow(name) << QByteArray(before) << QByteArray(input) << QByteArray(after) << QByteArray(says);
        };
        row("once", "a\nb\nc\n", R"({"old_string":"b","new_string":"B"})", "a\nB\nc\n", "1 place replaced");
        row("not unique", "b\nb\n", R"({"old_string":"b","new_string":"B"})", "", "stands in 2 places (lines 1, 2)");
        row("all", "b\nb\n", R"({"old_string":"b","new_string":"B","replace_all":true})", "B\nB\n", "2 places replaced");
        row("all that grow", "aa", R"({"old_string":"a","new_string":"aa","replace_all":true})", "aaaa", "2 places");
        row("not found", "  return total;\n}\n", R"({"old_string":"return totals;","new_string":"x"})", "", "1→  return total;");
        row("nothing alike", "abc\n", R"({"old_string":"zzzzzz","new_string":"x"})", "", "does not stand in the file.");
        row("the same", "abc", R"({"old_string":"b","new_string":"b"})", "", "are the same");
        row("several", "a b c", R"({"edits":[{"old_string":"a","new_string":"1"},{"old_string":"1 b","new_string":"2"}]})", "2 c", "2 places");
        row("several, one wrong", "a b c", R"({"edits":[{"old_string":"a","new_string":"1"},{"old_string":"x","new_string":"2"}]})", "", "edit 2: the `old_string` does not stand");
        row("line ends of Windows", "a\r\nb\r\nc\r\n", R"({"old_string":"a\nb","new_string":"x\ny"})", "x\r\ny\r\nc\r\n", "1 place");
        row("special characters", "a$1\\n(b)c", R"x({"old_string":"$1\\n(b)","new_string":"$&\\0"})x", "a$&\\0c", "1 place");
        row("over an existing file", "a", R"({"old_string":"","new_string":"x"})", "", "exists");
        row("no input", "a", R"({"old_string":"a"})", "", "Edit needs");
        row("garbage", "a", R"({"edits":[{"old_string":1}]})", "", "Each of `edits` needs");
    }
    void editsExactly()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, after);
        QFETCH(QByteArray, says);
        ToolFolder folder;
        folder.write(folder.work / "f", before.toStdString());
        ToolContext context(folder.setting());
        context.call(*m_read, {{"file_path", "f"}});
        auto json = ph::Json::parse(input.toStdString());
        json["file_path"] = "f";

        const auto output = context.call(*m_edit, json);
        VERIFY_HAS(output->text, says.toStdString());
        QCOMPARE(output->failed, after.isEmpty());
        QCOMPARE(QByteArray::fromStdString(folder.read(folder.work / "f")), after.isEmpty() ? before : after);
    }

    void makesANewFileFromAnEmptyOldString()
    {
        ToolFolder folder;
        ToolContext context(folder.setting());
        const auto output = context.call(*m_edit, {{"file_path", "n.txt"}, {"old_string", ""}, {"new_string", "new"}});
        QVERIFY2(!output->failed, output->text.c_str());
        QCOMPARE(folder.read(folder.work / "n.txt"), std::string("new"));
    }

    void readsAndEditsNotebooks()
    {
        ToolFolder folder;
        const char *notebook = R"x({"cells":[{"cell_type":"markdown","id":"m1","metadata":{},"source":["# Title\n"]},
            {"cell_type":"code","id":"c1","execution_count":3,"metadata":{},"outputs":[{"output_type":"stream","name":"stdout","text":["42\n"]}],"source":["print(","42)"]}],
            "metadata":{},"nbformat":4,"nbformat_minor":5})x";
        folder.write(folder.work / "n.ipynb", notebook);
        ToolContext context(folder.setting());

        const auto text = context.call(*m_read, {{"file_path", "n.ipynb"}})->text;
        QCOMPARE(text, std::string("<cell id=\"m1\" type=\"markdown\">\n# Title\n\n</cell>\n<cell id=\"c1\" type=\"code\">\nprint(42)\n</cell>\n<output>\n42\n\n</output>\n"));
        QVERIFY(!context.call(*m_notebook, {{"notebook_path", "n.ipynb"}, {"cell_id", "c1"}, {"new_source", "print(1)\nprint(2)"}})->failed);
        QVERIFY(!context.call(*m_notebook, {{"notebook_path", "n.ipynb"}, {"cell_id", "m1"}, {"new_source", "x"}, {"cell_type", "code"}, {"edit_mode", "insert"}})->failed);
        QVERIFY(!context.call(*m_notebook, {{"notebook_path", "n.ipynb"}, {"cell_id", "m1"}, {"new_source", ""}, {"edit_mode", "delete"}})->failed);
        const auto changed = ph::Json::parse(folder.read(folder.work / "n.ipynb"));
        QCOMPARE(changed["cells"].size(), std::size_t(2));
        COMPARE_JSON(changed["cells"][0]["source"], ph::Json::array({"x"}));
        COMPARE_JSON(changed["cells"][1]["source"], ph::Json::array({"print(1)\n", "print(2)"}));
        COMPARE_JSON(changed["cells"][1]["outputs"], ph::Json::array());
        VERIFY_HAS(context.call(*m_notebook, {{"notebook_path", "n.ipynb"}, {"cell_id", "zz"}, {"new_source", ""}})->text, "there is no cell “zz”");
        folder.write(folder.work / "bad.ipynb", "{]");
        VERIFY_HAS(context.call(*m_read, {{"file_path", "bad.ipynb"}})->text, "this is no Jupyter notebook");
    }

private:
    std::shared_ptr<tools::Tool> m_read = tools::makeRead();
    std::shared_ptr<tools::Tool> m_write = tools::makeWrite();
    std::shared_ptr<tools::Tool> m_edit = tools::makeEdit();
    std::shared_ptr<tools::Tool> m_notebook = tools::makeNotebookEdit();
};

QTEST_APPLESS_MAIN(FileToolsTest)
#include "file_tools_test.moc"
