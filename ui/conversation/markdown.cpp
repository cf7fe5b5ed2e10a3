#include "ui/conversation/markdown.h"

#include "ui/conversation/visible_text.h"

#include <QHash>

#include <md4c.h>

namespace ui {
namespace {

constexpr qsizetype longestParagraph = 8'000;
constexpr int longestCode = 120; // lines
constexpr qsizetype longestCodeText = 12'000;
constexpr size_t mostCells = 20'000;

/// Collects md4c's callbacks into flat blocks.
class Builder
{
public:
    std::vector<Block> blocks;

    static int enterBlock(MD_BLOCKTYPE type, void *detail, void *self) { return static_cast<Builder *>(self)->enter(type, detail); }
    static int leaveBlock(MD_BLOCKTYPE type, void *, void *self) { return static_cast<Builder *>(self)->leave(type); }
    static int enterSpan(MD_SPANTYPE type, void *detail, void *self) { return static_cast<Builder *>(self)->open(type, detail); }
    static int leaveSpan(MD_SPANTYPE type, void *, void *self) { return static_cast<Builder *>(self)->shut(type); }
    static int text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self)
    {
        return static_cast<Builder *>(self)->take(type, QString::fromUtf8(text, size));
    }

private:
    struct List {
        bool ordered;
        unsigned next;
    };

