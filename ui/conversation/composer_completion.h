#pragma once

#include "agent/acp/types.h"
#include "ui/conversation/completion_list.h"
#include "ui/conversation/file_finder.h"
#include "ui/conversation/mentions.h"

namespace ui {

class ComposerEdit;

/// Completes what is typed in the composer: "/" the agent's commands, "@" the files of the session's folder.
class ComposerCompletion : public QObject
{
    Q_OBJECT

public:
    /// Shows its list above `frame`, which holds `edit`.
    ComposerCompletion(ComposerEdit &edit, QWidget &frame);
    ~ComposerCompletion() override;

    void setCommands(const std::vector<acp::AvailableCommand> &commands);
    /// Null: no files.
    void setFiles(std::shared_ptr<FileNames> names, const QString &folder);

    /// Up, Down, Enter, Tab and Esc while the list shows. True: the key was for it.
    bool takeKey(int key);
    void dismiss(); // until another word is begun
    bool isOpen() const { return m_list && m_list->isVisible(); }
    CompletionList &list() const { return *m_list; }

    /// The files that were completed in this folder.
    const QSet<QString> &acceptedFiles() const { return m_accepted; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Command {
        QString name;
        QString description;
        QString hint; // of what follows it
    };
    void refresh();
    void refreshExpected();
    void showCommands();
    void showFiles(const QString &pattern, const QStringList &names, const QString &note);
    void accept(const QString &text);
    bool isWholeCommand() const;

    ComposerEdit &m_edit;
    QWidget &m_frame;
    QPointer<CompletionList> m_list; // the window's while it shows
    FileFinder m_finder;
    std::vector<Command> m_commands;
    std::optional<CompletionPlace> m_place;
    std::optional<CompletionPlace> m_dismissed;
    QString m_folder;
    QSet<QString> m_accepted;
};

} // namespace ui
