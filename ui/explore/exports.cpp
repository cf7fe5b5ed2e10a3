#include "ui/explore/exports.h"

#include "ui/query/cell_text.h"
#include "ui/shell/background.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>

#include <algorithm>
#include <mutex>

namespace ui {

using posthog::ExportFormat;
using posthog::ExportKind;

/// What a worker and the window share of an export.
struct Exports::Running {
    int id = 0;
    std::stop_source stop;
    std::mutex mutex; // Guards `progress`.
    posthog::ExportProgress progress;
};

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }

/// "waits for PostHog's limit until 14:32:10", in the user's own time; with the day where it is another.
QString waitText(const posthog::Wait &wait)
{
    if (!wait.until)
        return Exports::tr("waits for %1").arg(q(wait.what));
    const auto until = QDateTime::fromMSecsSinceEpoch(std::chrono::duration_cast<std::chrono::milliseconds>(wait.until->time_since_epoch()).count());
    const auto day = until.date() == QDate::currentDate() ? QString() : QLocale().toString(until.date(), QLocale::ShortFormat) + ' ';
    return Exports::tr("waits for %1 until %2").arg(q(wait.what), day + until.time().toString("HH:mm:ss"));
}

QString projectOf(const posthog::Driver &driver) { return q(driver.host() + " " + driver.projectId()); }

QJsonArray toQt(const std::vector<std::string> &texts)
{
    QJsonArray array;
    for (const auto &text : texts)
        array << q(text);
    return array;
}

std::vector<std::string> textsOf(const QJsonValue &value)
{
    std::vector<std::string> texts;
    const auto array = value.toArray();
    for (const auto &text : array)
        texts.push_back(text.toString().toStdString());
    return texts;
}

QJsonObject toQt(const posthog::ExportRequest &request)
{
    const char *kind = request.kind == ExportKind::Events ? "events" : request.kind == ExportKind::Persons ? "persons" : "query";
    return {{"kind", kind},
            {"format", nameOf(request.format)},
            {"file", q(request.file.string())},
            {"from", q(request.from)},
            {"to", q(request.to)},
            {"events", toQt(request.events)},
            {"where", q(request.where)},
            {"values", QJsonDocument::fromJson(QByteArray::fromStdString(request.values.dump())).object()},
            {"hogql", q(request.hogql)},
            {"key", toQt(request.key)},
            {"formulaSafe", request.formulaSafe}};
}

posthog::ExportRequest requestOf(const QJsonObject &kept)
{
    posthog::ExportRequest request;
    const QString kind = kept["kind"].toString();
    request.kind = kind == "persons" ? ExportKind::Persons : kind == "query" ? ExportKind::Query : ExportKind::Events;
    request.format = formatNamed(kept["format"].toString());
    request.file = kept["file"].toString().toStdString();
    request.from = kept["from"].toString().toStdString();
    request.to = kept["to"].toString().toStdString();
    request.events = textsOf(kept["events"]);
    request.where = kept["where"].toString().toStdString();
    request.values = ph::Json::parse(QJsonDocument(kept["values"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false);
    request.hogql = kept["hogql"].toString().toStdString();
    request.key = textsOf(kept["key"]);
    request.formulaSafe = kept["formulaSafe"].toBool(true);
    return request;
}

const char *wordOf(ExportJob::State state)
{
    switch (state) {
    case ExportJob::State::Running: return "running";
    case ExportJob::State::Stopped: return "stopped";
    case ExportJob::State::Failed: return "failed";
    case ExportJob::State::Done: break;
    }
    return "done";
}

} // namespace

QString nameOf(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Csv: return QStringLiteral("csv");
    case ExportFormat::Parquet: return QStringLiteral("parquet");
    case ExportFormat::Jsonl: break;
    }
    return QStringLiteral("jsonl");
}

ExportFormat formatNamed(const QString &name)
{
    return name == "csv" ? ExportFormat::Csv : name == "parquet" ? ExportFormat::Parquet : ExportFormat::Jsonl;
}

