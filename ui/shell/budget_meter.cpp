#include "ui/shell/budget_meter.h"

#include "ui/shell/theme.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>

#include <algorithm>

namespace ui {
namespace {

constexpr double lowShare = 0.1;

const posthog::BudgetUse::Window *nearestWindow(const posthog::BudgetUse &use)
{
    const auto share = [](const posthog::BudgetUse::Window &window) { return window.limit > 0 ? double(window.left()) / window.limit : 0; };
    const auto found = std::min_element(use.windows.begin(), use.windows.end(), [&](const auto &a, const auto &b) { return share(a) < share(b); });
    return found == use.windows.end() ? nullptr : &*found;
}

QString inWindow(std::chrono::seconds length)
{
    if (length <= std::chrono::minutes(1))
        return BudgetMeter::tr("this minute");
    return length <= std::chrono::hours(1) ? BudgetMeter::tr("this hour") : BudgetMeter::tr("today");
}

QString title(const posthog::BudgetUse &use)
{
    const auto text = posthog::titleOf(use.rateClass);
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

} // namespace

QString budgetText(const posthog::BudgetUse &use)
{
    const auto *window = nearestWindow(use);
    if (!window)
        return {};
    if (use.nextFree > use.now) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(use.nextFree.time_since_epoch()).count();
        return BudgetMeter::tr("%1 wait until %2 UTC").arg(title(use), QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(QStringLiteral("HH:mm:ss")));
    }
    const QLocale locale;
    return BudgetMeter::tr("%1 of %2 %3 left %4")
        .arg(locale.toString(window->left()), locale.toString(window->limit), title(use).toLower(), inWindow(window->length));
}

double budgetLeft(const posthog::BudgetUse &use)
{
    const auto *window = nearestWindow(use);
    return !window || window->limit <= 0 ? 1 : double(window->left()) / window->limit;
}

BudgetMeter::BudgetMeter(QWidget *parent)
    : QWidget(parent)
    , m_bar(new QProgressBar)
    , m_text(new QLabel)
{
    m_bar->setRange(0, 100);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(48);
    m_bar->setAccessibleName(tr("What is left of PostHog's limits"));
    m_text->setTextFormat(Qt::PlainText);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::s, 0, space::s, 0);
    row->setSpacing(space::s);
    row->addWidget(m_bar);
    row->addWidget(m_text);
    hide();
}

void BudgetMeter::setUse(const std::vector<posthog::BudgetUse> &use)
{
    const posthog::BudgetUse *shown = nullptr; // queries, unless another class is nearly used up
    QStringList all;
    for (const auto &each : use) {
        if (each.windows.empty())
            continue;
        all << budgetText(each).toHtmlEscaped();
        for (const auto &window : each.windows)
            all << tr("&nbsp;&nbsp;%1 used of %2 %3").arg(window.used).arg(window.limit).arg(inWindow(window.length));
        if (!shown || each.rateClass == posthog::RateClass::Query)
            shown = &each;
    }
    for (const auto &each : use) {
        if (budgetLeft(each) < lowShare && budgetLeft(each) < budgetLeft(*shown))
            shown = &each;
    }
    setVisible(shown != nullptr);
    if (!shown)
        return;
    m_isLow = budgetLeft(*shown) < lowShare || shown->nextFree > shown->now;
    m_bar->setValue(int(budgetLeft(*shown) * 100));
    m_text->setText(budgetText(*shown));
    setStyleProperty(m_text, "role", m_isLow ? QStringLiteral("error") : QString());
    setToolTip(all.join("<br>"));
    setAccessibleName(m_text->text());
}

QString BudgetMeter::text() const { return m_text->text(); }

} // namespace ui
