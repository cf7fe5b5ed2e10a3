#include "ui/explore/explore_page.h"

#include "ui/explore/detail_pane.h"
#include "ui/explore/rows_model.h"
#include "ui/shell/background.h"
#include "ui/query/cell_text.h"
#include "ui/query/result_grid.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTabBar>
#include <QToolButton>

namespace ui {

namespace {

constexpr int pageSize = 200;
constexpr int searchAfterMs = 300;
constexpr int nameRole = Qt::UserRole + 1;
constexpr int countRole = Qt::UserRole + 2;
constexpr int iconRole = Qt::UserRole + 3;

QString iconOf(const std::string &object)
{
    if (object == "events")
        return QStringLiteral("event");
    if (object == "persons")
        return QStringLiteral("user");
    if (object == "cohorts")
        return QStringLiteral("people");
    if (object == "feature_flags")
        return QStringLiteral("flag");
    if (object == "sessions")
        return QStringLiteral("clock");
    return object == "insights" ? QStringLiteral("insight") : QStringLiteral("database");
}

/// Objects that HogQL has a table of take a condition.
bool takesWhere(const std::string &object) { return object == "events" || object == "persons" || object == "sessions"; }

QString whereExample(const std::string &object)
{
    if (object == "events")
        return QStringLiteral("event = '$pageview' AND properties.$browser = 'Safari'");
    return object == "persons" ? QStringLiteral("properties.plan = 'pro'") : QStringLiteral("$pageview_count > 10");
}

/// One line of the list at the left: icon, name, count.
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

QToolButton *iconButton(const QString &icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setIcon(Theme::icon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

ph::Json valuesOf(const QJsonObject &place)
{
    return ph::Json::parse(QJsonDocument(place["values"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false);
}

} // namespace

ExplorePage::ExplorePage(Workbench &workbench, QWidget *parent)
    : Document(parent)
    , openUrl([](const QUrl &url) { QDesktopServices::openUrl(url); })
    , m_workbench(workbench)
    , m_driver(workbench.driver())
    , m_objects(new QStandardItemModel(this))
    , m_objectList(new QListView)
    , m_objectState(new EmptyState)
    , m_objectStack(new QStackedWidget)
    , m_rows(new RowsModel(this))
    , m_grid(new ResultGrid(m_rows))
    , m_fields(new ResultModel(this))
    , m_fieldGrid(new ResultGrid(m_fields))
    , m_state(new EmptyState)
    , m_fieldState(new EmptyState)
    , m_rowStack(new QStackedWidget)
    , m_fieldStack(new QStackedWidget)
    , m_pages(new QStackedWidget)
    , m_tabs(new QTabBar)
    , m_progress(new QProgressBar)
    , m_banner(new Banner)
    , m_bannerBox(new QWidget)
    , m_title(new QLabel)
    , m_count(new QLabel)
    , m_back(iconButton(QStringLiteral("chevron-left"), tr("Back (Alt+Left)")))
    , m_forward(iconButton(QStringLiteral("chevron-right"), tr("Forward (Alt+Right)")))
    , m_search(new QLineEdit)
    , m_where(new QLineEdit)
    , m_hogql(new QPushButton(tr("HogQL for this list")))
    , m_content(new QSplitter(Qt::Horizontal))
    , m_detail(new DetailPane)
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    for (ResultGrid *grid : {m_grid, m_fieldGrid}) {
        connect(grid, &ResultGrid::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
        connect(grid, &ResultGrid::askRequested, &m_workbench, &Workbench::askAgent);
    }
    m_grid->setAccessibleName(tr("Rows"));
    m_grid->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_fieldGrid->setAccessibleName(tr("Fields"));

    m_rowStack->addWidget(m_state);
    m_rowStack->addWidget(m_grid);
    m_fieldStack->addWidget(m_fieldState);
    m_fieldStack->addWidget(m_fieldGrid);
    m_pages->addWidget(m_rowStack);
    m_pages->addWidget(m_fieldStack);
    m_progress->setRange(0, 0);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(2);
    m_progress->setStyleSheet(QStringLiteral("QProgressBar { min-height: 2px; max-height: 2px; border-radius: 0; }"));
    QSizePolicy keep = m_progress->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(keep);
    m_progress->hide();
    auto *bannerRow = new QVBoxLayout(m_bannerBox);
    bannerRow->setContentsMargins(space::m, space::s, space::m, space::s);
    bannerRow->addWidget(m_banner);
    m_bannerBox->hide();
    connect(m_banner, &Banner::dismissed, m_bannerBox, &QWidget::hide);

    auto *list = new QWidget;
    auto *listColumn = new QVBoxLayout(list);
    listColumn->setContentsMargins(0, 0, 0, 0);
    listColumn->setSpacing(0);
    listColumn->addWidget(makeHeader());
    listColumn->addWidget(m_progress);
    listColumn->addWidget(m_bannerBox);
    listColumn->addWidget(m_pages, 1);
    m_content->addWidget(list);
    m_content->addWidget(m_detail);
    m_content->setStretchFactor(0, 1);
    m_content->setChildrenCollapsible(false);
    m_detail->hide();

    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeObjects());
    auto *line = new QFrame;
    line->setProperty("role", "vline");
    layout->addWidget(line);
    layout->addWidget(m_content, 1);

    m_searchTimer.setSingleShot(true);
    m_searchTimer.setInterval(searchAfterMs);
    connect(&m_searchTimer, &QTimer::timeout, this, [this] {
        m_place["search"] = m_search->text().trimmed();
        load();
        emit stateChanged();
    });
    connect(m_search, &QLineEdit::textEdited, this, [this] { m_searchTimer.start(); });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty() && !m_place["search"].toString().isEmpty()) // the clear button edits without textEdited
            m_searchTimer.start();
    });
    connect(m_where, &QLineEdit::returnPressed, this, [this] {
        m_place["where"] = m_where->text().trimmed();
        m_place.remove("select");
        load();
        emit titleChanged();
        emit stateChanged();
    });
    connect(m_rows, &RowsModel::moreWanted, this, &ExplorePage::loadMore);
    connect(m_grid->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar *bar = m_grid->verticalScrollBar();
        if (bar->maximum() - value < 2 * bar->pageStep()) // before the end is reached, so that nobody waits there
            m_rows->fetchMore({});
    });
    connect(m_grid, &ResultGrid::rowActivated, this, &ExplorePage::showItem);
    connect(m_grid, &ResultGrid::currentRowChanged, this, [this](int row) {
        if (isDetailShown() && row >= 0)
            showItem(row);
    });
    connect(m_grid, &QTableView::clicked, this, [this](const QModelIndex &index) { showItem(index.row()); });
    connect(m_state, &EmptyState::actionTriggered, this, &ExplorePage::load);
    connect(m_fieldState, &EmptyState::actionTriggered, this, &ExplorePage::loadFields);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_pages->setCurrentIndex(tab);
        if (tab == 1)
            loadFields();
    });
    connect(m_detail, &DetailPane::relationChosen, this, &ExplorePage::choose);
    connect(m_detail, &DetailPane::pageRequested, this, [this](const QUrl &url) { openUrl(url); });
    connect(m_detail, &DetailPane::askRequested, &m_workbench, &Workbench::askAgent);
    connect(m_detail, &DetailPane::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_detail, &DetailPane::closed, this, &ExplorePage::closeDetail);
    connect(m_detail, &DetailPane::filterRequested, this, [this](const QString &name, const ph::Json &value) {
        if (!takesWhere(object()))
            return;
        QJsonObject place{{"object", m_place["object"]}};
        place["where"] = name + QStringLiteral(" = {value}");
        place["values"] = QJsonDocument::fromJson(QByteArray::fromStdString(ph::Json{{"value", value}}.dump())).object();
        go(place);
    });
    connect(&m_workbench, &Workbench::driverChanged, this, [this] {
        m_driver = m_workbench.driver();
        m_rows->clear();
        m_shownObject.clear();
        m_fieldsOf.clear();
        closeDetail();
        loadObjects();
        load();
    });

    const auto action = [&](const QString &text, const QString &keys, const QString &icon, auto run) {
        auto *made = new QAction(Theme::icon(icon), text, this);
        made->setShortcut(QKeySequence(keys));
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, run);
        addAction(made);
        m_actions << made;
    };
    action(tr("Back"), QStringLiteral("Alt+Left"), QStringLiteral("chevron-left"), [this] { back(); });
    action(tr("Forward"), QStringLiteral("Alt+Right"), QStringLiteral("chevron-right"), [this] { forward(); });
    action(tr("Search this list"), QStringLiteral("Ctrl+F"), QStringLiteral("search"), [this] {
        m_search->setFocus();
        m_search->selectAll();
    });
    action(tr("Load again"), QStringLiteral("F5"), QStringLiteral("refresh"), [this] {
        loadObjects();
        load();
    });
    action(tr("HogQL for this list"), {}, QStringLiteral("hogql"), [this] { openHogql(); });
    setFocusProxy(m_objectList);
    loadObjects();
    go({{"object", "events"}});
}

