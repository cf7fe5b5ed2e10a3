#include "ui/conversation/sessions_page.h"

#include "ui/shell/background.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

/// Two lines: the title with what is special about it, and below where it was held. The editor of a name sits on the first.
class SessionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, int(52 * Theme::fontScale())}; }

    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option, const QModelIndex &) const override
    {
        editor->setGeometry(option.rect.adjusted(space::m + 28, 8, -space::m, -8));
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto &c = Theme::colors();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool isSelected = option.state & QStyle::State_Selected;
        if (isSelected || option.state & QStyle::State_MouseOver) {
            painter->setPen(isSelected && option.state & QStyle::State_HasFocus ? QPen(c.accent) : QPen(Qt::NoPen));
            painter->setBrush(c.hover);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(2.5, 1.5, -2.5, -1.5), 7, 7);
        }
        const auto rect = option.rect.adjusted(space::m, 6, -space::m, -6);
        const bool isUnread = index.data(PastSessionModel::UnreadRole).toBool();
        const bool isWorkflow = !index.data(PastSessionModel::WorkflowRole).toString().isEmpty();
        Theme::icon(isWorkflow ? "workflow" : "session", isUnread ? c.accent : c.muted).paint(painter, QRect(rect.left(), rect.center().y() - 8, 18, 18));

        const auto upper = QRect(rect.left() + 32, rect.top(), rect.width() - 32, rect.height() / 2);
        const auto lower = upper.translated(0, upper.height());
        int right = upper.right();
        const auto put = [&](const QString &text, const QColor &color) {
            painter->setFont(Theme::textFont(0.92));
            painter->setPen(color);
            const int width = painter->fontMetrics().horizontalAdvance(text);
            painter->drawText(QRect(right - width, upper.top(), width, upper.height()), Qt::AlignRight | Qt::AlignVCenter, text);
            right -= width + space::m;
        };
        put(index.data(PastSessionModel::WhenRole).toString(), c.muted);
        if (index.data(PastSessionModel::WaitsRole).toBool())
            put(tr("waits for you"), c.warning);
        if (index.data(PastSessionModel::PinnedRole).toBool()) {
            Theme::icon("pin", c.muted).paint(painter, QRect(right - 14, upper.center().y() - 7, 14, 14));
            right -= 14 + space::s;
        }
        auto font = Theme::textFont();
        font.setBold(isUnread);
        painter->setFont(font);
        painter->setPen(c.text);
        painter->drawText(upper, Qt::AlignLeft | Qt::AlignVCenter, painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, right - upper.left()));
        painter->setFont(Theme::textFont(0.92));
        painter->setPen(c.muted);
        painter->drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data(PastSessionModel::PlaceRole).toString(), Qt::ElideMiddle, lower.width()));
        painter->restore();
    }
};

/// Enter opens, as a double click does.
class List : public QListView
{
protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
            emit activated(currentIndex());
            return;
        }
        QListView::keyPressEvent(event);
    }
};

} // namespace

SessionsPage::SessionsPage(Workbench &workbench, std::shared_ptr<SessionStore> store, SessionMarks &marks, Leave leave, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_store(std::move(store))
    , m_marks(marks)
    , m_leave(std::move(leave))
    , m_model(marks)
    , m_filter(new QLineEdit)
    , m_archived(new QToolButton)
    , m_banner(new Banner)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
    , m_list(new List)
{
    auto *title = new QLabel(tr("Sessions"));
    title->setProperty("role", "title");
    m_filter->setPlaceholderText(tr("Filter by title, agent or folder"));
    m_filter->setAccessibleName(tr("Filter sessions"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(280);
    auto *reloadButton = new QToolButton;
    reloadButton->setIcon(Theme::icon("refresh"));
    reloadButton->setToolTip(tr("Read the list again"));
    reloadButton->setAccessibleName(tr("Read the list again"));
    m_archived->setText(tr("Archived"));
    m_archived->setCheckable(true);
    m_archived->setToolTip(tr("Show what was put away"));
    m_archived->setAccessibleName(tr("Archived sessions"));
    m_list->setModel(&m_model);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setItemDelegate(new SessionDelegate(m_list));
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Past sessions"));
    m_list->setUniformItemSizes(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);

    auto *head = new QHBoxLayout;
    head->setSpacing(space::s);
    head->addWidget(title, 1);
    head->addWidget(m_filter, 1);
    head->addWidget(m_archived);
    head->addWidget(reloadButton);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::m);
    column->addLayout(head);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    setFocusProxy(m_filter);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model.setFilter(text);
        showWhatThereIs();
        emit stateChanged();
    });
    connect(m_filter, &QLineEdit::returnPressed, this, [this] {
        if (m_model.rowCount() > 0)
            open(m_model.index(0));
    });
    connect(reloadButton, &QToolButton::clicked, this, &SessionsPage::reload);
    connect(m_archived, &QToolButton::toggled, this, [this](bool isOn) {
        m_model.setArchived(isOn);
        showWhatThereIs();
    });
    connect(&marks, &SessionMarks::changed, this, &SessionsPage::showWhatThereIs);
    connect(m_list, &QListView::activated, this, &SessionsPage::open);
    connect(m_list, &QListView::customContextMenuRequested, this, &SessionsPage::showMenu);
    const auto key = [this](QKeySequence sequence, auto act) {
        auto *shortcut = new QShortcut(sequence, m_list);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, this, act);
    };
    key(Qt::Key_F2, [this] { rename(m_list->currentIndex()); });
    key(Qt::Key_Delete, [this] { offerDeletion(m_list->currentIndex()); });
    m_empty->showLoading(tr("Reading the sessions"));
}

