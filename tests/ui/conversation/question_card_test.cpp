#include "ui/conversation/question_card.h"

#include "ui/conversation/growing_edit.h"
#include "ui/shell/theme.h"

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest>

namespace {

std::shared_ptr<ui::Question> permission(const std::string &title, const std::string &reason = {})
{
    acp::RequestPermissionRequest request;
    request.toolCall.title = title;
    request.options = {{"yes", "Yes", "allow_once", {}}, {"no", "No", "reject_once", ph::Json{{"customInput", true}}}};
    if (!reason.empty())
        request.meta = ph::Json{{"hoglet", {{"reason", reason}}}};
    return std::make_shared<ui::Question>(request);
}

} // namespace

/// The card of what waits for the user: words with a no, several questions, keys.
class QuestionCardTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ui::Theme::apply(*qApp, ui::ThemeChoice::Dark); }
    void init()
    {
        m_window = std::make_unique<QWidget>();
        m_window->resize(400, 600);
        auto *column = new QVBoxLayout(m_window.get());
        m_card = new ui::QuestionCard;
        m_card->setTakesWords(true);
        column->addWidget(m_card);
        m_other = new QPushButton("elsewhere");
        column->addWidget(m_other);
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_other->setFocus();
        m_chosen = std::make_unique<QSignalSpy>(m_card, &ui::QuestionCard::chosen);
        m_leftOver = std::make_unique<QSignalSpy>(m_card, &ui::QuestionCard::leftOver);
    }
    void cleanup() { m_window.reset(); }

    void enterInTheFieldSaysNoWithTheWords()
    {
        m_card->setQuestions({permission("Run this?")});
        QVERIFY(m_other->hasFocus()); // A new card takes no focus.
        m_card->words()->setFocus();

        QTest::keyClick(m_card->words(), Qt::Key_Return);
        QVERIFY(m_chosen->isEmpty()); // An Enter without words is a slip.
        QTest::keyClicks(m_card->words(), "use 12 rows, not 1");
        QTest::keyClick(m_card->words(), Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(m_card->words(), "thanks");
        QVERIFY(m_chosen->isEmpty()); // Digits are text here.
        QTest::keyClick(m_card->words(), Qt::Key_Return);

        QCOMPARE(m_chosen->size(), 1);
        QCOMPARE(m_chosen->first()[1].value<std::string>(), std::string("no"));
        QCOMPARE(m_chosen->first()[2].toString(), QString("use 12 rows, not 1\nthanks"));
        m_card->setQuestions({});
        QVERIFY(m_leftOver->isEmpty());
    }

    void digitsChooseWhileTheCardHasTheFocus()
    {
        m_card->setQuestions({permission("Run this?")});
        m_card->setFocus();

        QTest::keyClick(m_card, Qt::Key_2);

        QCOMPARE(m_chosen->size(), 1);
        QCOMPARE(m_chosen->first()[1].value<std::string>(), std::string("no"));
    }

    void wordsThatDoNotFitTheAnswerAreLeftOver()
    {
        const auto question = permission("Run this?");
        m_card->setQuestions({question});
        m_card->words()->setPlainText("and then the tests");

        m_card->chooseNumber(1);
        QCOMPARE(m_chosen->first()[2].toString(), QString());
        m_card->setQuestions({});

        QCOMPARE(m_leftOver->size(), 1);
        QCOMPARE(m_leftOver->first()[0].toString(), QString("and then the tests"));
    }

    void saysWhyItIsAsked()
    {
        m_card->setQuestions({permission("Run this?", "This folder is\nnot \xe2\x80\xaetrusted yet.")});

        QVERIFY(texts().contains("Why it asks: This folder is not [U+202E]trusted yet."));
        m_card->setQuestions({permission("Run that?")});
        QVERIFY(texts().filter("Why it asks").isEmpty());
    }

    void goesBetweenTheQuestionsThatWait()
    {
        const auto first = permission("First?"), second = permission("Second?"), third = permission("Third?");
        m_card->setQuestions({first});
        QVERIFY(!button("The next question")->isVisible());
        m_card->words()->setPlainText("of the first");
        m_card->words()->setFocus();

        m_card->setQuestions({first, second, third});
        QCOMPARE(m_card->question(), first);
        QVERIFY(m_card->words()->hasFocus()); // What comes beside it takes nothing away.
        QVERIFY(texts().contains("1 of 3"));
        QVERIFY(!button("The question before")->isEnabled());
        button("The next question")->click();
        QCOMPARE(m_card->question(), second);
        QVERIFY(m_card->hasFocus());
        QVERIFY(m_card->words()->toPlainText().isEmpty());
        QTest::keyClick(m_card, Qt::Key_Right);
        QTest::keyClick(m_card, Qt::Key_Right); // It is the last.
        QCOMPARE(m_card->question(), third);
        m_card->chooseNumber(1);
        QCOMPARE(m_chosen->first()[0].toULongLong(), quint64(third->id()));
        m_card->setQuestions({first, second});
        QCOMPARE(m_card->question(), second);
        QTest::keyClick(m_card, Qt::Key_Left);

        QCOMPARE(m_card->question(), first);
        QCOMPARE(m_card->words()->toPlainText(), QString("of the first"));
        QVERIFY(m_leftOver->isEmpty());
        m_card->setQuestions({second});
        QCOMPARE(m_leftOver->first()[0].toString(), QString("of the first"));
    }

    void aLongAnswerIsReadWhole()
    {
        acp::RequestPermissionRequest request;
        request.toolCall.title = "Run this?";
        request.options = {{"always", "Yes, and don't ask again for any command that begins with these words in this folder", "allow_always", {}}};
        m_card->setQuestions({std::make_shared<ui::Question>(request)});
        m_window->resize(300, 600);

        auto *label = m_card->findChild<QPushButton *>()->findChild<QLabel *>();

        QTRY_VERIFY(label->width() < 300 && label->height() >= 2 * label->fontMetrics().height());
        QVERIFY(label->height() >= label->heightForWidth(label->width()));
        QVERIFY(m_card->width() <= 300);
    }

    void aPageThatTakesNoWordsHasNoField()
    {
        m_card->setTakesWords(false);
        m_card->setQuestions({permission("Run this?")});
        QVERIFY(!m_card->words());
    }

private:
    QStringList texts() const
    {
        QStringList all;
        for (const auto *label : m_card->findChildren<QLabel *>())
            all << label->text();
        return all;
    }
    QToolButton *button(const QString &name) const
    {
        for (auto *tool : m_card->findChildren<QToolButton *>()) {
            if (tool->accessibleName() == name)
                return tool;
        }
        return nullptr;
    }

    std::unique_ptr<QWidget> m_window;
    ui::QuestionCard *m_card = nullptr;
    QPushButton *m_other = nullptr;
    std::unique_ptr<QSignalSpy> m_chosen;
    std::unique_ptr<QSignalSpy> m_leftOver;
};

QTEST_MAIN(QuestionCardTest)
#include "question_card_test.moc"
