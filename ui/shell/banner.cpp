#include "ui/shell/banner.h"

#include "ui/shell/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace ui {

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel)
    , m_text(new QLabel)
    , m_action(new QPushButton)
{
    auto *close = new QToolButton;
    close->setIcon(Theme::icon("close"));
    close->setIconSize({14, 14});
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss this message"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText); // What a server says is never markup.
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_icon->setAccessibleName(tr("Kind of message"));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::m, space::s, space::s, space::s);
    row->setSpacing(space::s);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(close);

    connect(close, &QToolButton::clicked, this, &Banner::dismiss);
    connect(m_action, &QPushButton::clicked, this, [this] {
        const auto run = m_run;
        dismiss();
        if (run)
            run();
    });
    setVisible(false);
}

void Banner::show(Severity severity, const QString &text, const QString &action, std::function<void()> run)
{
    m_severity = severity;
    m_run = std::move(run);
    const auto &c = Theme::colors();
    const char *names[] = {"info", "warning", "error"};
    const QColor colors[] = {c.info, c.warning, c.bad};
    const auto index = int(severity);
    setStyleProperty(this, "banner", names[index]);
    m_icon->setPixmap(Theme::icon(names[index], colors[index]).pixmap(QSize(18, 18), devicePixelRatioF()));
    m_text->setText(text);
    m_text->setAccessibleName(text);
    setAccessibleName(text);
    m_action->setText(action);
    m_action->setAccessibleName(action);
    m_action->setVisible(m_run && !action.isEmpty());
    setVisible(true);
}

void Banner::show(const ph::Error &error, std::function<void()> retry)
{
    const auto text = QString::fromStdString(error.message);
    if (retry)
        show(Severity::Error, text, tr("Retry"), std::move(retry));
    else
        show(Severity::Error, text);
}

void Banner::dismiss()
{
    if (isHidden())
        return;
    setVisible(false);
    m_run = nullptr;
    emit dismissed();
}

QString Banner::text() const { return isHidden() ? QString() : m_text->text(); }

} // namespace ui
