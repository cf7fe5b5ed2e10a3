#pragma once

#include "agent/acp/rpc.h"
#include "agent/acp/types.h"
#include "driver/base/rooted_files.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace ui {

enum class FileAccess { Read, Write };

/// Why a file is not for agents although it lies in a session's folders, as a sentence; "" when it is. `path` is canonical. Any thread.
using FileGuard = std::function<std::string(const std::filesystem::path &path, FileAccess access)>;

/// The client's end of ACP's fs/* methods: text files beneath the folders of a session, and nothing that a link leads to. Any thread.
class ClientFiles
{
public:
    explicit ClientFiles(FileGuard guard);

    void openSession(const acp::SessionId &session, const std::vector<std::filesystem::path> &folders);
    void closeSession(const acp::SessionId &session);
    void closeAll();

    // Errors: -32002 for a session or a file that is not there, -32602 for what may not be touched and is no text, with the reason.

    /// From `line` on, `limit` lines with their ends; a line beyond the end reads as nothing.
    acp::Reply<acp::ReadTextFileResponse> read(const acp::ReadTextFileRequest &request, const std::stop_token &stop) const;
    /// Replaces the file whole, or makes it with its folders.
    acp::Reply<acp::Empty> write(const acp::WriteTextFileRequest &request, const std::stop_token &stop) const;

private:
    struct Place {
        std::shared_ptr<const ph::RootedFiles> files;
        std::filesystem::path path;
    };
    acp::Reply<Place> placeOf(const acp::SessionId &session, const std::string &path, FileAccess access) const;

    const FileGuard m_guard;
    mutable std::mutex m_mutex; // Guards the sessions.
    std::map<acp::SessionId, std::shared_ptr<const ph::RootedFiles>> m_sessions;
};

} // namespace ui
