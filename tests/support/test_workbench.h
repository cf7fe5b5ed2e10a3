#pragma once

#include "driver/posthog/driver.h"
#include "ui/shell/workbench.h"

#include <QAction>
#include <QStringList>

#include <memory>
#include <utility>
#include <vector>

namespace test {

/// A window without a window: keeps what a page asked of it.
class TestWorkbench : public ui::Workbench
{
public:
    explicit TestWorkbench(std::shared_ptr<posthog::Driver> driver = nullptr)
        : m_driver(std::move(driver))
    {
    }

    std::vector<std::pair<QString, QJsonObject>> opened; // kind, state
    std::vector<std::pair<QString, QJsonObject>> asked;  // text, context
    QStringList toasts;
    QStringList tasks;

    void setDriver(std::shared_ptr<posthog::Driver> driver)
    {
        m_driver = std::move(driver);
        emit driverChanged();
    }

    std::shared_ptr<posthog::Driver> driver() const override { return m_driver; }
    ui::Document *open(const QString &kind, const QJsonObject &state) override
    {
        opened.emplace_back(kind, state);
        return nullptr;
    }
    void askAgent(const QString &text, const QJsonObject &context) override { asked.emplace_back(text, context); }
    std::shared_ptr<ui::Task> startTask(const QString &title) override
    {
        tasks << title;
        return std::make_shared<TestTask>();
    }
    QAction *addAction(const QString &, const QString &text, const QString &, std::function<void()> run) override
    {
        auto *action = new QAction(text, this);
        connect(action, &QAction::triggered, this, [run] { run(); });
        return action;
    }
    void toast(const QString &text) override { toasts << text; }

private:
    class TestTask : public ui::Task
    {
    public:
        std::stop_token stop() const override { return {}; }
        void setProgress(int, const QString &) override { }
    };

    std::shared_ptr<posthog::Driver> m_driver;
};

} // namespace test