ExplorePage::~ExplorePage()
{
    m_stop.request_stop();
    m_objectsStop.request_stop();
    m_fieldsStop.request_stop();
}

QWidget *ExplorePage::makeObjects()
{
    auto *pane = new QWidget;
    auto *title = new QLabel(tr("Explore"));
    title->setProperty("role", "title");
    m_objectList->setModel(m_objects);
    m_objectList->setItemDelegate(new ObjectDelegate(this));
    m_objectList->setFrameShape(QFrame::NoFrame);
    m_objectList->setMouseTracking(true);
    m_objectList->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_objectList->setUniformItemSizes(true);
    m_objectList->setAccessibleName(tr("Objects"));
    m_objectList->setStyleSheet(QStringLiteral("QListView { border: none; background: transparent; }"));
    connect(m_objectList->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        const QString name = index.data(nameRole).toString();
        if (!name.isEmpty() && name != m_place["object"].toString())
            go({{"object", name}});
    });
    connect(m_objectState, &EmptyState::actionTriggered, this, &ExplorePage::loadObjects);
    m_objectStack->addWidget(m_objectState);
    m_objectStack->addWidget(m_objectList);
    auto *column = new QVBoxLayout(pane);
    column->setContentsMargins(space::s, space::m, space::s, space::s);
    column->setSpacing(space::m);
    auto *titleRow = new QHBoxLayout;
    titleRow->setContentsMargins(space::s, 0, 0, 0);
    titleRow->addWidget(title);
    column->addLayout(titleRow);
    column->addWidget(m_objectStack, 1);
    pane->setFixedWidth(212);
    return pane;
}

