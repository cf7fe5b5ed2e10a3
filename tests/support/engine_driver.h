#pragma once

#include "agent/model/guided.h"
#include "agent/tools/ask_user.h"
#include "agent/tools/check_export.h"
#include "agent/tools/posthog_tools.h"
#include "app/headless_workflow.h"
#include "driver/posthog/driver.h"
#include "tests/support/local_engine.h"

#include <QtGlobal>

#include <mutex>

/// The demo project as a driver, without a server between.
class EngineDriver : public posthog::Driver
{
public:
    explicit EngineDriver(LocalEngine engine) : m_engine(std::move(engine)) {}

    const std::string &host() const override { return m_host; }
    const std::string &projectId() const override { return m_host; }
    ph::Result<posthog::ProjectInfo> project(std::stop_token) override { return posthog::ProjectInfo{}; }
    ph::Result<std::vector<posthog::ObjectInfo>> listObjects(std::stop_token) override { return std::vector<posthog::ObjectInfo>{}; }
    ph::Result<std::vector<posthog::FieldInfo>> getFields(const std::string &, std::stop_token) override { return std::vector<posthog::FieldInfo>{}; }
    ph::Result<posthog::RowsPage> getRows(const posthog::RowsRequest &, std::stop_token) override { return posthog::RowsPage{}; }
    ph::Result<posthog::Table> query(const std::string &hogql, const ph::Json &values, std::stop_token) override
    {
        const std::lock_guard lock(mutex);
        ++queries;
        if (!failing.empty() && hogql.find(failing) != std::string::npos)
            return ph::fail(ph::ErrorCode::Network, "The project does not answer.");
        if (onQuery)
            onQuery(queries);
        // The data does not change: what was asked before is not worked out again.
        auto &known = m_answers[hogql + values.dump()];
        if (!known)
            known = m_engine.query(hogql, values);
        auto table = *known;
        if (table && alter)
            alter(hogql, *table);
        return table;
    }
    ph::Result<ph::Json> create(const std::string &kind, const ph::Json &body, std::stop_token) override
    {
        created.emplace_back(kind, body);
        auto item = body;
        item["id"] = 1;
        return item;
    }

    std::mutex mutex;
    int queries = 0;
    std::string failing;
    std::function<void(int)> onQuery;
    std::function<void(const std::string &hogql, posthog::Table &table)> alter; // what the project would answer if its data were others
    std::vector<std::pair<std::string, ph::Json>> created;

private:
    std::string m_host = "local";
    LocalEngine m_engine;
    std::map<std::string, std::optional<ph::Result<posthog::Table>>> m_answers;
};

/// The embedded agent with the guided model over `driver`; `workflows` is the folder of the documents.
inline agent::Options optionsFor(const std::shared_ptr<EngineDriver> &driver, const std::filesystem::path &workflows)
{
    agent::Options options;
    options.version = "test";
    options.parts.gate.dataFolder = std::filesystem::temp_directory_path() / "hoglet-test-rules"; // never written to: nothing is allowed for ever
    options.parts.models = [guided = model::makeGuided(workflow::loadDefinitions(workflows, [](const auto &, const auto &) {}))] { return agent::Models{guided}; };
    options.parts.tools = tools::makePosthogTools([driver](std::stop_token) -> ph::Result<std::shared_ptr<posthog::Driver>> { return std::shared_ptr<posthog::Driver>(driver); });
    options.parts.tools.push_back(tools::makeCheckExport());
    options.parts.tools.push_back(tools::makeAskUser());
    return options;
}

struct WorkflowRun {
    app::HeadlessResult result;
    std::string progress;

    /// Facts of a step; null where there is none.
    ph::Json facts(const std::string &step) const
    {
        if (result.report)
            for (const auto &section : result.report->sections)
                if (section.outcome.step == step)
                    return section.outcome.facts;
        return {};
    }
};

inline WorkflowRun runWorkflow(const std::shared_ptr<EngineDriver> &driver, const std::filesystem::path &workflows, app::HeadlessWorkflow run, std::stop_token stop = {})
{
    run.project = "Driftboard (demo data)";
    WorkflowRun out;
    std::mutex mutex;
    auto result = app::runHeadless(optionsFor(driver, workflows), run, [&](const std::string &line) {
        const std::lock_guard lock(mutex);
        out.progress += line + "\n";
    }, stop);
    if (!result)
        qFatal("%s", result.error().message.c_str());
    out.result = std::move(*result);
    return out;
}

