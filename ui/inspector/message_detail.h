#pragma once

#include "ui/inspector/message_text.h"
#include "ui/inspector/wire_model.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace ui {

class ElidedLabel;
class EmptyState;

/// One message whole: what it is, what the schema says of it, and its JSON laid out. Secrets are not shown.
class MessageDetail : public QWidget
{
    Q_OBJECT

public:
    explicit MessageDetail(const WireModel &model, QWidget *parent = nullptr);

    /// Shows a line of the model; 0: none.
    void show(std::uint64_t number);
    std::uint64_t number() const { return m_number; }

    /// Looks again at what the model knows of the line that is shown.
    void refresh();
    void focusText();

signals:
    void partnerRequested();
    void copied(const QString &what);

private:
    void showHead(const WireEntry &entry);
    void showFindings();
    void layOut();
    void goTo(int line);
    void copy();

    const WireModel &m_model;
    std::uint64_t m_number = 0;
    std::vector<acp::Finding> m_findings;
    ReadableMessage m_message;
    std::stop_source m_stop;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    ElidedLabel *m_heading;
    QLabel *m_note;
    QPushButton *m_partner;
    QToolButton *m_copy;
    QListWidget *m_problems;
    QPlainTextEdit *m_text;
};

} // namespace ui
