#pragma once

#include "ui/query/hogql_editor.h"

namespace ui {

/// The gutter beside the text; the editor paints it.
class LineNumbers : public QWidget
{
public:
    explicit LineNumbers(HogqlEditor *editor)
        : QWidget(editor)
        , m_editor(editor)
    {
    }
    QSize sizeHint() const override { return {m_editor->gutterWidth(), 0}; }

protected:
    void paintEvent(QPaintEvent *event) override { m_editor->paintGutter(event); }

private:
    HogqlEditor *m_editor;
};

} // namespace ui
