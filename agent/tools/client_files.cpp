#include "agent/tools/files.h"

#include "agent/tools/text.h"
#include "agent/tools/within.h"
#include "driver/base/utf8.h"

namespace tools {
namespace {

constexpr std::chrono::milliseconds patience{1'500}; // with a client that does not answer; then what is on the disk counts

class ClientFiles final : public Files
{
public:
    ClientFiles(std::unique_ptr<Files> disk, acp::Client &client, acp::SessionId session, acp::FileSystemCapabilities offers)
        : m_disk(std::move(disk))
        , m_client(client)
        , m_session(std::move(session))
        , m_offers(offers)
    {
    }

    ph::Result<FileContent> read(const std::filesystem::path &path, std::stop_token stop) override
    {
        auto onDisk = m_disk->read(path, stop);
        const bool mayBeText = onDisk ? !isBinary(onDisk->bytes) : onDisk.error().code == ph::ErrorCode::NotFound;
        if (!m_offers.readTextFile || !mayBeText)
            return onDisk;
        auto reply = within(patience, stop, [&](std::stop_token limit) {
            return m_client.readTextFile({m_session, path.string(), {}, {}}, std::move(limit));
        });
        if (stop.stop_requested())
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        if (!reply || reply->content.size() > maximumFileBytes)
            return onDisk;
        const auto state = stateOf(reply->content, onDisk ? onDisk->state.modified : 0);
        return FileContent{std::move(reply->content), state};
    }

    ph::Result<FileState> write(const std::filesystem::path &path, const std::string &content, const std::optional<FileState> &before,
                                std::stop_token stop) override
    {
        if (!m_offers.writeTextFile || !ph::isUtf8(content))
            return m_disk->write(path, content, before, stop);
        // The client knows no condition: what can be seen of a change is looked for right before.
        const auto now = read(path, stop);
        if (!now && now.error().code != ph::ErrorCode::NotFound)
            return ph::fail(now.error());
        if (!before && now)
            return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " exists by now. Read it before you replace it.");
        if (before && (!now || !now->state.isSameContent(*before)))
            return ph::fail(ph::ErrorCode::InvalidInput, path.string() + " was changed meanwhile. Read it again.");
        const auto written = m_client.writeTextFile({m_session, path.string(), content}, stop);
        if (!written)
            return ph::fail(written.error().code, "The editor did not write " + path.string() + ": " + written.error().message);
        const auto after = m_disk->read(path, stop);
        return stateOf(content, after ? after->state.modified : 0);
    }

private:
    const std::unique_ptr<Files> m_disk;
    acp::Client &m_client;
    const acp::SessionId m_session;
    const acp::FileSystemCapabilities m_offers;
};

} // namespace

std::unique_ptr<Files> makeClientFiles(std::unique_ptr<Files> disk, acp::Client &client, acp::SessionId session, acp::FileSystemCapabilities offers)
{
    return std::make_unique<ClientFiles>(std::move(disk), client, std::move(session), offers);
}

} // namespace tools
