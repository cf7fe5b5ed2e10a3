#pragma once

#include <QAbstractListModel>
#include <QFrame>
#include <QPointer>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace ui {

/// One line of the palette.
struct Choice {
    QString text;
    QString detail;   // muted, after the text
    QString hint;     // at the right: a shortcut, a kind
    QString iconName;
    std::function<void()> run;
};

/// The choices that fit what was typed, best first.
class ChoiceModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { DetailRole = Qt::UserRole, HintRole };

    using QAbstractListModel::QAbstractListModel;

    void setChoices(std::vector<Choice> choices);
    void setPattern(const QString &pattern);
    const Choice &choiceAt(int row) const { return m_choices[m_shown[size_t(row)]]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    void rank();

    std::vector<Choice> m_choices;
    std::vector<size_t> m_shown; // indices into m_choices
    QString m_pattern;
};

/// A list over the window that is searched by typing: the command palette and quick open. Up, Down, Enter, Esc; a click
/// outside closes it. The focus goes back where it was.
class CommandPalette : public QFrame
{
    Q_OBJECT

public:
    explicit CommandPalette(QWidget *window);

    void open(const QString &placeholder, std::vector<Choice> choices);
    void closePalette();
    bool isOpen() const { return isVisible(); }
    ChoiceModel &model() { return m_model; }
    void runRow(int row);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    void select(int row);

    QWidget *m_window;
    ChoiceModel m_model;
    QLineEdit *m_input;
    QListView *m_list;
    QLabel *m_none;
    QPointer<QWidget> m_focusBefore;
};

} // namespace ui
