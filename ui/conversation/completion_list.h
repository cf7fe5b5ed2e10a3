#pragma once

#include "ui/shell/command_palette.h"

#include <QFrame>

namespace ui {

/// What could be meant by what is typed, over the field it is typed in. It never has the focus: the field hands it the keys.
class CompletionList : public QFrame
{
    Q_OBJECT

public:
    /// `field`: above it the list shows, in the same window.
    explicit CompletionList(QWidget &field);

    /// Best first; the first is chosen. `note` stands below. Neither: the list goes.
    void show(const QString &name, std::vector<Choice> choices, const QString &note = {});
    bool hasChoices() const { return isVisible() && m_model.rowCount() > 0; }
    int current() const;
    void moveCurrent(int step); // around both ends
    void runCurrent();
    void place();
    const ChoiceModel &model() const { return m_model; }

private:
    QWidget &m_field;
    ChoiceModel m_model;
    QListView *m_list;
    QLabel *m_note;
};

} // namespace ui
