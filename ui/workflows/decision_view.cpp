#include "ui/workflows/decision_view.h"

#include "ui/shell/theme.h"

#include <QLabel>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace ui {

namespace {

/// Plain text in paragraphs, escaped: it may hold names that come from events.
QString htmlOf(const RunState &run)
{
    QString html;
    const auto paragraphs = QString::fromStdString(run.decision).split(QStringLiteral("\n\n"), Qt::SkipEmptyParts);
    for (const QString &paragraph : paragraphs)
        html += QStringLiteral("<p style='margin-bottom: 10px; line-height: 135%'>%1</p>").arg(paragraph.toHtmlEscaped().replace('\n', QLatin1String("<br>")));
    if (!run.caveats.empty()) {
        html += QStringLiteral("<p style='margin-top: 16px'><b>%1</b></p><ul>").arg(DecisionView::tr("Keep in mind"));
        for (const std::string &caveat : run.caveats)
            html += QStringLiteral("<li style='margin-bottom: 4px; line-height: 135%'>%1</li>").arg(QString::fromStdString(caveat).toHtmlEscaped());
        html += QStringLiteral("</ul>");
    }
    if (html.isEmpty())
        return html;
    html += QStringLiteral("<p style='margin-top: 16px'><b>%1</b></p><ul>").arg(DecisionView::tr("What it rests on"));
    for (const StepRun &step : run.steps) {
        if (step.outcome && !step.isOld && !step.outcome->finding.empty())
            html += QStringLiteral("<li style='margin-bottom: 4px; line-height: 135%'>%1: %2</li>")
                        .arg(QString::fromStdString(step.title).toHtmlEscaped(), QString::fromStdString(step.outcome->finding).toHtmlEscaped());
    }
    return html + QStringLiteral("</ul>");
}

} // namespace

DecisionView::DecisionView(QWidget *parent)
    : QWidget(parent)
    , m_text(new QTextBrowser)
{
    m_text->setOpenLinks(false); // the text may quote event data: links are looked at, not followed by themselves
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setAccessibleName(tr("Decision"));
    m_text->setStyleSheet(QStringLiteral("QTextBrowser { border: none; background: transparent; padding: 0; }"));
    auto *title = new QLabel(tr("Decision"));
    title->setProperty("role", "title");
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, 0);
    column->setSpacing(space::m);
    column->addWidget(title);
    column->addWidget(m_text, 1);
}

void DecisionView::show(const RunState &run)
{
    const QString html = htmlOf(run);
    if (html == m_shown) // set again it would scroll to its start
        return;
    m_shown = html;
    m_text->document()->setDefaultFont(Theme::textFont(1.08));
    m_text->setHtml(html);
    m_text->document()->setDocumentMargin(0);
}

QString DecisionView::text() const { return m_text->toPlainText(); }

} // namespace ui
