#include "app/headless_workflow.h"

#include "agent/acp/client_side.h"
#include "agent/report/scene.h"
#include "driver/base/atomic_file.h"

#include <algorithm>
#include <mutex>

namespace app {

namespace {

const ph::Json *at(const std::optional<ph::Json> &meta, const char *key)
{
    if (!meta || !meta->is_object() || !meta->contains("hoglet") || !(*meta)["hoglet"].is_object())
        return nullptr;
    const auto &hoglet = (*meta)["hoglet"];
    const auto found = hoglet.find(key);
    return found == hoglet.end() ? nullptr : &*found;
}

/// The client of a run without a user: tells what happens, answers what is asked.
class Headless final : public acp::ClientHandler
{
public:
    Headless(const HeadlessWorkflow &run, const std::function<void(const std::string &)> &onProgress) : m_run(run), m_answers(run.answers), m_onProgress(onProgress) {}

    void sessionUpdate(const acp::SessionNotification &notification) override
    {
        std::visit(acp::Overloaded{
                       [&](const acp::AgentMessageChunk &chunk) { message(chunk); },
                       [&](const acp::ToolCall &call) {
                           if (const auto *query = at(call.meta, "query"))
                               tell("  query " + query->get<std::string>() + ": " + call.title);
                       },
                       [](const auto &) {},
                   },
                   notification.update.value);
    }

    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &request, std::stop_token) override
    {
        return [this, request]() -> acp::Reply<acp::RequestPermissionResponse> {
            const auto chosen = choose(request);
            acp::RequestPermissionResponse response;
            if (!chosen.empty())
                response.outcome = {"selected", chosen};
            return response;
        };
    }

    void closed(const std::string &reason) override
    {
        if (!reason.empty())
            tell("The agent has gone: " + reason);
    }

    HeadlessResult takeResult()
    {
        const std::lock_guard lock(m_mutex);
        for (const auto &[key, left] : m_answers)
            for (const auto &answer : left)
                m_result.unusedAnswers.push_back(key + "=" + answer);
        return std::move(m_result);
    }

private:
    void tell(const std::string &line) const { m_onProgress(line); }

    void message(const acp::AgentMessageChunk &chunk)
    {
        const auto meta = chunk.meta ? chunk.meta : chunk.content.meta;
        const std::lock_guard lock(m_mutex);
        if (const auto *json = at(meta, "outcome")) {
            if (const auto outcome = ph::parse<workflow::Outcome>(*json)) {
                tell(outcome->title + ": " + outcome->finding);
                for (const auto &warning : outcome->warnings)
                    tell("  ! " + warning);
                if (outcome->finding.starts_with("Left out: "))
                    m_result.failedSteps.push_back(outcome->title);
            }
        } else if (const auto *whole = at(meta, "report")) {
            if (auto report = ph::parse<report::Report>(*whole))
                m_result.report = std::move(*report);
            else
                m_result.error = "The report could not be read: " + report.error().message;
        } else if (const auto *error = at(meta, "error"); error && error->is_string()) {
            m_result.error = error->get<std::string>();
        } else if (chunk.content.text) {
            m_text += *chunk.content.text;
            m_result.error = m_text; // A run says nothing but findings, unless it could not begin.
        }
    }

