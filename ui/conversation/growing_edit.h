#pragma once

#include <QPlainTextEdit>

namespace ui {

/// A text field as high as its text: from so many lines to so many, or to a third of its window; what is longer scrolls. Enter is
/// left to whoever filters its keys.
class GrowingEdit : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// `mostLines` 0: up to a third of the window.
    explicit GrowingEdit(int leastLines, int mostLines = 0, QWidget *parent = nullptr);

    void grow();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    const int m_leastLines;
    const int m_mostLines;
};

} // namespace ui
