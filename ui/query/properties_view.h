#pragma once

#include "driver/base/json_fields.h"

#include <QTreeView>

class QStandardItem;
class QStandardItemModel;

namespace ui {

/// One value of a PropertiesView.
struct Property {
    std::string name;
    ph::Json value;
    std::string type = {};    // empty: from the value
    std::string path = {};    // how HogQL spells it; empty: as the name
    std::string section = {}; // a heading above the first property that has it
};

/// A thing's properties: name, value, type; objects and lists open. Values are copied whole (Ctrl+C), names from the menu.
class PropertiesView : public QTreeView
{
    Q_OBJECT

public:
    explicit PropertiesView(QWidget *parent = nullptr);

    void setProperties(const std::vector<Property> &properties);
    /// Shows only what has `text` in its name or value.
    void setFilter(const QString &text);
    int shownCount() const;

signals:
    void copied(const QString &what);
    void filterRequested(const QString &name, const ph::Json &value); // "show only rows with this value"

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const override;

private:
    void fitNames();
    void addSection(const QString &title);
    QStandardItem *addRow(QStandardItem *parent, const std::string &name, const ph::Json &value, const std::string &type, int depth);
    void copyValue(const QModelIndex &index);

    QStandardItemModel *m_model;
    int m_nameWidth = 120; // of the longest name
};

/// One word for a JSON value's type: text, number, yes/no, list, object, null, time for ISO date-times.
QString jsonTypeWord(const ph::Json &value);

} // namespace ui
