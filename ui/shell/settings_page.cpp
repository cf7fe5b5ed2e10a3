#include "ui/shell/settings_page.h"

#include "ui/shell/agents_card.h"
#include "ui/shell/banner.h"
#include "ui/shell/models_card.h"

#include <QApplication>
#include <QButtonGroup>
#include <QComboBox>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr double sizes[] = {0.9, 1.0, 1.15, 1.3, 1.5};

QFormLayout *formIn(QWidget *parent)
{
    auto *form = new QFormLayout(parent);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(space::xl);
    form->setVerticalSpacing(space::m);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

QFrame *card(const QString &title, const QString &note, QWidget *body)
{
    auto *frame = new QFrame;
    frame->setProperty("role", "card");
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(space::l, space::l, space::l, space::l);
    column->setSpacing(space::m);
    auto *heading = new QLabel(title);
    heading->setProperty("role", "heading");
    column->addWidget(heading);
    if (!note.isEmpty()) {
        auto *text = new QLabel(note);
        text->setProperty("role", "small");
        text->setWordWrap(true);
        column->addWidget(text);
    }
    column->addWidget(body);
    return frame;
}

} // namespace

SettingsPage::SettingsPage(Workbench &workbench, ProjectConnection &connection, ModelSetup &models, AgentSetup &agents,
                           std::function<void(ThemeChoice, double)> lookChanged, QWidget *parent)
    : Document(parent)
    , m_workbench(workbench)
    , m_connection(connection)
    , m_lookChanged(std::move(lookChanged))
    , m_banner(new Banner)
    , m_theme(new QComboBox)
    , m_size(new QComboBox)
    , m_kind(new QButtonGroup(this))
    , m_cloud(new QWidget)
    , m_host(new QLineEdit)
    , m_projectId(new QLineEdit)
    , m_key(new QLineEdit)
    , m_test(new QPushButton(tr("Test")))
    , m_use(new QPushButton(tr("Connect")))
{
    auto *inside = new QWidget;
    inside->setProperty("role", "page");
    inside->setMaximumWidth(680);
    auto *column = new QVBoxLayout(inside);
    column->setContentsMargins(space::xl, space::l, space::xl, space::xl);
    column->setSpacing(space::l);
    auto *heading = new QLabel(tr("Settings"));
    heading->setProperty("role", "title");
    column->addWidget(heading);
    column->addWidget(m_banner);
    column->addWidget(card(tr("Look"), {}, makeLook()));
    column->addWidget(card(tr("Project"),
                           tr("The demo project is made-up data on this computer and needs no key. For your own data, make a personal API key in "
                              "PostHog (Settings, Personal API keys) with the scope to run queries and to read what you want to see."),
                           makeProject()));
    column->addWidget(card(tr("Language models"),
                           tr("The guided agent needs none. With one, the agent also reads and edits files, runs commands and answers in its own words. "
                              "Keys are kept in the desktop's keychain."),
                           new ModelsCard(models)));
    column->addWidget(card(tr("Other agents"),
                           tr("Programs that speak the Agent Client Protocol work in the same panel, with their own log-in and their own rights: what they do "
                              "without asking is theirs to decide."),
                           new AgentsCard(agents)));
    column->addStretch(1);

    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setWidget(inside);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    setFocusProxy(m_theme);
    refreshProject();
}

QWidget *SettingsPage::makeLook()
{
    auto *body = new QWidget;
    auto *form = formIn(body);
    m_theme->addItems({tr("As the desktop"), tr("Dark"), tr("Light")});
    m_theme->setCurrentIndex(int(Theme::choice()));
    m_theme->setAccessibleName(tr("Theme"));
    for (const double size : sizes)
        m_size->addItem(tr("%1 %").arg(size * 100), size);
    for (int i = 0; i < m_size->count(); ++i) {
        if (std::abs(m_size->itemData(i).toDouble() - Theme::fontScale()) < 0.03)
            m_size->setCurrentIndex(i);
    }
    m_size->setAccessibleName(tr("Text size"));
    for (auto *combo : {m_theme, m_size})
        combo->setMaximumWidth(220);
    form->addRow(tr("Theme"), m_theme);
    form->addRow(tr("Text size"), m_size);
    const auto take = [this] { m_lookChanged(ThemeChoice(m_theme->currentIndex()), m_size->currentData().toDouble()); };
    connect(m_theme, &QComboBox::activated, this, take);
    connect(m_size, &QComboBox::activated, this, take);
    return body;
}

