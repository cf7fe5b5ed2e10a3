#include "ui/inspector/inspector_page.h"

#include "ui/conversation/visible_text.h"
#include "ui/inspector/message_detail.h"
#include "ui/inspector/protocol_schema.h"
#include "ui/inspector/stored_log.h"
#include "ui/inspector/wire_export.h"
#include "ui/inspector/wire_list.h"
#include "ui/shell/background.h"
#include "ui/shell/banner.h"
#include "ui/shell/empty_state.h"
#include "ui/shell/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int leastWidthForTwo = 1050; // side by side
constexpr std::chrono::milliseconds pollInterval{100};
constexpr std::chrono::milliseconds typingPause{80};

QString connectionName(const WireLog &log)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(log.beganAt().time_since_epoch()).count();
    const auto name = visibleText(log.name()) + QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral(", HH:mm:ss"));
    return log.hasEnded() ? InspectorPage::tr("%1 (ended)").arg(name) : name;
}

/// Fills a choice again and keeps what was chosen, where it is still there.
void refill(QComboBox &box, const std::vector<std::pair<QString, QString>> &items, const QString &chosen)
{
    const QSignalBlocker quiet(box);
    box.clear();
    for (const auto &[text, data] : items)
        box.addItem(text, data);
    box.setCurrentIndex(std::max(0, box.findData(chosen)));
}

} // namespace

InspectorPage::InspectorPage(Workbench &workbench, WireLogs &logs, std::shared_ptr<SessionStore> store, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_logs(logs)
    , m_store(std::move(store))
    , m_heading(new QLabel)
    , m_connections(new QComboBox)
    , m_pause(new QPushButton)
    , m_clear(new QPushButton(tr("Clear")))
    , m_export(new QPushButton(tr("Export")))
    , m_text(new QLineEdit)
    , m_kinds(new QComboBox)
    , m_directions(new QComboBox)
    , m_sessions(new QComboBox)
    , m_problemsOnly(new QCheckBox(tr("Problems only")))
    , m_banner(new Banner)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState)
    , m_splitter(new QSplitter)
    , m_list(new WireList(&m_model))
    , m_detail(new MessageDetail(m_model))
    , m_counts(new QLabel)
{
    m_counts->setProperty("role", "small");
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 5);
    m_splitter->setStretchFactor(1, 3);
    m_splitter->setSizes({500, 300});
    m_splitter->setChildrenCollapsible(false);
    m_list->setMinimumWidth(360);
    m_detail->setMinimumWidth(260);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_splitter);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::s);
    column->setSpacing(space::s);
    column->addLayout(buildHead());
    column->addLayout(buildFilters());
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    column->addWidget(m_counts);
    setFocusProxy(m_list);
    addActions();

    connect(&m_logs, &WireLogs::changed, this, &InspectorPage::showConnection);
    connect(&m_model, &WireModel::countsChanged, this, &InspectorPage::showCounts);
    connect(&m_model, &WireModel::countsChanged, this, &InspectorPage::showWhatThereIs);
    connect(&m_model, &WireModel::sessionsChanged, this, &InspectorPage::fillSessions);
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] { m_list->show(m_chosen); });
    connect(&m_model, &WireModel::lineChanged, this, [this](quint64 number) {
        if (number == m_detail->number())
            m_detail->refresh();
    });
    connect(m_list, &WireList::currentNumberChanged, this, [this](quint64 number) {
        if (number != 0) // A new filter empties the table for a moment: what was chosen stays.
            choose(number);
    });
    connect(m_list, &WireList::copyRequested, this, &InspectorPage::copyLine);
    connect(m_list, &WireList::detailRequested, m_detail, &MessageDetail::focusText);
    connect(m_list, &WireList::partnerRequested, this, &InspectorPage::goToPartner);
    connect(m_detail, &MessageDetail::partnerRequested, this, &InspectorPage::goToPartner);
    connect(m_detail, &MessageDetail::copied, this, [this](const QString &what) { m_workbench.toast(tr("Copied %1").arg(what)); });
    connect(m_empty, &EmptyState::actionTriggered, this, [this] {
        if (isPast() && !m_model.log())
            load();
        else
            clearFilter();
    });
    m_polling.setInterval(pollInterval);
    connect(&m_polling, &QTimer::timeout, this, &InspectorPage::poll);
    m_filtering.setSingleShot(true);
    m_filtering.setInterval(typingPause);
    connect(&m_filtering, &QTimer::timeout, this, &InspectorPage::applyFilter);
    setPaused(false);
    showConnection();
}

InspectorPage::~InspectorPage()
{
    m_stop.request_stop();
    m_exportStop.request_stop();
}

QString InspectorPage::identity(const QJsonObject &state)
{
    const auto run = state["runId"].toString();
    return run.isEmpty() ? "connection " + state["connection"].toString() : "run " + run;
}

