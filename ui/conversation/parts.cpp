#include "ui/conversation/parts.h"

#include "ui/conversation/attachments.h"
#include "ui/conversation/diff_text.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/theme.h"

#include <QCoreApplication>
#include <QLocale>

namespace ui {
namespace {

constexpr int previewRows = 8;
constexpr int terminalLines = 12;
constexpr qsizetype longestOutput = 20'000;

QString tr(const char *text) { return QCoreApplication::translate("ui::Conversation", text); }

Part textPart(Block block)
{
    Part part;
    switch (block.kind) {
    case Block::Kind::Code:
        part.kind = Part::Kind::Code;
        break;
    case Block::Kind::Table:
        part.kind = Part::Kind::Table;
        break;
    case Block::Kind::Rule:
        part.kind = Part::Kind::Rule;
        break;
    default:
        part.kind = Part::Kind::Text;
    }
    part.block = std::move(block);
    return part;
}

Part plainPart(const QString &text)
{
    Block block;
    Span span;
    span.text = text;
    block.spans.push_back(std::move(span));
    return textPart(std::move(block));
}

Part codePart(const QString &code, const QString &language)
{
    Block block;
    block.kind = Block::Kind::Code;
    block.language = language;
    block.code = code;
    return textPart(std::move(block));
}

Part linePart(const QString &iconName, Part::Tone tone, const QString &title, const QString &detail = {})
{
    Part part;
    part.kind = Part::Kind::Line;
    part.iconName = iconName;
    part.tone = tone;
    part.title = title;
    part.detail = detail;
    return part;
}

int gapBetween(const Block &above, const Block &below)
{
    if (below.continues)
        return 0;
    if (below.kind == Block::Kind::Heading)
        return space::l;
    if (above.listDepth > 0 && below.listDepth > 0 && !below.marker.isEmpty())
        return space::xs;
    return space::s;
}

void addMarkdown(std::vector<Part> &parts, const std::vector<Block> &blocks, bool dim)
{
    for (size_t i = 0; i < blocks.size(); ++i) {
        auto part = textPart(blocks[i]);
        part.dim = dim;
        part.gap = i == 0 ? (parts.empty() ? space::m : space::s) : gapBetween(blocks[i - 1], blocks[i]);
        parts.push_back(std::move(part));
    }
}

/// Puts parts into one frame that is drawn around all of them.
void enclose(std::vector<Part> &parts, size_t from, Part::Frame frame)
{
    for (size_t i = from; i < parts.size(); ++i) {
        parts[i].frame = frame;
        parts[i].first = i == from;
        parts[i].last = i + 1 == parts.size();
    }
}

QString textIn(const std::optional<ph::Json> &json, const char *key)
{
    if (!json || !json->is_object() || !json->contains(key) || !(*json)[key].is_string())
        return {};
    return visibleText((*json)[key].get<std::string>());
}

/// A picture as such, all else by its name.
Part attachmentPart(const acp::ContentBlock &block)
{
    if (block.type != "image" || !block.data)
        return linePart(block.type == "resource_link" ? "file" : "link", Part::Tone::Muted, attachmentName(block));
    Part part;
    part.kind = Part::Kind::Picture;
    part.picture = block;
    return part;
}

void addAttachmentParts(std::vector<Part> &parts, const Message &message)
{
    for (const auto &attachment : message.attachments) {
        parts.push_back(attachmentPart(attachment));
        parts.back().gap = parts.back().kind == Part::Kind::Picture ? space::s : space::xs;
    }
}

std::vector<Part> messageParts(const Message &message, StreamingMarkdown &markdown, bool isOpen, bool isRunning)
{
    std::vector<Part> parts;
    const auto text = QString::fromUtf8(message.text.data(), qsizetype(message.text.size()));
    switch (message.role) {
    case Message::Role::User: {
        // What the user typed is shown as typed.
        if (!text.isEmpty()) {
            Block block;
            Span span;
            span.text = visibleText(text);
            block.spans.push_back(std::move(span));
            parts.push_back(textPart(std::move(block)));
        }
        addAttachmentParts(parts, message);
        enclose(parts, 0, Part::Frame::User);
        if (!parts.empty())
            parts.front().gap = space::l;
        return parts;
    }
    case Message::Role::Thought: {
        auto head = linePart("thought", Part::Tone::Muted, isRunning ? tr("Thinking…") : tr("Thought"), visibleText(text).simplified().left(160));
        head.kind = Part::Kind::ToolHead;
        head.opens = true;
        head.isOpen = isOpen;
        head.gap = space::s;
        if (isOpen)
            head.detail.clear();
        parts.push_back(std::move(head));
        if (isOpen) {
            addMarkdown(parts, markdown.setText(text), true);
            enclose(parts, 1, Part::Frame::Inset);
        }
        return parts;
    }
    case Message::Role::Assistant:
        break;
    }
    addMarkdown(parts, markdown.setText(text), false);
    addAttachmentParts(parts, message);
    if (message.meta && message.meta->is_object() && message.meta->contains("hoglet")) {
        const std::optional<ph::Json> hoglet = (*message.meta)["hoglet"];
        if (hoglet->is_object() && hoglet->contains("outcome")) {
            const std::optional<ph::Json> outcome = (*hoglet)["outcome"];
            if (const auto hogql = textIn(outcome, "hogql"); !hogql.isEmpty()) {
                Part actions;
                actions.kind = Part::Kind::Actions;
                actions.gap = space::s;
                actions.actions.push_back({PartAction::Kind::OpenQuery, tr("Open here"), "hogql",
                                           {{"text", hogql}, {"run", true}, {"title", textIn(outcome, "title")}}});
                actions.actions.push_back({PartAction::Kind::AskAbout, tr("Ask about this"), "question", {{"text", text}}});
                parts.push_back(std::move(actions));
            }
        }
    }
    return parts;
}

/// The end of what a terminal shows, or why there is none.
Part terminalPart(const ShownTerminal &terminal, bool isFinished)
{
    if (!terminal.screen)
        return linePart("terminal", Part::Tone::Muted, isFinished ? tr("The terminal's output was not kept.") : tr("Waiting for the terminal"));
    Part part;
    part.kind = Part::Kind::Terminal;
    part.iconName = "terminal";
    const int end = terminal.screen->usedLines();
    const int from = std::max(0, end - terminalLines);
    for (int i = from; i < end; ++i)
        part.lines.push_back(terminal.screen->line(i));
    part.title = terminal.title.empty() ? tr("Terminal") : visibleText(terminal.title).simplified();
    part.detail = terminal.state();
    if (from > 0)
        part.detail += QString::fromUtf8(" · ") + (from == 1 ? tr("1 line above") : tr("%1 lines above").arg(QLocale().toString(from)));
    const bool hasFailed = terminal.exit && (terminal.exit->signal || terminal.exit->exitCode.value_or(0) != 0);
    part.tone = hasFailed ? Part::Tone::Bad : terminal.exit ? Part::Tone::Muted : Part::Tone::Accent;
    part.actions.push_back({PartAction::Kind::OpenTerminal, tr("Open the whole output"), "external", {{"terminal", QString::fromStdString(terminal.id)}}});
    return part;
}

QString resultSummary(const acp::ToolCall &call)
{
    if (!call.rawOutput || !call.rawOutput->is_object() || !call.rawOutput->contains("rows") || !(*call.rawOutput)["rows"].is_array())
        return {};
    const auto rows = (*call.rawOutput)["rows"].size();
    return rows == 1 ? tr("1 row") : tr("%1 rows").arg(QLocale().toString(qulonglong(rows)));
}

std::vector<Part> toolParts(const Tool &tool, bool isOpen)
{
    const auto &call = tool.call;
    const auto status = call.status.value_or("pending");
    Part head;
    head.kind = Part::Kind::ToolHead;
    head.gap = space::s;
    head.title = visibleText(call.title).simplified();
    if (head.title.isEmpty())
        head.title = tr("Tool call");
    head.opens = true;
    head.isOpen = isOpen;
    if (status == "completed") {
        head.iconName = "check";
        head.tone = Part::Tone::Good;
        head.detail = resultSummary(call);
    } else if (status == "failed") {
        head.iconName = "error";
        head.tone = Part::Tone::Bad;
        head.detail = tr("failed");
    } else if (status == "interrupted") {
        head.iconName = "stop";
        head.tone = Part::Tone::Muted;
        head.detail = tr("interrupted");
    } else if (status == "in_progress") {
        head.iconName = "clock";
        head.tone = Part::Tone::Accent;
        head.detail = tr("running");
    } else {
        head.iconName = "circle";
        head.tone = Part::Tone::Muted;
        head.detail = tr("waiting");
    }
    std::vector<Part> parts{std::move(head)};
    if (!isOpen)
        return parts;

    const auto add = [&](Part part, int gap) {
        part.gap = gap;
        parts.push_back(std::move(part));
    };
    const auto hogql = textIn(call.rawInput, "hogql");
    if (!hogql.isEmpty())
        add(codePart(hogql, "hogql"), space::s);
    else if (const auto command = textIn(call.rawInput, "command"); !command.isEmpty())
        add(codePart(command, "sh"), space::s);
    else if (call.rawInput && !call.rawInput->is_null() && !call.rawInput->empty())
        add(codePart(visibleText(call.rawInput->dump(2, ' ', false, ph::Json::error_handler_t::replace)).left(longestOutput), "json"), space::s);

    std::optional<Block> table;
    if (call.rawOutput)
        table = tablePreview(*call.rawOutput, previewRows);
    if (table) {
        const auto total = (*call.rawOutput)["rows"].size();
        add(textPart(std::move(*table)), space::s);
        if (total > size_t(previewRows))
            add(linePart({}, Part::Tone::Muted, tr("%1 of %2 rows").arg(previewRows).arg(QLocale().toString(qulonglong(total)))), space::xs);
    }
    for (const auto &content : call.content.value_or(std::vector<acp::ToolCallContent>{})) {
        if (content.type == "content" && content.content && content.content->text && !table) {
            const auto text = QString::fromUtf8(content.content->text->data(), qsizetype(content.content->text->size()));
            for (auto &block : parseMarkdown(text.left(longestOutput)))
                add(textPart(std::move(block)), space::s);
            if (text.size() > longestOutput)
                add(linePart("info", Part::Tone::Muted, tr("The output goes on; it is whole in the session's log.")), space::xs);
        } else if (content.type == "content" && content.content && content.content->type == "image") {
            add(attachmentPart(*content.content), space::s);
        } else if (content.type == "diff") {
            add(linePart("file", Part::Tone::Plain, visibleText(content.path.value_or(""))), space::s);
            const auto diff = diffText(content.oldText.value_or(""), content.newText.value_or(""));
            add(codePart(diff.left(longestOutput), "diff"), space::xs);
        }
    }
    for (const auto &terminal : tool.terminals)
        add(terminalPart(*terminal, tool.isFinished()), space::s);
    Part actions;
    actions.kind = Part::Kind::Actions;
    if (!hogql.isEmpty()) {
        actions.actions.push_back({PartAction::Kind::OpenQuery, tr("Open here"), "hogql", {{"text", hogql}, {"run", true}, {"title", parts.front().title}}});
        actions.actions.push_back({PartAction::Kind::CopyText, tr("Copy HogQL"), "copy", {{"text", hogql}}});
    }
    actions.actions.push_back({PartAction::Kind::AskAbout, tr("Ask about this"), "question", {{"text", parts.front().title}}});
    add(std::move(actions), space::s);
    enclose(parts, 1, Part::Frame::Inset);
    return parts;
}

QString cellText(const ph::Json &cell)
{
    if (cell.is_null())
        return QString::fromUtf8("∅");
    if (cell.is_string())
        return visibleText(cell.get<std::string>()).simplified();
    if (cell.is_number_unsigned())
        return QLocale().toString(cell.get<qulonglong>());
    if (cell.is_number_integer())
        return QLocale().toString(cell.get<qlonglong>());
    if (cell.is_number_float())
        return QLocale().toString(cell.get<double>(), 'g', 6);
    return visibleText(cell.dump(-1, ' ', false, ph::Json::error_handler_t::replace));
}

} // namespace

std::optional<Block> tablePreview(const ph::Json &json, int rowLimit)
{
    if (!json.is_object() || !json.contains("columns") || !json.contains("rows") || !json["columns"].is_array() || !json["rows"].is_array()
        || json["columns"].empty())
        return {};
    Block block;
    block.kind = Block::Kind::Table;
    const auto cell = [](const QString &text, bool bold) {
        Span span;
        span.text = text;
        span.bold = bold;
        return std::vector<Span>{std::move(span)};
    };
    block.rows.emplace_back();
    for (const auto &column : json["columns"]) {
        const bool isObject = column.is_object();
        const auto name = isObject ? column.value("name", std::string()) : column.is_string() ? column.get<std::string>() : std::string();
        block.rows.front().push_back(cell(visibleText(name), false));
        const auto type = isObject ? column.value("type", std::string()) : std::string();
        const bool isNumber = type.find("Int") != std::string::npos || type.find("Float") != std::string::npos || type.find("Decimal") != std::string::npos;
        block.alignments.push_back(isNumber ? Qt::AlignRight : Qt::AlignLeft);
    }
    for (const auto &row : json["rows"]) {
        if (int(block.rows.size()) > rowLimit || !row.is_array())
            break;
        std::vector<std::vector<Span>> cells;
        for (size_t i = 0; i < block.rows.front().size(); ++i)
            cells.push_back(cell(i < row.size() ? cellText(row[i]) : QString(), false));
        block.rows.push_back(std::move(cells));
    }
    return block;
}

bool canOpen(const Item &item)
{
    if (const auto *message = std::get_if<Message>(&item.value))
        return message->role == Message::Role::Thought;
    return std::holds_alternative<Tool>(item.value);
}

std::vector<Part> partsOf(const Item &item, StreamingMarkdown &markdown, bool isOpen, bool isRunning)
{
    return std::visit(acp::Overloaded{
                          [&](const Message &message) { return messageParts(message, markdown, isOpen, isRunning); },
                          [&](const Tool &tool) { return toolParts(tool, isOpen); },
                          [&](const Asked &asked) {
                              const auto text = visibleText(asked.text);
                              Part line = asked.state == Asked::State::Open ? linePart("question", Part::Tone::Accent, text, tr("waits for you"))
                                  : asked.state == Asked::State::Answered   ? linePart("question", Part::Tone::Muted, text, visibleText(asked.answer))
                                                                            : linePart("question", Part::Tone::Muted, text, tr("not answered"));
                              line.gap = space::s;
                              return std::vector<Part>{std::move(line)};
                          },
                          [&](const Note &note) {
                              const bool isError = note.severity == "error";
                              const bool isWarning = note.severity == "warning";
                              Part line = linePart(isError ? "error" : isWarning ? "warning" : "info",
                                                   isError ? Part::Tone::Bad : isWarning ? Part::Tone::Warning : Part::Tone::Muted, {});
                              std::vector<Part> parts;
                              line.title = visibleText(note.title);
                              line.gap = space::m;
                              parts.push_back(std::move(line));
                              if (!note.description.empty()) {
                                  parts.push_back(plainPart(visibleText(note.description)));
                                  parts.back().dim = true;
                                  parts.back().gap = space::xs;
                              }
                              return parts;
                          },
                      },
                      item.value);
}

} // namespace ui
