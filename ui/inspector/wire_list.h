#pragma once

#include "ui/inspector/wire_model.h"

#include <QTableView>

namespace ui {

/// The table of lines. Paints only what is seen; where it is narrow, columns go that the detail has too. Stays at the end while it is
/// there, and where it is once the user has scrolled up.
class WireList : public QTableView
{
    Q_OBJECT

public:
    explicit WireList(WireModel *model, QWidget *parent = nullptr);

    /// Brings a line to sight and makes it the current one; false when it is not shown.
    bool show(std::uint64_t number);

    int hoveredRow() const { return m_hoveredRow; }

signals:
    void currentNumberChanged(quint64 number); // 0: none
    void copyRequested(quint64 number);
    void detailRequested();  // Enter
    void partnerRequested(); // P

protected:
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitColumns();
    void hideColumnsThatDoNotFit();
    void setHoveredRow(int row);

    WireModel *m_model;
    std::array<int, WireModel::ColumnCount> m_widths{}; // that the columns need; the content takes what is left
    bool m_isAtEnd = true;
    int m_hoveredRow = -1;
};

} // namespace ui
