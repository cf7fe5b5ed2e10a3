#include "ui/explore/export_form.h"

#include "ui/explore/exports.h"
#include "ui/shell/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDate>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QToolButton>

namespace ui {

namespace {

constexpr int daysShown = 30;
const auto dateFormat = QStringLiteral("yyyy-MM-dd");

} // namespace

ExportForm::ExportForm(QWidget *parent)
    : QFrame(parent)
    , m_title(new QLabel)
    , m_condition(new QLabel)
    , m_object(new QComboBox)
    , m_objectLabel(new QLabel(tr("What")))
    , m_daysLabel(new QLabel(tr("Days, both included (UTC)")))
    , m_days(new QWidget)
    , m_from(new QLineEdit)
    , m_to(new QLineEdit)
    , m_format(new QComboBox)
    , m_safe(new QCheckBox(tr("Safe for spreadsheets: what looks like a formula stays text")))
    , m_file(new QLineEdit)
    , m_problem(new QLabel)
{
    setProperty("role", "card");
    setAccessibleName(tr("New export"));
    m_title->setProperty("role", "heading");
    m_condition->setProperty("role", "code");
    m_condition->setTextFormat(Qt::PlainText);
    m_condition->setWordWrap(true);
    m_object->addItem(tr("Events"), "events");
    m_object->addItem(tr("Persons"), "persons");
    m_object->setAccessibleName(tr("What to export"));
    m_from->setAccessibleName(tr("First day"));
    m_to->setAccessibleName(tr("Last day"));
    for (QLineEdit *date : {m_from, m_to}) {
        date->setPlaceholderText(dateFormat.toUpper());
        date->setMaximumWidth(140);
    }
    m_format->addItem(tr("JSON lines"), "jsonl");
    m_format->addItem(tr("CSV"), "csv");
    m_format->addItem(tr("Parquet"), "parquet");
    m_format->setAccessibleName(tr("Format"));
    m_safe->setChecked(true);
    m_file->setAccessibleName(tr("File"));
    m_problem->setProperty("role", "error");
    m_problem->setWordWrap(true);
    m_problem->hide();

    auto *days = new QHBoxLayout(m_days);
    days->setContentsMargins(0, 0, 0, 0);
    days->setSpacing(space::s);
    days->addWidget(m_from);
    days->addWidget(new QLabel(tr("to")));
    days->addWidget(m_to);
    days->addStretch(1);
    auto *choose = new QPushButton(tr("Choose…"));
    choose->setAccessibleName(tr("Choose the file"));
    auto *fileRow = new QHBoxLayout;
    fileRow->setSpacing(space::s);
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(choose);
    auto *start = new QPushButton(tr("Export"));
    start->setProperty("variant", "primary");
    start->setMinimumWidth(96);
    start->setAccessibleName(tr("Start the export"));
    auto *close = new QPushButton(tr("Cancel"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(space::s);
    buttons->addWidget(start);
    buttons->addWidget(close);
    buttons->addStretch(1);

    auto *form = new QFormLayout;
    form->setHorizontalSpacing(space::l);
    form->setVerticalSpacing(space::s);
    form->addRow(m_objectLabel, m_object);
    form->addRow(m_daysLabel, m_days);
    form->addRow(tr("Format"), m_format);
    form->addRow(QString(), m_safe);
    form->addRow(tr("File"), fileRow);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::l, space::m, space::l, space::l);
    column->setSpacing(space::m);
    column->addWidget(m_title);
    column->addWidget(m_condition);
    column->addLayout(form);
    column->addWidget(m_problem);
    column->addLayout(buttons);

    connect(m_object, &QComboBox::currentIndexChanged, this, &ExportForm::refresh);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportForm::refresh);
    connect(m_from, &QLineEdit::textEdited, this, &ExportForm::refresh);
    connect(m_to, &QLineEdit::textEdited, this, &ExportForm::refresh);
    connect(m_file, &QLineEdit::textEdited, this, [this] { m_isFileGiven = true; });
    for (QLineEdit *edit : {m_from, m_to, m_file})
        connect(edit, &QLineEdit::returnPressed, this, &ExportForm::submitted);
    connect(start, &QPushButton::clicked, this, &ExportForm::submitted);
    connect(close, &QPushButton::clicked, this, &ExportForm::closed);
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString path = QFileDialog::getSaveFileName(this, tr("Export to"), m_file->text());
        if (!path.isEmpty())
            setFile(path);
    });
    setFocusProxy(m_object);
    fill({{"object", "events"}});
}

void ExportForm::fill(const QJsonObject &what)
{
    m_what = what;
    m_isFileGiven = false;
    const QDate today = QDateTime::currentDateTimeUtc().date();
    m_from->setText(today.addDays(1 - daysShown).toString(dateFormat));
    m_to->setText(today.toString(dateFormat));
    if (what["object"].toString() == "persons")
        m_object->setCurrentIndex(1);
    else
        m_object->setCurrentIndex(0);
    setFocusProxy(what.contains("hogql") ? static_cast<QWidget *>(m_format) : m_object);
    refresh();
}

