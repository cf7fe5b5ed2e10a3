#pragma once

#include <QFrame>

class QPushButton;

namespace ui {

class ElidedLabel;

/// Where a question is asked on a page of its own, the agent panel has this line instead of the card: what is asked, and the way there.
class QuestionPointer : public QFrame
{
    Q_OBJECT

public:
    explicit QuestionPointer(QWidget *parent = nullptr);

    /// `place`: "the run page".
    void point(const QString &question, const QString &place);
    QPushButton *button() const { return m_button; }
    QString text() const;

signals:
    void clicked();

private:
    ElidedLabel *m_text;
    QPushButton *m_button;
};

} // namespace ui