QWidget *ExplorePage::makeHeader()
{
    auto *header = new QWidget;
    m_title->setProperty("role", "title");
    m_count->setProperty("role", "muted");
    m_count->setContentsMargins(0, 0, 0, 3); // stands on the title's baseline
    m_search->setPlaceholderText(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search this list"));
    m_search->addAction(Theme::icon(QStringLiteral("search"), Theme::colors().muted), QLineEdit::LeadingPosition);
    m_search->setMinimumWidth(140);
    m_search->setMaximumWidth(280);
    m_where->setAccessibleName(tr("Condition in HogQL"));
    m_where->setClearButtonEnabled(true);
    m_where->addAction(Theme::icon(QStringLiteral("filter"), Theme::colors().muted), QLineEdit::LeadingPosition);
    const auto setFont = [this] { m_where->setFont(Theme::codeFont()); };
    m_where->setStyleSheet(QStringLiteral("QLineEdit { font-family: '%1'; }").arg(Theme::codeFont().family()));
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, setFont);
    connect(m_back, &QToolButton::clicked, this, &ExplorePage::back);
    connect(m_forward, &QToolButton::clicked, this, &ExplorePage::forward);
    connect(m_hogql, &QPushButton::clicked, this, &ExplorePage::openHogql);

    auto *top = new QHBoxLayout;
    top->setSpacing(space::s);
    top->addWidget(m_back);
    top->addWidget(m_forward);
    top->addWidget(m_title);
    top->addWidget(m_count, 0, Qt::AlignBottom);
    top->addStretch(1);
    top->addWidget(m_search, 2);
    top->addWidget(m_hogql);
    m_tabs->addTab(tr("Rows"));
    m_tabs->addTab(tr("Fields"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Rows or fields"));
    m_tabs->setStyleSheet(QStringLiteral("QTabBar, QTabBar::tab, QTabBar::tab:selected { background: transparent; border-right: none; }"));
    auto *second = new QHBoxLayout;
    second->setSpacing(space::m);
    second->addWidget(m_tabs);
    second->addWidget(m_where, 1);
    auto *column = new QVBoxLayout(header);
    column->setContentsMargins(space::m, space::m, space::m, space::s);
    column->setSpacing(space::s);
    column->addLayout(top);
    column->addLayout(second);
    return header;
}

std::string ExplorePage::object() const { return m_place["object"].toString().toStdString(); }

QString ExplorePage::title() const
{
    const QString name = m_title->text();
    return m_place["where"].toString().isEmpty() ? name : tr("%1 (filtered)").arg(name);
}

QJsonObject ExplorePage::state() const
{
    QJsonObject state = m_place;
    if (isDetailShown())
        state["select"] = QString::fromStdString(m_selected);
    return state;
}

void ExplorePage::restore(const QJsonObject &state)
{
    if (!state["object"].toString().isEmpty())
        go(state);
}

QJsonObject ExplorePage::agentContext() const
{
    QJsonObject context = m_grid->selectionContext();
    context["title"] = title();
    context["kind"] = kind();
    const std::string hogql = listHogql(object(), m_place["search"].toString().toStdString(), m_place["where"].toString().toStdString(), valuesOf(m_place));
    if (!hogql.empty())
        context["text"] = QStringLiteral("```sql\n%1\n```\n\n").arg(QString::fromStdString(hogql)) + context["text"].toString();
    return context;
}

bool ExplorePage::isDetailShown() const { return !m_detail->isHidden(); }

void ExplorePage::loadObjects()
{
    m_objectsStop.request_stop();
    m_objectsStop = std::stop_source();
    if (!m_driver) {
        m_objectState->show(QStringLiteral("plug"), tr("No project"), {});
        m_objectStack->setCurrentWidget(m_objectState);
        return;
    }
    if (m_objects->rowCount() == 0) {
        m_objectState->showLoading({});
        m_objectStack->setCurrentWidget(m_objectState);
    }
    inBackground([driver = m_driver, stop = m_objectsStop.get_token()] { return driver->listObjects(stop); })
        .then(this, [this, stop = m_objectsStop.get_token()](const ph::Result<std::vector<posthog::ObjectInfo>> &objects) {
            if (stop.stop_requested())
                return;
            if (!objects) {
                if (m_objects->rowCount() == 0) {
                    m_objectState->show(QStringLiteral("error"), tr("No list"), QString::fromStdString(objects.error().message), tr("Try again"));
                    m_objectStack->setCurrentWidget(m_objectState);
                }
                return;
            }
            m_objects->clear();
            for (const posthog::ObjectInfo &info : *objects) {
                auto *item = new QStandardItem(QString::fromStdString(info.title));
                item->setData(QString::fromStdString(info.name), nameRole);
                item->setData(info.count ? groupedNumber(qint64(*info.count)) : QString(), countRole);
                item->setData(iconOf(info.name), iconRole);
                item->setToolTip(QString::fromStdString(info.description));
                item->setAccessibleDescription(QString::fromStdString(info.description));
                m_objects->appendRow(item);
            }
            m_objectStack->setCurrentWidget(m_objectList);
            refreshPlace();
        });
}

void ExplorePage::go(const QJsonObject &place)
{
    m_history.resize(std::size_t(m_at + 1)); // what lay ahead is gone, as in a browser
    if (m_at >= 0)
        m_history[std::size_t(m_at)] = state();
    m_history.push_back(place);
    m_at = int(m_history.size()) - 1;
    showPlace(place);
}

void ExplorePage::back()
{
    if (m_at <= 0)
        return;
    m_history[std::size_t(m_at)] = state();
    showPlace(m_history[std::size_t(--m_at)]);
}

void ExplorePage::forward()
{
    if (m_at + 1 >= int(m_history.size()))
        return;
    m_history[std::size_t(m_at)] = state();
    showPlace(m_history[std::size_t(++m_at)]);
}

void ExplorePage::showPlace(const QJsonObject &place)
{
    m_place = place;
    m_searchTimer.stop();
    m_search->setText(place["search"].toString());
    m_where->setText(place["where"].toString());
    m_where->setCursorPosition(0);
    closeDetail();
    m_tabs->setCurrentIndex(0);
    refreshPlace();
    load();
    emit titleChanged();
    emit stateChanged();
}

/// Title, buttons and the list at the left follow the place.
void ExplorePage::refreshPlace()
{
    const std::string name = object();
    QString title = QString::fromStdString(name);
    title = title.left(1).toUpper() + title.mid(1).replace('_', ' ');
    for (int row = 0; row < m_objects->rowCount(); ++row) {
        const QModelIndex index = m_objects->index(row, 0);
        if (index.data(nameRole).toString() == m_place["object"].toString()) {
            title = index.data().toString();
            if (m_objectList->currentIndex() != index)
                m_objectList->setCurrentIndex(index);
        }
    }
    m_title->setText(title);
    m_back->setEnabled(m_at > 0);
    m_forward->setEnabled(m_at + 1 < int(m_history.size()));
    m_where->setVisible(takesWhere(name));
    m_where->setPlaceholderText(tr("Where… for instance %1").arg(whereExample(name)));
    QString values;
    const QJsonObject bound = m_place["values"].toObject();
    for (auto it = bound.begin(); it != bound.end(); ++it)
        values += QStringLiteral("{%1} = %2\n").arg(it.key(), it.value().toVariant().toString());
    m_where->setToolTip(values.trimmed());
    m_hogql->setVisible(!listHogql(name, {}, {}, ph::Json::object()).empty());
}

void ExplorePage::load()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    if (!m_driver) {
        m_state->show(QStringLiteral("plug"), tr("No project"), tr("Connect a project in the settings, or open the demo project."));
        m_rowStack->setCurrentWidget(m_state);
        return;
    }
    m_banner->dismiss();
    m_isLoading = true;
    m_rows->setFetching(true);
    m_progress->show();
    if (m_shownObject != object()) { // rows of another object are no use while these come
        m_rows->clear();
        m_state->showLoading(tr("Loading %1").arg(m_title->text().toLower()));
        m_rowStack->setCurrentWidget(m_state);
    }
    refreshCount();
    posthog::RowsRequest request;
    request.object = object();
    request.search = m_place["search"].toString().toStdString();
    request.where = m_place["where"].toString().toStdString();
    request.values = valuesOf(m_place);
    request.limit = pageSize;
    inBackground([driver = m_driver, request, stop = m_stop.get_token()] { return driver->getRows(request, stop); })
        .then(this, [this, stop = m_stop.get_token()](const ph::Result<posthog::RowsPage> &page) {
            if (stop.stop_requested())
                return;
            m_isLoading = false;
            m_rows->setFetching(false);
            m_progress->hide();
            if (page) {
                take(*page);
            } else if (m_shownObject == object()) { // the old rows stay
                m_bannerBox->show();
                m_banner->show(page.error(), [this] { load(); });
            } else {
                const bool isCondition = page.error().code == ph::ErrorCode::InvalidInput && !m_place["where"].toString().isEmpty();
                m_state->show(QStringLiteral("error"), isCondition ? tr("The condition does not work") : tr("The list could not be loaded"), QString::fromStdString(page.error().message), tr("Try again"));
                m_rowStack->setCurrentWidget(m_state);
            }
            refreshCount();
            emit loaded();
        });
}

void ExplorePage::take(posthog::RowsPage page)
{
    m_shownObject = object();
    m_rows->setFirstPage(std::move(page));
    m_grid->scrollToTop();
    if (m_rows->rowCount() == 0) {
        const bool filtered = !m_place["search"].toString().isEmpty() || !m_place["where"].toString().isEmpty();
        if (filtered)
            m_state->show(QStringLiteral("search"), tr("Nothing fits"), tr("No %1 match the search and the condition.").arg(m_title->text().toLower()));
        else
            m_state->show(iconOf(object()), tr("No %1 yet").arg(m_title->text().toLower()), tr("This project has none."));
        m_rowStack->setCurrentWidget(m_state);
    } else {
        m_rowStack->setCurrentWidget(m_grid);
    }
    const std::string wanted = m_place["select"].toString().toStdString();
    if (!wanted.empty()) {
        const int row = m_rows->rowWhere([&](const ph::Json &item) { return itemId(object(), item) == wanted; });
        if (row >= 0) {
            m_grid->setCurrentIndex(m_rows->index(row, 0));
            showItem(row);
        }
    }
}

void ExplorePage::loadMore()
{
    if (m_isLoading || m_rows->next().empty() || !m_driver)
        return;
    m_isLoading = true;
    m_rows->setFetching(true);
    m_progress->show();
    posthog::RowsRequest request;
    request.object = object();
    request.search = m_place["search"].toString().toStdString();
    request.where = m_place["where"].toString().toStdString();
    request.values = valuesOf(m_place);
    request.cursor = m_rows->next();
    request.limit = pageSize;
    inBackground([driver = m_driver, request, stop = m_stop.get_token()] { return driver->getRows(request, stop); })
        .then(this, [this, stop = m_stop.get_token()](const ph::Result<posthog::RowsPage> &page) {
            if (stop.stop_requested())
                return;
            m_isLoading = false;
            m_rows->setFetching(false);
            m_progress->hide();
            if (page) {
                m_rows->addPage(*page);
            } else {
                m_rows->setFetching(true); // not again by itself at every scroll: the user says when
                m_bannerBox->show();
                m_banner->show(page.error(), [this] {
                    m_rows->setFetching(false);
                    loadMore();
                });
            }
            refreshCount();
            emit loaded();
        });
}

void ExplorePage::loadFields()
{
    if (!m_driver || m_fieldsOf == object())
        return;
    m_fieldsStop.request_stop();
    m_fieldsStop = std::stop_source();
    m_fieldState->showLoading(tr("Reading the fields"));
    m_fieldStack->setCurrentWidget(m_fieldState);
    inBackground([driver = m_driver, name = object(), stop = m_fieldsStop.get_token()] { return driver->getFields(name, stop); })
        .then(this, [this, name = object(), stop = m_fieldsStop.get_token()](const ph::Result<std::vector<posthog::FieldInfo>> &fields) {
            if (stop.stop_requested())
                return;
            if (!fields) {
                m_fieldState->show(QStringLiteral("error"), tr("The fields could not be read"), QString::fromStdString(fields.error().message), tr("Try again"));
                m_fieldStack->setCurrentWidget(m_fieldState);
                return;
            }
            m_fieldsOf = name;
            auto table = std::make_shared<posthog::Table>();
            table->columns = {{"field", "String"}, {"type", "String"}, {"sample", "String"}, {"description", "String"}};
            for (const posthog::FieldInfo &field : *fields)
                table->rows.push_back({field.name, field.type, field.sample, field.description});
            m_fields->setTable(std::move(table));
            m_fieldStack->setCurrentWidget(m_fieldGrid);
        });
}

void ExplorePage::refreshCount()
{
    const qint64 loaded = m_rows->rowCount();
    if (m_shownObject != object())
        m_count->setText({});
    else if (m_rows->total())
        m_count->setText(loaded < *m_rows->total() ? tr("%1 of %2").arg(groupedNumber(loaded), groupedNumber(qint64(*m_rows->total())))
                                                   : groupedNumber(qint64(*m_rows->total())));
    else
        m_count->setText(m_rows->next().empty() ? groupedNumber(loaded) : tr("%1 so far, more follow").arg(groupedNumber(loaded)));
}

void ExplorePage::showItem(int row)
{
    ph::Json item = m_rows->item(row);
    if (item.is_null() && row >= 0 && row < m_rows->rowCount()) { // a server without items: the row is the item
        item = ph::Json::object();
        for (int column = 0; column < m_rows->columnCount(); ++column)
            item[m_rows->table()->columns[std::size_t(column)].name] = m_rows->cell(row, column);
    }
    if (item.is_null())
        return;
    m_selected = itemId(object(), item);
    m_detail->showItem(object(), item, m_driver ? m_driver->host() : std::string(), m_driver ? m_driver->projectId() : std::string());
    if (m_detail->isHidden()) {
        m_detail->show();
        const int width = std::max(340, m_content->width() * 2 / 5);
        m_content->setSizes({m_content->width() - width, width});
    }
    emit stateChanged();
}

void ExplorePage::closeDetail()
{
    m_detail->hide();
    m_selected.clear();
}

void ExplorePage::showTab(int tab) { m_tabs->setCurrentIndex(tab); }

void ExplorePage::choose(const Relation &relation)
{
    if (!relation.url.isEmpty())
        openUrl(relation.url);
    else if (relation.kind == QLatin1String("explore"))
        go(relation.state);
    else
        m_workbench.open(relation.kind, relation.state);
}

void ExplorePage::openHogql()
{
    const std::string hogql = listHogql(object(), m_place["search"].toString().toStdString(), m_place["where"].toString().toStdString(), valuesOf(m_place));
    if (!hogql.empty())
        m_workbench.open(QStringLiteral("hogql"), {{"text", QString::fromStdString(hogql)}, {"title", title()}, {"run", true}});
}

void ExplorePage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && isDetailShown()) {
        closeDetail();
        m_grid->setFocus();
        return;
    }
    Document::keyPressEvent(event);
}

} // namespace ui
