#pragma once

#include "ui/query/saved_queries.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;

namespace ui {

/// The saved queries, to search and to take into the editor.
class SavedPanel : public QWidget
{
    Q_OBJECT

public:
    explicit SavedPanel(SavedQueries &queries, QWidget *parent = nullptr);

    QLineEdit *filter() const { return m_filter; }
    int shownCount() const;

signals:
    void chosen(const QString &name, const QString &text);

private:
    void refresh();
    void askToRemove();

    SavedQueries &m_queries;
    QLineEdit *m_filter;
    QListView *m_list;
    QStandardItemModel *m_model;
    QLabel *m_empty;
};

} // namespace ui
