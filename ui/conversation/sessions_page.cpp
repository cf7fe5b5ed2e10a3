#include "ui/conversation/sessions_page.h"

#include "ui/conversation/visible_text.h"
#include "ui/shell/background.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {
namespace {

class SessionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override { return {200, int(46 * Theme::fontScale())}; }

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
        const auto rect = option.rect.adjusted(space::m, 0, -space::m, 0);
        const bool isWorkflow = !index.data(PastSessionModel::WorkflowRole).toString().isEmpty();
        Theme::icon(isWorkflow ? "workflow" : "session", c.muted).paint(painter, QRect(rect.left(), rect.center().y() - 8, 18, 18));
        const auto when = index.data(PastSessionModel::WhenRole).toString();
        painter->setFont(Theme::textFont(0.92));
        painter->setPen(c.muted);
        painter->drawText(rect, Qt::AlignRight | Qt::AlignVCenter, when);
        auto text = rect.adjusted(32, 0, -painter->fontMetrics().horizontalAdvance(when) - space::l, 0);
        painter->setFont(Theme::textFont());
        painter->setPen(c.text);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
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

QString whenText(const QString &isoUtc, const QDateTime &now)
{
    const auto at = QDateTime::fromString(isoUtc, Qt::ISODateWithMs).toLocalTime();
    if (!at.isValid())
        return {};
    const auto time = QLocale().toString(at.time(), "HH:mm");
    const auto days = at.date().daysTo(now.date());
    if (days == 0)
        return QObject::tr("Today %1").arg(time);
    if (days == 1)
        return QObject::tr("Yesterday %1").arg(time);
    return QLocale().toString(at.date(), at.date().year() == now.date().year() ? "d MMM" : "d MMM yyyy") + ' ' + time;
}

void PastSessionModel::setSessions(std::vector<PastSession> sessions)
{
    beginResetModel();
    m_all = std::move(sessions);
    apply();
    endResetModel();
}

void PastSessionModel::setFilter(const QString &filter)
{
    beginResetModel();
    m_filter = filter;
    apply();
    endResetModel();
}

void PastSessionModel::apply()
{
    m_shown.clear();
    const auto words = m_filter.split(' ', Qt::SkipEmptyParts);
    for (size_t i = 0; i < m_all.size(); ++i) {
        const auto text = QString::fromStdString(m_all[i].title + ' ' + m_all[i].runId + ' ' + m_all[i].workflow);
        if (std::all_of(words.begin(), words.end(), [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); }))
            m_shown.push_back(i);
    }
}

int PastSessionModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_shown.size()); }

QVariant PastSessionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &session = m_all[m_shown[size_t(index.row())]];
    switch (role) {
    case Qt::DisplayRole: {
        const auto title = visibleText(session.title).simplified();
        return title.isEmpty() ? tr("Session without a message") : title;
    }
    case Qt::ToolTipRole:
        return QString::fromStdString(session.runId).toHtmlEscaped();
    case RunIdRole:
        return QString::fromStdString(session.runId);
    case WhenRole:
        return whenText(QString::fromStdString(session.updatedAt), QDateTime::currentDateTime());
    case WorkflowRole:
        return QString::fromStdString(session.workflow);
    case RunningRole:
        return session.isRunning;
    default:
        return {};
    }
}

SessionsPage::SessionsPage(Workbench &workbench, std::shared_ptr<SessionStore> store, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_store(std::move(store))
    , m_filter(new QLineEdit)
    , m_banner(new Banner)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
    , m_list(new List)
{
    auto *title = new QLabel(tr("Sessions"));
    title->setProperty("role", "title");
    m_filter->setPlaceholderText(tr("Filter by title"));
    m_filter->setAccessibleName(tr("Filter sessions"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(280);
    auto *reloadButton = new QToolButton;
    reloadButton->setIcon(Theme::icon("refresh"));
    reloadButton->setToolTip(tr("Read the list again"));
    reloadButton->setAccessibleName(tr("Read the list again"));
    m_list->setModel(&m_model);
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
    connect(m_list, &QListView::activated, this, &SessionsPage::open);
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
    if (m_model.hasAny())
        m_empty->show("search", tr("No session fits"), tr("No title holds these words."));
    else
        m_empty->show("session", tr("No sessions yet"), tr("What you ask the agent, and each workflow you run, is kept here and can be read again."));
    m_stack->setCurrentWidget(m_empty);
}

void SessionsPage::open(const QModelIndex &index)
{
    m_workbench.open("session", {{"runId", index.data(PastSessionModel::RunIdRole).toString()}, {"title", index.data().toString()}});
}

} // namespace ui
