#pragma once

#include "ui/conversation/draft_attachments.h"

#include <QPointer>
#include <QScrollArea>

namespace ui {

class FlowLayout;

/// The draft's attachments, a chip each: a small picture or an icon, the name, the size, and a cross. Hidden while there are none.
class AttachmentRow : public QScrollArea
{
    Q_OBJECT

public:
    explicit AttachmentRow(QWidget *parent = nullptr);

    void setAttachments(DraftAttachments *attachments);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void addChip(const acp::ContentBlock &block, size_t index);
    void fit();

    QPointer<DraftAttachments> m_attachments;
    FlowLayout *m_chips;
};

} // namespace ui
