#pragma once

#include "driver/base/clock.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace posthog {

/// The lines that the programs of one user write about the requests of one project, in a file that only grows until it is
/// written anew. A line is written with one call, and read again by whoever holds the lock: a program that is killed leaves
/// whole lines or a torn last one, which is passed over. One thread at a time.
class BudgetLedger
{
public:
    /// An empty path: no file; then every call does nothing.
    explicit BudgetLedger(std::filesystem::path path);
    ~BudgetLedger();
    BudgetLedger(const BudgetLedger &) = delete;
    BudgetLedger &operator=(const BudgetLedger &) = delete;

    /// Keeps the other programs out while it lives.
    class Lock
    {
    public:
        explicit Lock(BudgetLedger &ledger);
        ~Lock();
        Lock(const Lock &) = delete;
        Lock &operator=(const Lock &) = delete;

    private:
        BudgetLedger &m_ledger;
    };

    // Under a Lock:

    /// Gives each line that was not read before to `onLine`. `onAnew` comes first when the file was written anew.
    void read(const std::function<void(std::string_view)> &onLine, const std::function<void()> &onAnew);
    void append(std::string_view line); // without its line end
    std::uintmax_t size() const { return m_read; }
    void replace(std::string_view content);

private:
    void lock();
    void unlock();
    void open();
    void failed(const char *what);

    std::filesystem::path m_path; // empty when the file cannot be used
    int m_lock = -1;
    int m_file = -1;
    std::uintmax_t m_read = 0; // bytes of the file that have been read
};

} // namespace posthog