void ExportForm::refresh()
{
    const bool isQuery = m_what.contains("hogql");
    const bool isEvents = !isQuery && m_object->currentData() == "events";
    const bool isSameObject = m_object->currentData() == m_what["object"].toString();
    m_title->setText(isQuery ? tr("Export all rows of a query") : tr("New export"));
    const QString condition = isQuery ? m_what["hogql"].toString() : isSameObject ? m_what["where"].toString() : QString();
    m_condition->setText(isQuery || condition.isEmpty() ? condition : tr("Where %1").arg(condition));
    m_condition->setVisible(!condition.isEmpty());
    m_object->setVisible(!isQuery);
    m_objectLabel->setVisible(!isQuery);
    m_days->setVisible(isEvents);
    m_daysLabel->setVisible(isEvents);
    m_safe->setVisible(m_format->currentData() == "csv");
    m_problem->setText(m_parquetProblem);
    m_problem->setVisible(m_format->currentData() == "parquet" && !m_parquetProblem.isEmpty());
    if (!m_isFileGiven)
        m_file->setText(suggestedFile());
}

QString ExportForm::suggestedFile() const
{
    QString name = m_object->currentData().toString();
    if (m_what.contains("hogql"))
        name = m_what["title"].toString().isEmpty() ? QStringLiteral("query") : m_what["title"].toString().toLower().replace(' ', '-');
    else if (name == "events")
        name += '-' + m_from->text() + "-to-" + m_to->text();
    for (const QChar c : QStringLiteral("/\\:*?\"<>|"))
        name.remove(c);
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DownloadLocation);
    return (folder.isEmpty() || !QDir(folder).exists() ? QDir::homePath() : folder) + '/' + name + '.' + m_format->currentData().toString();
}

bool ExportForm::say(const QString &problem, QWidget *where)
{
    m_problem->setText(problem);
    m_problem->show();
    where->setFocus();
    return false;
}

std::optional<posthog::ExportRequest> ExportForm::request()
{
    m_problem->hide();
    posthog::ExportRequest request;
    const bool isQuery = m_what.contains("hogql");
    request.kind = isQuery ? posthog::ExportKind::Query : m_object->currentData() == "persons" ? posthog::ExportKind::Persons : posthog::ExportKind::Events;
    request.format = formatNamed(m_format->currentData().toString());
    if (request.format == posthog::ExportFormat::Parquet && !m_parquetProblem.isEmpty())
        return say(m_parquetProblem, m_format), std::nullopt;
    request.formulaSafe = m_safe->isChecked();
    request.values = ph::Json::parse(QJsonDocument(m_what["values"].toObject()).toJson(QJsonDocument::Compact).toStdString(), nullptr, false);
    if (isQuery)
        request.hogql = m_what["hogql"].toString().toStdString();
    else if (m_object->currentData() == m_what["object"].toString())
        request.where = m_what["where"].toString().toStdString();
    if (request.kind == posthog::ExportKind::Events) {
        const QDate from = QDate::fromString(m_from->text().trimmed(), dateFormat), to = QDate::fromString(m_to->text().trimmed(), dateFormat);
        if (!from.isValid())
            return say(tr("The first day is written as 2026-01-31."), m_from), std::nullopt;
        if (!to.isValid())
            return say(tr("The last day is written as 2026-01-31."), m_to), std::nullopt;
        if (to < from)
            return say(tr("The last day is before the first."), m_to), std::nullopt;
        request.from = from.toString(dateFormat).toStdString() + "T00:00:00Z";
        request.to = to.addDays(1).toString(dateFormat).toStdString() + "T00:00:00Z"; // exclusive
    }
    const QString path = m_file->text().trimmed();
    const QFileInfo file(path);
    if (path.isEmpty() || file.isDir())
        return say(tr("Name the file to write."), m_file), std::nullopt;
    if (!file.isAbsolute() || !file.dir().exists())
        return say(tr("The folder %1 does not exist.").arg(file.dir().path()), m_file), std::nullopt;
    request.file = path.toStdString();
    return request;
}

QString ExportForm::title() const
{
    if (m_what.contains("hogql"))
        return m_what["title"].toString().isEmpty() ? tr("A query") : m_what["title"].toString();
    const bool isFiltered = m_object->currentData() == m_what["object"].toString() && !m_what["where"].toString().isEmpty();
    QString title = m_object->currentData() == "persons" ? tr("Persons") : tr("Events, %1 to %2").arg(m_from->text().trimmed(), m_to->text().trimmed());
    return isFiltered ? tr("%1 (filtered)").arg(title) : title;
}

void ExportForm::setFrom(const QString &date) { m_from->setText(date); refresh(); }
void ExportForm::setTo(const QString &date) { m_to->setText(date); refresh(); }
void ExportForm::setFormat(posthog::ExportFormat format) { m_format->setCurrentIndex(m_format->findData(nameOf(format))); }
void ExportForm::setParquetProblem(const QString &problem) { m_parquetProblem = problem; refresh(); }
QString ExportForm::file() const { return m_file->text(); }
QString ExportForm::problem() const { return m_problem->isHidden() ? QString() : m_problem->text(); }

void ExportForm::setFile(const QString &path)
{
    m_isFileGiven = true;
    m_file->setText(path);
}

void ExportForm::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() & Qt::ControlModifier)
        emit submitted();
    else if (event->key() == Qt::Key_Escape)
        emit closed();
    else
        QFrame::keyPressEvent(event);
}

} // namespace ui
