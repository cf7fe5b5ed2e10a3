#pragma once

#include "ui/conversation/file_names.h"

#include <atomic>
#include <functional>

namespace test {

/// A folder's files as a test says; called on a worker.
class FakeFileNames : public ui::FileNames
{
public:
    std::function<ph::Result<Listing>()> onList = [] { return Listing(); };
    std::atomic<int> calls = 0;

    ph::Result<Listing> list(const std::string &, std::size_t, std::stop_token) override
    {
        ++calls;
        return onList();
    }
};

} // namespace test
