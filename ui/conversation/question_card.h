#pragma once

#include "ui/conversation/question.h"

#include <QFrame>
#include <QPointer>

#include <map>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace ui {

class GrowingEdit;

/// The questions that wait for the user, one at a time, between the conversation and the composer: what is asked, the whole of what
/// it is about, why, and the answers. It never takes the focus when it appears; Alt+1 to Alt+9 answer from anywhere in the window,
/// plain digits when the card has the focus, and Left and Right go to the question before and after.
class QuestionCard : public QFrame
{
    Q_OBJECT

public:
    explicit QuestionCard(QWidget *parent = nullptr);

    /// Those that wait, oldest first; none hides the card. The one that shows stays as long as it waits, whatever comes beside it.
    void setQuestions(const std::vector<std::shared_ptr<Question>> &waiting);
    const std::shared_ptr<Question> &question() const { return m_question; } // null: none shows
    void showNext(int step);

    /// A permission has a field then, for what the agent should do instead. Words go with a no, Enter there says it.
    void setTakesWords(bool takesWords) { m_takesWords = takesWords; }
    GrowingEdit *words() const; // null where there is no field

    /// The option Alt+`number` chooses; nothing where there is none.
    void chooseNumber(int number);

signals:
    void chosen(quint64 question, const std::string &option, const QString &words); // words: empty but with a no
    void formAccepted(quint64 question, const ph::Json &content);
    void dismissed(quint64 question);
    void leftOver(const QString &words); // written for a question that has gone without them

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void display(const std::shared_ptr<Question> &question);
    void choose(std::string option);
    void keepWords();
    void build();
    void buildHead(QVBoxLayout *column);
    void buildWords(QVBoxLayout *column);
    void refreshPosition();
    void buildForm(QVBoxLayout *column);
    void buildOptions(QVBoxLayout *column);

    std::vector<std::shared_ptr<Question>> m_waiting;
    std::shared_ptr<Question> m_question;
    size_t m_position = 0;
    bool m_takesWords = false;
    std::map<quint64, QString> m_written; // words of questions that do not show
    QWidget *m_body = nullptr;
    QPointer<GrowingEdit> m_words;
    QPointer<QToolButton> m_previous;
    QPointer<QToolButton> m_next;
    QPointer<QLabel> m_which;
    QVBoxLayout *m_column;
};

} // namespace ui
