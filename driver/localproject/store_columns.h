#pragma once

#include "driver/localproject/compiler.h"
#include "driver/localproject/store.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace localproject {

/// Gives event properties columns of their own, in the background, when queries took long for want of them: reading a key out of a
/// million JSON texts takes twenty times as long as reading a column.
class ColumnMaker
{
public:
    /// `store` must outlive it.
    explicit ColumnMaker(const Store &store);
    ~ColumnMaker(); // gives up what is under way

    /// A query that read these properties out of JSON has taken that long.
    void noticed(const std::map<std::string, PropertyColumn> &wanted, std::chrono::nanoseconds took);

    /// Waits until nothing is left to make.
    void finish();

private:
    void run(const std::stop_token &stop);

    const Store &m_store;
    std::mutex m_mutex; // Guards the three below.
    std::map<std::string, PropertyColumn> m_wanted;
    std::set<std::string> m_known; // asked for already, whatever became of it
    bool m_busy = false;
    std::condition_variable_any m_changed;
    std::jthread m_thread; // Last: it uses all of the above.
};

} // namespace localproject
