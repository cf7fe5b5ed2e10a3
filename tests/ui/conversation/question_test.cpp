#include "ui/conversation/question.h"

#include <QTest>

namespace {

acp::RequestPermissionRequest permission(const ph::Json &input, std::vector<acp::ToolCallContent> content = {})
{
    acp::RequestPermissionRequest request;
    request.toolCall.title = "May I?";
    request.toolCall.rawInput = input;
    if (!content.empty())
        request.toolCall.content = std::move(content);
    return request;
}

} // namespace

/// What a permission shows of what it is about.
class QuestionTest : public QObject
{
    Q_OBJECT

private slots:
    void showsAWholeCommandAsACommand()
    {
        const ui::Question question(permission({{"command", "git log --oneline\ngit push"}, {"timeout", 10}}));

        QCOMPARE(question.detail().text, std::string("git log --oneline\ngit push"));
        QCOMPARE(question.detail().language, std::string("sh"));
    }

    void showsWhatAnEditChanges()
    {
        const ui::Question question(permission({{"file_path", "a.txt"}}, {acp::ToolCallContent::ofDiff("/folder/a.txt", "one\ntwo\n", "one\n2\n")}));

        QCOMPARE(question.detail().text, std::string("/folder/a.txt\n  one\n- two\n+ 2"));
        QCOMPARE(question.detail().language, std::string("diff"));
    }

    void saysWhyItAsks()
    {
        auto request = permission({{"command", "make"}});
        request.meta = ph::Json{{"hoglet", {{"reason", "This folder is not trusted yet."}}}};
        QCOMPARE(ui::Question(request).reason(), std::string("This folder is not trusted yet."));
        request.meta = ph::Json{{"hoglet", {{"reason", 7}}}};
        QVERIFY(ui::Question(request).reason().empty());
    }

    void wordsGoWithAnOptionThatTakesThemAlone()
    {
        auto request = permission({{"command", "make"}});
        request.options = {{"yes", "Yes", "allow_once", {}}, {"never", "Never", "reject_always", {}}, {"no", "No", "reject_once", ph::Json{{"customInput", true}}}};
        ui::Question no(request), never(request);
        QCOMPARE(no.rejection()->id, std::string("no"));

        QVERIFY(no.choose("no", "Use the staging project."));
        QVERIFY(never.choose("never", "Use the staging project."));

        QVERIFY(no.waitForPermission({}).meta == (ph::Json{{"customInput", "Use the staging project."}}));
        QCOMPARE(no.answerName(), std::string("No: Use the staging project."));
        QVERIFY(!never.waitForPermission({}).meta);
        QVERIFY(no.takesWords("no") && !no.takesWords("never") && !no.takesWords("none"));
    }

    void showsTheInputWhereThereIsNothingElse()
    {
        const ui::Question question(permission({{"kind", "cohorts"}}));

        QCOMPARE(question.detail().text, std::string("{\n  \"kind\": \"cohorts\"\n}"));
        QCOMPARE(question.detail().language, std::string("json"));
    }
};

QTEST_APPLESS_MAIN(QuestionTest)
#include "question_test.moc"