SessionsPage::~SessionsPage() { m_stop.request_stop(); }

QJsonObject SessionsPage::state() const { return {{"filter", m_filter->text()}}; }
void SessionsPage::restore(const QJsonObject &state) { m_filter->setText(state["filter"].toString()); }

void SessionsPage::showEvent(QShowEvent *event)
{
    Document::showEvent(event);
    reload();
}

void SessionsPage::reload()
{
    if (m_loading)
        return;
    m_loading = true;
    inBackground([store = m_store, stop = m_stop.get_token()] { return store->list(stop); })
        .then(this, [this](const ph::Result<std::vector<PastSession>> &sessions) {
            m_loading = false;
            if (!sessions) {
                m_banner->show(sessions.error(), [this] { reload(); });
            } else {
                m_banner->dismiss();
                m_model.setSessions(*sessions);
            }
            showWhatThereIs();
        });
}

void SessionsPage::showWhatThereIs()
{
    if (m_model.rowCount() > 0) {
        m_stack->setCurrentWidget(m_list);
        return;
    }
    if (m_loading && !m_model.hasAny())
        return;
    if (m_archived->isChecked() && m_filter->text().isEmpty())
        m_empty->show("session", tr("Nothing is archived"), tr("A session that is put away leaves the list, and is kept."));
    else if (m_model.hasAny())
        m_empty->show("search", tr("No session fits"), tr("No title, agent or folder holds these words."));
    else
        m_empty->show("session", tr("No sessions yet"), tr("What you ask an agent, and each workflow you run, is kept here and can be read again."));
    m_stack->setCurrentWidget(m_empty);
}

void SessionsPage::open(const QModelIndex &index)
{
    const auto runId = index.data(PastSessionModel::RunIdRole).toString();
    const auto title = index.data().toString();
    m_marks.setSeen(runId); // From here on `index` may be another's.
    m_workbench.open("session", {{"runId", runId}, {"title", title}});
}

void SessionsPage::showMenu(const QPoint &at)
{
    const QPersistentModelIndex index = m_list->indexAt(at);
    if (!index.isValid())
        return;
    const auto runId = index.data(PastSessionModel::RunIdRole).toString();
    const bool isPinned = index.data(PastSessionModel::PinnedRole).toBool(), isArchived = index.data(PastSessionModel::ArchivedRole).toBool();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Open"), this, [this, index] { open(index); });
    menu->addAction(Theme::icon("edit"), tr("Rename\tF2"), this, [this, index] { rename(index); });
    menu->addAction(Theme::icon("pin"), isPinned ? tr("Unpin") : tr("Pin to the top"), this, [this, runId, isPinned] { m_marks.setPinned(runId, !isPinned); });
    menu->addAction(isArchived ? tr("Back to the list") : tr("Archive"), this, [this, runId, isArchived] { m_marks.setArchived(runId, !isArchived); });
    menu->addAction(Theme::icon("copy"), tr("Copy its id"), this, [runId] { QGuiApplication::clipboard()->setText(runId); });
    menu->addSeparator();
    menu->addAction(Theme::icon("trash"), tr("Delete…\tDel"), this, [this, index] { offerDeletion(index); });
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

void SessionsPage::rename(const QModelIndex &index)
{
    if (index.isValid())
        m_list->edit(index);
}

void SessionsPage::offerDeletion(const QModelIndex &index)
{
    if (!index.isValid())
        return;
    m_banner->show(Banner::Severity::Warning, tr("Delete \"%1\" and its log? This cannot be undone.").arg(index.data().toString()), tr("Delete"),
                   [this, runId = index.data(PastSessionModel::RunIdRole).toString()] { remove(runId); });
}

void SessionsPage::remove(const QString &runId)
{
    m_leave(runId);
    inBackground([store = m_store, id = runId.toStdString()] { return store->remove(id); }).then(this, [this, runId](const ph::Result<> &removed) {
        if (!removed) {
            m_banner->show(removed.error());
            return;
        }
        m_marks.forget(runId);
        reload();
    });
}

} // namespace ui
