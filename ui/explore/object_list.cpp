#include "ui/explore/object_list.h"

#include "ui/query/cell_text.h"
#include "ui/shell/background.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <map>

namespace ui {

namespace {

constexpr int nameRole = Qt::UserRole + 1;
constexpr int countRole = Qt::UserRole + 2;
constexpr int iconRole = Qt::UserRole + 3;

/// One line of the list: icon, name, count.
class ObjectDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        const bool selected = option.state & QStyle::State_Selected;
        if (selected || option.state & QStyle::State_MouseOver) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(option.state & QStyle::State_HasFocus ? QPen(colors.accent) : QPen(Qt::NoPen));
            painter->setBrush(selected ? colors.hover : colors.raised);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), 6, 6);
            painter->restore();
        }
        const QRect inner = option.rect.adjusted(space::m, 0, -space::m, 0);
        Theme::icon(index.data(iconRole).toString(), selected ? colors.accent : colors.muted)
            .paint(painter, QRect(inner.left(), inner.center().y() - 8, 16, 16));
        const QString count = index.data(countRole).toString();
        painter->setFont(Theme::textFont(0.9));
        painter->setPen(colors.muted);
        painter->drawText(inner, Qt::AlignVCenter | Qt::AlignRight, count);
        const int room = inner.width() - 26 - QFontMetrics(painter->font()).horizontalAdvance(count) - space::s;
        QFont font = Theme::textFont();
        if (selected)
            font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        painter->setPen(colors.text);
        painter->drawText(inner.adjusted(26, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, room));
    }

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {160, QFontMetrics(Theme::textFont()).height() + space::l};
    }
};

class ObjectView : public QListView
{
public:
    using QListView::QListView;

protected:
    void focusInEvent(QFocusEvent *event) override
    {
        // Qt makes the first line of a list current when the focus comes and none is. Here a line that becomes current is a place
        // that one goes to, and the focus comes by itself too: when the list has just been loaded.
        const bool hadCurrent = currentIndex().isValid();
        const QSignalBlocker quiet(selectionModel());
        QListView::focusInEvent(event);
        if (!hadCurrent)
            selectionModel()->clear();
    }
};

} // namespace

QString objectIcon(const std::string &object)
{
    static const std::map<std::string, const char *> icons{
        {"actions", "play"},       {"annotations", "edit"}, {"cohorts", "people"},          {"dashboards", "panel"},
        {"event_definitions", "event"}, {"events", "event"}, {"experiments", "funnel"},     {"feature_flags", "flag"},
        {"groups", "people"},      {"insights", "insight"}, {"persons", "user"},            {"property_definitions", "table"},
        {"recordings", "play"},    {"session_recordings", "play"}, {"sessions", "clock"},   {"surveys", "question"},
    };
    const auto found = icons.find(object);
    return QString::fromLatin1(found == icons.end() ? "database" : found->second);
}

ObjectList::ObjectList(QWidget *parent)
    : QWidget(parent)
    , m_objects(new QStandardItemModel(this))
    , m_view(new ObjectView)
    , m_state(new EmptyState)
    , m_stack(new QStackedWidget)
{
    auto *title = new QLabel(tr("Explore"));
    title->setProperty("role", "title");
    m_view->setModel(m_objects);
    m_view->setItemDelegate(new ObjectDelegate(this));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMouseTracking(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setUniformItemSizes(true);
    m_view->setAccessibleName(tr("Objects"));
    m_view->setProperty("role", "bare");
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        const QString name = index.data(nameRole).toString();
        if (m_isSetting || name.isEmpty() || name == m_current)
            return;
        m_current = name;
        emit chosen(name);
    });
    connect(m_state, &EmptyState::actionTriggered, this, &ObjectList::load);
    m_stack->addWidget(m_state);
    m_stack->addWidget(m_view);
    auto *titleRow = new QHBoxLayout;
    titleRow->setContentsMargins(space::s, 0, 0, 0);
    titleRow->addWidget(title);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::s, space::m, space::s, space::s);
    column->setSpacing(space::m);
    column->addLayout(titleRow);
    column->addWidget(m_stack, 1);
    setFixedWidth(212);
    setFocusProxy(m_view);
}

ObjectList::~ObjectList() { m_stop.request_stop(); }

void ObjectList::setDriver(std::shared_ptr<posthog::Driver> driver)
{
    m_driver = std::move(driver);
    load();
}

void ObjectList::load()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    if (!m_driver) {
        m_state->show(QStringLiteral("plug"), tr("No project"), {});
        m_stack->setCurrentWidget(m_state);
        return;
    }
    if (m_objects->rowCount() == 0) {
        m_state->showLoading({});
        m_stack->setCurrentWidget(m_state);
    }
    inBackground([driver = m_driver, stop = m_stop.get_token()] { return driver->listObjects(stop); })
        .then(this, [this, stop = m_stop.get_token()](const ph::Result<std::vector<posthog::ObjectInfo>> &objects) {
            if (stop.stop_requested())
                return;
            if (objects) {
                take(*objects);
            } else if (m_objects->rowCount() == 0) {
                m_state->show(QStringLiteral("error"), tr("No list"), QString::fromStdString(objects.error().message), tr("Try again"));
                m_stack->setCurrentWidget(m_state);
            }
        });
}

void ObjectList::take(const std::vector<posthog::ObjectInfo> &objects)
{
    const QScopedValueRollback setting(m_isSetting, true);
    m_objects->clear();
    for (const posthog::ObjectInfo &info : objects) {
        auto *item = new QStandardItem(QString::fromStdString(info.title));
        item->setData(QString::fromStdString(info.name), nameRole);
        item->setData(info.count ? groupedNumber(qint64(*info.count)) : QString(), countRole);
        item->setData(objectIcon(info.name), iconRole);
        item->setToolTip(plainToolTip(QString::fromStdString(info.description)));
        item->setAccessibleDescription(QString::fromStdString(info.description));
        m_objects->appendRow(item);
    }
    setCurrent(m_current);
    m_stack->setCurrentWidget(m_view); // The focus may wait for it.
    emit loaded();
}

void ObjectList::setCurrent(const QString &object)
{
    const QScopedValueRollback setting(m_isSetting, true);
    m_current = object;
    for (int row = 0; row < m_objects->rowCount(); ++row) {
        if (m_objects->item(row)->data(nameRole).toString() == object) {
            m_view->setCurrentIndex(m_objects->index(row, 0));
            return;
        }
    }
    m_view->selectionModel()->clear();
}

QString ObjectList::current() const { return m_current; }

QString ObjectList::titleOf(const QString &object) const
{
    for (int row = 0; row < m_objects->rowCount(); ++row) {
        if (m_objects->item(row)->data(nameRole).toString() == object)
            return m_objects->item(row)->text();
    }
    return object.left(1).toUpper() + object.mid(1).replace('_', ' ');
}

} // namespace ui
