#pragma once

#include "driver/posthog/driver.h"
#include "ui/explore/relations.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace ui {

class PropertiesView;
class RelatedView;

/// One item: its properties, its JSON, and what belongs to it.
class DetailPane : public QWidget
{
    Q_OBJECT

public:
    explicit DetailPane(QWidget *parent = nullptr);

    /// `driver` is asked for the lists under "Related"; null: no project.
    void showItem(const std::string &object, const ph::Json &item, const std::shared_ptr<posthog::Driver> &driver);

    const std::vector<Relation> &relations() const { return m_relations; }
    RelatedView *related() const { return m_related; }
    PropertiesView *properties() const { return m_properties; }
    void showTab(int tab); // 0 properties, 1 related, 2 JSON

signals:
    void relationChosen(const ui::Relation &relation);
    void pageRequested(const QUrl &url);
    void filterRequested(const QString &name, const ph::Json &value);
    void askRequested(const QString &text, const QJsonObject &context);
    void copied(const QString &what);
    void closed();

private:
    QLabel *m_title;
    QLabel *m_id;
    QToolButton *m_page;
    QTabBar *m_tabs;
    QStackedWidget *m_pages;
    QLineEdit *m_filter;
    PropertiesView *m_properties;
    QPlainTextEdit *m_json;
    RelatedView *m_related;
    std::vector<Relation> m_relations;
    std::string m_object;
    ph::Json m_item;
    QUrl m_url;
};

} // namespace ui
