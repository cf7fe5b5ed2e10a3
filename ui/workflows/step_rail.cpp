#include "ui/workflows/step_rail.h"

#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace ui {

QString stateWord(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return QObject::tr("waiting");
    case StepState::Running:
        return QObject::tr("running");
    case StepState::Done:
        return QObject::tr("done");
    case StepState::Failed:
        return QObject::tr("failed");
    case StepState::Skipped:
        break;
    }
    return QObject::tr("skipped");
}

void StepListModel::setRun(const RunState &run)
{
    std::vector<Line> lines;
    for (const StepRun &step : run.steps) {
        Line line;
        line.title = QString::fromStdString(step.title.empty() ? step.id : step.title);
        line.state = step.state;
        line.isOld = step.isOld;
        if (step.state == StepState::Failed)
            line.finding = QString::fromStdString(step.error);
        else if (step.state == StepState::Running && !step.activity.empty())
            line.finding = QString::fromStdString(step.activity);
        else if (step.outcome)
            line.finding = QString::fromStdString(step.outcome->finding);
        line.finding = line.finding.simplified();
        lines.push_back(std::move(line));
    }
    m_hasDecision = !run.decision.empty();
    if (m_hasDecision)
        lines.push_back({tr("Decision"), tr("What to do, and what to keep in mind"), StepState::Done, false, true});

    if (lines.size() != m_lines.size()) {
        beginResetModel();
        m_lines = std::move(lines);
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) { // the selection stays while steps go on
        if (lines[i] == m_lines[i])
            continue;
        m_lines[i] = std::move(lines[i]);
        emit dataChanged(index(int(i)), index(int(i)));
    }
}

int StepListModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : int(m_lines.size()); }

QVariant StepListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Line &line = m_lines[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return line.title;
    case FindingRole:
        return line.finding;
    case StateRole:
        return int(line.state);
    case IsOldRole:
        return line.isOld;
    case IsDecisionRole:
        return line.isDecision;
    case NumberRole:
        return index.row() + 1;
    case Qt::ToolTipRole:
        return plainToolTip(line.finding.isEmpty() ? line.title : line.title + '\n' + line.finding);
    case Qt::AccessibleTextRole:
        return line.isDecision ? line.title : tr("Step %1, %2, %3. %4").arg(index.row() + 1).arg(line.title, stateWord(line.state), line.finding);
    default:
        return {};
    }
}

namespace {

constexpr int iconColumn = 34;

class StepDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Colors &colors = Theme::colors();
        const auto state = StepState(index.data(StepListModel::StateRole).toInt());
        const bool isOld = index.data(StepListModel::IsOldRole).toBool();
        const bool isDecision = index.data(StepListModel::IsDecisionRole).toBool();
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (selected || option.state & QStyle::State_MouseOver) {
            painter->setPen(option.state & QStyle::State_HasFocus ? QPen(colors.accent) : QPen(Qt::NoPen));
            painter->setBrush(selected ? colors.hover : colors.raised);
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5), 8, 8);
        }
        const QRect inner = option.rect.adjusted(space::s, space::s + 2, -space::s, -space::s);
        paintState(*painter, QRectF(inner.left(), inner.top(), 20, 20), state, isOld, isDecision, index.data(StepListModel::NumberRole).toInt());

        const QRect text = inner.adjusted(iconColumn - 4, 0, 0, 0);
        QFont titleFont = Theme::textFont();
        titleFont.setWeight(selected || state == StepState::Running || isDecision ? QFont::DemiBold : QFont::Medium);
        painter->setFont(titleFont);
        painter->setPen(state == StepState::Waiting && !isOld ? colors.muted : colors.text);
        const QFontMetrics titleMetrics(titleFont);
        painter->drawText(QRect(text.left(), text.top(), text.width(), titleMetrics.height() + 2), Qt::AlignVCenter | Qt::AlignLeft,
                          titleMetrics.elidedText(index.data().toString(), Qt::ElideRight, text.width()));

        const QString finding = index.data(StepListModel::FindingRole).toString();
        if (!finding.isEmpty()) {
            painter->setFont(Theme::textFont(0.92));
            painter->setPen(state == StepState::Failed ? colors.bad : colors.muted);
            const QRect box(text.left(), text.top() + titleMetrics.height() + space::xs, text.width(), text.bottom() - text.top() - titleMetrics.height() - space::xs + 1);
            painter->drawText(box, Qt::TextWordWrap | Qt::AlignTop | Qt::AlignLeft, fitted(finding, QFontMetrics(painter->font()), box.width()));
        }
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto *view = qobject_cast<const QListView *>(option.widget);
        const int width = (view ? view->viewport()->width() : 240) - 2 * space::s - iconColumn + 4;
        const QFontMetrics title(Theme::textFont()), small(Theme::textFont(0.92));
        int height = title.height() + 2 * space::s + 4;
        const QString finding = index.data(StepListModel::FindingRole).toString();
        if (!finding.isEmpty())
            height += space::xs + small.boundingRect(QRect(0, 0, width, 1000), Qt::TextWordWrap, fitted(finding, small, width)).height();
        return {120, height};
    }