QString InspectorPage::title() const { return isPast() ? tr("Messages: %1").arg(m_title.isEmpty() ? m_runId.right(8) : m_title) : tr("Agent messages"); }

QJsonObject InspectorPage::state() const
{
    QJsonObject state;
    if (isPast())
        state = {{"runId", m_runId}, {"title", m_title}};
    else if (!m_connection.isEmpty())
        state = {{"connection", m_connection}};
    if (!m_text->text().isEmpty())
        state["filter"] = m_text->text();
    if (m_problemsOnly->isChecked())
        state["problemsOnly"] = true;
    return state;
}

void InspectorPage::restore(const QJsonObject &state)
{
    m_runId = state["runId"].toString();
    m_title = visibleText(state["title"].toString()).simplified();
    m_connection = state["connection"].toString();
    if (!isPast() && !m_logs.find(m_connection))
        m_connection.clear(); // of another run of the program
    m_text->setText(state["filter"].toString());
    m_problemsOnly->setChecked(state["problemsOnly"].toBool());
    applyFilter();
    emit titleChanged();
    showConnection();
    if (isPast())
        load();
}

void InspectorPage::load()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_model.setLog(nullptr);
    choose(0);
    m_isLoading = true;
    showWhatThereIs();
    inBackground([store = m_store, runId = m_runId, stop = m_stop.get_token()]() -> ph::Result<std::shared_ptr<WireLog>> {
        const auto lines = store->lines(runId.toStdString(), stop);
        if (!lines)
            return ph::fail(lines.error());
        return storedLog(runId, *lines, protocolSchema());
    }).then(this, [this, stop = m_stop.get_token()](const ph::Result<std::shared_ptr<WireLog>> &log) {
        if (stop.stop_requested())
            return;
        m_isLoading = false;
        if (!log) {
            m_empty->show("error", tr("The session could not be read"), QString::fromStdString(log.error().message), tr("Try again"));
            m_stack->setCurrentWidget(m_empty);
            return;
        }
        m_model.setLog(*log);
        poll();
    });
}

void InspectorPage::showConnection()
{
    m_heading->setText(title());
    m_connections->setVisible(!isPast());
    m_pause->setVisible(!isPast());
    m_clear->setVisible(!isPast());
    if (isPast())
        return;
    fillConnections();
    const auto log = m_connection.isEmpty() ? m_logs.newest() : m_logs.find(m_connection);
    if (log != m_model.log()) {
        choose(0);
        m_model.setLog(log);
        poll();
    }
    showWhatThereIs();
}

void InspectorPage::fillConnections()
{
    std::vector<std::pair<QString, QString>> items;
    const auto newest = m_logs.newest();
    items.emplace_back(newest ? tr("Newest: %1").arg(connectionName(*newest)) : tr("Newest"), QString());
    for (auto log = m_logs.all().rbegin(); log != m_logs.all().rend(); ++log)
        items.emplace_back(connectionName(**log), (*log)->id());
    refill(*m_connections, items, m_connection);
}

void InspectorPage::fillSessions()
{
    std::vector<std::pair<QString, QString>> items{{tr("All sessions"), QString()}};
    for (const auto &session : m_model.sessions()) {
        const auto id = QString::fromStdString(session);
        items.emplace_back(visibleText(id).right(8), id);
    }
    refill(*m_sessions, items, m_sessions->currentData().toString());
}

void InspectorPage::showEvent(QShowEvent *event)
{
    Document::showEvent(event);
    if (!isPast())
        fillConnections(); // Some may have ended.
    m_polling.start();
    poll();
}

/// A narrow page has the message below the list.
void InspectorPage::resizeEvent(QResizeEvent *event)
{
    Document::resizeEvent(event);
    const auto orientation = width() < leastWidthForTwo ? Qt::Vertical : Qt::Horizontal;
    if (orientation == m_splitter->orientation())
        return;
    m_splitter->setOrientation(orientation);
    m_splitter->setSizes(orientation == Qt::Vertical ? QList{400, 400} : QList{500, 300});
}

void InspectorPage::hideEvent(QHideEvent *event)
{
    Document::hideEvent(event);
    m_polling.stop();
}

void InspectorPage::poll()
{
    if (m_isPaused) {
        showCounts();
        return;
    }
    if (m_model.poll())
        QTimer::singleShot(0, this, &InspectorPage::poll); // The rest, once the window had its turn.
}

void InspectorPage::setPaused(bool paused)
{
    m_isPaused = paused;
    m_pause->setIcon(Theme::icon(paused ? "play" : "pause"));
    m_pause->setToolTip(paused ? tr("Show what has come since") : tr("Keep the list as it is; what comes is kept for later"));
    showCounts();
    if (!paused)
        poll();
}

void InspectorPage::clear()
{
    if (isPast() || !m_model.log())
        return;
    const auto log = m_model.log();
    log->clear();
    choose(0);
    m_model.setLog(log);
}