QWidget *SettingsPage::makeProject()
{
    auto *demo = new QRadioButton(tr("Demo project"));
    auto *cloud = new QRadioButton(tr("A PostHog project"));
    m_kind->addButton(demo, 0);
    m_kind->addButton(cloud, 1);

    auto *form = formIn(m_cloud);
    m_host->setPlaceholderText("https://us.posthog.com");
    m_host->setAccessibleName(tr("Host"));
    m_projectId->setPlaceholderText(tr("the number in your project's address"));
    m_projectId->setAccessibleName(tr("Project id"));
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setAccessibleName(tr("Personal API key"));
    form->addRow(tr("Host"), m_host);
    form->addRow(tr("Project id"), m_projectId);
    form->addRow(tr("API key"), m_key);

    m_test->setAccessibleName(tr("Test the connection"));
    m_use->setAccessibleName(tr("Connect to this project"));
    m_use->setProperty("variant", "primary");
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    buttons->addWidget(m_use);
    buttons->addWidget(m_test);
    buttons->addStretch(1);

    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    column->addWidget(demo);
    column->addWidget(cloud);
    column->addWidget(m_cloud);
    column->addLayout(buttons);

    connect(m_kind, &QButtonGroup::idToggled, this, [this] {
        m_cloud->setVisible(m_kind->checkedId() == 1);
        m_test->setVisible(m_kind->checkedId() == 1);
    });
    connect(m_test, &QPushButton::clicked, this, &SettingsPage::test);
    connect(m_use, &QPushButton::clicked, this, &SettingsPage::connectNow);
    connect(m_key, &QLineEdit::returnPressed, this, &SettingsPage::connectNow);
    return body;
}

void SettingsPage::refreshProject()
{
    const auto choice = m_connection.choice();
    m_kind->button(choice.isDemo ? 0 : 1)->setChecked(true);
    m_cloud->setVisible(!choice.isDemo);
    m_test->setVisible(!choice.isDemo);
    m_host->setText(choice.host);
    m_projectId->setText(choice.projectId);
    m_key->clear();
    m_key->setPlaceholderText(m_connection.hasKey() ? tr("kept; type to replace it") : tr("phx_…"));
}

ProjectChoice SettingsPage::entered() const
{
    return {m_kind->checkedId() == 0, m_host->text().trimmed(), m_projectId->text().trimmed()};
}

std::optional<std::string> SettingsPage::enteredKey() const
{
    const auto key = m_key->text().trimmed();
    return key.isEmpty() ? std::nullopt : std::optional(key.toStdString());
}

void SettingsPage::test()
{
    m_test->setEnabled(false);
    m_banner->show(Banner::Severity::Info, tr("Trying…"));
    m_connection.test(entered(), enteredKey(), [guard = QPointer(this)](const ph::Result<posthog::ProjectInfo> &info) {
        if (!guard)
            return;
        guard->m_test->setEnabled(true);
        if (info)
            guard->m_banner->show(Banner::Severity::Info, tr("This works: project \"%1\".").arg(QString::fromStdString(info->name)));
        else
            guard->m_banner->show(info.error(), [guard] {
                if (guard)
                    guard->test();
            });
    });
}

void SettingsPage::connectNow()
{
    m_connection.use(entered(), enteredKey(), [guard = QPointer(this)](const ph::Result<> &kept) {
        if (!guard)
            return;
        if (kept)
            guard->m_banner->dismiss();
        else
            guard->m_banner->show(Banner::Severity::Warning, QString::fromStdString(kept.error().message));
        guard->refreshProject();
    });
}

} // namespace ui