    int enter(MD_BLOCKTYPE type, void *detail)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            endParagraph();
            ++m_quoteDepth;
            break;
        case MD_BLOCK_UL:
            endParagraph();
            m_lists.push_back({false, 0});
            break;
        case MD_BLOCK_OL:
            endParagraph();
            m_lists.push_back({true, static_cast<MD_BLOCK_OL_DETAIL *>(detail)->start});
            break;
        case MD_BLOCK_LI: {
            endParagraph();
            const auto *item = static_cast<MD_BLOCK_LI_DETAIL *>(detail);
            if (item->is_task)
                m_marker = item->task_mark == ' ' ? QString::fromUtf8("☐") : QString::fromUtf8("☑");
            else if (m_lists.back().ordered)
                m_marker = QString::number(m_lists.back().next++) + '.';
            else
                m_marker = QString::fromUtf8(m_lists.size() % 2 ? "•" : "◦");
            break;
        }
        case MD_BLOCK_HR: {
            endParagraph();
            Block rule = fresh(Block::Kind::Rule);
            blocks.push_back(std::move(rule));
            break;
        }
        case MD_BLOCK_H:
            endParagraph();
            m_current = fresh(Block::Kind::Heading);
            m_current.level = int(static_cast<MD_BLOCK_H_DETAIL *>(detail)->level);
            m_open = true;
            break;
        case MD_BLOCK_CODE: {
            endParagraph();
            m_current = fresh(Block::Kind::Code);
            const auto &lang = static_cast<MD_BLOCK_CODE_DETAIL *>(detail)->lang;
            m_current.language = QString::fromUtf8(lang.text, lang.size).section(' ', 0, 0).toLower();
            m_open = true;
            break;
        }
        case MD_BLOCK_P:
        case MD_BLOCK_HTML:
            endParagraph();
            m_current = fresh(Block::Kind::Paragraph);
            m_open = true;
            break;
        case MD_BLOCK_TABLE:
            endParagraph();
            m_current = fresh(Block::Kind::Table);
            m_cells = 0;
            m_inTable = true;
            break;
        case MD_BLOCK_TR:
            m_current.rows.emplace_back();
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD: {
            const auto align = static_cast<MD_BLOCK_TD_DETAIL *>(detail)->align;
            if (type == MD_BLOCK_TH)
                m_current.alignments.push_back(align == MD_ALIGN_RIGHT ? Qt::AlignRight
                                                                       : align == MD_ALIGN_CENTER ? Qt::AlignHCenter : Qt::AlignLeft);
            m_current.rows.back().emplace_back();
            ++m_cells;
            break;
        }
        default:
            break;
        }
        return m_cells > mostCells; // A table that is made to be endless ends the parse; what was read is shown.
    }

    int leave(MD_BLOCKTYPE type)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            endParagraph();
            --m_quoteDepth;
            break;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            endParagraph();
            m_lists.pop_back();
            break;
        case MD_BLOCK_LI:
            endParagraph();
            if (!m_marker.isEmpty()) { // An item with nothing in it is a line all the same.
                blocks.push_back(fresh(Block::Kind::Paragraph));
            }
            break;
        case MD_BLOCK_H:
        case MD_BLOCK_P:
        case MD_BLOCK_HTML:
        case MD_BLOCK_CODE:
            endParagraph();
            break;
        case MD_BLOCK_TABLE:
            m_inTable = false;
            blocks.push_back(std::move(m_current));
            m_current = {};
            break;
        default:
            break;
        }
        return 0;
    }

    int open(MD_SPANTYPE type, void *detail)
    {
        needBlock();
        m_looks.push_back(m_look);
        switch (type) {
        case MD_SPAN_EM:
        case MD_SPAN_U:
            m_look.italic = true;
            break;
        case MD_SPAN_STRONG:
            m_look.bold = true;
            break;
        case MD_SPAN_DEL:
            m_look.strike = true;
            break;
        case MD_SPAN_CODE:
            m_look.code = true;
            break;
        case MD_SPAN_A: {
            const auto &href = static_cast<MD_SPAN_A_DETAIL *>(detail)->href;
            m_look.link = QString::fromUtf8(href.text, href.size);
            break;
        }
        case MD_SPAN_IMG: {
            const auto &source = static_cast<MD_SPAN_IMG_DETAIL *>(detail)->src;
            m_look.link = QString::fromUtf8(source.text, source.size);
            put("[image: ");
            break;
        }
        default:
            break;
        }
        return 0;
    }

    int shut(MD_SPANTYPE type)
    {
        if (type == MD_SPAN_IMG)
            put("]");
        if (!m_looks.empty()) {
            m_look = m_looks.back();
            m_looks.pop_back();
        }
        return 0;
    }

    int take(MD_TEXTTYPE type, const QString &text)
    {
        needBlock();
        switch (type) {
        case MD_TEXT_BR:
            put("\n");
            break;
        case MD_TEXT_SOFTBR:
            put(" ");
            break;
        case MD_TEXT_NULLCHAR:
            put(QString(QChar::ReplacementCharacter));
            break;
        case MD_TEXT_ENTITY:
            put(entity(text));
            break;
        default:
            put(text);
        }
        return 0;
    }

    /// Tight list items put their text straight into the item.
    void needBlock()
    {
        if (m_open || m_inTable)
            return;
        m_current = fresh(Block::Kind::Paragraph);
        m_open = true;
    }

    void put(const QString &text)
    {
        if (m_inTable) {
            if (!m_current.rows.empty() && !m_current.rows.back().empty())
                append(m_current.rows.back().back(), text);
        } else if (m_current.kind == Block::Kind::Code) {
            m_current.code += text;
        } else {
            append(m_current.spans, text);
        }
    }

    void append(std::vector<Span> &spans, const QString &text)
    {
        Span span = m_look;
        span.text = text;
        if (!spans.empty() && spans.back().sameLook(span))
            spans.back().text += text;
        else
            spans.push_back(std::move(span));
    }

    Block fresh(Block::Kind kind)
    {
        Block block;
        block.kind = kind;
        block.listDepth = int(m_lists.size());
        block.quoteDepth = m_quoteDepth;
        block.marker = std::exchange(m_marker, {});
        return block;
    }

    void endParagraph()
    {
        if (!m_open)
            return;
        m_open = false;
        Block block = std::move(m_current);
        m_current = {};
        if (block.kind == Block::Kind::Code)
            pushCode(std::move(block));
        else
            pushText(std::move(block));
    }

    void pushCode(Block block)
    {
        if (block.code.endsWith('\n'))
            block.code.chop(1);
        const QString all = std::move(block.code);
        qsizetype from = 0;
        while (true) { // Cut at line ends.
            qsizetype at = from;
            int lines = 0;
            while (lines < longestCode && at - from < longestCodeText) {
                const auto end = all.indexOf('\n', at);
                if (end < 0) {
                    at = all.size();
                    break;
                }
                at = end + 1;
                ++lines;
            }
            at = std::min(at, from + 4 * longestCodeText);
            Block part = block;
            part.continues = from > 0;
            if (part.continues)
                part.marker.clear();
            part.code = all.mid(from, at - from);
            if (!part.continues && at < all.size())
                part.whole = all;
            if (at < all.size() && part.code.endsWith('\n'))
                part.code.chop(1);
            blocks.push_back(std::move(part));
            if (at >= all.size())
                return;
            from = at;
        }
    }

    void pushText(Block block)
    {
        qsizetype length = 0;
        for (const auto &span : block.spans)
            length += span.text.size();
        if (length <= longestParagraph) {
            blocks.push_back(std::move(block));
            return;
        }
        Block part = block;
        part.spans.clear();
        qsizetype used = 0;
        const auto flush = [&] {
            blocks.push_back(part);
            part.spans.clear();
            part.marker.clear();
            part.continues = true;
            used = 0;
        };
        for (auto &span : block.spans) {
            qsizetype from = 0;
            while (from < span.text.size()) {
                auto take = std::min(span.text.size() - from, longestParagraph - used);
                if (take < span.text.size() - from) {
                    const auto space = span.text.lastIndexOf(' ', from + take);
                    if (space > from)
                        take = space + 1 - from;
                    else if (take > 1 && span.text[from + take - 1].isHighSurrogate())
                        --take;
                }
                Span piece = span;
                piece.text = span.text.mid(from, take);
                part.spans.push_back(std::move(piece));
                used += take;
                from += take;
                if (used >= longestParagraph || from < span.text.size())
                    flush();
            }
        }
        if (!part.spans.empty())
            flush();
    }

    static QString entity(const QString &text)
    {
        static const QHash<QString, QString> named{{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&nbsp;", QString(QChar(0xa0))},
                                                   {"&hellip;", QString(QChar(0x2026))}, {"&mdash;", QString(QChar(0x2014))}, {"&ndash;", QString(QChar(0x2013))},
                                                   {"&rarr;", QString(QChar(0x2192))}, {"&larr;", QString(QChar(0x2190))}, {"&times;", QString(QChar(0xd7))},
                                                   {"&middot;", QString(QChar(0xb7))}, {"&bull;", QString(QChar(0x2022))}};
        if (text.startsWith("&#")) {
            const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
            bool ok = false;
            const auto code = text.mid(hex ? 3 : 2, text.size() - (hex ? 4 : 3)).toUInt(&ok, hex ? 16 : 10);
            if (!ok || code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
                return QString(QChar::ReplacementCharacter);
            return visibleText(QString::fromUcs4(reinterpret_cast<const char32_t *>(&code), 1));
        }
        return named.value(text, text);
    }

    Block m_current;
    bool m_open = false;
    bool m_inTable = false;
    size_t m_cells = 0;
    Span m_look;
    std::vector<Span> m_looks;
    std::vector<List> m_lists;
    QString m_marker;
    int m_quoteDepth = 0;
};

/// Reports fold long parts with <details>. Raw HTML is text here, so the fold's own lines go and its summary becomes bold.
QString withoutFolds(const QString &text)
{
    if (!text.contains(QLatin1String("<details"), Qt::CaseInsensitive) && !text.contains(QLatin1String("</details"), Qt::CaseInsensitive))
        return text;
    QStringList lines = text.split('\n');
    bool fenced = false;
    for (auto &line : lines) {
        auto trimmed = line.trimmed();
        if (trimmed.startsWith(QLatin1String("```")) || trimmed.startsWith(QLatin1String("~~~")))
            fenced = !fenced;
        if (fenced)
            continue;
        const bool opens = trimmed.startsWith(QLatin1String("<details>"), Qt::CaseInsensitive);
        if (opens)
            trimmed = trimmed.mid(9).trimmed();
        if (trimmed.startsWith(QLatin1String("<summary>"), Qt::CaseInsensitive) && trimmed.endsWith(QLatin1String("</summary>"), Qt::CaseInsensitive))
            line = "**" + trimmed.mid(9, trimmed.size() - 19).trimmed() + "**";
        else if (opens || trimmed.compare(QLatin1String("</details>"), Qt::CaseInsensitive) == 0)
            line = opens ? trimmed : QString();
    }
    return lines.join('\n');
}

} // namespace

