#pragma once

#include "driver/posthog/driver.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace test {

/// A project in memory. Set what it answers; `queries` and `requests` keep what it was asked. With `isHeld` a call waits until it is
/// let go or stopped, as a slow server would make it.
class SampleDriver : public posthog::Driver
{
public:
    std::function<ph::Result<posthog::Table>(const std::string &hogql, const ph::Json &values)> onQuery;
    std::function<ph::Result<posthog::RowsPage>(const posthog::RowsRequest &)> onRows;
    std::function<ph::Result<ph::Json>(const std::string &path)> onGet;
    std::function<ph::Result<posthog::ExportReport>(const posthog::ExportRequest &, const std::function<void(const posthog::ExportProgress &)> &, std::stop_token)> onExport;
    std::map<std::string, std::vector<posthog::FieldInfo>> fields;
    std::vector<posthog::ObjectInfo> objects;
    std::optional<ph::Error> objectsError;
    posthog::ProjectInfo info{"1", "Hogflix", "Europe/Berlin", 1, true, "2026-11-20T12:00:00+00:00"};
    std::string hostName = "http://127.0.0.1:8123";
    std::atomic<bool> isHeld = false;
    std::atomic<int> cancelled = 0;

    ph::Json lastValues() const
    {
        const std::lock_guard lock(m_mutex);
        return m_lastValues;
    }
    std::vector<std::string> queries() const
    {
        const std::lock_guard lock(m_mutex);
        return m_queries;
    }
    std::vector<posthog::RowsRequest> requests() const
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

    const std::string &host() const override { return hostName; }
    const std::string &projectId() const override { return info.id; }
    ph::Result<posthog::ProjectInfo> project(std::stop_token) override { return info; }

    ph::Result<std::vector<posthog::ObjectInfo>> listObjects(std::stop_token stop) override
    {
        if (auto stopped = wait(stop))
            return ph::fail(*stopped);
        if (objectsError)
            return ph::fail(*objectsError);
        return objects;
    }

    ph::Result<std::vector<posthog::FieldInfo>> getFields(const std::string &object, std::stop_token) override
    {
        const auto found = fields.find(object);
        if (found == fields.end())
            return ph::fail(ph::ErrorCode::NotFound, "There is no object " + object + ".");
        return found->second;
    }

    ph::Result<posthog::Table> query(const std::string &hogql, const ph::Json &values, std::stop_token stop) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_queries.push_back(hogql);
            m_lastValues = values;
        }
        if (auto stopped = wait(stop))
            return ph::fail(*stopped);
        return onQuery ? onQuery(hogql, values) : ph::Result<posthog::Table>(posthog::Table());
    }

    ph::Result<posthog::RowsPage> getRows(const posthog::RowsRequest &request, std::stop_token stop) override
    {
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
        }
        if (auto stopped = wait(stop))
            return ph::fail(*stopped);
        return onRows ? onRows(request) : ph::Result<posthog::RowsPage>(posthog::RowsPage());
    }

    ph::Result<ph::Json> get(const std::string &path, std::stop_token) override
    {
        return onGet ? onGet(path) : ph::Result<ph::Json>(ph::fail(ph::ErrorCode::NotFound, "Not found: " + path));
    }

    ph::Result<std::vector<ph::Json>> listItems(const std::string &path, std::size_t, std::stop_token stop) override
    {
        const auto answer = get(path, stop);
        if (!answer)
            return ph::fail(answer.error());
        return answer->at("results").get<std::vector<ph::Json>>();
    }

    ph::Result<posthog::ExportReport> exportRows(const posthog::ExportRequest &request, const std::function<void(const posthog::ExportProgress &)> &onProgress,
                                                 std::stop_token stop) override
    {
        return onExport(request, onProgress, std::move(stop));
    }

    ph::Result<ph::Json> create(const std::string &, const ph::Json &body, std::stop_token) override { return body; }

private:
    std::optional<ph::Error> wait(std::stop_token stop)
    {
        while (isHeld && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (!stop.stop_requested())
            return std::nullopt;
        ++cancelled;
        return ph::Error{ph::ErrorCode::Cancelled, "The request was cancelled."};
    }

    mutable std::mutex m_mutex; // Guards the three below.
    ph::Json m_lastValues;
    std::vector<std::string> m_queries;
    std::vector<posthog::RowsRequest> m_requests;
};

} // namespace test
