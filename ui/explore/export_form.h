#pragma once

#include "driver/posthog/export.h"

#include <QFrame>
#include <QJsonObject>

#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ui {

/// What to export and where to: events of some days, persons, or what a query gives.
class ExportForm : public QFrame
{
    Q_OBJECT

public:
    explicit ExportForm(QWidget *parent = nullptr);

    /// {"object": "events" or "persons", "where", "values", "search"} or {"hogql", "values", "title"}.
    void fill(const QJsonObject &what);

    /// The request when all is right; else says what is not and answers nothing.
    std::optional<posthog::ExportRequest> request();
    QString title() const; // "Events, 2026-01-01 to 2026-01-31"

    void setFrom(const QString &date);
    void setTo(const QString &date);
    void setFile(const QString &path);
    void setFormat(posthog::ExportFormat format);
    /// Why Parquet cannot be written here; empty: it can. Said as soon as it is chosen.
    void setParquetProblem(const QString &problem);
    QString file() const;
    QString problem() const;

signals:
    void submitted();
    void closed();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void refresh();
    QString suggestedFile() const;
    bool say(const QString &problem, QWidget *where);

    QJsonObject m_what;
    QLabel *m_title;
    QLabel *m_condition;
    QComboBox *m_object;
    QLabel *m_objectLabel;
    QLabel *m_daysLabel;
    QWidget *m_days;
    QLineEdit *m_from;
    QLineEdit *m_to;
    QComboBox *m_format;
    QCheckBox *m_safe;
    QLineEdit *m_file;
    QLabel *m_problem;
    QString m_parquetProblem;
    bool m_isFileGiven = false; // by hand: it no longer follows the format
};

} // namespace ui
