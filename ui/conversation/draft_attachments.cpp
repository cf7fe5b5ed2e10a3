#include "ui/conversation/draft_attachments.h"

#include "ui/conversation/attachments.h"
#include "ui/conversation/pictures.h"
#include "ui/shell/background.h"

#include <QFileInfo>
#include <QLocale>
#include <QUrl>

#include <algorithm>

namespace ui {

DraftAttachments::DraftAttachments(std::function<bool()> takesPictures, QObject *parent)
    : QObject(parent)
    , m_takesPictures(std::move(takesPictures))
{
}

DraftAttachments::~DraftAttachments() { m_stop.request_stop(); }

bool DraftAttachments::hasPictures() const
{
    return std::any_of(m_blocks.begin(), m_blocks.end(), [](const auto &block) { return block.type == "image"; });
}

void DraftAttachments::addFiles(QStringList paths)
{
    const auto room = qsizetype(m_blocks.size() < most ? most - m_blocks.size() : 0);
    if (paths.size() > room) {
        emit said(tr("%1 attachments go with one message; %2 files were left out. Name their folder in the message instead.")
                      .arg(most)
                      .arg(QLocale().toString(paths.size() - room)));
        paths.resize(room);
    }
    if (paths.isEmpty())
        return;
    read([paths, takesPictures = m_takesPictures()](std::stop_token stop) {
        Read result;
        bool hasLinkedPicture = false;
        for (const auto &path : paths) {
            if (stop.stop_requested())
                break;
            if (!QFileInfo::exists(path)) {
                result.problems << tr("%1 is not there.").arg(QFileInfo(path).fileName());
                continue;
            }
            const bool isPicture = !pictureTypeOf(path).isEmpty();
            if (!isPicture || !takesPictures) {
                hasLinkedPicture = hasLinkedPicture || isPicture;
                result.blocks.push_back(fileLink(path));
                continue;
            }
            auto picture = pictureOfFile(path);
            if (picture)
                result.blocks.push_back(*std::move(picture));
            else
                result.problems << QString::fromStdString(picture.error().message);
        }
        if (hasLinkedPicture)
            result.problems << tr("The agent takes no pictures; it gets the file's name.");
        return result;
    });
}

void DraftAttachments::addPicture(const QImage &image)
{
    if (!m_takesPictures()) {
        emit said(tr("The agent takes no pictures. Choose a model that does, or describe what it shows."));
        return;
    }
    read([image](std::stop_token) {
        Read result;
        auto picture = pictureOf(image);
        if (picture)
            result.blocks.push_back(*std::move(picture));
        else
            result.problems << QString::fromStdString(picture.error().message);
        return result;
    });
}

void DraftAttachments::read(std::function<Read(std::stop_token)> work)
{
    ++m_reading;
    emit changed();
    inBackground([work = std::move(work), stop = m_stop.get_token()] { return work(stop); }).then(this, [this](const Read &result) {
        --m_reading;
        keep(result);
        emit changed();
    });
}

void DraftAttachments::keep(const Read &read)
{
    auto problems = read.problems;
    std::size_t data = 0;
    for (const auto &block : m_blocks)
        data += block.data ? block.data->size() : 0;
    for (const auto &block : read.blocks) {
        const auto size = block.data ? block.data->size() : 0;
        if (m_blocks.size() >= most)
            problems << tr("%1 attachments go with one message; %2 was left out.").arg(most).arg(attachmentName(block));
        else if (size > 0 && data + size > mostPictureData)
            problems << tr("The pictures of one message may hold 15 MB together; %1 was left out.").arg(attachmentName(block));
        else {
            addAttachments(m_blocks, {block});
            data += size;
        }
    }
    if (!problems.isEmpty())
        emit said(problems.join(' '));
}

void DraftAttachments::add(const std::vector<acp::ContentBlock> &blocks)
{
    addAttachments(m_blocks, blocks);
    emit changed();
}

void DraftAttachments::leaveOut(const std::vector<acp::ContentBlock> &blocks)
{
    const auto left = std::erase_if(m_blocks, [&](const auto &block) { return std::find(blocks.begin(), blocks.end(), block) != blocks.end(); });
    if (left > 0)
        emit changed();
}

void DraftAttachments::remove(size_t index)
{
    if (index >= m_blocks.size())
        return;
    m_blocks.erase(m_blocks.begin() + qptrdiff(index));
    emit changed();
}

std::vector<acp::ContentBlock> DraftAttachments::take()
{
    QStringList missing;
    auto blocks = std::exchange(m_blocks, {});
    std::erase_if(blocks, [&](const acp::ContentBlock &block) {
        const QUrl url(QString::fromStdString(attachmentUri(block)));
        const bool isGone = block.type == "resource_link" && url.isLocalFile() && !QFileInfo::exists(url.toLocalFile());
        if (isGone)
            missing << attachmentName(block);
        return isGone;
    });
    emit changed();
    if (!missing.isEmpty())
        emit said(tr("%1: not there any more, and not sent along.").arg(missing.join(", ")));
    return blocks;
}

} // namespace ui
