#include "ui/shell/document_tabs.h"

#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QMouseEvent>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int keptClosed = 20;

/// Closes a tab by the middle button too, and gives its tabs the whole title on hover.
class TabBar : public QTabBar
{
public:
    using QTabBar::QTabBar;

protected:
    void mouseReleaseEvent(QMouseEvent *event) override
    {
        if (event->button() == Qt::MiddleButton && tabAt(event->pos()) >= 0)
            emit tabCloseRequested(tabAt(event->pos()));
        QTabBar::mouseReleaseEvent(event);
    }
};

} // namespace

DocumentTabs::DocumentTabs(const DocumentRegistry &registry, Workbench &workbench, QWidget *parent)
    : QWidget(parent)
    , m_registry(registry)
    , m_workbench(workbench)
    , m_bar(new TabBar)
    , m_stack(new QStackedWidget)
{
    m_bar->setMovable(true);
    m_bar->setDocumentMode(true);
    m_bar->setElideMode(Qt::ElideRight);
    m_bar->setExpanding(false);
    m_bar->setUsesScrollButtons(true);
    m_bar->setIconSize({16, 16});
    m_bar->setAccessibleName(tr("Open documents"));
    m_bar->hide(); // until there is a tab

    auto *add = new QToolButton;
    add->setIcon(Theme::icon("plus"));
    add->setToolTip(tr("New HogQL query (Ctrl+T)"));
    add->setAccessibleName(tr("New HogQL query"));
    connect(add, &QToolButton::clicked, this, [this] { open("hogql", {}); });

    auto *row = new QWidget;
    row->setObjectName("tabRow");
    row->setAttribute(Qt::WA_StyledBackground);
    auto *rowLayout = new QHBoxLayout(row);
    rowLayout->setContentsMargins(0, 0, space::s, 0);
    rowLayout->setSpacing(space::xs);
    rowLayout->addWidget(m_bar, 0);
    rowLayout->addWidget(add, 0);
    rowLayout->addStretch(1);

    auto *nothing = new EmptyState;
    nothing->show("hogql", tr("Nothing is open"), tr("Press Ctrl+K for everything that can be done here, Ctrl+T for a new query."),
                  tr("Go to Home"));
    connect(nothing, &EmptyState::actionTriggered, this, [this] { show("home"); });
    m_nothing = nothing;
    m_stack->addWidget(m_nothing);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(row);
    column->addWidget(m_stack, 1);

    connect(m_bar, &QTabBar::currentChanged, this, &DocumentTabs::onCurrentChanged);
    connect(m_bar, &QTabBar::tabCloseRequested, this, &DocumentTabs::closeTab);
    connect(m_bar, &QTabBar::tabMoved, this, &DocumentTabs::changed);
}

Document *DocumentTabs::open(const QString &kind, const QJsonObject &state)
{
    const auto *known = m_registry.find(kind);
    if (!known)
        return nullptr;
    const auto wanted = known->identity ? known->identity(state) : kind;
    if (!wanted.isEmpty()) {
        for (const auto &[id, entry] : m_entries) {
            if (entry.kind != kind)
                continue;
            const auto current = entry.document ? entry.document->state() : entry.state;
            if (!known->identity || known->identity(current) == wanted) {
                bringToFront(id);
                if (!known->identity && !state.isEmpty() && m_entries[id].document)
                    m_entries[id].document->restore(state);
                return m_entries[id].document;
            }
        }
    }
    Entry entry;
    entry.kind = kind;
    entry.state = state;
    entry.title = known->title;
    entry.iconName = known->iconName;
    const int id = addEntry(std::move(entry), m_bar->currentIndex() + 1);
    bringToFront(id);
    emit changed();
    return m_entries[id].document;
}

Document *DocumentTabs::show(const QString &kind)
{
    int best = 0;
    for (const auto &[id, entry] : m_entries) {
        if (entry.kind == kind && (best == 0 || entry.lastUsed >= m_entries[best].lastUsed))
            best = id;
    }
    if (best == 0)
        return open(kind, {});
    bringToFront(best);
    return m_entries[best].document;
}

void DocumentTabs::showBefore()
{
    const int present = idAt(m_bar->currentIndex());
    int best = 0;
    for (const auto &[id, entry] : m_entries) {
        if (id != present && (best == 0 || entry.lastUsed > m_entries[best].lastUsed))
            best = id;
    }
    if (best != 0)
        bringToFront(best);
}

