#pragma once

#include "ui/conversation/conversation.h"
#include "ui/conversation/markdown.h"

#include <QJsonObject>

namespace ui {

/// Something a part offers to do. The view tells the panel; `data` is what it acts on.
struct PartAction {
    enum class Kind { OpenQuery, CopyText, AskAbout, OpenTerminal };
    Kind kind = Kind::OpenQuery;
    QString label;
    QString iconName;
    QJsonObject data; // OpenQuery: the HogQL page's state; CopyText, AskAbout: {"text"}; OpenTerminal: {"terminal"}, its id, which the view itself opens

    friend bool operator==(const PartAction &, const PartAction &) = default;
};

/// One piece of the transcript that is laid out and painted by itself.
struct Part {
    enum class Kind { Text, Code, Table, Rule, ToolHead, Line, Actions, Picture, Terminal };
    enum class Frame { None, User, Inset };
    enum class Tone { Plain, Muted, Good, Warning, Bad, Accent };

    Kind kind = Kind::Text;
    Block block;              // Text, Code, Table, Rule
    Frame frame = Frame::None;
    bool first = true;        // of its frame
    bool last = true;
    int gap = 0;              // empty pixels above
    bool dim = false;         // muted text: thoughts

    std::vector<TerminalLine> lines; // Terminal: the last of its output

    QString iconName;         // ToolHead, Line
    Tone tone = Tone::Plain;
    QString title;
    QString detail;           // muted, after the title
    bool opens = false;       // ToolHead: has a body
    bool isOpen = false;

    std::vector<PartAction> actions; // Actions, Terminal
    acp::ContentBlock picture;       // Picture: an image block

    friend bool operator==(const Part &, const Part &) = default;
};

/// The parts of one item. `markdown` keeps what was parsed of a message between calls. `isOpen`: of a tool call or a thought;
/// `isRunning`: the item may still grow.
std::vector<Part> partsOf(const Item &item, StreamingMarkdown &markdown, bool isOpen, bool isRunning);

/// Whether an item starts closed and can be opened.
bool canOpen(const Item &item);

/// A result as rows of a table part: at most `rowLimit` rows; numbers to the right. Nothing when `json` is no table.
std::optional<Block> tablePreview(const ph::Json &json, int rowLimit);

} // namespace ui
