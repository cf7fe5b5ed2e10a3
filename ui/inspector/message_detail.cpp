#include "ui/inspector/message_detail.h"

#include "ui/conversation/code_colors.h"
#include "ui/conversation/visible_text.h"
#include "ui/shell/background.h"
#include "ui/shell/elided_label.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int shownFindings = 5; // at once; the others are scrolled to

/// Laid-out JSON has no text over two lines: each line is coloured by itself.
class JsonHighlighter : public QSyntaxHighlighter
{
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString &text) override
    {
        for (const auto &range : codeColors(text, QStringLiteral("json")))
            setFormat(range.start, range.length, range.color);
    }
};

struct FindingLook {
    const char *icon;
    QColor color;
    QString word;
};

FindingLook lookOf(acp::Finding::Kind kind)
{
    const auto &c = Theme::colors();
    switch (kind) {
    case acp::Finding::Kind::Problem:
        return {"error", c.bad, MessageDetail::tr("problem")};
    case acp::Finding::Kind::Warning:
        return {"warning", c.warning, MessageDetail::tr("warning")};
    case acp::Finding::Kind::Unknown:
        return {"question", c.muted, MessageDetail::tr("unknown")};
    case acp::Finding::Kind::Extension:
        break;
    }
    return {"info", c.muted, MessageDetail::tr("extension")};
}

} // namespace

MessageDetail::MessageDetail(const WireModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
    , m_heading(new ElidedLabel)
    , m_note(new QLabel)
    , m_partner(new QPushButton)
    , m_copy(new QToolButton)
    , m_problems(new QListWidget)
    , m_text(new QPlainTextEdit)
{
    m_empty->show("file", tr("No message chosen"), tr("Choose a line to see it whole."));
    m_heading->setProperty("role", "heading");
    m_note->setProperty("role", "small");
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_partner->setProperty("variant", "plain");
    m_copy->setIcon(Theme::icon("copy"));
    m_copy->setToolTip(tr("Copy the message; secrets are replaced"));
    m_copy->setAccessibleName(tr("Copy the message"));
    m_problems->setProperty("role", "bare");
    m_problems->setAccessibleName(tr("What the schema says"));
    m_problems->setWordWrap(false);
    m_problems->setIconSize({14, 14});
    m_problems->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_problems->setTextElideMode(Qt::ElideRight);
    m_text->setReadOnly(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setProperty("role", "bare");
    m_text->setAccessibleName(tr("The message"));
    m_text->setFont(Theme::codeFont());
    m_text->setTabChangesFocus(true);
    m_text->document()->setDocumentMargin(0);
    auto *colors = new JsonHighlighter(m_text->document());

    auto *head = new QHBoxLayout;
    head->setSpacing(space::s);
    head->setContentsMargins(space::s + 1, 0, 0, 0); // as far in as the text of the two views below
    m_note->setContentsMargins(space::s + 1, 0, 0, 0);
    head->addWidget(m_heading, 1);
    head->addWidget(m_partner);
    head->addWidget(m_copy);
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(space::xs, space::xs, 0, 0);
    column->setSpacing(space::xs);
    column->addLayout(head);
    column->addWidget(m_note);
    column->addWidget(m_problems);
    column->addWidget(m_text, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);

    connect(m_partner, &QPushButton::clicked, this, &MessageDetail::partnerRequested);
    connect(m_copy, &QToolButton::clicked, this, &MessageDetail::copy);
    connect(m_problems, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && row < int(m_message.lines.size()))
            goTo(m_message.lines[std::size_t(row)]);
    });
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, [this, colors] {
        m_text->setFont(Theme::codeFont());
        colors->rehighlight();
        showFindings();
    });
}

void MessageDetail::show(std::uint64_t number)
{
    m_number = number;
    m_findings = m_model.findings(number);
    m_message = {};
    refresh();
    layOut();
}

void MessageDetail::refresh()
{
    const auto entry = m_model.entry(m_number);
    if (!entry) {
        m_stack->setCurrentIndex(0);
        return;
    }
    m_stack->setCurrentIndex(1);
    showHead(*entry);
    if (auto findings = m_model.findings(m_number); findings != m_findings) {
        m_findings = std::move(findings);
        layOut(); // says where the places are
    }
    showFindings();
}

void MessageDetail::showHead(const WireEntry &entry)
{
    const auto method = visibleText(entry.head.method);
    m_heading->setWholeText(method.isEmpty() ? tr("A line without a method") : method);
    QStringList parts{m_model.text(m_number, WireModel::KindColumn), entry.line->direction == acp::Direction::Sent ? tr("to the agent") : tr("from the agent"),
                      m_model.text(m_number, WireModel::TimeColumn), m_model.text(m_number, WireModel::SizeColumn)};
    const auto took = m_model.text(m_number, WireModel::TookColumn);
    if (!took.isEmpty())
        parts << (entry.request ? tr("took %1").arg(took) : tr("no reply yet"));
    if (!entry.head.session.empty())
        parts << tr("session %1").arg(visibleText(entry.head.session));
    m_note->setText(parts.join(QStringLiteral(" · ")));
    m_partner->setVisible(m_model.partnerOf(m_number) != 0);
    m_partner->setText(entry.request ? tr("Go to the request") : tr("Go to the reply"));
    m_partner->setToolTip(tr("P in the list"));
}

void MessageDetail::showFindings()
{
    const QSignalBlocker quiet(m_problems);
    m_problems->clear();
    for (const auto &finding : m_findings) {
        const auto look = lookOf(finding.kind);
        const auto text = visibleText(acp::describe(finding));
        auto *item = new QListWidgetItem(Theme::icon(look.icon, look.color), text, m_problems);
        item->setToolTip(plainToolTip(visibleText(finding.pointer)));
        item->setData(Qt::AccessibleTextRole, look.word + ": " + text);
    }
    m_problems->setVisible(!m_findings.empty());
    if (!m_findings.empty()) {
        const int rows = std::min(int(m_findings.size()), shownFindings);
        m_problems->setFixedHeight(rows * m_problems->sizeHintForRow(0) + 2 * m_problems->frameWidth() + 2);
    }
}

void MessageDetail::layOut()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    const auto entry = m_model.entry(m_number);
    if (!entry)
        return;
    std::vector<std::string> pointers;
    for (const auto &finding : m_findings)
        pointers.push_back(finding.pointer);
    inBackground([line = entry->line, pointers = std::move(pointers)] { return readableMessage(line->text, pointers); })
        .then(this, [this, stop = m_stop.get_token()](const ReadableMessage &message) {
            if (stop.stop_requested())
                return;
            const bool isSame = m_message.shown == message.shown && !message.shown.isEmpty();
            m_message = message;
            if (!isSame)
                m_text->setPlainText(message.shown);
        });
}

void MessageDetail::goTo(int line)
{
    QTextCursor cursor(m_text->document()->findBlockByNumber(line));
    m_text->setTextCursor(cursor);
    m_text->centerCursor();
    QTextEdit::ExtraSelection mark;
    mark.cursor = cursor;
    mark.format.setBackground(Theme::colors().hover);
    mark.format.setProperty(QTextFormat::FullWidthSelection, true);
    m_text->setExtraSelections({mark});
}

void MessageDetail::copy()
{
    QGuiApplication::clipboard()->setText(m_message.whole);
    emit copied(tr("the message"));
}

void MessageDetail::focusText() { m_text->setFocus(); }

} // namespace ui