void DocumentTabs::makeNow(const QString &kind)
{
    std::vector<int> ids; // Making one may change the entries.
    for (const auto &[id, entry] : m_entries) {
        if (entry.kind == kind)
            ids.push_back(id);
    }
    for (const int id : ids)
        make(id);
}

void DocumentTabs::close(const QString &kind)
{
    for (int i = m_bar->count() - 1; i >= 0; --i) {
        if (m_entries.at(idAt(i)).kind == kind)
            closeTab(i);
    }
}

Document *DocumentTabs::current() const
{
    const auto found = m_entries.find(idAt(m_bar->currentIndex()));
    return found == m_entries.end() ? nullptr : found->second.document;
}

int DocumentTabs::count() const { return m_bar->count(); }

void DocumentTabs::next(int step)
{
    if (count() > 1)
        m_bar->setCurrentIndex((m_bar->currentIndex() + step + count()) % count());
}

void DocumentTabs::closeCurrent() { closeTab(m_bar->currentIndex()); }

bool DocumentTabs::reopenClosed()
{
    if (m_closed.isEmpty())
        return false;
    const auto saved = m_closed.last().toObject();
    m_closed.removeLast();
    Entry entry;
    entry.kind = saved["kind"].toString();
    entry.state = saved["state"].toObject();
    entry.title = saved["title"].toString();
    entry.iconName = saved["icon"].toString();
    bringToFront(addEntry(std::move(entry), m_bar->currentIndex() + 1));
    emit changed();
    return true;
}

std::vector<DocumentTabs::Listed> DocumentTabs::list() const
{
    std::vector<Listed> result;
    for (int i = 0; i < m_bar->count(); ++i) {
        const auto &entry = m_entries.at(idAt(i));
        result.push_back({idAt(i), entry.title, entry.kind, entry.iconName});
    }
    return result;
}

void DocumentTabs::bringToFront(int id)
{
    const int index = indexOf(id);
    if (index < 0)
        return;
    if (m_bar->currentIndex() == index)
        onCurrentChanged(index);
    else
        m_bar->setCurrentIndex(index);
}

std::vector<QJsonObject> DocumentTabs::recent(const QString &kind) const
{
    std::vector<std::pair<qint64, QJsonObject>> found;
    for (const auto &[id, entry] : m_entries) {
        if (entry.kind == kind)
            found.emplace_back(entry.lastUsed, saved(entry));
    }
    std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first > b.first; });
    std::vector<QJsonObject> result;
    for (auto &entry : found)
        result.push_back(std::move(entry.second));
    for (qsizetype i = m_closed.size() - 1; i >= 0; --i) {
        if (m_closed[i].toObject()["kind"].toString() == kind)
            result.push_back(m_closed[i].toObject());
    }
    return result;
}

QJsonObject DocumentTabs::save() const
{
    QJsonArray documents;
    for (int i = 0; i < m_bar->count(); ++i)
        documents << saved(m_entries.at(idAt(i)));
    return {{"documents", documents}, {"current", m_bar->currentIndex()}, {"closed", m_closed}};
}

void DocumentTabs::restore(const QJsonObject &from)
{
    m_restoring = true; // Only the one in front is made.
    for (const auto &value : from["documents"].toArray()) {
        const auto saved = value.toObject();
        Entry entry;
        entry.kind = saved["kind"].toString();
        entry.state = saved["state"].toObject();
        entry.title = saved["title"].toString();
        entry.iconName = saved["icon"].toString();
        if (!entry.kind.isEmpty())
            addEntry(std::move(entry), m_bar->count());
    }
    m_closed = from["closed"].toArray();
    const int current = std::clamp(from["current"].toInt(), 0, std::max(0, m_bar->count() - 1));
    m_bar->setCurrentIndex(current);
    m_restoring = false;
    onCurrentChanged(m_bar->currentIndex());
}

