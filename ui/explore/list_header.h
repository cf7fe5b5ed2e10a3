#pragma once

#include "ui/explore/saved_filters.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;
class QTabBar;
class QToolButton;

namespace ui {

class FilterButton;

/// Above a list: where one is and how one came here, the search, the condition with the saved filters, and what else can be had of it.
class ListHeader : public QWidget
{
    Q_OBJECT

public:
    explicit ListHeader(SavedFilters &filters, QWidget *parent = nullptr);

    /// `title` of the object; the texts of the place go into the fields.
    void setPlace(const QString &title, const QJsonObject &place);
    void setTitle(const QString &title);
    void setCount(const QString &text);
    void setWays(bool back, bool forward);
    QString title() const;

    QLineEdit *search() const { return m_search; }
    QLineEdit *where() const { return m_where; }
    QTabBar *tabs() const { return m_tabs; } // 0 rows, 1 fields
    FilterButton *filters() const { return m_filters; }
    QPushButton *hogqlButton() const { return m_hogql; }
    QPushButton *exportButton() const { return m_export; }

signals:
    void backClicked();
    void forwardClicked();
    void searched(const QString &text); // after the last key
    void conditionEntered(const QString &text);

private:
    QLabel *m_title;
    QLabel *m_count;
    QToolButton *m_back;
    QToolButton *m_forward;
    QLineEdit *m_search;
    QLineEdit *m_where;
    QTabBar *m_tabs;
    FilterButton *m_filters;
    QPushButton *m_hogql;
    QPushButton *m_export;
    QString m_searched; // what the list shows
    QTimer m_searchTimer;
};

/// Whether HogQL has a table of the object, so that a condition can be given.
bool takesCondition(const std::string &object);

} // namespace ui
