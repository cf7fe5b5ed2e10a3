#include "ui/explore/list_header.h"

#include "ui/explore/filter_button.h"
#include "ui/explore/relations.h"
#include "ui/shell/theme.h"
#include "ui/shell/tool_tip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QToolButton>

namespace ui {

namespace {

constexpr int searchAfterMs = 300;

QString conditionExample(const std::string &object)
{
    if (object == "events")
        return QStringLiteral("event = '$pageview' AND properties.$browser = 'Safari'");
    return object == "persons" ? QStringLiteral("properties.plan = 'pro'") : QStringLiteral("$pageview_count > 10");
}

QToolButton *wayButton(const QString &icon, const QString &name)
{
    auto *button = new QToolButton;
    button->setIcon(Theme::icon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

} // namespace

bool takesCondition(const std::string &object) { return object == "events" || object == "persons" || object == "sessions"; }

ListHeader::ListHeader(SavedFilters &filters, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_count(new QLabel)
    , m_back(wayButton(QStringLiteral("chevron-left"), tr("Back (Alt+Left)")))
    , m_forward(wayButton(QStringLiteral("chevron-right"), tr("Forward (Alt+Right)")))
    , m_search(new QLineEdit)
    , m_where(new QLineEdit)
    , m_tabs(new QTabBar)
    , m_filters(new FilterButton(filters))
    , m_hogql(new QPushButton(tr("HogQL")))
    , m_export(new QPushButton(tr("Export")))
{
    m_title->setProperty("role", "title");
    m_count->setProperty("role", "muted");
    m_count->setContentsMargins(0, 0, 0, 3); // stands on the title's baseline
    m_search->setPlaceholderText(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search this list"));
    m_search->addAction(Theme::icon(QStringLiteral("search"), Theme::colors().muted), QLineEdit::LeadingPosition);
    m_search->setMinimumWidth(140);
    m_search->setMaximumWidth(280);
    m_export->setToolTip(tr("All rows of this list to a file"));
    m_hogql->setToolTip(tr("This list as a query"));
    m_where->setAccessibleName(tr("Condition in HogQL"));
    m_where->setClearButtonEnabled(true);
    m_where->addAction(Theme::icon(QStringLiteral("filter"), Theme::colors().muted), QLineEdit::LeadingPosition);
    m_where->setStyleSheet(QStringLiteral("QLineEdit { font-family: '%1'; }").arg(Theme::codeFont().family()));
    connect(&Theme::notifier(), &ThemeNotifier::changed, this, [this] { m_where->setFont(Theme::codeFont()); });

    auto *top = new QHBoxLayout;
    top->setSpacing(space::s);
    top->addWidget(m_back);
    top->addWidget(m_forward);
    top->addWidget(m_title);
    top->addWidget(m_count, 0, Qt::AlignBottom);
    top->addStretch(1);
    top->addWidget(m_search, 2);
    top->addWidget(m_export);
    top->addWidget(m_hogql);
    m_tabs->addTab(tr("Rows"));
    m_tabs->addTab(tr("Fields"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Rows or fields"));
    m_tabs->setStyleSheet(QStringLiteral("QTabBar, QTabBar::tab, QTabBar::tab:selected { background: transparent; border-right: none; }"));
    auto *second = new QHBoxLayout;
    second->setSpacing(space::s);
    second->addWidget(m_tabs);
    second->addSpacing(space::xs);
    second->addWidget(m_where, 1);
    second->addStretch(0);
    second->addWidget(m_filters);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::m, space::m, space::m, space::s);
    column->setSpacing(space::s);
    column->addLayout(top);
    column->addLayout(second);

    connect(m_back, &QToolButton::clicked, this, &ListHeader::backClicked);
    connect(m_forward, &QToolButton::clicked, this, &ListHeader::forwardClicked);
    m_searchTimer.setSingleShot(true);
    m_searchTimer.setInterval(searchAfterMs);
    connect(&m_searchTimer, &QTimer::timeout, this, [this] {
        m_searched = m_search->text().trimmed();
        emit searched(m_searched);
    });
    connect(m_search, &QLineEdit::textEdited, this, [this] { m_searchTimer.start(); });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        if (text.isEmpty() && !m_searched.isEmpty()) // the clear button edits without textEdited
            m_searchTimer.start();
    });
    connect(m_where, &QLineEdit::returnPressed, this, [this] { emit conditionEntered(m_where->text().trimmed()); });
}

void ListHeader::setPlace(const QString &title, const QJsonObject &place)
{
    const std::string object = place["object"].toString().toStdString();
    setTitle(title);
    m_searched = place["search"].toString();
    m_search->setText(m_searched);
    m_searchTimer.stop();
    m_where->setText(place["where"].toString());
    m_where->setCursorPosition(0);
    m_where->setVisible(takesCondition(object));
    m_where->setPlaceholderText(tr("Where… for instance %1").arg(conditionExample(object)));
    QString values;
    const QJsonObject bound = place["values"].toObject();
    for (auto it = bound.begin(); it != bound.end(); ++it)
        values += QStringLiteral("{%1} = %2\n").arg(it.key(), it.value().toVariant().toString());
    m_where->setToolTip(plainToolTip(values.trimmed()));
    m_filters->setPlace(place);
    const bool isQuery = !listHogql(object, {}, {}, ph::Json::object()).empty();
    m_hogql->setVisible(isQuery);
    m_export->setVisible(isQuery);
}

void ListHeader::setTitle(const QString &title) { m_title->setText(title); }
void ListHeader::setCount(const QString &text) { m_count->setText(text); }

void ListHeader::setWays(bool back, bool forward)
{
    m_back->setEnabled(back);
    m_forward->setEnabled(forward);
}

QString ListHeader::title() const { return m_title->text(); }

} // namespace ui
