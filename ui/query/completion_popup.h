#pragma once

#include <QObject>
#include <QRect>

#include <vector>

class QCompleter;
class QModelIndex;
class QStandardItemModel;
class QWidget;

namespace ui {

/// One line of the completion list.
struct EditorSuggestion {
    QString text;    // what is shown and compared
    QString insert;  // what is written; a function ends with "("
    QString detail;  // at the right: type, signature, volume
};

/// The list of completions under the word that is being typed.
class CompletionPopup : public QObject
{
    Q_OBJECT

public:
    explicit CompletionPopup(QWidget *editor);

    /// Below `word`, in the editor's coordinates. Without suggestions the list goes.
    void show(const std::vector<EditorSuggestion> &suggestions, const QRect &word);
    void hide();
    bool isVisible() const;
    QString currentInsert() const;

signals:
    void chosen(const QString &insert);

private:
    QCompleter *m_completer;
    QStandardItemModel *m_suggestions;
};

} // namespace ui
