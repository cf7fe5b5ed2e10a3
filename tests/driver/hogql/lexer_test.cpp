#include "driver/hogql/lexer.h"

#include "cases.h"

using namespace hogql;

class HogqlLexerTest : public QObject
{
    Q_OBJECT

private slots:
    void tellsKindsApart();
    void resolvesEscapes();
    void marksOnlyTheBadEscape();
    void readsTemplatesAndTags();
    void readsSmallerThanAsAnOperator();
    void readsIndexesBehindADot();
    void coversEveryByteOfAnyText_data();
    void coversEveryByteOfAnyText();
    void knowsKeywordsInAnyCase();
};

namespace {

/// "Word:select Number:1": kind and text of what is neither space nor comment.
QString described(std::string_view text)
{
    static const char *names[]
        = {"Word",   "Quoted",   "String",  "TemplateStart", "TemplateText", "TemplateEnd", "TagMark", "TagText",
           "Number", "Operator", "Bracket", "Comment",       "Whitespace",   "Error",       "End"};
    QStringList out;
    for (const Token &token : tokenize(text)) {
        if (token.kind != TokenKind::Whitespace && token.kind != TokenKind::Comment && token.kind != TokenKind::End)
            out << QString("%1:%2").arg(names[static_cast<int>(token.kind)], QString::fromStdString(token.text));
    }
    return out.join(' ');
}

void verifyCover(std::string_view text)
{
    std::size_t at = 0;
    const std::vector<Token> tokens = tokenize(text);
    for (const Token &token : tokens) {
        QCOMPARE(token.span.start, at);
        QVERIFY(token.span.end > token.span.start || token.kind == TokenKind::End);
        QVERIFY(token.kind != TokenKind::Error || !token.message.empty());
        at = token.span.end;
    }
    QCOMPARE(at, text.size());
    QCOMPARE(tokens.back().kind, TokenKind::End);
}

} // namespace

void HogqlLexerTest::tellsKindsApart()
{
    QCOMPARE(described("select `a b`, \"c\", 'd' -- rest\n from $x1 where a ?. b =~* 1.5e-3"),
             "Word:select Quoted:a b Operator:, Quoted:c Operator:, String:d Word:from Word:$x1 Word:where Word:a Operator:?. "
             "Word:b Operator:=~* "
             "Number:1.5e-3");
}

void HogqlLexerTest::resolvesEscapes()
{
    QCOMPARE(tokenize("'a\\n\\\\\\'''\\x41'").front().text, std::string("a\n\\''\\x41"));
    QCOMPARE(tokenize("`a``b`").front().text, std::string("a`b"));
    QCOMPARE(tokenize("'\\0'").front().text, std::string(1, '\0'));
}

void HogqlLexerTest::marksOnlyTheBadEscape()
{
    const std::vector<Token> tokens = tokenize("'ab\\d c'");
    QCOMPARE(tokens.size(), 4u);
    QCOMPARE(tokens[0].kind, TokenKind::String);
    QCOMPARE(tokens[1].kind, TokenKind::Error);
    QCOMPARE(tokens[1].span, (Span{3, 5}));
    QCOMPARE(tokens[1].message, std::string("Unknown escape \\d: write \\\\d instead."));
    QCOMPARE(tokens[2].kind, TokenKind::String);
}

void HogqlLexerTest::readsTemplatesAndTags()
{
    QCOMPARE(described("f'a {f({'x': 1})} b'"),
             "TemplateStart:f' TemplateText:a  Bracket:{ Word:f Bracket:( Bracket:{ String:x Operator:: Number:1 Bracket:} "
             "Bracket:) Bracket:} "
             "TemplateText: b TemplateEnd:'");
    QCOMPARE(described("select <a-b c='d'>it's {x}</a-b>, <e/>"),
             "Word:select TagMark:< Word:a-b Word:c Operator:= String:d TagMark:> TagText:it's  Bracket:{ Word:x Bracket:} "
             "TagMark:</ Word:a-b TagMark:> "
             "Operator:, TagMark:< Word:e TagMark:/>");
}

void HogqlLexerTest::readsSmallerThanAsAnOperator()
{
    QCOMPARE(described("a<b"), "Word:a Operator:< Word:b");
    QCOMPARE(described("f(x)<b and [1]<c"),
             "Word:f Bracket:( Word:x Bracket:) Operator:< Word:b Word:and Bracket:[ Number:1 Bracket:] Operator:< Word:c");
}

void HogqlLexerTest::readsIndexesBehindADot()
{
    QCOMPARE(described("t.1.2"), "Word:t Operator:. Number:1 Operator:. Number:2");
    QCOMPARE(described("(1.5).1"), "Bracket:( Number:1.5 Bracket:) Operator:. Number:1");
    QCOMPARE(described("select .5"), "Word:select Number:.5");
}

void HogqlLexerTest::coversEveryByteOfAnyText_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *file : {"select", "expression", "error"}) {
        const QString path = QString(HOGQL_CASES "/%1.txt").arg(file);
        for (const HogqlCase &item : readHogqlCases(path))
            QTest::addRow("%s.txt:%d", file, item.line) << QByteArray::fromStdString(item.query);
    }
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("broken UTF-8") << QByteArray("select '\xff\xfe', \xc3 from \x01\x80");
    QTest::newRow("zero") << QByteArray("a\0b", 3);
    QTest::newRow("open everything") << QByteArray("f'a {<b c={f'{\"x `y");
}

void HogqlLexerTest::coversEveryByteOfAnyText()
{
    QFETCH(QByteArray, text);
    verifyCover(std::string_view(text.data(), static_cast<std::size_t>(text.size())));
}

void HogqlLexerTest::knowsKeywordsInAnyCase()
{
    QVERIFY(isKeyword("select") && isKeyword("SELECT") && isKeyword("Where"));
    QVERIFY(!isKeyword("event") && !isKeyword("whre") && !isKeyword(""));
}

QTEST_APPLESS_MAIN(HogqlLexerTest)
#include "lexer_test.moc"
