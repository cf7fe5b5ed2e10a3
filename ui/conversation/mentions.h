#pragma once

#include "agent/acp/types.h"

#include <QSet>
#include <QStringList>

#include <optional>

namespace ui {

/// Files that a message names in its text: @src/main.cpp, or @"with blanks.txt".

/// How a file is named in a text.
QString mentionOf(const QString &path);

/// What is being typed at a cursor: a command at the start of the message, or a file.
struct CompletionPlace {
    enum class Kind { Command, File };
    Kind kind = Kind::Command;
    int from = 0;    // of the "/" or "@"
    int to = 0;      // where its word ends
    QString pattern; // what is typed of the name

    friend bool operator==(const CompletionPlace &, const CompletionPlace &) = default;
};
std::optional<CompletionPlace> completionPlace(const QString &text, int cursor);

struct MentionedFiles {
    std::vector<acp::ContentBlock> links; // of those that are there, each once
    QStringList missing;                  // `accepted` ones that the text names and that are not there any more
};
/// `folder`: what the names are relative to. Nothing outside of it is linked.
MentionedFiles mentionedFiles(const QString &text, const QString &folder, const QSet<QString> &accepted);

} // namespace ui
