#include "ui/conversation/client_files.h"

#include "driver/base/utf8.h"

namespace ui {
namespace {

constexpr std::size_t mostText = 5 * 1024 * 1024; // bytes in one answer; more than a line of the protocol takes when all is escaped

std::string_view linesOf(std::string_view text, std::uint32_t line, std::optional<std::uint32_t> limit)
{
    const auto endOfLines = [text](std::size_t from, std::uint32_t count) {
        for (; count > 0 && from < text.size(); --count) {
            const auto end = text.find('\n', from);
            from = end == std::string_view::npos ? text.size() : end + 1;
        }
        return from;
    };
    const auto from = endOfLines(0, line > 0 ? line - 1 : 0); // The protocol lets 0 through: it is the first line too.
    return text.substr(from, limit ? endOfLines(from, *limit) - from : text.npos);
}

} // namespace

ClientFiles::ClientFiles(FileGuard guard)
    : m_guard(std::move(guard))
{
}

void ClientFiles::openSession(const acp::SessionId &session, const std::vector<std::filesystem::path> &folders)
{
    std::vector<std::filesystem::path> roots;
    for (const auto &folder : folders)
        roots.push_back(ph::canonicalPath(folder));
    const std::lock_guard lock(m_mutex);
    m_sessions[session] = std::make_shared<const ph::RootedFiles>(std::move(roots));
}

void ClientFiles::closeSession(const acp::SessionId &session)
{
    const std::lock_guard lock(m_mutex);
    m_sessions.erase(session);
}

void ClientFiles::closeAll()
{
    const std::lock_guard lock(m_mutex);
    m_sessions.clear();
}

acp::Reply<ClientFiles::Place> ClientFiles::placeOf(const acp::SessionId &session, const std::string &path, FileAccess access) const
{
    Place place;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_sessions.find(session);
        if (found == m_sessions.end())
            return acp::refuse(acp::code::notFound, "There is no session " + session.value + ".");
        place.files = found->second;
    }
    // The system would end the name at a NUL, behind which the guard could not see.
    if (!path.starts_with('/') || path.find('\0') != std::string::npos)
        return acp::refuse(acp::code::invalidParams, "A file is named by its absolute path.");
    place.path = ph::canonicalPath(path);
    if (const auto reason = m_guard(place.path, access); !reason.empty())
        return acp::refuse(acp::code::invalidParams, reason);
    return place;
}

acp::Reply<acp::ReadTextFileResponse> ClientFiles::read(const acp::ReadTextFileRequest &request, const std::stop_token &stop) const
{
    const auto place = placeOf(request.sessionId, request.path, FileAccess::Read);
    if (!place)
        return tl::unexpected(place.error());
    const auto content = place->files->read(place->path, stop);
    if (!content)
        return ph::fail(content.error());
    if (content->bytes.find('\0') != std::string::npos || !ph::isUtf8(content->bytes))
        return acp::refuse(acp::code::invalidParams, request.path + " is no text in UTF-8.");
    const auto text = linesOf(content->bytes, request.line.value_or(1), request.limit);
    if (text.size() > mostText)
        return acp::refuse(acp::code::invalidParams, request.path + " is too long for one answer. Read it in parts, with line and limit.");
    return acp::ReadTextFileResponse{std::string(text)};
}

acp::Reply<acp::Empty> ClientFiles::write(const acp::WriteTextFileRequest &request, const std::stop_token &stop) const
{
    const auto place = placeOf(request.sessionId, request.path, FileAccess::Write);
    if (!place)
        return tl::unexpected(place.error());
    std::optional<ph::FileState> before;
    if (const auto old = place->files->read(place->path, stop))
        before = old->state;
    else if (old.error().code != ph::ErrorCode::NotFound)
        return ph::fail(old.error());
    if (const auto written = place->files->write(place->path, request.content, before); !written)
        return ph::fail(written.error());
    return acp::Empty{};
}

} // namespace ui
