#pragma once

#include "agent/acp/agent_side.h"

#include <condition_variable>
#include <map>
#include <mutex>

namespace support {

/// A client with files and terminals of its own, in memory.
class FakeEditor final : public acp::Client
{
public:
    void update(const acp::SessionId &, const acp::SessionUpdate &) override {}
    void updateRaw(const acp::SessionId &, const ph::Json &) override {}
    ph::Result<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &, std::stop_token) override { return none(); }
    ph::Result<acp::ElicitationResponse> createElicitation(const acp::ElicitationRequest &, std::stop_token) override { return none(); }
    void notify(const std::string &, const ph::Json &) override {}

    ph::Result<acp::ReadTextFileResponse> readTextFile(const acp::ReadTextFileRequest &request, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        const auto found = buffers.find(request.path);
        if (found == buffers.end())
            return ph::fail(ph::ErrorCode::NotFound, "There is no such file.");
        return acp::ReadTextFileResponse{found->second};
    }
    ph::Result<acp::Empty> writeTextFile(const acp::WriteTextFileRequest &request, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        buffers[request.path] = request.content;
        return acp::Empty{};
    }
    ph::Result<acp::CreateTerminalResponse> createTerminal(const acp::CreateTerminalRequest &request, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        created.push_back(request);
        return acp::CreateTerminalResponse{"term-" + std::to_string(created.size())};
    }
    ph::Result<acp::TerminalOutputResponse> terminalOutput(const acp::TerminalRequest &, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        return acp::TerminalOutputResponse{output, isTruncated, {}};
    }
    ph::Result<acp::TerminalExitStatus> waitForTerminalExit(const acp::TerminalRequest &, std::stop_token stop) override
    {
        std::unique_lock lock(m_mutex);
        if (!m_changed.wait(lock, stop, [this] { return m_exit.has_value(); }))
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        return *m_exit;
    }
    ph::Result<acp::Empty> killTerminal(const acp::TerminalRequest &request, std::stop_token stop) override { return end(killed, request, stop); }
    ph::Result<acp::Empty> releaseTerminal(const acp::TerminalRequest &request, std::stop_token stop) override { return end(released, request, stop); }

    void exitWith(acp::TerminalExitStatus status)
    {
        const std::lock_guard lock(m_mutex);
        m_exit = std::move(status);
        m_changed.notify_all();
    }

    std::map<std::string, std::string> buffers;
    std::vector<acp::CreateTerminalRequest> created;
    std::vector<std::string> killed;
    std::vector<std::string> released;
    std::string output;
    bool isTruncated = false;
    bool isDeaf = false; // answers nothing that ends a terminal

private:
    static tl::unexpected<ph::Error> none() { return ph::fail(ph::ErrorCode::Internal, "Not here."); }

    ph::Result<acp::Empty> end(std::vector<std::string> &list, const acp::TerminalRequest &request, const std::stop_token &stop)
    {
        std::unique_lock lock(m_mutex);
        list.push_back(request.terminalId);
        if (isDeaf && !m_changed.wait(lock, stop, [] { return false; }))
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        return acp::Empty{};
    }

    std::mutex m_mutex; // Guards the lists and what follows.
    std::condition_variable_any m_changed;
    std::optional<acp::TerminalExitStatus> m_exit;
};

} // namespace support