void InspectorPage::applyFilter()
{
    m_filtering.stop();
    WireFilter filter;
    filter.text = m_text->text();
    filter.kinds = WireFilter::Kinds(m_kinds->currentData().toInt());
    if (const int direction = m_directions->currentData().toInt(); direction >= 0)
        filter.direction = acp::Direction(direction);
    filter.session = m_sessions->currentData().toString().toStdString();
    filter.problemsOnly = m_problemsOnly->isChecked();
    if (filter == m_model.filter())
        return;
    m_model.setFilter(filter);
    emit stateChanged();
}

void InspectorPage::clearFilter()
{
    m_text->clear();
    for (auto *box : {m_kinds, m_directions, m_sessions})
        box->setCurrentIndex(0);
    m_problemsOnly->setChecked(false);
    applyFilter();
}

void InspectorPage::choose(std::uint64_t number)
{
    m_chosen = number;
    m_model.select(number);
    m_detail->show(number);
}

void InspectorPage::goToPartner()
{
    const auto partner = m_model.partnerOf(m_chosen);
    if (partner == 0)
        m_workbench.toast(tr("This line has no request or reply here"));
    else if (!m_list->show(partner))
        choose(partner); // The filter does not show it: the detail does.
}

void InspectorPage::copyLine(std::uint64_t number)
{
    if (const auto entry = m_model.entry(number)) {
        QGuiApplication::clipboard()->setText(QString::fromStdString(redactedMessage(entry->line->text)));
        m_workbench.toast(tr("Copied the line"));
    }
}

void InspectorPage::askForFile(bool shownOnly)
{
    const auto folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    const auto path = QFileDialog::getSaveFileName(this, tr("Export the messages"), folder + "/agent-messages.ndjson", tr("JSON lines (*.ndjson *.jsonl)"));
    if (!path.isEmpty())
        exportTo(path, shownOnly);
}

void InspectorPage::exportTo(const QString &path, bool shownOnly)
{
    auto lines = m_model.lines(shownOnly);
    const auto count = lines.size();
    m_isExporting = true;
    showCounts();
    inBackground([path, lines = std::move(lines), stop = m_exportStop.get_token()] { return exportLines(path, lines, stop); })
        .then(this, [this, path, count](const ph::Result<> &written) {
            m_isExporting = false;
            showCounts();
            if (written)
                m_workbench.toast(tr("Wrote %n lines to %1", nullptr, int(count)).arg(visibleText(QFileInfo(path).fileName())));
            else
                m_banner->show(written.error());
        });
}

void InspectorPage::showWhatThereIs()
{
    if (m_model.rowCount() > 0) {
        m_stack->setCurrentWidget(m_splitter);
        return;
    }
    if (m_isLoading)
        m_empty->showLoading(tr("Reading the session's log"));
    else if (!m_model.log())
        m_empty->show("inspector", tr("No agent has been started yet"), tr("What the window and an agent say to each other is shown here, as it passes."));
    else if (m_model.lineCount() == 0 && isPast())
        m_empty->show("inspector", tr("The session's log is empty"), {});
    else if (m_model.lineCount() == 0)
        m_empty->show("inspector", tr("Nothing has passed yet"), tr("The next line, either way, is shown here."));
    else if (m_model.isFiltering() || (m_model.filter().problemsOnly && m_model.isChecking()))
        m_empty->showLoading(tr("Looking through the lines"));
    else if (m_model.filter() == WireFilter{{}, WireFilter::Kinds::All, {}, {}, true})
        m_empty->show("check", tr("No problems"), tr("Every line fits the protocol, and no error was answered."), tr("Show all lines"));
    else
        m_empty->show("search", tr("No line fits"), tr("The filter leaves none of the lines."), tr("Clear the filter"));
    m_stack->setCurrentWidget(m_empty);
}

void InspectorPage::showCounts()
{
    const auto number = [](std::size_t count) { return QLocale().toString(qulonglong(count)); };
    const auto waiting = m_model.waiting();
    m_pause->setText(!m_isPaused ? tr("Pause") : waiting == 0 ? tr("Go on") : tr("Go on (%1 new)").arg(number(waiting)));
    m_export->setEnabled(m_model.lineCount() > 0 && !m_isExporting);
    QStringList parts;
    const auto shown = std::size_t(m_model.rowCount());
    parts << (shown == m_model.lineCount() ? tr("%1 lines").arg(number(shown)) : tr("%1 of %2 lines").arg(number(shown), number(m_model.lineCount())));
    if (m_model.isChecking())
        parts << tr("checking");
    parts << (m_model.problemCount() == 0 ? tr("no problems") : tr("%1 with problems").arg(number(m_model.problemCount())));
    if (const auto log = m_model.log(); log && log->droppedCount() > 0)
        parts << tr("%1 older lines were dropped").arg(number(log->droppedCount()));
    m_counts->setText(m_model.log() ? parts.join(QStringLiteral(" · ")) : QString());
}

} // namespace ui
