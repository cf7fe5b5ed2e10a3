#include "ui/explore/fields_view.h"

#include "ui/query/result_grid.h"
#include "ui/shell/background.h"
#include "ui/shell/empty_state.h"

namespace ui {

FieldsView::FieldsView(QWidget *parent)
    : QStackedWidget(parent)
    , m_fields(new ResultModel(this))
    , m_grid(new ResultGrid(m_fields))
    , m_state(new EmptyState)
{
    m_grid->setAccessibleName(tr("Fields"));
    addWidget(m_state);
    addWidget(m_grid);
    connect(m_state, &EmptyState::actionTriggered, this, [this] { showFieldsOf(m_wanted); });
}

FieldsView::~FieldsView() { m_stop.request_stop(); }

void FieldsView::setDriver(std::shared_ptr<posthog::Driver> driver)
{
    m_driver = std::move(driver);
    m_shown.clear();
}

void FieldsView::showFieldsOf(const std::string &object)
{
    m_wanted = object;
    if (!m_driver || m_shown == object)
        return;
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_state->showLoading(tr("Reading the fields"));
    setCurrentWidget(m_state);
    inBackground([driver = m_driver, object, stop = m_stop.get_token()] { return driver->getFields(object, stop); })
        .then(this, [this, object, stop = m_stop.get_token()](const ph::Result<std::vector<posthog::FieldInfo>> &fields) {
            if (stop.stop_requested())
                return;
            if (!fields) {
                m_state->show(QStringLiteral("error"), tr("The fields could not be read"), QString::fromStdString(fields.error().message), tr("Try again"));
                setCurrentWidget(m_state);
                return;
            }
            m_shown = object;
            auto table = std::make_shared<posthog::Table>();
            table->columns = {{"field", "String"}, {"type", "String"}, {"sample", "String"}, {"description", "String"}};
            for (const posthog::FieldInfo &field : *fields)
                table->rows.push_back({field.name, field.type, field.sample, field.description});
            m_fields->setTable(std::move(table));
            setCurrentWidget(m_grid);
        });
}

} // namespace ui
