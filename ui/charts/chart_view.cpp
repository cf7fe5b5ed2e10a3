#include "ui/charts/chart_view.h"

#include "ui/charts/chart_export.h"
#include "ui/charts/scene_painter.h"
#include "ui/shell/background.h"
#include "ui/shell/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>


#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr std::size_t layoutHereBelow = 5'000; // rows

} // namespace

ChartView::ChartView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setStyleSheet(QStringLiteral("ui--ChartView { border: none; background: transparent; }"));
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Chart"));
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, &ChartView::relayout);
}

ChartView::~ChartView() { m_stop.request_stop(); }

void ChartView::setChart(const workflow::ChartSpec &spec, std::shared_ptr<const posthog::Table> table)
{
    m_spec = spec;
    m_table = std::move(table);
    m_focused = -1;
    relayout();
}

void ChartView::clear()
{
    m_table = nullptr;
    m_stop.request_stop();
    take({});
}

void ChartView::relayout()
{
    if (!m_table)
        return;
    m_stop.request_stop();
    m_stop = std::stop_source();
    // Text sizes in a scene are for the normal font scale: another one lays out a smaller scene and paints it larger.
    const double scale = Theme::fontScale();
    const double width = maximumViewportSize().width() / scale, height = maximumViewportSize().height() / scale;
    if (width < 40 || height < 40)
        return;
    if (m_table->rows.size() < layoutHereBelow) {
        report::Scene scene = report::layout(m_spec, *m_table, width, height);
        if (scene.height * scale > maximumViewportSize().height() + 1) // room for the scroll bar
            scene = report::layout(m_spec, *m_table, width - verticalScrollBar()->sizeHint().width() / scale, height);
        take(std::move(scene));
        return;
    }
    inBackground([spec = m_spec, table = m_table, width, height] {
        return report::layout(spec, *table, width, height);
    }).then(this, [this, stop = m_stop.get_token()](const report::Scene &scene) {
        if (!stop.stop_requested())
            take(scene);
    });
}

void ChartView::take(report::Scene scene)
{
    m_scene = std::move(scene);
    m_hovered = -1;
    if (m_focused >= int(m_scene.marks.size()))
        m_focused = -1;
    const double scale = Theme::fontScale();
    const int height = int(std::ceil(m_scene.height * scale)), width = int(std::ceil(m_scene.width * scale));
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(24);
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    setAccessibleName(m_scene.title.empty() ? tr("Chart") : tr("Chart: %1").arg(QString::fromStdString(m_scene.title)));
    setAccessibleDescription(QString::fromStdString(m_scene.description));
    viewport()->update();
    emit sceneChanged();
}

QPointF ChartView::scenePoint(QPointF point) const
{
    return (point + QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value())) / Theme::fontScale();
}

QRect ChartView::viewportRect(int mark) const
{
    const QRectF box = areaOf(m_scene.marks[std::size_t(mark)]).boundingRect();
    const double scale = Theme::fontScale();
    return QRectF(box.topLeft() * scale - QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value()), box.size() * scale)
        .toAlignedRect();
}

void ChartView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    if (!m_table)
        return;
    painter.save();
    painter.translate(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
    painter.scale(Theme::fontScale(), Theme::fontScale());
    paintScene(painter, m_scene, Theme::colors(), m_hovered >= 0 ? m_hovered : hasFocus() ? m_focused : -1);
    painter.restore();
    if (hasFocus() && m_focused >= 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(Theme::colors().text, 1.5));
        painter.drawRoundedRect(QRectF(viewportRect(m_focused)).adjusted(-2.5, -2.5, 2.5, 2.5), 3, 3);
    }
}

void ChartView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void ChartView::setHovered(int mark)
{
    if (mark == m_hovered)
        return;
    m_hovered = mark;
    const bool opens = mark >= 0 && rowOf(m_scene.marks[std::size_t(mark)]) >= 0;
    viewport()->setCursor(opens ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

void ChartView::setFocused(int mark)
{
    m_focused = mark;
    viewport()->update();
    if (mark < 0)
        return;
    const QRect box = viewportRect(mark);
    if (box.top() < 0 || box.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + box.center().y() - viewport()->height() / 2);
    const QString text = QString::fromStdString(tooltipOf(m_scene.marks[std::size_t(mark)]));
    QToolTip::showText(viewport()->mapToGlobal(viewportRect(mark).center()), text, viewport());
    setAccessibleDescription(text); // what a screen reader says of the mark it is on
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void ChartView::mouseMoveEvent(QMouseEvent *event) { setHovered(markAt(m_scene, scenePoint(event->position()))); }

void ChartView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        activate(markAt(m_scene, scenePoint(event->position())));
}

void ChartView::activate(int mark)
{
    if (mark >= 0 && rowOf(m_scene.marks[std::size_t(mark)]) >= 0)
        emit rowClicked(rowOf(m_scene.marks[std::size_t(mark)]));
}

void ChartView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copyImage();
        emit copied(tr("the chart as a picture"));
        return;
    }
    const std::vector<int> marks = focusableMarks(m_scene);
    const int at = int(std::find(marks.begin(), marks.end(), m_focused) - marks.begin());
    const int count = int(marks.size());
    if (count > 0) {
        const bool none = at == count;
        switch (event->key()) {
        case Qt::Key_Right:
        case Qt::Key_Down:
            setFocused(marks[std::size_t(none ? 0 : std::min(at + 1, count - 1))]);
            return;
        case Qt::Key_Left:
        case Qt::Key_Up:
            setFocused(marks[std::size_t(none ? count - 1 : std::max(at - 1, 0))]);
            return;
        case Qt::Key_Home:
            setFocused(marks.front());
            return;
        case Qt::Key_End:
            setFocused(marks.back());
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            if (!none) {
                activate(m_focused);
                return;
            }
            break;
        default:
            break;
        }
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void ChartView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    if (m_focused < 0 && event->reason() != Qt::MouseFocusReason) {
        const auto marks = focusableMarks(m_scene);
        if (!marks.empty())
            m_focused = marks.front(); // focus is always seen
    }
    viewport()->update();
}

void ChartView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    setAccessibleDescription(QString::fromStdString(m_scene.description));
    viewport()->update();
}

bool ChartView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int mark = markAt(m_scene, scenePoint(help->pos()));
        if (mark < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), QString::fromStdString(tooltipOf(m_scene.marks[std::size_t(mark)])), viewport(),
                               viewportRect(mark));
        return true;
    }
    if (event->type() == QEvent::Leave)
        setHovered(-1);
    return QAbstractScrollArea::viewportEvent(event);
}

void ChartView::copyImage() const { QApplication::clipboard()->setImage(chartImage(m_scene, Theme::colors(), 2)); }

void ChartView::contextMenuEvent(QContextMenuEvent *event)
{
    if (!m_table)
        return;
    QMenu menu(this);
    menu.addAction(tr("Copy picture\tCtrl+C"), this, [this] {
        copyImage();
        emit copied(tr("the chart as a picture"));
    });
    menu.addAction(tr("Save chart…"), this, &ChartView::exportRequested);
    menu.exec(event->globalPos());
}

} // namespace ui
