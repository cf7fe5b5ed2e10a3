#pragma once

#include "driver/base/child_process.h"
#include "driver/base/descriptor.h"

#include <functional>
#include <string_view>
#include <thread>

namespace ui {

/// A program on a pseudo terminal. A thread of its own reads what it writes, so that it never waits for a reader; it ends with this
/// object, and with this program, like every ph::ChildProcess.
class PtyProcess
{
public:
    /// Called on the process's own thread, one after the other. They must not wait for the destructor, nor run it.
    struct Listener {
        std::function<void(std::string_view bytes)> onOutput;
        /// Once, when the program itself has ended; what it wrote was told before. What it left running may write on.
        std::function<void(const ph::ChildExit &exit)> onEnd;
    };

    /// `options.terminal` is the size. Errors as ChildProcess::start.
    static ph::Result<std::unique_ptr<PtyProcess>> start(const ph::ChildOptions &options, Listener listener);

    /// Ends what still runs at once, and waits. Nothing is told any more.
    ~PtyProcess();
    PtyProcess(const PtyProcess &) = delete;
    PtyProcess &operator=(const PtyProcess &) = delete;

    // Any thread; they return at once.
    void write(std::string_view bytes); // as typed; beyond a megabyte that the program does not read it is passed over
    void resize(ph::TerminalSize size) { m_child->resize(size); }
    void end(); // asks the program to end, and ends it after a second; onEnd follows

private:
    PtyProcess(std::unique_ptr<ph::ChildProcess> child, Listener listener);

    void run(const std::stop_token &stop);
    void wake();
    bool hasTyped();
    void sendTyped();
    bool readSome(std::size_t atMost);

    std::unique_ptr<ph::ChildProcess> m_child;
    const Listener m_listener;
    const ph::Descriptor m_wake; // an eventfd

    std::mutex m_mutex; // Guards the two below.
    std::string m_typed;
    bool m_isToEnd = false;

    std::jthread m_thread; // the last: it uses what stands above
};

} // namespace ui
