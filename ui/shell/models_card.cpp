#include "ui/shell/models_card.h"

#include "ui/shell/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {
namespace {

constexpr int shownModels = 6;

QString listed(const QStringList &models)
{
    if (models.isEmpty())
        return ModelsCard::tr("It answers, and has no models.");
    auto text = (models.size() == 1 ? ModelsCard::tr("1 model: ") : ModelsCard::tr("%1 models: ").arg(models.size())) + models.mid(0, shownModels).join(", ");
    if (models.size() > shownModels)
        text += ", …";
    return text + ModelsCard::tr(". Choose one at the head of the agent's panel.");
}

} // namespace

ModelsCard::ModelsCard(ModelSetup &setup, QWidget *parent)
    : QWidget(parent)
    , m_setup(setup)
    , m_kind(new QComboBox)
    , m_address(new QLineEdit)
    , m_key(new QLineEdit)
    , m_use(new QPushButton(tr("Use")))
    , m_remove(new QPushButton(tr("Remove")))
    , m_answer(new QLabel)
{
    m_kind->addItem(tr("Anthropic"), int(ModelService::Kind::Anthropic));
    m_kind->addItem(tr("PostHog's gateway"), int(ModelService::Kind::PostHogGateway));
    m_kind->addItem(tr("OpenAI, or a server that speaks like it"), int(ModelService::Kind::OpenAiCompatible));
    m_kind->setAccessibleName(tr("Service of language models"));
    m_address->setAccessibleName(tr("Address of the service"));
    m_key->setAccessibleName(tr("Key of the service"));
    m_key->setEchoMode(QLineEdit::Password);
    m_use->setAccessibleName(tr("Use this service"));
    m_use->setProperty("variant", "primary");
    m_remove->setAccessibleName(tr("Use this service no more"));
    m_answer->setProperty("role", "small");
    m_answer->setWordWrap(true);
    m_answer->setTextFormat(Qt::PlainText);

    auto *form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(space::xl);
    form->setVerticalSpacing(space::m);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Service"), m_kind);
    form->addRow(tr("Address"), m_address);
    form->addRow(tr("Key"), m_key);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    buttons->addWidget(m_use);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::m);
    column->addLayout(form);
    column->addWidget(m_answer);
    column->addLayout(buttons);

    connect(m_kind, &QComboBox::activated, this, &ModelsCard::refresh);
    connect(m_use, &QPushButton::clicked, this, &ModelsCard::use);
    connect(m_remove, &QPushButton::clicked, this, &ModelsCard::remove);
    connect(m_key, &QLineEdit::returnPressed, this, &ModelsCard::use);
    for (int i = 0; i < m_kind->count(); ++i) {
        if (m_setup.service(ModelService::Kind(m_kind->itemData(i).toInt())).isUsed) {
            m_kind->setCurrentIndex(i);
            break;
        }
    }
    refresh();
}

ModelService::Kind ModelsCard::kind() const { return ModelService::Kind(m_kind->currentData().toInt()); }

void ModelsCard::refresh()
{
    const auto service = m_setup.service(kind());
    m_address->setText(service.baseUrl);
    m_key->clear();
    m_key->setPlaceholderText(service.hasKey ? tr("kept; type to replace it") : tr("none yet"));
    m_remove->setVisible(service.isUsed);
    say({});
    switch (service.kind) {
    case ModelService::Kind::Anthropic: m_address->setPlaceholderText("https://api.anthropic.com"); break;
    case ModelService::Kind::PostHogGateway: m_address->setPlaceholderText(tr("by the project's region; a server of your own needs its address")); break;
    case ModelService::Kind::OpenAiCompatible: m_address->setPlaceholderText("https://api.openai.com/v1"); break;
    }
}

void ModelsCard::say(const QString &answer)
{
    m_answer->setText(answer);
    m_answer->setVisible(!answer.isEmpty());
}

void ModelsCard::use()
{
    auto service = m_setup.service(kind());
    service.baseUrl = m_address->text().trimmed();
    const auto key = m_key->text().trimmed();
    m_use->setEnabled(false);
    say(tr("Asking the service…"));
    m_setup.use(service, key.isEmpty() ? std::nullopt : std::optional(key.toStdString()), [guard = QPointer(this)](const ph::Result<QStringList> &models) {
        if (!guard)
            return;
        guard->m_use->setEnabled(true);
        guard->refresh();
        guard->say(models ? listed(*models) : QString::fromStdString(models.error().message));
    });
}

void ModelsCard::remove()
{
    m_setup.remove(kind());
    refresh();
}

} // namespace ui
