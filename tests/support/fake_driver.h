#pragma once

#include "driver/posthog/driver.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace support {

/// A project in memory. Each call runs the function of its name; without one, a small canned answer.
class FakeDriver final : public posthog::Driver
{
public:
    using Query = std::function<ph::Result<posthog::Table>(const std::string &, const ph::Json &, std::stop_token)>;

    const std::string &host() const override { return m_host; }
    const std::string &projectId() const override { return m_projectId; }

    ph::Result<posthog::ProjectInfo> project(std::stop_token) override { return posthog::ProjectInfo{}; }
    ph::Result<std::vector<posthog::ObjectInfo>> listObjects(std::stop_token) override
    {
        return std::vector<posthog::ObjectInfo>{{"events", "Events", "What people did", 200'000}, {"persons", "Persons", "Who did it", {}}};
    }
    ph::Result<std::vector<posthog::FieldInfo>> getFields(const std::string &object, std::stop_token) override
    {
        if (object != "events")
            return ph::fail(ph::ErrorCode::NotFound, "There is no object " + object + ".");
        return std::vector<posthog::FieldInfo>{{"timestamp", "DateTime", "When", "2026-01-01T00:00:00Z"}, {"event", "String", "What", "sign|up"}};
    }
    ph::Result<posthog::Table> query(const std::string &hogql, const ph::Json &values, std::stop_token stop) override
    {
        ++queries;
        if (onQuery)
            return onQuery(hogql, values, stop);
        posthog::Table table;
        table.columns = {{"event", "String"}, {"count()", "UInt64"}};
        table.rows = {{"signed_up", 12}, {"$pageview", 3}};
        return table;
    }
    ph::Result<posthog::RowsPage> getRows(const posthog::RowsRequest &request, std::stop_token) override { return onRows ? onRows(request) : posthog::RowsPage{}; }
    ph::Result<ph::Json> get(const std::string &path, std::stop_token stop) override { return onGet ? onGet(path) : Driver::get(path, std::move(stop)); }
    ph::Result<ph::Json> runQuery(const ph::Json &node, std::stop_token stop) override { return onRunQuery ? onRunQuery(node) : Driver::runQuery(node, std::move(stop)); }
    ph::Result<std::vector<ph::Json>> listItems(const std::string &path, std::size_t maximum, std::stop_token stop) override
    {
        return onItems ? onItems(path) : Driver::listItems(path, maximum, std::move(stop));
    }
    ph::Result<ph::Json> create(const std::string &kind, const ph::Json &body, std::stop_token) override
    {
        ++creations;
        auto item = body;
        item["id"] = 7;
        item["kind"] = kind;
        return item;
    }

    /// A query that lasts until it is stopped, as one on a slow project does.
    static ph::Result<posthog::Table> untilStopped(const std::string &, const ph::Json &, std::stop_token stop)
    {
        while (!stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
    }

    Query onQuery;
    std::function<ph::Result<posthog::RowsPage>(const posthog::RowsRequest &)> onRows;
    std::function<ph::Result<ph::Json>(const std::string &)> onGet;
    std::function<ph::Result<ph::Json>(const ph::Json &)> onRunQuery;
    std::function<ph::Result<std::vector<ph::Json>>(const std::string &)> onItems;
    std::atomic<int> queries = 0;
    std::atomic<int> creations = 0;

private:
    std::string m_host = "http://127.0.0.1:1";
    std::string m_projectId = "1";
};

} // namespace support
