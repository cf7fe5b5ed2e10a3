#include "ui/query/schema_cache.h"

#include <algorithm>
#include <chrono>

namespace ui {

namespace {

constexpr std::chrono::milliseconds longestAge = std::chrono::minutes(10);

} // namespace

SchemaReading::SchemaReading(const std::shared_ptr<posthog::Driver> &driver)
    : m_driver(driver)
{
    m_age.start();
    m_future = QtConcurrent::run(backgroundPool(), [driver, stop = m_stop.get_token()]() -> Schema {
        return std::make_shared<const ProjectSchema>(loadSchema(*driver, stop));
    });
}

bool SchemaReading::serves(const std::shared_ptr<posthog::Driver> &driver) const
{
    if (m_driver.lock() != driver || m_age.elapsed() > longestAge.count())
        return false;
    if (!m_future.isFinished())
        return true;
    const auto &groups = m_future.result()->groups; // tables are known without asking
    return std::any_of(groups.begin(), groups.end(), [](const SchemaGroup &group) { return group.kind != SchemaGroup::Kind::Table; });
}

SchemaCache &SchemaCache::shared()
{
    static SchemaCache cache;
    return cache;
}

std::shared_ptr<SchemaReading> SchemaCache::read(const std::shared_ptr<posthog::Driver> &driver)
{
    auto reading = m_latest.lock();
    if (!reading || !reading->serves(driver)) {
        reading = std::make_shared<SchemaReading>(driver);
        m_latest = reading;
    }
    return reading;
}

} // namespace ui
