#pragma once

#include "driver/posthog/driver.h"
#include "ui/explore/relations.h"
#include "ui/shell/document.h"

#include <functional>

class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace ui {

class Banner;
class DetailPane;
class FieldsView;
class ListHeader;
class ObjectList;
class ObjectRows;
class ResultGrid;
class ResultModel;
class RowsModel;
class SavedFilters;
class Workbench;

/// The project's objects: their lists with search and a HogQL filter, an item with its properties and what belongs to it.
/// Going from one thing to another is a history that one walks back and forth.
class ExplorePage : public Document
{
    Q_OBJECT

public:
    /// `filters` outlives the page.
    ExplorePage(Workbench &workbench, SavedFilters &filters, QWidget *parent = nullptr);
    ~ExplorePage() override;

    QString kind() const override { return QStringLiteral("explore"); }
    QString title() const override;
    QString iconName() const override { return QStringLiteral("explore"); }
    QJsonObject state() const override;
    void restore(const QJsonObject &state) override;
    QJsonObject agentContext() const override;
    QList<QAction *> documentActions() const override { return m_actions; }

    /// Opens pages of the browser; QDesktopServices unless a test says otherwise.
    std::function<void(const QUrl &)> openUrl;

    /// Shows a list: {"object", "where", "values", "search", "select"}. Adds to the history.
    void go(const QJsonObject &place);
    void back();
    void forward();

    ObjectList *objects() const { return m_objects; }
    ListHeader *header() const { return m_header; }
    RowsModel *rows() const;
    ResultGrid *grid() const;
    ResultModel *fields() const;
    DetailPane *detail() const { return m_detail; }
    QLineEdit *search() const;
    QLineEdit *where() const;
    Banner *banner() const;
    QPushButton *hogqlButton() const;
    bool isLoading() const;
    bool isDetailShown() const;
    void showItem(int row);
    void showTab(int tab); // 0 rows, 1 fields

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void addActions();
    void showPlace(const QJsonObject &place); // without touching the history
    void changePlace(const QString &key, const QString &text); // the same list, otherwise searched or filtered
    void list();
    void selectWanted();
    void filterBy(const QString &name, const ph::Json &value);
    void choose(const Relation &relation);
    void openHogql();
    void openExport();
    QString whereWithSearch() const;
    void closeDetail();
    std::string object() const;
    std::string hogql() const;

    Workbench &m_workbench;
    std::shared_ptr<posthog::Driver> m_driver;
    ObjectList *m_objects;
    ListHeader *m_header;
    ObjectRows *m_list;
    FieldsView *m_fields;
    QStackedWidget *m_pages;
    QSplitter *m_content;
    DetailPane *m_detail;
    QList<QAction *> m_actions;
    QJsonObject m_place;
    std::vector<QJsonObject> m_history;
    int m_at = -1;
    std::string m_selected; // id of the item at the side
};

} // namespace ui
