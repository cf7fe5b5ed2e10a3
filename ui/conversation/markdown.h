#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace ui {

/// A run of text with one look.
struct Span {
    QString text;
    bool bold = false;
    bool italic = false;
    bool code = false;
    bool strike = false;
    QString link; // where it leads; shown, never followed by itself

    bool sameLook(const Span &other) const
    {
        return bold == other.bold && italic == other.italic && code == other.code && strike == other.strike && link == other.link;
    }
    friend bool operator==(const Span &, const Span &) = default;
};

/// One block of a message, ready to be laid out. Lists and quotes are flat: a block knows how deep it stands.
struct Block {
    enum class Kind { Paragraph, Heading, Code, Table, Rule };
    Kind kind = Kind::Paragraph;
    int level = 0;          // of a heading, 1 to 6
    int listDepth = 0;      // 0: in no list
    QString marker;         // "•", "3.", "☐", "☑" on the first block of a list item
    int quoteDepth = 0;
    std::vector<Span> spans; // paragraph, heading
    QString language;        // code: the word after the fence
    QString code;            // code: without the last line end
    QString whole;           // code that goes on in the next block: all of it
    bool continues = false;  // this block goes on with the one before it: no gap, one copy for both
    std::vector<std::vector<std::vector<Span>>> rows; // table: rows, cells, spans; the first row is the header
    std::vector<Qt::Alignment> alignments;            // table: one a column

    friend bool operator==(const Block &, const Block &) = default;
};

/// CommonMark with tables, strikethrough, task lists and bare web links. Raw HTML is text, but for a fold (<details>), which
/// stands open under its summary. Images are their description and
/// where they would come from; nothing is ever fetched. The text is made visible first (visibleText).
/// Paragraphs and code that are very long become several blocks, so that one block is always quick to lay out.
std::vector<Block> parseMarkdown(const QString &text);

/// The text of spans, without their looks.
QString plainText(const std::vector<Span> &spans);

/// Parses a message that grows at its end: what is behind the last safe place is parsed again, what is before it is kept.
class StreamingMarkdown
{
public:
    /// `text` starts with what was given before, or replaces it.
    const std::vector<Block> &setText(const QString &text);
    const std::vector<Block> &blocks() const { return m_blocks; }

private:
    QString m_text;
    qsizetype m_stable = 0;     // characters whose blocks are final
    size_t m_stableBlocks = 0;
    std::vector<Block> m_blocks;
};

} // namespace ui
