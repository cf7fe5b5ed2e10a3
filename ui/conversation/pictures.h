#pragma once

#include "agent/acp/types.h"
#include "driver/base/result.h"

#include <QImage>

namespace ui {

/// Pictures as image blocks of a message.

inline constexpr int longestPictureSide = 1568;            // pixels; models scale larger ones down themselves, and bill them first
inline constexpr qint64 mostPictureBytes = 3'750'000;      // as base64 these are the 5 MB that models take
inline constexpr qint64 mostPictureFileBytes = 50'000'000; // of a file that is read at all

/// A picture of the clipboard, scaled down to what agents take. Takes time: for worker threads.
ph::Result<acp::ContentBlock> pictureOf(const QImage &image);

/// "image/png", "image/jpeg", "image/gif" or "image/webp", by how the file begins; empty for every other file.
QString pictureTypeOf(const QString &path);

/// A file of such a type: as it is where it is small enough, else scaled down. Takes time: for worker threads. Error InvalidInput,
/// it cannot be read as a picture or not be made small enough.
ph::Result<acp::ContentBlock> pictureOfFile(const QString &path);

/// The picture of an image block, no larger than `most`; null where it cannot be read, which is so for every type but the four.
QImage shownPicture(const acp::ContentBlock &block, QSize most);

/// In pixels; empty where it cannot be read.
QSize pictureSize(const acp::ContentBlock &block);

} // namespace ui