private:
    /// As much of the finding as two lines hold.
    static QString fitted(const QString &text, const QFontMetrics &metrics, int width)
    {
        return metrics.elidedText(text, Qt::ElideRight, width * 2 - metrics.averageCharWidth() * 8);
    }

    static void paintState(QPainter &painter, const QRectF &box, StepState state, bool isOld, bool isDecision, int number)
    {
        const Colors &colors = Theme::colors();
        const QRect icon = box.toRect().adjusted(3, 3, -3, -3);
        const auto disc = [&](QColor color, double strength) {
            QColor fill = color;
            fill.setAlphaF(float(strength));
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            painter.drawEllipse(box);
        };
        if (isDecision) {
            disc(colors.accent, 0.22);
            Theme::icon(QStringLiteral("flag"), colors.accent).paint(&painter, icon);
            return;
        }
        switch (isOld ? StepState::Waiting : state) {
        case StepState::Done:
            disc(colors.good, 0.2);
            Theme::icon(QStringLiteral("check"), colors.good).paint(&painter, icon);
            return;
        case StepState::Failed:
            disc(colors.bad, 0.2);
            Theme::icon(QStringLiteral("close"), colors.bad).paint(&painter, icon);
            return;
        case StepState::Skipped:
            disc(colors.muted, 0.15);
            Theme::icon(QStringLiteral("minus"), colors.muted).paint(&painter, icon);
            return;
        case StepState::Running: {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colors.border, 2));
            painter.drawEllipse(box.adjusted(1, 1, -1, -1));
            painter.setPen(QPen(colors.accent, 2, Qt::SolidLine, Qt::RoundCap));
            painter.drawArc(box.adjusted(1, 1, -1, -1), 90 * 16, -120 * 16); // still: a rail that turns is a rail one watches
            break;
        }
        case StepState::Waiting:
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colors.border, 1.5, isOld ? Qt::DashLine : Qt::SolidLine));
            painter.drawEllipse(box.adjusted(1, 1, -1, -1));
            break;
        }
        painter.setFont(Theme::textFont(0.8));
        painter.setPen(state == StepState::Running ? colors.text : colors.muted);
        painter.drawText(box, Qt::AlignCenter, QString::number(number));
    }
};

} // namespace

StepRail::StepRail(QWidget *parent)
    : QListView(parent)
{
    setItemDelegate(new StepDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Steps"));
    setProperty("role", "bare");
}

void StepRail::resizeEvent(QResizeEvent *event)
{
    QListView::resizeEvent(event);
    scheduleDelayedItemsLayout(); // findings wrap to the width
}

} // namespace ui
