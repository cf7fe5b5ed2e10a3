#include "ui/explore/object_rows.h"

#include "ui/explore/object_list.h"
#include "ui/explore/rows_model.h"
#include "ui/query/cell_text.h"
#include "ui/query/result_grid.h"
#include "ui/shell/background.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QProgressBar>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int pageSize = 200;

} // namespace

ObjectRows::ObjectRows(QWidget *parent)
    : QWidget(parent)
    , m_rows(new RowsModel(this))
    , m_grid(new ResultGrid(m_rows))
    , m_state(new EmptyState)
    , m_stack(new QStackedWidget)
    , m_progress(new QProgressBar)
    , m_banner(new Banner)
    , m_bannerBox(new QWidget)
{
    m_grid->setAccessibleName(tr("Rows"));
    m_grid->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_stack->addWidget(m_state);
    m_stack->addWidget(m_grid);
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

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_progress);
    column->addWidget(m_bannerBox);
    column->addWidget(m_stack, 1);
    setFocusProxy(m_grid);

    connect(m_rows, &RowsModel::moreWanted, this, &ObjectRows::loadMore);
    connect(m_grid->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar *bar = m_grid->verticalScrollBar();
        if (bar->maximum() - value < 2 * bar->pageStep()) // before the end is reached, so that nobody waits there
            m_rows->fetchMore({});
    });
    connect(m_state, &EmptyState::actionTriggered, this, &ObjectRows::load);
}

ObjectRows::~ObjectRows() { m_stop.request_stop(); }

void ObjectRows::setDriver(std::shared_ptr<posthog::Driver> driver)
{
    m_driver = std::move(driver);
    m_rows->clear();
    m_shownObject.clear();
}

void ObjectRows::list(const posthog::RowsRequest &request, const QString &title)
{
    m_request = request;
    m_request.limit = pageSize;
    m_title = title;
    load();
}

void ObjectRows::reload() { load(); }

void ObjectRows::setLoading(bool isLoading)
{
    m_isLoading = isLoading;
    m_rows->setFetching(isLoading);
    m_progress->setVisible(isLoading);
}

void ObjectRows::load()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    if (!m_driver) {
        m_state->show(QStringLiteral("plug"), tr("No project"), tr("Connect a project in the settings, or open the demo project."));
        m_stack->setCurrentWidget(m_state);
        return;
    }
    m_banner->dismiss();
    setLoading(true);
    if (m_shownObject != m_request.object) { // rows of another object are no use while these come
        m_rows->clear();
        m_state->showLoading(tr("Loading %1").arg(m_title.toLower()));
        m_stack->setCurrentWidget(m_state);
    }
    m_request.cursor.clear();
    inBackground([driver = m_driver, request = m_request, stop = m_stop.get_token()] { return driver->getRows(request, stop); })
        .then(this, [this, stop = m_stop.get_token()](const ph::Result<posthog::RowsPage> &page) {
            if (stop.stop_requested())
                return;
            setLoading(false);
            if (page)
                take(*page);
            else
                refuse(page.error());
            emit loaded();
        });
}

void ObjectRows::take(posthog::RowsPage page)
{
    m_shownObject = m_request.object;
    m_rows->setFirstPage(std::move(page));
    m_grid->scrollToTop();
    if (m_rows->rowCount() == 0) {
        if (!m_request.search.empty() || !m_request.where.empty())
            m_state->show(QStringLiteral("search"), tr("Nothing fits"), tr("No %1 match the search and the condition.").arg(m_title.toLower()));
        else
            m_state->show(objectIcon(m_request.object), tr("No %1 yet").arg(m_title.toLower()), tr("This project has none."));
        m_stack->setCurrentWidget(m_state);
    } else {
        m_stack->setCurrentWidget(m_grid);
    }
    emit firstPageLoaded();
}

void ObjectRows::refuse(const ph::Error &error)
{
    if (m_shownObject == m_request.object) { // the old rows stay
        m_bannerBox->show();
        m_banner->show(error, [this] { load(); });
        return;
    }
    const bool isCondition = error.code == ph::ErrorCode::InvalidInput && !m_request.where.empty();
    m_state->show(QStringLiteral("error"), isCondition ? tr("The condition does not work") : tr("The list could not be loaded"),
                  QString::fromStdString(error.message), tr("Try again"));
    m_stack->setCurrentWidget(m_state);
}

void ObjectRows::loadMore()
{
    if (m_isLoading || m_rows->next().empty() || !m_driver)
        return;
    setLoading(true);
    auto request = m_request;
    request.cursor = m_rows->next();
    inBackground([driver = m_driver, request, stop = m_stop.get_token()] { return driver->getRows(request, stop); })
        .then(this, [this, stop = m_stop.get_token()](const ph::Result<posthog::RowsPage> &page) {
            if (stop.stop_requested())
                return;
            setLoading(false);
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
            emit loaded();
        });
}

ph::Json ObjectRows::item(int row) const
{
    ph::Json item = m_rows->item(row);
    if (!item.is_null() || row < 0 || row >= m_rows->rowCount())
        return item;
    item = ph::Json::object();
    for (int column = 0; column < m_rows->columnCount(); ++column)
        item[m_rows->table()->columns[std::size_t(column)].name] = m_rows->cell(row, column);
    return item;
}

QString ObjectRows::countText() const
{
    if (m_shownObject.empty() || m_shownObject != m_request.object)
        return {};
    const qint64 loaded = m_rows->rowCount();
    if (m_rows->total())
        return loaded < *m_rows->total() ? tr("%1 of %2").arg(groupedNumber(loaded), groupedNumber(qint64(*m_rows->total())))
                                         : groupedNumber(qint64(*m_rows->total()));
    return m_rows->next().empty() ? groupedNumber(loaded) : tr("%1 so far, more follow").arg(groupedNumber(loaded));
}

} // namespace ui
