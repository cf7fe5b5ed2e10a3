#include "driver/posthog/budget_ledger.h"

#include "driver/base/atomic_file.h"
#include "driver/base/log.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace posthog {

BudgetLedger::BudgetLedger(std::filesystem::path path)
    : m_path(std::move(path))
{
    if (m_path.empty())
        return;
    std::error_code ignored; // the open below says what is wrong
    std::filesystem::create_directories(m_path.parent_path(), ignored);
    m_lock = ::open((m_path.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_lock < 0)
        failed("lock");
}

BudgetLedger::~BudgetLedger()
{
    for (const int fd : {m_lock, m_file}) {
        if (fd >= 0)
            ::close(fd);
    }
}

BudgetLedger::Lock::Lock(BudgetLedger &ledger)
    : m_ledger(ledger)
{
    m_ledger.lock();
}

BudgetLedger::Lock::~Lock() { m_ledger.unlock(); }

void BudgetLedger::lock()
{
    if (m_path.empty())
        return;
    while (::flock(m_lock, LOCK_EX) != 0) {
        if (errno != EINTR)
            return failed("lock");
    }
    open();
}

void BudgetLedger::unlock()
{
    if (m_lock >= 0)
        ::flock(m_lock, LOCK_UN);
}

/// The file under its name: another program may have put a new one there.
void BudgetLedger::open()
{
    struct stat ours = {};
    struct stat named = {};
    if (m_file >= 0 && ::fstat(m_file, &ours) == 0 && ::stat(m_path.c_str(), &named) == 0 && ours.st_ino == named.st_ino
        && ours.st_dev == named.st_dev && static_cast<std::uintmax_t>(named.st_size) >= m_read)
        return;
    if (m_file >= 0)
        ::close(m_file);
    m_read = 0;
    m_file = ::open(m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_file < 0)
        failed("open");
}

void BudgetLedger::read(const std::function<void(std::string_view)> &onLine, const std::function<void()> &onAnew)
{
    if (m_path.empty())
        return;
    if (m_read == 0)
        onAnew();
    std::string text;
    char buffer[64 * 1024];
    for (ssize_t got; (got = ::pread(m_file, buffer, sizeof buffer, static_cast<off_t>(m_read + text.size()))) > 0;)
        text.append(buffer, static_cast<std::size_t>(got));
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        onLine(std::string_view(text).substr(at, end - at));
    m_read += at;
    if (at < text.size()) { // Torn: its writer is gone, for we hold the lock. Close the line so that the next one stands alone.
        append("");
        m_read += text.size() - at;
    }
}

void BudgetLedger::append(std::string_view line)
{
    if (m_path.empty())
        return;
    const std::string text = std::string(line) + '\n';
    ssize_t written;
    do
        written = ::write(m_file, text.data(), text.size());
    while (written < 0 && errno == EINTR);
    if (written != static_cast<ssize_t>(text.size()))
        return failed("write");
    m_read += text.size();
}

void BudgetLedger::replace(std::string_view content)
{
    if (m_path.empty())
        return;
    if (const auto written = ph::writeFileAtomically(m_path, content); !written) {
        ph::logWarning("budget", written.error().message);
        return; // the old one goes on
    }
    open();
    m_read = content.size();
}

/// From here on this program counts for itself alone.
void BudgetLedger::failed(const char *what)
{
    ph::logWarning("budget", std::string("Cannot ") + what + " " + m_path.string() + ": " + std::strerror(errno)
                       + ". Other programs' requests are not counted in.");
    unlock();
    m_path.clear();
}

} // namespace posthog
