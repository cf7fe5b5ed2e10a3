#include "ui/explore/detail_pane.h"

#include "ui/explore/related_view.h"
#include "ui/query/cell_text.h"
#include "ui/query/project_schema.h"
#include "ui/query/properties_view.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

namespace ui {

namespace {

/// The properties under their own names, then the item's own fields; a person inside an event stays one line to open.
std::vector<Property> propertiesOf(const ph::Json &item)
{
    std::vector<Property> all;
    if (!item.is_object())
        return all;
    const auto properties = item.find("properties");
    const bool hasProperties = properties != item.end() && properties->is_object() && !properties->empty();
    if (hasProperties) { // what people look for comes first
        for (const auto &[name, value] : properties->items())
            all.push_back({name, value, {}, fieldText("properties." + name), QT_TRANSLATE_NOOP("DetailPane", "Properties")});
    }
    for (const auto &[name, value] : item.items()) {
        if (!hasProperties || name != "properties")
            all.push_back({name, value, {}, fieldText(name), hasProperties ? QT_TRANSLATE_NOOP("DetailPane", "The item itself") : ""});
    }
    return all;
}

QToolButton *iconButton(const QString &icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setIcon(Theme::icon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

DetailPane::DetailPane(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_id(new QLabel)
    , m_page(iconButton(QStringLiteral("external"), tr("Open in PostHog")))
    , m_tabs(new QTabBar)
    , m_pages(new QStackedWidget)
    , m_filter(new QLineEdit)
    , m_properties(new PropertiesView)
    , m_json(new QPlainTextEdit)
    , m_related(new RelatedView)
{
    m_title->setProperty("role", "heading");
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_id->setProperty("role", "small");
    m_id->setTextFormat(Qt::PlainText);
    auto *copyId = iconButton(QStringLiteral("copy"), tr("Copy the id"));
    auto *ask = iconButton(QStringLiteral("agent"), tr("Ask the agent about this"));
    auto *close = iconButton(QStringLiteral("close"), tr("Close (Esc)"));

    auto *names = new QVBoxLayout;
    names->setSpacing(2);
    names->addWidget(m_title);
    names->addWidget(m_id);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(space::m, space::s, space::s, space::s);
    head->setSpacing(space::xs);
    head->addLayout(names, 1);
    for (QToolButton *button : {copyId, m_page, ask, close})
        head->addWidget(button, 0, Qt::AlignTop);

    m_tabs->addTab(tr("Properties"));
    m_tabs->addTab(tr("Related"));
    m_tabs->addTab(tr("JSON"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("About this item"));
    m_tabs->setStyleSheet(QStringLiteral("QTabBar, QTabBar::tab, QTabBar::tab:selected { background: transparent; border-right: none; }"));
    connect(m_tabs, &QTabBar::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);

    auto *propertiesPage = new QWidget;
    auto *propertiesColumn = new QVBoxLayout(propertiesPage);
    propertiesColumn->setContentsMargins(0, 0, 0, 0);
    propertiesColumn->setSpacing(space::s);
    m_filter->setPlaceholderText(tr("Filter properties"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    auto *filterRow = new QHBoxLayout;
    filterRow->setContentsMargins(space::m, space::s, space::m, 0);
    filterRow->addWidget(m_filter);
    propertiesColumn->addLayout(filterRow);
    propertiesColumn->addWidget(m_properties, 1);
    connect(m_filter, &QLineEdit::textChanged, m_properties, &PropertiesView::setFilter);
    connect(m_properties, &PropertiesView::copied, this, &DetailPane::copied);
    connect(m_properties, &PropertiesView::filterRequested, this, &DetailPane::filterRequested);

    connect(m_related, &RelatedView::relationChosen, this, &DetailPane::relationChosen);

    m_json->setReadOnly(true);
    m_json->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_json->setAccessibleName(tr("JSON"));
    m_json->setProperty("role", "bare");
    const auto setFont = [this] { m_json->setFont(Theme::codeFont()); };
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, setFont);
    setFont();

    m_pages->addWidget(propertiesPage);
    m_pages->addWidget(m_related);
    m_pages->addWidget(m_json);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_tabs);
    auto *line = new QFrame;
    line->setProperty("role", "line");
    column->addWidget(line);
    column->addWidget(m_pages, 1);
    setMinimumWidth(280);

    connect(copyId, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(QString::fromStdString(itemId(m_object, m_item)));
        emit copied(tr("the id"));
    });
    connect(m_page, &QToolButton::clicked, this, [this] { emit pageRequested(m_url); });
    connect(ask, &QToolButton::clicked, this, [this] {
        emit askRequested(tr("What do you see here?"),
                          {{"title", m_title->text()}, {"kind", QString::fromStdString(m_object)},
                           {"text", QStringLiteral("```json\n%1\n```").arg(QString::fromStdString(m_item.dump(2)).left(20'000))}});
    });
    connect(close, &QToolButton::clicked, this, &DetailPane::closed);
}

void DetailPane::showItem(const std::string &object, const ph::Json &item, const std::shared_ptr<posthog::Driver> &driver)
{
    const std::string host = driver ? driver->host() : std::string();
    const std::string projectId = driver ? driver->projectId() : std::string();
    m_object = object;
    m_item = item;
    m_url = pageOf(object, item, host, projectId);
    m_relations = relationsOf(object, item, host, projectId);
    const QString title = itemTitle(object, item);
    const QString id = QString::fromStdString(itemId(object, item));
    m_title->setText(title.isEmpty() ? tr("Untitled") : title);
    m_title->setToolTip(plainToolTip(title));
    m_id->setText(shortenMiddle(id, 24));
    m_id->setToolTip(plainToolTip(id));
    m_page->setVisible(!m_url.isEmpty());
    m_properties->setProperties(propertiesOf(item));
    m_properties->setFilter(m_filter->text());
    m_json->setPlainText(QString::fromStdString(item.dump(2, ' ', false, ph::Json::error_handler_t::replace)));
    m_related->setItem(m_relations, relatedListsOf(object, item), driver);
    m_tabs->setTabText(1, m_related->count() == 0 ? tr("Related") : tr("Related %1").arg(m_related->count()));
}

void DetailPane::showTab(int tab) { m_tabs->setCurrentIndex(tab); }

} // namespace ui
