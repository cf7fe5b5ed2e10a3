#pragma once

#include "ui/query/project_schema.h"
#include "ui/shell/background.h"

#include <QElapsedTimer>

#include <memory>
#include <stop_token>

namespace ui {

/// A project's schema being read on a worker, or read. Pages that want the same one share it; when the last of them has let it go, the
/// reading stops.
class SchemaReading
{
public:
    using Schema = std::shared_ptr<const ProjectSchema>;

    explicit SchemaReading(const std::shared_ptr<posthog::Driver> &driver);
    ~SchemaReading() { m_stop.request_stop(); }
    SchemaReading(const SchemaReading &) = delete;
    SchemaReading &operator=(const SchemaReading &) = delete;

    Background<Schema> result() const { return Background(m_future); }
    /// Whether it is of this project, knows more than the tables (or will) and is not too old.
    bool serves(const std::shared_ptr<posthog::Driver> &driver) const;

private:
    std::weak_ptr<posthog::Driver> m_driver;
    std::stop_source m_stop;
    QElapsedTimer m_age;
    QFuture<Schema> m_future;
};

/// Reads the schema of a project once for all pages, and again when it is ten minutes old. For the window's thread.
class SchemaCache
{
public:
    static SchemaCache &shared();

    std::shared_ptr<SchemaReading> read(const std::shared_ptr<posthog::Driver> &driver);
    /// Holds what was read also when no page is open.
    void keep(std::shared_ptr<SchemaReading> reading) { m_kept = std::move(reading); }

private:
    std::weak_ptr<SchemaReading> m_latest;
    std::shared_ptr<SchemaReading> m_kept;
};

} // namespace ui
