#pragma once

#include "ui/query/copy_formats.h"
#include "ui/query/result_model.h"

#include <QJsonObject>
#include <QTableView>

class QMenu;

namespace ui {

/// The rows of a ResultModel: fixed row height, columns that move, resize and hide, copying in several formats.
/// Paints straight from the model's table, so that a million rows scroll like ten.
class ResultGrid : public QTableView
{
    Q_OBJECT

public:
    explicit ResultGrid(ResultModel *model, QWidget *parent = nullptr);

    /// Copies the selection (everything when nothing is selected), headers first. One cell alone is copied bare as Tsv.
    /// Large selections are written on a worker; `copied` follows when the clipboard has it.
    void copySelection(CopyFormat format);

    /// Source rows and columns of the selection in the shown order; all when nothing is selected.
    std::vector<std::uint32_t> selectedRows() const;
    std::vector<int> selectedColumns() const;
    bool hasSelection() const;

    /// What the agent sees of the selection: {"title", "kind": "table", "text"}, at most 50 rows.
    QJsonObject selectionContext() const;

    void showAllColumns();
    QMenu *makeCopyMenu(QWidget *parent);
    int hoveredRow() const { return m_hoveredRow; }

    QSize sizeHint() const override { return {640, 320}; }

signals:
    void copied(const QString &what); // "12 rows as CSV"
    void askRequested(const QString &text, const QJsonObject &context);
    void rowActivated(int row);       // Enter or double click
    void currentRowChanged(int row);  // -1: none

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    void fitColumns();
    void fitRowHeight();
    void setHoveredRow(int row);
    std::vector<int> visibleColumns() const; // in visual order

    ResultModel *m_model;
    int m_hoveredRow = -1;
    std::vector<std::string> m_fittedFor; // columns whose widths were chosen; the same ones keep the user's widths
};

} // namespace ui
