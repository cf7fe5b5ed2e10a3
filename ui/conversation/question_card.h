#pragma once

#include "ui/conversation/question.h"

#include <QFrame>

class QVBoxLayout;

namespace ui {

/// The question that waits for the user, between the conversation and the composer: what is asked, the whole of what it is
/// about, and the answers. It never takes the focus when it appears; Alt+1 to Alt+9 answer from anywhere in the window, plain
/// digits when the card has the focus.
class QuestionCard : public QFrame
{
    Q_OBJECT

public:
    explicit QuestionCard(QWidget *parent = nullptr);

    /// Null hides the card. `position` of `count`: said when several wait.
    void setQuestion(const std::shared_ptr<Question> &question, int position, int count);
    const std::shared_ptr<Question> &question() const { return m_question; }

    /// The option Alt+`number` chooses; nothing where there is none.
    void chooseNumber(int number);

signals:
    void chosen(quint64 question, const std::string &option);
    void formAccepted(quint64 question, const ph::Json &content);
    void dismissed(quint64 question);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void build();
    void buildForm(QVBoxLayout *column);
    void buildOptions(QVBoxLayout *column);

    std::shared_ptr<Question> m_question;
    int m_position = 1;
    int m_count = 1;
    QWidget *m_body = nullptr;
    QVBoxLayout *m_column;
};

} // namespace ui