    std::string choose(const acp::RequestPermissionRequest &request)
    {
        const std::lock_guard lock(m_mutex);
        const auto *step = at(request.meta, "step");
        const bool question = step && step->is_string();
        const auto title = request.toolCall.title.value_or("");
        const auto isOption = [&](const std::string &id) {
            return std::any_of(request.options.begin(), request.options.end(), [&](const auto &option) { return option.optionId == id; });
        };
        if (!question) {
            // A tool that changes something: only what an answer asked for.
            const char *kind = m_createsWanted > 0 ? "allow_once" : "reject_once";
            if (m_createsWanted > 0)
                --m_createsWanted;
            for (const auto &option : request.options)
                if (option.kind == kind) {
                    tell("  " + title + ": " + option.name);
                    return option.optionId;
                }
            return {};
        }
        const auto key = step->get<std::string>();
        std::string answer;
        bool given = false;
        if (auto found = m_answers.find(key); found != m_answers.end() && !found->second.empty() && isOption(found->second.front())) {
            answer = found->second.front();
            found->second.erase(found->second.begin());
            given = true;
        }
        for (const auto &option : request.options) {
            const auto *recommended = at(option.meta, "recommended");
            if (answer.empty() && recommended && recommended->is_boolean() && recommended->get<bool>())
                answer = option.optionId;
        }
        if (answer.empty() && !request.options.empty())
            answer = request.options.front().optionId;
        const auto label = std::find_if(request.options.begin(), request.options.end(), [&](const auto &option) { return option.optionId == answer; });
        tell("? " + title);
        tell("  -> " + (label == request.options.end() ? answer : label->name) + (given ? " (as told)" : " (recommended)"));
        if (given && key.ends_with(".offers") && answer != "none")
            ++m_createsWanted;
        return answer;
    }

    const HeadlessWorkflow &m_run;
    std::mutex m_mutex; // Guards what follows.
    std::map<std::string, std::vector<std::string>> m_answers;
    const std::function<void(const std::string &)> &m_onProgress;
    HeadlessResult m_result;
    std::string m_text;
    int m_createsWanted = 0;
};

} // namespace

ph::Result<HeadlessResult> runHeadless(agent::Options options, const HeadlessWorkflow &run, const std::function<void(const std::string &)> &onProgress,
                                       std::stop_token stop)
{
    auto [agentEnd, clientEnd] = acp::makePipe();
    Headless handler(run, onProgress);
    options.dataDirectory.clear(); // Nothing of this run is to be loaded again.
    agent::Service service(std::move(agentEnd), std::move(options));
    acp::ClientSide client(std::move(clientEnd), handler);
    client.start();

    acp::InitializeRequest hello;
    hello.clientInfo = acp::Implementation{"hoglet-agent workflow", "1", {}};
    if (const auto ready = client.initialize(hello, stop); !ready)
        return ph::fail(ready.error());
    acp::NewSessionRequest open;
    open.cwd = std::filesystem::current_path().string();
    const auto session = client.newSession(open, stop);
    if (!session)
        return ph::fail(session.error());

    acp::PromptRequest prompt;
    prompt.sessionId = session->sessionId;
    prompt.prompt = {acp::ContentBlock::ofText("/" + run.id)};
    prompt.meta = ph::Json{{"hoglet", {{"workflow", {{"id", run.id}, {"parameters", run.parameters}}}, {"project", run.project}}}};
    // The turn is cancelled as a user would, and still answered: its own call must not be given up on.
    const std::stop_callback onStop(stop, [&] { client.cancel(session->sessionId); });
    const auto reply = client.prompt(prompt);
    if (!reply)
        return ph::fail(reply.error());
    auto result = handler.takeResult();
    result.cancelled = reply->stopReason == "cancelled";
    if (result.report)
        result.error.clear();
    return result;
}

ph::Result<> writeReport(const report::Report &report, const std::filesystem::path &folder)
{
    std::error_code problem;
    std::filesystem::create_directories(folder / "charts", problem);
    if (problem)
        return ph::fail(ph::ErrorCode::Internal, (folder / "charts").string() + " cannot be made: " + problem.message() + ".");
    std::map<std::string, std::string> charts;
    for (const auto &[outcome, table] : report.sections) {
        if (table.rows.empty())
            continue;
        const auto name = "charts/" + outcome.step + ".svg";
        if (const auto written = ph::writeFileAtomically(folder / name, report::toSvg(report::layout(outcome.chart, table, 860, 300))); !written)
            return written;
        charts[outcome.step] = name;
    }
    const auto chartPath = [&](const std::string &step) { return charts.contains(step) ? charts.at(step) : std::string(); };
    for (const auto &[name, text] : std::map<std::string, std::string>{
             {"report.md", report::toMarkdown(report, chartPath)}, {"report.json", report::toJson(report)}, {"report.html", report::toHtml(report)}})
        if (const auto written = ph::writeFileAtomically(folder / name, text); !written)
            return written;
    return {};
}

} // namespace app
