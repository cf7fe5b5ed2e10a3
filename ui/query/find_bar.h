#pragma once

#include <QFrame>

class QLabel;
class QLineEdit;
class QToolButton;

namespace ui {

class HogqlEditor;

/// Finds text in the editor, and replaces it: Enter goes on, Shift+Enter back, Esc closes.
class FindBar : public QFrame
{
    Q_OBJECT

public:
    explicit FindBar(HogqlEditor *editor, QWidget *parent = nullptr);

    /// With or without the line to replace with (Ctrl+H).
    void open(bool withReplacement = false);
    void dismiss();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void refresh();

    HogqlEditor *m_editor;
    QLineEdit *m_text;
    QWidget *m_replaceRow;
    QLineEdit *m_replacement;
    QLabel *m_count;
    QToolButton *m_case;
};

} // namespace ui
