#pragma once

#include "agent/acp/types.h"

#include <QImage>
#include <QObject>
#include <QStringList>

#include <functional>
#include <stop_token>
#include <vector>

namespace ui {

/// What will go with a session's next message beside its text: pictures, links to files, and what came back with a message that
/// was not sent. Files are read by a worker; those that cannot be are said.
class DraftAttachments : public QObject
{
    Q_OBJECT

public:
    static constexpr size_t most = 20;                             // with one message
    static constexpr std::size_t mostPictureData = 20'000'000;     // of all pictures, as they travel: a message is one line of at most 32 MiB

    /// `takesPictures`: whether the agent does.
    explicit DraftAttachments(std::function<bool()> takesPictures, QObject *parent = nullptr);
    ~DraftAttachments() override;

    const std::vector<acp::ContentBlock> &blocks() const { return m_blocks; }
    bool isReading() const { return m_reading > 0; }
    bool isEmpty() const { return m_blocks.empty() && !isReading(); }
    bool hasPictures() const;

    /// Pictures become image blocks, all else a link. Of too many only the first are taken.
    void addFiles(QStringList paths);
    void addPicture(const QImage &image);
    void add(const std::vector<acp::ContentBlock> &blocks); // what is not there yet
    void leaveOut(const std::vector<acp::ContentBlock> &blocks);
    void remove(size_t index);
    /// All of them; those whose files have gone meanwhile are left out and said.
    std::vector<acp::ContentBlock> take();

signals:
    void changed();
    void said(const QString &problem);

private:
    struct Read {
        std::vector<acp::ContentBlock> blocks;
        QStringList problems;
    };
    void read(std::function<Read(std::stop_token)> work);
    void keep(const Read &read);

    std::function<bool()> m_takesPictures;
    std::vector<acp::ContentBlock> m_blocks;
    int m_reading = 0;
    std::stop_source m_stop;
};

} // namespace ui
