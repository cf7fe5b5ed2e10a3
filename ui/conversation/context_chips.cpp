#include "ui/conversation/context_chips.h"

#include "ui/conversation/flow_layout.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace ui {
namespace {

constexpr qsizetype longestContext = 20'000;

} // namespace

ContextChips::ContextChips(Workbench &workbench, QWidget *parent)
    : QWidget(parent)
    , m_workbench(workbench)
    , m_document(workbench.currentDocument())
    , m_row(new FlowLayout(this))
{
    connect(&m_workbench, &Workbench::currentDocumentChanged, this, &ContextChips::follow);
}

void ContextChips::follow(Document *document)
{
    if (document && document->isAncestorOf(this))
        return; // The agent's own tab: what was in front before stays what the message is about.
    if (m_document)
        disconnect(m_document, nullptr, this, nullptr);
    m_document = document;
    m_documentLeftOut = false;
    if (document) {
        connect(document, &Document::titleChanged, this, &ContextChips::refresh);
        connect(document, &Document::stateChanged, this, &ContextChips::refresh);
    }
    refresh();
}

void ContextChips::add(const QJsonObject &context)
{
    if (std::find(m_contexts.begin(), m_contexts.end(), context) == m_contexts.end())
        m_contexts.push_back(context);
    refresh();
}

void ContextChips::clear()
{
    m_contexts.clear();
    refresh();
}

QJsonArray ContextChips::contexts() const
{
    QJsonArray result;
    if (m_document && !m_documentLeftOut) {
        const auto context = m_document->agentContext();
        if (!context.isEmpty())
            result << context;
    }
    for (const auto &context : m_contexts)
        result << context;
    return result;
}

std::vector<acp::ContentBlock> ContextChips::attachments() const
{
    std::vector<acp::ContentBlock> blocks;
    for (const auto &value : contexts()) {
        const auto context = value.toObject();
        acp::ContentBlock block;
        block.type = "resource";
        block.resource = ph::Json{{"uri", ("hoglet://" + context["kind"].toString() + "/" + context["title"].toString()).toStdString()},
                                  {"mimeType", "text/plain"},
                                  {"text", context["text"].toString().left(longestContext).toStdString()}};
        blocks.push_back(std::move(block));
    }
    return blocks;
}

void ContextChips::refresh()
{
    m_row->clear();
    bool any = false;
    if (m_document && !m_documentLeftOut && !m_document->agentContext().isEmpty()) {
        addChip(m_document->title(), m_document->iconName(), tr("The agent gets to see this document"), [this] {
            m_documentLeftOut = true;
            refresh();
        });
        any = true;
    }
    for (size_t i = 0; i < m_contexts.size(); ++i) {
        addChip(m_contexts[i]["title"].toString(), "link", tr("Goes with your next message"), [this, i] {
            m_contexts.erase(m_contexts.begin() + qptrdiff(i));
            refresh();
        });
        any = true;
    }
    setVisible(any);
}

void ContextChips::addChip(const QString &title, const QString &iconName, const QString &toolTip, std::function<void()> remove)
{
    auto *chip = new QFrame;
    chip->setProperty("role", "chip");
    chip->setToolTip(toolTip);
    auto *row = new QHBoxLayout(chip);
    row->setContentsMargins(space::s, 2, space::xs, 2);
    row->setSpacing(space::xs);
    auto *icon = new QLabel;
    icon->setPixmap(Theme::icon(iconName, Theme::colors().muted).pixmap(QSize(13, 13), devicePixelRatioF()));
    auto *text = new QLabel(QFontMetrics(Theme::textFont()).elidedText(title, Qt::ElideRight, 160));
    text->setTextFormat(Qt::PlainText);
    auto *close = new QToolButton;
    close->setIcon(Theme::icon("close"));
    close->setIconSize({10, 10});
    close->setToolTip(tr("Do not show this to the agent"));
    close->setAccessibleName(tr("Do not show %1 to the agent").arg(title));
    connect(close, &QToolButton::clicked, this, std::move(remove), Qt::QueuedConnection);
    row->addWidget(icon);
    row->addWidget(text);
    row->addWidget(close);
    m_row->addWidget(chip);
}

} // namespace ui