Exports::Exports(Workbench &workbench, const QString &path, std::shared_ptr<const ParquetExport> parquet, QObject *parent)
    : QObject(parent)
    , m_workbench(workbench)
    , m_parquet(std::move(parquet))
{
    m_poll.setInterval(200);
    connect(&m_poll, &QTimer::timeout, this, &Exports::poll);
    if (path.isEmpty())
        return;
    m_file = std::make_unique<JsonFile>(path);
    const auto kept = m_file->load().state["exports"].toArray();
    for (const auto &value : kept) {
        const auto entry = value.toObject();
        ExportJob job;
        job.id = m_nextId++;
        job.title = entry["title"].toString();
        job.project = entry["project"].toString();
        job.request = requestOf(entry["request"].toObject());
        const QString state = entry["state"].toString();
        job.state = state == "done" ? ExportJob::State::Done : state == "failed" ? ExportJob::State::Failed : ExportJob::State::Stopped;
        job.text = state == "running" ? tr("Hoglet was closed while it ran.") : entry["text"].toString();
        job.isComplete = entry["complete"].toBool();
        job.progress.rows = entry["rows"].toInteger();
        job.progress.bytes = entry["bytes"].toInteger();
        if (entry.contains("expected"))
            job.progress.expectedRows = entry["expected"].toInteger();
        job.changedAt = QDateTime::fromString(entry["changedAt"].toString(), Qt::ISODateWithMs);
        if (!job.request.file.empty())
            m_jobs.push_back(std::move(job));
    }
}

Exports::~Exports()
{
    for (const auto &running : m_running)
        running->stop.request_stop();
}

ExportJob *Exports::job(int id)
{
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const ExportJob &each) { return each.id == id; });
    return found == m_jobs.end() ? nullptr : &*found;
}

const ExportJob *Exports::find(int id) const { return const_cast<Exports *>(this)->job(id); }

ph::Result<> Exports::mayExportParquet() const
{
    return m_parquet ? m_parquet->mayExport() : ph::fail(ph::ErrorCode::NotFound, "Nothing here writes Parquet. Choose JSON lines or CSV.");
}

int Exports::unfinished() const
{
    return int(std::count_if(m_jobs.begin(), m_jobs.end(), [](const ExportJob &each) {
        return each.state == ExportJob::State::Stopped || each.state == ExportJob::State::Failed;
    }));
}

int Exports::start(const QString &title, const posthog::ExportRequest &request)
{
    std::erase_if(m_jobs, [&](const ExportJob &each) { return each.state != ExportJob::State::Running && each.request.file == request.file; });
    ExportJob job;
    job.id = m_nextId++;
    job.title = title;
    job.request = request;
    if (const auto driver = m_workbench.driver())
        job.project = projectOf(*driver);
    m_jobs.insert(m_jobs.begin(), std::move(job));
    const int id = m_jobs.front().id;
    run(m_jobs.front());
    return id;
}

void Exports::resume(int id)
{
    auto *found = job(id);
    if (found && found->state != ExportJob::State::Running)
        run(*found);
}

void Exports::run(ExportJob &job)
{
    job.changedAt = QDateTime::currentDateTimeUtc();
    const auto driver = m_workbench.driver();
    const bool isThere = driver && (job.project.isEmpty() || job.project == projectOf(*driver));
    if (!isThere) {
        job.state = ExportJob::State::Failed;
        job.text = driver ? tr("This is an export of another project (%1). Connect to that one in the settings, then resume.").arg(job.project)
                          : tr("No project is connected. Connect one in the settings, then resume.");
        save();
        emit changed();
        return;
    }
    job.project = projectOf(*driver);
    job.state = ExportJob::State::Running;
    job.text.clear();
    auto running = std::make_shared<Running>();
    running->id = job.id;
    running->progress = job.progress;
    m_running.push_back(running);
    m_poll.start();
    inBackground([driver, parquet = m_parquet, running, request = job.request, task = m_workbench.startTask(tr("Export: %1").arg(job.title))] {
        const std::stop_callback cancelled(task->stop(), [running] { running->stop.request_stop(); });
        const auto onProgress = [&](const posthog::ExportProgress &progress) {
            {
                const std::lock_guard lock(running->mutex);
                running->progress = progress;
            }
            const auto expected = progress.expectedRows.value_or(0);
            task->setProgress(expected > 0 ? int(std::min<std::int64_t>(100, progress.rows * 100 / expected)) : -1,
                              progress.wait ? waitText(*progress.wait) : tr("%1 rows").arg(groupedNumber(qint64(progress.rows))));
        };
        const auto stop = running->stop.get_token();
        return request.format == ExportFormat::Parquet && parquet ? parquet->exportRows(*driver, request, onProgress, stop) : driver->exportRows(request, onProgress, stop);
    }).then(this, [this, id = job.id](const ph::Result<posthog::ExportReport> &report) { end(id, report); });
    save();
    emit changed();
}