int DocumentTabs::addEntry(Entry entry, int at)
{
    const int id = m_nextId++;
    entry.page = new QWidget;
    entry.page->setProperty("role", "page");
    entry.page->setAttribute(Qt::WA_StyledBackground);
    auto *layout = new QVBoxLayout(entry.page);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(entry.page);
    m_entries.emplace(id, std::move(entry));
    m_bar->show();

    const QSignalBlocker blocker(m_bar); // The first tab becomes current before its id is known.
    const int index = m_bar->insertTab(std::clamp(at, 0, m_bar->count()), {});
    m_bar->setTabData(index, id);
    auto *close = new QToolButton;
    close->setProperty("role", "tabClose");
    close->setIcon(Theme::icon("close"));
    close->setIconSize({12, 12});
    close->setFocusPolicy(Qt::NoFocus); // Ctrl+W is the key for it; Tab goes from the bar to the page.
    close->setToolTip(tr("Close (Ctrl+W)"));
    connect(close, &QToolButton::clicked, this, [this, id] { closeTab(indexOf(id)); });
    m_bar->setTabButton(index, QTabBar::RightSide, close);
    refreshTab(id);
    return id;
}

void DocumentTabs::make(int id)
{
    Entry &entry = m_entries[id];
    if (entry.document || entry.page->layout()->count() > 0)
        return;
    const auto *known = m_registry.find(entry.kind);
    if (!known) {
        auto *unknown = new EmptyState;
        unknown->show("question", tr("This document cannot be shown"),
                      tr("It is of the kind \"%1\", which this version does not know. It is kept.").arg(entry.kind));
        entry.page->layout()->addWidget(unknown);
        return;
    }
    auto *document = known->make(m_workbench);
    entry.document = document;
    entry.page->layout()->addWidget(document);
    document->setAttribute(Qt::WA_StyledBackground);
    if (document->property("role").isNull())
        document->setProperty("role", "page");
    if (!entry.state.isEmpty())
        document->restore(entry.state);
    connect(document, &Document::titleChanged, this, [this, id] {
        refreshTab(id);
        emit changed();
    });
    connect(document, &Document::stateChanged, this, &DocumentTabs::changed);
    refreshTab(id);
}

void DocumentTabs::closeTab(int index)
{
    const int id = idAt(index);
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || (found->second.document && !found->second.document->mayClose()))
        return;
    m_closed << saved(found->second);
    while (m_closed.size() > keptClosed)
        m_closed.removeFirst();
    auto *page = found->second.page;
    m_entries.erase(found);
    m_bar->removeTab(index); // Emits currentChanged for the neighbour.
    m_stack->removeWidget(page);
    page->deleteLater();
    if (m_bar->count() == 0) {
        m_bar->hide();
        onCurrentChanged(-1);
    }
    emit changed();
}

void DocumentTabs::onCurrentChanged(int index)
{
    if (m_restoring)
        return;
    const auto found = m_entries.find(idAt(index));
    if (found == m_entries.end()) {
        m_stack->setCurrentWidget(m_nothing);
        emit currentChanged(nullptr);
        return;
    }
    make(found->first);
    found->second.lastUsed = ++m_uses;
    m_stack->setCurrentWidget(found->second.page);
    if (found->second.document)
        found->second.document->setFocus();
    emit currentChanged(found->second.document);
    emit changed();
}

void DocumentTabs::refreshTab(int id)
{
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return;
    Entry &entry = found->second;
    if (entry.document) {
        entry.title = entry.document->title();
        entry.iconName = entry.document->iconName();
    }
    const int index = indexOf(id);
    m_bar->setTabText(index, QString(entry.title).replace('&', "&&"));
    m_bar->setTabIcon(index, Theme::icon(entry.iconName, Theme::colors().muted));
    m_bar->setTabToolTip(index, entry.title.toHtmlEscaped());
    if (auto *close = m_bar->tabButton(index, QTabBar::RightSide))
        close->setAccessibleName(tr("Close %1").arg(entry.title));
}

int DocumentTabs::idAt(int index) const { return index < 0 ? 0 : m_bar->tabData(index).toInt(); }

int DocumentTabs::indexOf(int id) const
{
    for (int i = 0; i < m_bar->count(); ++i) {
        if (idAt(i) == id)
            return i;
    }
    return -1;
}

QJsonObject DocumentTabs::saved(const Entry &entry) const
{
    return {{"kind", entry.kind},
            {"title", entry.title},
            {"icon", entry.iconName},
            {"state", entry.document ? entry.document->state() : entry.state}};
}

} // namespace ui
