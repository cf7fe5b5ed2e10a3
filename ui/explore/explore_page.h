#pragma once

#include "driver/posthog/driver.h"
#include "ui/explore/relations.h"
#include "ui/shell/document.h"

#include <QTimer>

#include <functional>
#include <stop_token>

class QLabel;
class QLineEdit;
class QListView;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QStandardItemModel;
class QTabBar;
class QToolButton;

namespace ui {

class Banner;
class DetailPane;
class EmptyState;
class ResultGrid;
class ResultModel;
class RowsModel;
class Workbench;

/// The project's objects: their lists with search and a HogQL filter, an item with its properties and what belongs to it.
/// Going from one thing to another is a history that one walks back and forth.
class ExplorePage : public Document
{
    Q_OBJECT

public:
    explicit ExplorePage(Workbench &workbench, QWidget *parent = nullptr);
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

    RowsModel *rows() const { return m_rows; }
    ResultGrid *grid() const { return m_grid; }
    ResultModel *fields() const { return m_fields; }
    DetailPane *detail() const { return m_detail; }
    QLineEdit *search() const { return m_search; }
    QLineEdit *where() const { return m_where; }
    Banner *banner() const { return m_banner; }
    QPushButton *hogqlButton() const { return m_hogql; }
    bool isLoading() const { return m_isLoading; }
    bool isDetailShown() const;
    void showItem(int row);
    void showTab(int tab); // 0 rows, 1 fields

signals:
    void loaded();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    QWidget *makeObjects();
    QWidget *makeHeader();
    void loadObjects();
    void showPlace(const QJsonObject &place); // without touching the history
    void load();                         // the first page
    void loadMore();
    void loadFields();
    void take(posthog::RowsPage page);
    void refreshCount();
    void refreshPlace();
    void choose(const Relation &relation);
    void openHogql();
    void closeDetail();
    std::string object() const;

    Workbench &m_workbench;
    std::shared_ptr<posthog::Driver> m_driver;
    QStandardItemModel *m_objects;
    QListView *m_objectList;
    EmptyState *m_objectState;
    QStackedWidget *m_objectStack;
    RowsModel *m_rows;
    ResultGrid *m_grid;
    ResultModel *m_fields;
    ResultGrid *m_fieldGrid;
    EmptyState *m_state;
    EmptyState *m_fieldState;
    QStackedWidget *m_rowStack;
    QStackedWidget *m_fieldStack;
    QStackedWidget *m_pages;
    QTabBar *m_tabs;
    QProgressBar *m_progress;
    Banner *m_banner;
    QWidget *m_bannerBox;
    QLabel *m_title;
    QLabel *m_count;
    QToolButton *m_back;
    QToolButton *m_forward;
    QLineEdit *m_search;
    QLineEdit *m_where;
    QPushButton *m_hogql;
    QSplitter *m_content;
    DetailPane *m_detail;
    QList<QAction *> m_actions;
    QJsonObject m_place;
    std::vector<QJsonObject> m_history;
    int m_at = -1;
    std::string m_shownObject; // whose rows the grid holds
    std::string m_fieldsOf;
    std::string m_selected; // id of the item at the side
    bool m_isLoading = false;
    QTimer m_searchTimer;
    std::stop_source m_stop;        // of the list
    std::stop_source m_objectsStop;
    std::stop_source m_fieldsStop;
};

} // namespace ui
