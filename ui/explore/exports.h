#pragma once

#include "driver/posthog/driver.h"
#include "ui/shell/json_file.h"
#include "ui/shell/workbench.h"

#include <QDateTime>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace ui {

/// One export: what was asked for, of which project, and how far it is.
struct ExportJob {
    enum class State { Running, Stopped, Failed, Done };

    int id = 0;
    QString title;   // "Events, 1 to 31 January 2026"
    QString project; // "https://eu.posthog.com 12": it goes on only there
    posthog::ExportRequest request;
    State state = State::Running;
    posthog::ExportProgress progress;
    QString text;    // what went wrong, or the verdict on the file
    bool isComplete = false; // Done: every row that PostHog counts is there
    QDateTime changedAt;
};

/// Who writes Parquet for the window: a driver writes JSON lines and CSV alone. Any thread.
class ParquetExport
{
public:
    virtual ~ParquetExport() = default;

    /// NotFound, with a sentence for the user, where nothing writes it.
    virtual ph::Result<> mayExport() const = 0;

    /// As Driver::exportRows(), for a request in Parquet.
    virtual ph::Result<posthog::ExportReport> exportRows(posthog::Driver &driver, const posthog::ExportRequest &request,
                                                         const std::function<void(const posthog::ExportProgress &)> &onProgress, std::stop_token stop) const = 0;
};

/// The window's exports, running and past. They are kept on disk: one that was stopped, failed, or lost its program goes on from the
/// last page that was written.
class Exports : public QObject
{
    Q_OBJECT

public:
    /// `path`: where they are kept; empty: in memory. Without `parquet` there is no Parquet.
    Exports(Workbench &workbench, const QString &path, std::shared_ptr<const ParquetExport> parquet = nullptr, QObject *parent = nullptr);
    ~Exports() override; // asks those that run to stop; they can be resumed

    const std::vector<ExportJob> &jobs() const { return m_jobs; } // newest first
    const ExportJob *find(int id) const;
    ph::Result<> mayExportParquet() const; // else the sentence that says why not
    int unfinished() const; // stopped or failed: they wait for the user

    /// Returns the job's id. An export to the same file takes the place of the one before.
    int start(const QString &title, const posthog::ExportRequest &request);
    void stop(int id);
    void resume(int id);
    void remove(int id); // from the list; files stay

signals:
    void changed(); // at most some times a second

private:
    struct Running; // shared with the worker

    void run(ExportJob &job);
    void end(int id, const ph::Result<posthog::ExportReport> &report);
    void poll();
    void save();
    ExportJob *job(int id);

    Workbench &m_workbench;
    std::shared_ptr<const ParquetExport> m_parquet;
    std::unique_ptr<JsonFile> m_file;
    std::vector<ExportJob> m_jobs;
    std::vector<std::shared_ptr<Running>> m_running;
    int m_nextId = 1;
    QTimer m_poll;
};

/// "jsonl", "csv", "parquet": as an export is kept, and the ending of its file. Unknown names are JSON lines.
QString nameOf(posthog::ExportFormat format);
posthog::ExportFormat formatNamed(const QString &name);

/// "1,204,332 of 2,000,000 rows · 84 MB · 61,000 rows/s · 13 s left".
QString progressText(const ExportJob &job);

/// 0 to 100, or -1 when nobody knows how many rows there are.
int percentOf(const ExportJob &job);

/// "84 MB".
QString bytesText(qint64 bytes);

} // namespace ui
