#pragma once

#include "agent/workflow/definition.h"

#include <QStringList>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QVBoxLayout;

namespace ui {

/// A list parameter with several parts an item, such as a funnel's steps: a line an item, to add, move and remove.
class ListEditor : public QWidget
{
    Q_OBJECT

public:
    explicit ListEditor(std::vector<workflow::ItemField> fields, QWidget *parent = nullptr);

    void setItems(const ph::Json &items);
    /// Lines with nothing in them are left out, empty optional parts too. A number that is none stays the text it is.
    ph::Json items() const;

    /// What event parts may be; what is written already stays.
    void setEventChoices(const QStringList &choices);

    int lineCount() const { return int(m_lines.size()); }
    QWidget *editor(int line, int field) const;
    void addLine(const ph::Json &item = ph::Json::object());
    void removeLine(int line);
    void moveLine(int line, int by);

signals:
    void edited();

private:
    struct Line {
        QWidget *row = nullptr;
        std::vector<QWidget *> editors; // QComboBox for events, QLineEdit for the rest
    };
    QString textOf(QWidget *editor) const;
    void setTextOf(QWidget *editor, const QString &text);
    int lineOf(const QWidget *row) const;

    std::vector<workflow::ItemField> m_fields;
    std::vector<Line> m_lines;
    QStringList m_choices;
    QVBoxLayout *m_rows;
};

} // namespace ui
