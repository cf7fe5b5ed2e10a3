#include "ui/workflows/run_export.h"

#include "agent/report/scene.h"
#include "ui/charts/chart_export.h"
#include "ui/shell/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QDir>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>
#include <QTextDocument>

#include <map>

namespace ui {

namespace {

constexpr double chartWidth = 680, chartHeight = 320;

ph::Result<> writeFile(const QString &path, const std::string &text)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), qint64(text.size())) != qint64(text.size()) || !file.commit())
        return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
    return {};
}

/// A step's id as a file name: it comes from a workflow's document.
QString fileName(const std::string &step)
{
    QString name = QString::fromStdString(step);
    for (QChar &c : name) {
        if (!c.isLetterOrNumber() && c != '-' && c != '_')
            c = '-';
    }
    return name;
}

bool hasChart(const report::Section &section) { return section.outcome.chart.kind != "table" && !section.table.rows.empty(); }

report::Scene sceneOf(const report::Section &section)
{
    return report::layout(section.outcome.chart, section.table, chartWidth, chartHeight);
}

ph::Result<> writeMarkdown(const QString &path, const report::Report &report)
{
    const QFileInfo info(path);
    const QString folderName = info.completeBaseName() + QStringLiteral("-charts");
    std::map<std::string, std::string> paths;
    for (const report::Section &section : report.sections) {
        if (!hasChart(section))
            continue;
        if (paths.empty() && !info.dir().mkpath(folderName))
            return ph::fail(ph::ErrorCode::Internal, "Could not make the folder " + folderName.toStdString() + ".");
        const QString relative = folderName + '/' + fileName(section.outcome.step) + QStringLiteral(".svg");
        if (auto written = writeFile(info.dir().filePath(relative), report::toSvg(sceneOf(section))); !written)
            return written;
        paths[section.outcome.step] = relative.toStdString();
    }
    return writeFile(path, report::toMarkdown(report, [&](const std::string &step) {
        const auto found = paths.find(step);
        return found == paths.end() ? std::string() : found->second;
    }));
}

ph::Result<> writePdf(const QString &path, const report::Report &report)
{
    QSaveFile file(path);
    const auto refused = [&] {
        return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
    };
    if (!file.open(QIODevice::WriteOnly))
        return refused();
    {
        QPdfWriter writer(&file);
        writer.setTitle(QString::fromStdString(report.title));
        writer.setCreator(QStringLiteral("Hoglet"));
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(18, 18, 18, 18), QPageLayout::Millimeter);
        writer.setResolution(96);

        QTextDocument document;
        document.setDefaultFont(Theme::textFont(0.85));
        const QSizeF page(writer.width(), writer.height());
        document.setPageSize(page);
        std::map<std::string, std::string> names;
        for (const report::Section &section : report.sections) {
            if (!hasChart(section))
                continue;
            const std::string name = "chart:" + fileName(section.outcome.step).toStdString();
            report::Scene scene = sceneOf(section);
            scene.title.clear(); // the report says both in its own words
            scene.definition.clear();
            QImage image = chartImage(scene, Theme::lightColors(), 3);
            if (image.width() > page.width() * 3)
                image = image.scaledToWidth(int(page.width() * 3), Qt::SmoothTransformation);
            image.setDevicePixelRatio(3);
            document.addResource(QTextDocument::ImageResource, QUrl(QString::fromStdString(name)), image);
            names[section.outcome.step] = name;
        }
        document.setMarkdown(QString::fromStdString(report::toMarkdown(report, [&](const std::string &step) {
            const auto found = names.find(step);
            return found == names.end() ? std::string() : found->second;
        })));
        QPainter painter(&writer);
        for (int number = 0; number < document.pageCount(); ++number) {
            if (number > 0)
                writer.newPage();
            painter.save();
            painter.translate(0, -number * page.height());
            QAbstractTextDocumentLayout::PaintContext context;
            context.palette.setColor(QPalette::Text, Qt::black); // paper, whatever the theme
            context.clip = QRectF(0, number * page.height(), page.width(), page.height());
            painter.setClipRect(context.clip);
            document.documentLayout()->draw(&painter, context);
            painter.restore();
        }
    }
    if (!file.commit())
        return refused();
    return {};
}

} // namespace

ph::Result<> writeReport(const QString &path, const report::Report &report)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("md"))
        return writeMarkdown(path, report);
    if (ending == QLatin1String("html"))
        return writeFile(path, report::toHtml(report));
    if (ending == QLatin1String("json"))
        return writeFile(path, report::toJson(report));
    if (ending == QLatin1String("pdf"))
        return writePdf(path, report);
    return ph::fail(ph::ErrorCode::InvalidInput, "A report is saved as .md, .html, .pdf or .json, not as ." + ending.toStdString() + ".");
}

} // namespace ui
