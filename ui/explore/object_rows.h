#pragma once

#include "driver/posthog/driver.h"

#include <QWidget>

#include <memory>
#include <stop_token>

class QProgressBar;
class QStackedWidget;

namespace ui {

class Banner;
class EmptyState;
class ResultGrid;
class RowsModel;

/// The rows of one list: further pages come as one scrolls, the old rows stay while new ones are loaded, and there is a state for
/// loading, empty and error.
class ObjectRows : public QWidget
{
    Q_OBJECT

public:
    explicit ObjectRows(QWidget *parent = nullptr);
    ~ObjectRows() override;

    void setDriver(std::shared_ptr<posthog::Driver> driver); // forgets the rows; list() follows

    /// Loads the first page. `title` names the object ("Feature flags"). An answer under way is dropped.
    void list(const posthog::RowsRequest &request, const QString &title);
    void reload();

    RowsModel *model() const { return m_rows; }
    ResultGrid *grid() const { return m_grid; }
    Banner *banner() const { return m_banner; }
    bool isLoading() const { return m_isLoading; }

    /// The item behind a shown row; made of its cells where the server sent none. Null: no such row.
    ph::Json item(int row) const;

    /// "200 of 1,182"; empty while another object's rows are on their way.
    QString countText() const;

signals:
    void firstPageLoaded(); // its rows are in the model
    void loaded();          // a page has come, or failed

private:
    void load();
    void loadMore();
    void setLoading(bool isLoading);
    void take(posthog::RowsPage page);
    void refuse(const ph::Error &error);

    std::shared_ptr<posthog::Driver> m_driver;
    posthog::RowsRequest m_request;
    QString m_title;
    RowsModel *m_rows;
    ResultGrid *m_grid;
    EmptyState *m_state;
    QStackedWidget *m_stack;
    QProgressBar *m_progress;
    Banner *m_banner;
    QWidget *m_bannerBox;
    std::string m_shownObject; // whose rows the grid holds
    bool m_isLoading = false;
    std::stop_source m_stop;
};

} // namespace ui
