#include "ui/conversation/pictures.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QImageReader>
#include <QUrl>

#include <array>
#include <utility>

namespace ui {
namespace {

QString tr(const char *text) { return QCoreApplication::translate("ui::Conversation", text); }

/// The reader's name of a type; the others are not looked into, whatever they hold.
const char *formatOf(const std::string &mimeType)
{
    static constexpr std::array<std::pair<std::string_view, const char *>, 4> formats{
        {{"image/png", "png"}, {"image/jpeg", "jpeg"}, {"image/gif", "gif"}, {"image/webp", "webp"}}};
    for (const auto &[type, format] : formats) {
        if (type == mimeType)
            return format;
    }
    return nullptr;
}

QSize within(QSize size, QSize most)
{
    return size.width() > most.width() || size.height() > most.height() ? size.scaled(most, Qt::KeepAspectRatio).expandedTo({1, 1}) : size;
}

QByteArray bytesOf(const acp::ContentBlock &block)
{
    return block.data ? QByteArray::fromBase64(QByteArray::fromRawData(block.data->data(), qsizetype(block.data->size()))) : QByteArray();
}

/// Calls `use` with a reader of the block's picture.
template <typename Use>
void read(const acp::ContentBlock &block, Use use)
{
    const char *format = formatOf(block.mimeType.value_or(""));
    auto bytes = bytesOf(block);
    if (block.type != "image" || !format || bytes.isEmpty())
        return;
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, format);
    reader.setAutoTransform(true);
    use(reader);
}

acp::ContentBlock blockOf(const QByteArray &bytes, const char *mimeType)
{
    acp::ContentBlock block;
    block.type = "image";
    block.mimeType = mimeType;
    block.data = bytes.toBase64().toStdString();
    return block;
}

QByteArray encoded(const QImage &image, const char *format, int quality)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, format, quality);
    return bytes;
}

/// As PNG, where text stays sharp; as JPEG when that is too large or it was one.
ph::Result<acp::ContentBlock> encodedBlock(QImage image, bool isPhoto)
{
    const auto size = within(image.size(), {longestPictureSide, longestPictureSide});
    if (size != image.size())
        image = image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    if (!isPhoto) {
        const auto png = encoded(image, "png", -1);
        if (!png.isEmpty() && png.size() <= mostPictureBytes)
            return blockOf(png, "image/png");
    }
    for (const int quality : {88, 70}) {
        const auto jpeg = encoded(image, "jpeg", quality);
        if (!jpeg.isEmpty() && jpeg.size() <= mostPictureBytes)
            return blockOf(jpeg, "image/jpeg");
    }
    return ph::fail(ph::ErrorCode::InvalidInput, tr("The picture is too large, even scaled down.").toStdString());
}

} // namespace

ph::Result<acp::ContentBlock> pictureOf(const QImage &image)
{
    if (image.isNull())
        return ph::fail(ph::ErrorCode::InvalidInput, tr("The clipboard's picture cannot be read.").toStdString());
    return encodedBlock(image, false);
}

QString pictureTypeOf(const QString &path)
{
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) // Whoever opens a pipe waits for its other end.
        return {};
    const auto start = file.read(12);
    if (start.startsWith("\x89PNG\r\n\x1a\n"))
        return "image/png";
    if (start.startsWith("\xff\xd8\xff"))
        return "image/jpeg";
    if (start.startsWith("GIF87a") || start.startsWith("GIF89a"))
        return "image/gif";
    if (start.startsWith("RIFF") && start.mid(8) == "WEBP")
        return "image/webp";
    return {};
}

ph::Result<acp::ContentBlock> pictureOfFile(const QString &path)
{
    const auto name = QFileInfo(path).fileName();
    const auto type = pictureTypeOf(path).toStdString();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return ph::fail(ph::ErrorCode::InvalidInput, tr("%1 cannot be read: %2.").arg(name, file.errorString()).toStdString());
    if (file.size() > mostPictureFileBytes)
        return ph::fail(ph::ErrorCode::InvalidInput, tr("%1 is larger than 50 MB; make a smaller picture of it.").arg(name).toStdString());
    auto bytes = file.readAll();
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, formatOf(type));
    reader.setAutoTransform(true);
    const auto size = reader.size();
    const bool fits = bytes.size() <= mostPictureBytes && size.width() <= longestPictureSide && size.height() <= longestPictureSide;
    ph::Result<acp::ContentBlock> block = blockOf(bytes, type.c_str());
    const bool isUpright = reader.transformation() == QImageIOHandler::TransformationNone;
    if (!fits || !isUpright) { // Models do not turn a photo as its camera says.
        reader.setScaledSize(within(size, {longestPictureSide, longestPictureSide}));
        const auto image = reader.read();
        if (image.isNull())
            return ph::fail(ph::ErrorCode::InvalidInput, tr("%1 is too large and cannot be scaled down: %2.").arg(name, reader.errorString()).toStdString());
        block = encodedBlock(image, type == "image/jpeg");
    } else if (!size.isValid() && QImageReader::supportedImageFormats().contains(formatOf(type))) { // WebP goes as it is where nothing reads it.
        return ph::fail(ph::ErrorCode::InvalidInput, tr("%1 cannot be read as a picture.").arg(name).toStdString());
    }
    if (block)
        block->uri = QUrl::fromLocalFile(path).toEncoded().toStdString();
    return block;
}

QImage shownPicture(const acp::ContentBlock &block, QSize most)
{
    QImage image;
    read(block, [&](QImageReader &reader) {
        if (const auto size = reader.size(); size.isValid()) {
            const bool isTurned = reader.transformation() & QImageIOHandler::TransformationRotate90;
            reader.setScaledSize(within(size, isTurned ? most.transposed() : most));
        }
        image = reader.read();
    });
    return image;
}

QSize pictureSize(const acp::ContentBlock &block)
{
    QSize size(0, 0);
    read(block, [&](QImageReader &reader) {
        if (!reader.size().isValid())
            return;
        size = reader.size();
        if (reader.transformation() & QImageIOHandler::TransformationRotate90)
            size.transpose();
    });
    return size;
}

} // namespace ui
