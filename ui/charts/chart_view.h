#pragma once

#include "agent/report/scene.h"

#include <QAbstractScrollArea>

#include <memory>
#include <stop_token>

namespace ui {

/// One chart: lays itself out again when its size changes, tells what is under the pointer, and lets the keyboard walk its marks
/// (arrows, Home, End; Enter is a click). A chart taller than the view scrolls.
class ChartView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit ChartView(QWidget *parent = nullptr);
    ~ChartView() override;

    /// Shows `table` as `spec` says. Large tables are laid out on a worker; the chart before stays until then.
    void setChart(const workflow::ChartSpec &spec, std::shared_ptr<const posthog::Table> table);
    void clear();
    bool isEmpty() const { return !m_table; }

    const report::Scene &scene() const { return m_scene; }
    const workflow::ChartSpec &spec() const { return m_spec; }
    int focusedMark() const { return m_focused; }

    void copyImage() const;

    QSize sizeHint() const override { return {520, 300}; }
    QSize minimumSizeHint() const override { return {200, 140}; }

signals:
    void rowClicked(int row);  // index of the table's row behind the mark
    void sceneChanged();
    void copied(const QString &what);
    void exportRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    void relayout();
    void take(report::Scene scene);
    void setHovered(int mark);
    void setFocused(int mark);
    QPointF scenePoint(QPointF viewportPoint) const;
    QRect viewportRect(int mark) const;
    void activate(int mark);

    workflow::ChartSpec m_spec;
    std::shared_ptr<const posthog::Table> m_table;
    report::Scene m_scene;
    int m_hovered = -1;
    int m_focused = -1; // among m_scene.marks
    std::stop_source m_stop;
};

} // namespace ui
