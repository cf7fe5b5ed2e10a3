#include "ui/explore/explore_page.h"

#include "ui/explore/detail_pane.h"
#include "ui/explore/fields_view.h"
#include "ui/explore/filter_button.h"
#include "ui/explore/list_header.h"
#include "ui/explore/object_list.h"
#include "ui/explore/object_rows.h"
#include "ui/explore/rows_model.h"
#include "ui/query/result_grid.h"
#include "ui/shell/theme.h"
#include "ui/shell/workbench.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTimer>

namespace ui {

namespace {

ph::Json valuesOf(const QJsonObject &place)
{
    return ph::Json::parse(QJsonDocument(place["values"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false);
}

} // namespace

ExplorePage::ExplorePage(Workbench &workbench, SavedFilters &filters, QWidget *parent)
    : Document(parent)
    , openUrl([](const QUrl &url) { QDesktopServices::openUrl(url); })
    , m_workbench(workbench)
    , m_driver(workbench.driver())
    , m_objects(new ObjectList)
    , m_header(new ListHeader(filters))
    , m_list(new ObjectRows)
    , m_fields(new FieldsView)
    , m_pages(new QStackedWidget)
    , m_content(new QSplitter(Qt::Horizontal))
    , m_detail(new DetailPane)
{
    setProperty("role", "page");
    setAttribute(Qt::WA_StyledBackground);
    m_pages->addWidget(m_list);
    m_pages->addWidget(m_fields);
    auto *centre = new QWidget;
    auto *centreColumn = new QVBoxLayout(centre);
    centreColumn->setContentsMargins(0, 0, 0, 0);
    centreColumn->setSpacing(0);
    centreColumn->addWidget(m_header);
    centreColumn->addWidget(m_pages, 1);
    m_content->addWidget(centre);
    m_content->addWidget(m_detail);
    m_content->setStretchFactor(0, 1);
    m_content->setChildrenCollapsible(false);
    m_detail->hide();
    auto *line = new QFrame;
    line->setProperty("role", "vline");
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_objects);
    layout->addWidget(line);
    layout->addWidget(m_content, 1);

    connect(m_objects, &ObjectList::chosen, this, [this](const QString &object) { go({{"object", object}}); });
    connect(m_objects, &ObjectList::loaded, this, [this] {
        m_header->setTitle(m_objects->titleOf(m_place["object"].toString()));
        emit titleChanged();
    });
    connect(m_header, &ListHeader::backClicked, this, &ExplorePage::back);
    connect(m_header, &ListHeader::forwardClicked, this, &ExplorePage::forward);
    connect(m_header, &ListHeader::searched, this, [this](const QString &text) { changePlace(QStringLiteral("search"), text); });
    connect(m_header, &ListHeader::conditionEntered, this, [this](const QString &text) { changePlace(QStringLiteral("where"), text); });
    connect(m_header->filters(), &FilterButton::filterChosen, this, &ExplorePage::go);
    connect(m_header->filters(), &FilterButton::said, &m_workbench, &Workbench::toast);
    connect(m_header->exportButton(), &QPushButton::clicked, this, &ExplorePage::openExport);
    connect(m_header->hogqlButton(), &QPushButton::clicked, this, &ExplorePage::openHogql);
    connect(m_header->tabs(), &QTabBar::currentChanged, this, [this](int tab) {
        m_pages->setCurrentIndex(tab);
        if (tab == 1)
            m_fields->showFieldsOf(object());
    });
    connect(m_list, &ObjectRows::firstPageLoaded, this, &ExplorePage::selectWanted);
    connect(m_list, &ObjectRows::loaded, this, [this] { m_header->setCount(m_list->countText()); });
    for (ResultGrid *grid : {m_list->grid(), m_fields->grid()}) {
        connect(grid, &ResultGrid::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
        connect(grid, &ResultGrid::askRequested, &m_workbench, &Workbench::askAgent);
    }
    connect(m_list->grid(), &ResultGrid::rowActivated, this, &ExplorePage::showItem);
    connect(m_list->grid(), &ResultGrid::currentRowChanged, this, [this](int row) {
        if (isDetailShown() && row >= 0)
            showItem(row);
    });
    connect(m_list->grid(), &QTableView::clicked, this, [this](const QModelIndex &index) { showItem(index.row()); });
    connect(m_detail, &DetailPane::relationChosen, this, &ExplorePage::choose);
    connect(m_detail, &DetailPane::pageRequested, this, [this](const QUrl &url) { openUrl(url); });
    connect(m_detail, &DetailPane::askRequested, &m_workbench, &Workbench::askAgent);
    connect(m_detail, &DetailPane::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_detail, &DetailPane::closed, this, &ExplorePage::closeDetail);
    connect(m_detail, &DetailPane::filterRequested, this, &ExplorePage::filterBy);
    connect(&m_workbench, &Workbench::driverChanged, this, [this] {
        m_driver = m_workbench.driver();
        m_list->setDriver(m_driver);
        m_fields->setDriver(m_driver);
        m_objects->setDriver(m_driver);
        closeDetail();
        if (m_at >= 0)
            list();
    });
    addActions();
    setFocusProxy(m_objects);

    m_list->setDriver(m_driver);
    m_fields->setDriver(m_driver);
    m_objects->setDriver(m_driver);
    // A page that is restored never asks for the events that it would begin with.
    QTimer::singleShot(0, this, [this] {
        if (m_at < 0)
            go({{"object", "events"}});
    });
}

ExplorePage::~ExplorePage() = default;

void ExplorePage::addActions()
{
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
        search()->setFocus();
        search()->selectAll();
    });
    action(tr("Saved filters"), QStringLiteral("Ctrl+Shift+F"), QStringLiteral("star"), [this] { m_header->filters()->showMenu(); });
    action(tr("Load again"), QStringLiteral("F5"), QStringLiteral("refresh"), [this] {
        m_objects->load();
        m_list->reload();
    });
    action(tr("HogQL for this list"), {}, QStringLiteral("hogql"), [this] { openHogql(); });
    action(tr("Export this list"), {}, QStringLiteral("export"), [this] { openExport(); });
}

std::string ExplorePage::object() const { return m_place["object"].toString().toStdString(); }

std::string ExplorePage::hogql() const
{
    return listHogql(object(), m_place["search"].toString().toStdString(), m_place["where"].toString().toStdString(), valuesOf(m_place));
}

RowsModel *ExplorePage::rows() const { return m_list->model(); }
ResultGrid *ExplorePage::grid() const { return m_list->grid(); }
ResultModel *ExplorePage::fields() const { return m_fields->model(); }
QLineEdit *ExplorePage::search() const { return m_header->search(); }
QLineEdit *ExplorePage::where() const { return m_header->where(); }
Banner *ExplorePage::banner() const { return m_list->banner(); }
QPushButton *ExplorePage::hogqlButton() const { return m_header->hogqlButton(); }
bool ExplorePage::isLoading() const { return m_list->isLoading(); }
bool ExplorePage::isDetailShown() const { return !m_detail->isHidden(); }

QString ExplorePage::title() const
{
    const QString name = m_header->title();
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
    QJsonObject context = grid()->selectionContext();
    context["title"] = title();
    context["kind"] = kind();
    if (const std::string text = hogql(); !text.empty())
        context["text"] = QStringLiteral("```sql\n%1\n```\n\n").arg(QString::fromStdString(text)) + context["text"].toString();
    return context;
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
    const QString name = place["object"].toString();
    m_objects->setCurrent(name);
    m_header->setPlace(m_objects->titleOf(name), place);
    m_header->setWays(m_at > 0, m_at + 1 < int(m_history.size()));
    closeDetail();
    m_header->tabs()->setCurrentIndex(0);
    list();
    emit titleChanged();
    emit stateChanged();
}

void ExplorePage::changePlace(const QString &key, const QString &text)
{
    m_place[key] = text;
    m_place.remove("select");
    m_header->filters()->setPlace(m_place);
    list();
    emit titleChanged();
    emit stateChanged();
}

void ExplorePage::list()
{
    posthog::RowsRequest request;
    request.object = object();
    request.search = m_place["search"].toString().toStdString();
    request.where = m_place["where"].toString().toStdString();
    request.values = valuesOf(m_place);
    m_list->list(request, m_objects->titleOf(m_place["object"].toString()));
    m_header->setCount(m_list->countText());
}

/// A place may name the item that was open.
void ExplorePage::selectWanted()
{
    const std::string wanted = m_place["select"].toString().toStdString();
    if (wanted.empty())
        return;
    const int row = rows()->rowWhere([&](const ph::Json &item) { return itemId(object(), item) == wanted; });
    if (row >= 0) {
        grid()->setCurrentIndex(rows()->index(row, 0));
        showItem(row);
    }
}

void ExplorePage::showItem(int row)
{
    const ph::Json item = m_list->item(row);
    if (item.is_null())
        return;
    m_selected = itemId(object(), item);
    m_detail->showItem(object(), item, m_driver);
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

void ExplorePage::showTab(int tab) { m_header->tabs()->setCurrentIndex(tab); }

void ExplorePage::filterBy(const QString &name, const ph::Json &value)
{
    if (!takesCondition(object()))
        return;
    QJsonObject place{{"object", m_place["object"]}};
    place["where"] = name + QStringLiteral(" = {value}");
    place["values"] = QJsonDocument::fromJson(QByteArray::fromStdString(ph::Json{{"value", value}}.dump())).object();
    go(place);
}

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
    if (const std::string text = hogql(); !text.empty())
        m_workbench.open(QStringLiteral("hogql"), {{"text", QString::fromStdString(text)}, {"title", title()}, {"run", true}});
}

/// Events and persons have exports of their own; of the rest what the list shows is a query, if it is one.
void ExplorePage::openExport()
{
    if (object() == "events" || object() == "persons") {
        m_workbench.open(QStringLiteral("exports"), {{"object", m_place["object"]}, {"where", whereWithSearch()}, {"values", m_place["values"]}});
        return;
    }
    const std::string text = listHogql(object(), m_place["search"].toString().toStdString(), m_place["where"].toString().toStdString(), valuesOf(m_place), false);
    if (!text.empty())
        m_workbench.open(QStringLiteral("exports"), {{"hogql", QString::fromStdString(text)}, {"title", title()}});
}

/// The condition of the list, what is searched for included.
QString ExplorePage::whereWithSearch() const
{
    const QString where = m_place["where"].toString();
    const QString searched = QString::fromStdString(searchCondition(object(), m_place["search"].toString().toStdString()));
    if (searched.isEmpty())
        return where;
    return where.isEmpty() ? searched : QStringLiteral("(%1) AND %2").arg(where, searched);
}

void ExplorePage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && isDetailShown()) {
        closeDetail();
        grid()->setFocus();
        return;
    }
    Document::keyPressEvent(event);
}

} // namespace ui
