#include "ui/conversation/markdown.h"
#include "ui/conversation/visible_text.h"

#include <QElapsedTimer>
#include <QtTest>

namespace {

/// Blocks as one line each.
QStringList lines(const std::vector<ui::Block> &blocks)
{
    QStringList result;
    for (const auto &block : blocks) {
        QString line;
        const char *kinds[] = {"p", "h", "code", "table", "rule"};
        line += kinds[int(block.kind)];
        if (block.level)
            line += QString::number(block.level);
        if (block.quoteDepth)
            line += QString(block.quoteDepth, '>');
        if (block.listDepth)
            line += QString(" [%1%2]").arg(QString(block.listDepth - 1, ' '), block.marker);
        if (block.continues)
            line += " +";
        for (const auto &span : block.spans) {
            QString text = span.text;
            if (span.bold)
                text = "*" + text + "*";
            if (span.italic)
                text = "/" + text + "/";
            if (span.code)
                text = "`" + text + "`";
            if (span.strike)
                text = "~" + text + "~";
            if (!span.link.isEmpty())
                text = "<" + text + "|" + span.link + ">";
            line += " " + text;
        }
        if (block.kind == ui::Block::Kind::Code)
            line += " " + block.language + ":" + QString(block.code).replace('\n', "⏎");
        for (const auto &row : block.rows) {
            QStringList cells;
            for (const auto &cell : row)
                cells << ui::plainText(cell);
            line += " {" + cells.join('|') + "}";
        }
        result << line;
    }
    return result;
}

} // namespace

class MarkdownTest : public QObject
{
    Q_OBJECT

private slots:
    void textBecomesBlocks_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("expected");