std::vector<Block> parseMarkdown(const QString &text)
{
    const auto utf8 = visibleText(withoutFolds(text)).toUtf8();
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_NOHTML
        | MD_FLAG_PERMISSIVEATXHEADERS;
    parser.enter_block = Builder::enterBlock;
    parser.leave_block = Builder::leaveBlock;
    parser.enter_span = Builder::enterSpan;
    parser.leave_span = Builder::leaveSpan;
    parser.text = Builder::text;
    Builder builder;
    md_parse(utf8.constData(), MD_SIZE(utf8.size()), &parser, &builder);
    return std::move(builder.blocks);
}

QString plainText(const std::vector<Span> &spans)
{
    QString text;
    for (const auto &span : spans)
        text += span.text;
    return text;
}

const std::vector<Block> &StreamingMarkdown::setText(const QString &text)
{
    if (text == m_text)
        return m_blocks;
    if (!text.startsWith(m_text)) {
        m_stable = 0;
        m_stableBlocks = 0;
    }
    m_text = text;
    m_blocks.resize(m_stableBlocks);

    // A safe place is the start of a plain paragraph or heading at the margin after an empty line, outside any fence: whatever
    // stood before it, list or quote, has ended there.
    qsizetype safe = m_stable;
    bool fenced = false;
    bool afterEmpty = false;
    for (qsizetype at = m_stable; at < text.size();) {
        const auto end = text.indexOf('\n', at);
        if (end < 0)
            break; // The last line may still grow.
        const auto line = QStringView(text).mid(at, end - at);
        const auto trimmed = line.trimmed();
        if (!fenced && afterEmpty && !line.isEmpty() && (line[0].isLetter() || line[0] == '#'))
            safe = at;
        if (trimmed.startsWith(QLatin1String("```")) || trimmed.startsWith(QLatin1String("~~~")))
            fenced = !fenced;
        afterEmpty = trimmed.isEmpty() && !fenced;
        at = end + 1;
    }
    if (safe > m_stable) {
        auto stable = parseMarkdown(text.mid(m_stable, safe - m_stable));
        m_blocks.insert(m_blocks.end(), std::make_move_iterator(stable.begin()), std::make_move_iterator(stable.end()));
        m_stable = safe;
        m_stableBlocks = m_blocks.size();
    }
    auto tail = parseMarkdown(text.mid(m_stable));
    m_blocks.insert(m_blocks.end(), std::make_move_iterator(tail.begin()), std::make_move_iterator(tail.end()));
    return m_blocks;
}

} // namespace ui
