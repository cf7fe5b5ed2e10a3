#pragma once

#include "ui/explore/saved_filters.h"

#include <QPointer>
#include <QToolButton>

class QLineEdit;
class QMenu;

namespace ui {

/// The saved filters of the list that shows: one chooses, names the present one, or forgets one.
class FilterButton : public QToolButton
{
    Q_OBJECT

public:
    explicit FilterButton(SavedFilters &filters, QWidget *parent = nullptr);

    /// What the page shows; its search and condition are what "save" names.
    void setPlace(const QJsonObject &place);

    /// Keeps the present filter. Nothing without a name or without anything to filter by.
    void saveAs(const QString &name);

    /// For the palette and tests: what the menu offers, made anew each time it opens.
    void fillMenu();
    QLineEdit *nameEdit() const; // null while there is nothing to save

signals:
    void filterChosen(const QJsonObject &place);
    void said(const QString &text); // what was done

private:
    void refresh();

    SavedFilters &m_filters;
    QJsonObject m_place;
    QPointer<QLineEdit> m_name;
};

} // namespace ui