        QTest::newRow("looks") << "a **b** *c* `d` ~~e~~" << QStringList{"p a  *b*   /c/   `d`   ~e~"};
        QTest::newRow("headings") << "# One\n\n### Three" << QStringList{"h1 One", "h3 Three"};
        QTest::newRow("soft line ends are spaces") << "a\nb" << QStringList{"p a b"};
        QTest::newRow("hard line ends stay") << "a  \nb" << QStringList{"p a\nb"};
        QTest::newRow("lists") << "- a\n- b\n  1. c\n  2. d" << QStringList{"p [•] a", "p [•] b", "p [ 1.] c", "p [ 2.] d"};
        QTest::newRow("a loose list keeps its paragraphs") << "- a\n\n  more\n- b" << QStringList{"p [•] a", "p [] more", "p [•] b"};
        QTest::newRow("tasks") << "- [ ] a\n- [x] b" << QStringList{"p [☐] a", "p [☑] b"};
        QTest::newRow("code") << "```sql\nSELECT 1\nFROM x\n```" << QStringList{"code sql:SELECT 1⏎FROM x"};
        QTest::newRow("code without an end") << "```\nSELECT" << QStringList{"code :SELECT"};
        QTest::newRow("quote") << "> a\n>> b" << QStringList{"p> a", "p>> b"};
        QTest::newRow("rule") << "a\n\n---\n\nb" << QStringList{"p a", "rule", "p b"};
        QTest::newRow("table") << "|a|b|\n|---|--:|\n|1|2|" << QStringList{"table {a|b} {1|2}"};
        QTest::newRow("links") << "see [docs](https://x.test/a) and https://y.test" << QStringList{"p see  <docs|https://x.test/a>  and  <https://y.test|https://y.test>"};
        QTest::newRow("an image is its words") << "![chart](https://evil.test/?q=1)" << QStringList{"p <[image: chart]|https://evil.test/?q=1>"};
        QTest::newRow("html is text") << "<script>alert(1)</script>" << QStringList{"p <script>alert(1)</script>"};
        QTest::newRow("a fold stands open") << "<details><summary>HogQL</summary>\n\n```sql\n<details>\n```\n\n</details>" << QStringList{"p *HogQL*", "code sql:<details>"};
        QTest::newRow("entities") << "a &amp; b &lt; &#x202E;" << QStringList{"p a & b < [U+202E]"};
        QTest::newRow("hidden text shows") << QString("pay\u202Egro.elgoog") << QStringList{"p pay[U+202E]gro.elgoog"};
        QTest::newRow("nothing") << "" << QStringList{};
    }
    void textBecomesBlocks()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, expected);

        QCOMPARE(lines(ui::parseMarkdown(text)), expected);
    }
    void aLongMessageIsReadInNoTime()
    {
        QString text;
        while (text.size() < 500'000)
            text += "## Step\n\nIt fell by **12 %** on `Safari`, see [docs](https://x.test).\n\n- one\n- two\n\n```sql\nSELECT count() FROM events\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n";
        QElapsedTimer timer;
        timer.start();

        const auto blocks = ui::parseMarkdown(text);

        const auto taken = timer.elapsed();
        QVERIFY(blocks.size() > 10'000);
        QVERIFY2(taken < 200, qPrintable(QString("%1 ms").arg(taken)));
    }
    void hugeBlocksAreCut()
    {
        const auto paragraph = ui::parseMarkdown(QString("word ").repeated(100'000));
        const auto code = ui::parseMarkdown("```\n" + QString("line\n").repeated(10'000) + "```");

        QVERIFY(paragraph.size() > 50);
        QVERIFY(!paragraph[0].continues && paragraph[1].continues);
        QCOMPARE(ui::plainText(paragraph[0].spans) + ui::plainText(paragraph[1].spans), QString("word ").repeated(100'000).left(ui::plainText(paragraph[0].spans).size() + ui::plainText(paragraph[1].spans).size()));
        QVERIFY(code.size() > 50);
        QString all;
        for (const auto &block : code)
            all += block.code + '\n';
        QCOMPARE(all, QString("line\n").repeated(10'000));
        QCOMPARE(code[0].whole + '\n', all); // for whoever copies it
        QVERIFY(code[1].whole.isEmpty());
    }
    void streamingEndsAsParsingWhole()
    {
        const QString text = "# Title\n\nFirst paragraph\nof two lines.\n\n- a\n\n- b\n\n  still b\n\nAfter the list.\n\n```sql\n# not a heading\n\nSELECT 1\n```\n\n"
                             "> quote\n\nLast **bold** words.\n\n|a|b|\n|-|-|\n|1|2|\n\nEnd.";
        ui::StreamingMarkdown streaming;

        for (qsizetype length = 1; length <= text.size(); ++length)
            streaming.setText(text.left(length));

        QCOMPARE(lines(streaming.blocks()), lines(ui::parseMarkdown(text)));
    }
    void streamingALongMessageDoesNotGetSlower()
    {
        const QString piece = "It fell by **12 %** on `Safari` and on no other browser that we know of.\n\n";
        QString text;
        ui::StreamingMarkdown streaming;
        QElapsedTimer timer;
        timer.start();

        for (int i = 0; i < 4000; ++i) {
            text += piece;
            streaming.setText(text);
        }

        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString("%1 ms").arg(timer.elapsed())));
        QCOMPARE(streaming.blocks().size(), size_t(4000));
    }
    void sequencesGoAndHiddenCharactersShow_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");

        QTest::newRow("plain") << "a\tb\nc" << "a\tb\nc";
        QTest::newRow("colour") << "\x1b[31mred\x1b[0m" << "red";
        QTest::newRow("osc title") << QString("\x1b]0;evil\x07text") << "text";
        QTest::newRow("osc link") << QString("\x1b]8;;http://x\x1b\\click\x1b]8;;\x1b\\") << "click";
        QTest::newRow("an osc without an end keeps the next line") << QString("\x1b]0;evil\nrm -rf") << "\nrm -rf";
        QTest::newRow("c1 csi") << QString::fromUtf8("\xc2\x9b" "31mred") << "red";
        QTest::newRow("return over text") << QString("safe\rrm -rf") << "safe\nrm -rf";
        QTest::newRow("crlf") << QString("a\r\nb") << "a\nb";
        QTest::newRow("zero width") << QString("pay\u200Bpal") << "pay[U+200B]pal";
        QTest::newRow("direction") << QString("\u2066x\u2069") << "[U+2066]x[U+2069]";
        QTest::newRow("soft hyphen") << QString("a\u00ADb") << "a[U+00AD]b";
        QTest::newRow("a joiner between letters") << QString("a\u200Db") << "a[U+200D]b";
        QTest::newRow("a joiner in an emoji") << QString::fromUtf8("👩‍💻") << QString::fromUtf8("👩‍💻");
        QTest::newRow("tag characters") << QString::fromUcs4(U"x\U000E0041", 2) << "x[U+E0041]";
        QTest::newRow("bell") << QString("a\x07") << "a[U+0007]";
    }
    void sequencesGoAndHiddenCharactersShow()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);

        QCOMPARE(ui::visibleText(text), expected);
        QVERIFY(!ui::hidesSomething(ui::visibleText(text)));
    }
};

QTEST_APPLESS_MAIN(MarkdownTest)
#include "markdown_test.moc"
