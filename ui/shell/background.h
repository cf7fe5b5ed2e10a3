#pragma once

#include <QCoreApplication>
#include <QFutureWatcher>
#include <QPointer>
#include <QThreadPool>
#include <QtConcurrentRun>

#include <type_traits>
#include <utility>

namespace ui {

/// Threads for work that mostly waits (queries) or counts (sorting), apart from Qt's own pool, whose few threads a slow query
/// would occupy. Ends with the application, after the pages have asked their work to stop.
inline QThreadPool *backgroundPool()
{
    static QPointer<QThreadPool> pool;
    if (!pool) {
        pool = new QThreadPool(QCoreApplication::instance());
        pool->setMaxThreadCount(12);
    }
    return pool;
}

/// Work under way. `then(this, …)` hears its result on the thread of `this`, unless that is destroyed before.
///
/// A QFutureWatcher and not QFuture::then(context, …): in Qt 6.4 the latter looks at its context from the worker's thread, while a
/// page that closes is being destroyed.
template <typename Value>
class Background
{
public:
    explicit Background(QFuture<Value> future)
        : m_future(std::move(future))
    {
    }

    template <typename Done>
    void then(QObject *context, Done done)
    {
        auto *watcher = new QFutureWatcher<Value>(context);
        QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, done = std::move(done)]() mutable {
            watcher->deleteLater();
            if constexpr (std::is_void_v<Value>)
                done();
            else if (watcher->future().resultCount() > 0)
                done(watcher->future().result());
        });
        watcher->setFuture(m_future);
    }

private:
    QFuture<Value> m_future;
};

/// Runs `work` on a worker; go on with `.then(this, …)`.
template <typename Work>
auto inBackground(Work &&work)
{
    auto future = QtConcurrent::run(backgroundPool(), std::forward<Work>(work));
    return Background(std::move(future));
}

} // namespace ui
