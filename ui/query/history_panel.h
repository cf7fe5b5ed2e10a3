#pragma once

#include "ui/query/query_history.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;

namespace ui {

/// What was run before, to search and to take back into the editor.
class HistoryPanel : public QWidget
{
    Q_OBJECT

public:
    explicit HistoryPanel(QueryHistory &history, QWidget *parent = nullptr);

    QLineEdit *filter() const { return m_filter; }
    int shownCount() const;

signals:
    void chosen(const QString &text);

private:
    void refresh();

    QueryHistory &m_history;
    QLineEdit *m_filter;
    QListView *m_list;
    QStandardItemModel *m_model;
    QLabel *m_empty;
};

} // namespace ui
