#include "ui/shell/background_tasks.h"

#include <algorithm>
#include <mutex>

namespace ui {
namespace {

constexpr size_t keptEntries = 50;

} // namespace

struct BackgroundTasks::Link {
    std::mutex mutex; // Guards model.
    BackgroundTasks *model = nullptr; // null once the model has gone

    template <typename F>
    void post(F &&call)
    {
        const std::lock_guard lock(mutex);
        if (model)
            QMetaObject::invokeMethod(model, [target = model, call = std::forward<F>(call)] { call(*target); }, Qt::QueuedConnection);
    }
};

class BackgroundTasks::Handle : public Task
{
public:
    Handle(std::shared_ptr<Link> link, int id, std::stop_token stop)
        : m_link(std::move(link))
        , m_id(id)
        , m_stop(std::move(stop))
    {
    }
    ~Handle() override
    {
        m_link->post([id = m_id](BackgroundTasks &model) { model.end(id); });
    }
    std::stop_token stop() const override { return m_stop; }
    void setProgress(int percent, const QString &text) override
    {
        m_link->post([id = m_id, percent, text](BackgroundTasks &model) { model.setProgress(id, percent, text); });
    }

private:
    std::shared_ptr<Link> m_link;
    int m_id;
    std::stop_token m_stop;
};

BackgroundTasks::BackgroundTasks(QObject *parent)
    : QAbstractListModel(parent)
    , m_link(std::make_shared<Link>())
{
    m_link->model = this;
}

BackgroundTasks::~BackgroundTasks()
{
    cancelAll();
    const std::lock_guard lock(m_link->mutex);
    m_link->model = nullptr;
}

std::shared_ptr<Task> BackgroundTasks::start(const QString &title)
{
    while (m_entries.size() >= keptEntries && !m_entries.back().ended.isNull()) {
        beginRemoveRows({}, int(m_entries.size()) - 1, int(m_entries.size()) - 1);
        m_entries.pop_back();
        endRemoveRows();
    }
    Entry entry;
    entry.id = m_nextId++;
    entry.title = title;
    entry.started = QDateTime::currentDateTime();
    auto handle = std::make_shared<Handle>(m_link, entry.id, entry.stop.get_token());
    beginInsertRows({}, 0, 0);
    m_entries.insert(m_entries.begin(), std::move(entry));
    endInsertRows();
    emit runningCountChanged();
    return handle;
}

void BackgroundTasks::cancel(int row)
{
    if (row < 0 || size_t(row) >= m_entries.size())
        return;
    m_entries[size_t(row)].stop.request_stop();
    emit dataChanged(index(row), index(row));
}

void BackgroundTasks::cancelAll()
{
    for (auto &entry : m_entries)
        entry.stop.request_stop();
}

int BackgroundTasks::runningCount() const
{
    return int(std::count_if(m_entries.begin(), m_entries.end(), [](const Entry &entry) { return entry.ended.isNull(); }));
}

int BackgroundTasks::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_entries.size()); }

QVariant BackgroundTasks::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto &entry = m_entries[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return entry.title;
    case ProgressRole:
        return entry.percent;
    case TextRole:
        return entry.text;
    case RunningRole:
        return entry.ended.isNull();
    case StartedRole:
        return entry.started;
    case EndedRole:
        return entry.ended;
    case CancelledRole:
        return entry.stop.stop_requested();
    default:
        return {};
    }
}

void BackgroundTasks::setProgress(int id, int percent, const QString &text)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    m_entries[size_t(row)].percent = std::clamp(percent, -1, 100);
    m_entries[size_t(row)].text = text;
    emit dataChanged(index(row), index(row));
}

void BackgroundTasks::end(int id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    m_entries[size_t(row)].ended = QDateTime::currentDateTime();
    emit dataChanged(index(row), index(row));
    emit runningCountChanged();
}

int BackgroundTasks::rowOf(int id) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry &entry) { return entry.id == id; });
    return found == m_entries.end() ? -1 : int(found - m_entries.begin());
}

} // namespace ui
