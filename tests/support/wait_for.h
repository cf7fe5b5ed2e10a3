#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>

namespace support {

/// Runs the event loop until `condition` holds, or `ms` have passed; whether it holds. For programs without Qt Test.
template <typename Condition>
bool waitFor(Condition condition, int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition() && timer.elapsed() < ms)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 20);
    return condition();
}

} // namespace support