void Exports::end(int id, const ph::Result<posthog::ExportReport> &report)
{
    poll(); // The last of its progress.
    std::erase_if(m_running, [&](const auto &each) { return each->id == id; });
    if (m_running.empty())
        m_poll.stop();
    auto *ended = job(id);
    if (!ended)
        return;
    ended->changedAt = QDateTime::currentDateTimeUtc();
    if (report) {
        ended->state = ExportJob::State::Done;
        ended->isComplete = report->isComplete;
        ended->text = q(report->verdict);
        ended->progress.rows = report->rows;
        ended->progress.bytes = report->bytes;
        ended->progress.left.reset();
    } else {
        const bool isStop = report.error().code == ph::ErrorCode::Cancelled;
        ended->state = isStop ? ExportJob::State::Stopped : ExportJob::State::Failed;
        ended->text = isStop ? tr("Stopped. What is written is kept.") : q(report.error().message);
    }
    save();
    emit changed();
}

void Exports::stop(int id)
{
    for (const auto &running : m_running) {
        if (running->id == id)
            running->stop.request_stop();
    }
}

void Exports::remove(int id)
{
    stop(id);
    std::erase_if(m_jobs, [&](const ExportJob &each) { return each.id == id; });
    save();
    emit changed();
}

void Exports::poll()
{
    for (const auto &running : m_running) {
        if (auto *found = job(running->id)) {
            const std::lock_guard lock(running->mutex);
            found->progress = running->progress;
        }
    }
    emit changed();
}

void Exports::save()
{
    if (!m_file)
        return;
    QJsonArray kept;
    for (const ExportJob &job : m_jobs) {
        QJsonObject entry{{"title", job.title},
                          {"project", job.project},
                          {"request", toQt(job.request)},
                          {"state", wordOf(job.state)},
                          {"text", job.text},
                          {"complete", job.isComplete},
                          {"rows", qint64(job.progress.rows)},
                          {"bytes", qint64(job.progress.bytes)},
                          {"changedAt", job.changedAt.toString(Qt::ISODateWithMs)}};
        if (job.progress.expectedRows)
            entry["expected"] = qint64(*job.progress.expectedRows);
        kept << entry;
    }
    m_file->save({{"version", 1}, {"exports", kept}});
}

QString bytesText(qint64 bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

int percentOf(const ExportJob &job)
{
    const auto expected = job.progress.expectedRows.value_or(0);
    if (job.state == ExportJob::State::Done)
        return 100;
    return expected > 0 ? int(std::clamp<std::int64_t>(job.progress.rows * 100 / expected, 0, 100)) : -1;
}

QString progressText(const ExportJob &job)
{
    const auto &progress = job.progress;
    const QString rows = groupedNumber(qint64(progress.rows));
    QStringList parts{progress.expectedRows && job.state != ExportJob::State::Done ? Exports::tr("%1 of %2 rows").arg(rows, groupedNumber(qint64(*progress.expectedRows)))
                                                                                   : Exports::tr("%1 rows").arg(rows),
                      bytesText(qint64(progress.bytes))};
    if (job.state == ExportJob::State::Running) {
        if (progress.rowsPerSecond >= 1 && !progress.wait)
            parts << Exports::tr("%1 rows/s").arg(groupedNumber(qint64(progress.rowsPerSecond)));
        if (progress.left)
            parts << Exports::tr("%1 left").arg(durationText(qint64(progress.left->count()) * 1000));
        if (!progress.doing.empty())
            parts << q(progress.doing);
        if (progress.wait)
            parts << waitText(*progress.wait);
    }
    return parts.join(QString::fromUtf8(" · "));
}

} // namespace ui
