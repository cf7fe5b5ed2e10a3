#include "ui/charts/chart_export.h"

#include "ui/charts/scene_painter.h"

#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QSaveFile>

#include <cmath>

namespace ui {

namespace {

constexpr double margin = space::l;

/// A chart as a page: title, chart, definition, one under the other.
class Sheet
{
public:
    explicit Sheet(const report::Scene &scene)
        : m_scene(scene)
        , m_titleFont(Theme::textFont())
        , m_textFont(Theme::textFont())
    {
        m_titleFont.setPixelSize(15);
        m_titleFont.setWeight(QFont::DemiBold);
        m_textFont.setPixelSize(12);
        const double width = std::max(scene.width, 200.0);
        m_titleHeight = heightOf(m_titleFont, scene.title, width);
        m_definitionHeight = heightOf(m_textFont, scene.definition, width);
    }

    QSizeF size() const
    {
        return {std::max(m_scene.width, 200.0) + 2 * margin, m_titleHeight + m_scene.height + m_definitionHeight + 2 * margin};
    }

    void paint(QPainter &painter, const Colors &colors) const
    {
        const double width = size().width() - 2 * margin;
        painter.fillRect(QRectF({}, size()), colors.surface);
        painter.translate(margin, margin);
        drawText(painter, m_titleFont, colors.text, {0, 0, width, m_titleHeight}, m_scene.title);
        painter.translate(0, m_titleHeight);
        paintScene(painter, m_scene, colors);
        drawText(painter, m_textFont, colors.muted, {0, m_scene.height + space::s, width, m_definitionHeight}, m_scene.definition);
    }

private:
    static double heightOf(const QFont &font, const std::string &text, double width)
    {
        if (text.empty())
            return 0;
        const QFontMetricsF metrics(font);
        return std::ceil(metrics.boundingRect(QRectF(0, 0, width, 10'000), Qt::TextWordWrap, QString::fromStdString(text)).height())
            + space::m;
    }

    static void drawText(QPainter &painter, const QFont &font, const QColor &color, const QRectF &box, const std::string &text)
    {
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(box, Qt::TextWordWrap, QString::fromStdString(text));
    }

    const report::Scene &m_scene;
    QFont m_titleFont, m_textFont;
    double m_titleHeight = 0, m_definitionHeight = 0;
};

ph::Result<> writeBytes(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
    return {};
}

} // namespace

QImage chartImage(const report::Scene &scene, const Colors &colors, double scale)
{
    const Sheet sheet(scene);
    QImage image((sheet.size() * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(colors.surface);
    QPainter painter(&image);
    painter.scale(scale, scale);
    painter.setRenderHint(QPainter::TextAntialiasing);
    sheet.paint(painter, colors);
    return image;
}

ph::Result<> writeChart(const QString &path, const report::Scene &scene, const Colors &colors)
{
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("svg"))
        return writeBytes(path, QByteArray::fromStdString(report::toSvg(scene)));
    if (ending == QLatin1String("png")) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || !chartImage(scene, colors, 2).save(&file, "PNG") || !file.commit())
            return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
        return {};
    }
    if (ending == QLatin1String("pdf")) {
        const Sheet sheet(scene);
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
        {
            QPdfWriter writer(&file);
            writer.setTitle(QString::fromStdString(scene.title));
            writer.setCreator(QStringLiteral("Hoglet"));
            writer.setResolution(96);
            writer.setPageSize(QPageSize(sheet.size() * 72 / 96, QPageSize::Point, {}, QPageSize::ExactMatch));
            writer.setPageMargins({});
            QPainter painter(&writer);
            sheet.paint(painter, Theme::lightColors()); // paper is white
        }
        if (!file.commit())
            return ph::fail(ph::ErrorCode::Internal, "Could not write " + path.toStdString() + ": " + file.errorString().toStdString() + ".");
        return {};
    }
    return ph::fail(ph::ErrorCode::InvalidInput, "A chart is saved as .png, .svg or .pdf, not as ." + ending.toStdString() + ".");
}

} // namespace ui
