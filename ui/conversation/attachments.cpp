#include "ui/conversation/attachments.h"

#include "ui/conversation/visible_text.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>

namespace ui {

std::string attachmentUri(const acp::ContentBlock &block)
{
    if (block.resource && block.resource->is_object()) {
        const auto uri = block.resource->value("uri", ph::Json());
        return uri.is_string() ? uri.get<std::string>() : std::string();
    }
    return block.uri.value_or("");
}

QString attachmentName(const acp::ContentBlock &block)
{
    if (block.name && !block.name->empty())
        return visibleText(*block.name);
    const auto uri = attachmentUri(block);
    if (const auto name = QUrl(QString::fromStdString(uri)).fileName(); !name.isEmpty())
        return visibleText(name);
    if (!uri.empty())
        return visibleText(uri);
    return block.type == "image" ? QCoreApplication::translate("ui::Conversation", "Picture")
                                 : QCoreApplication::translate("ui::Conversation", "Attachment: %1").arg(visibleText(block.type));
}

void addAttachments(std::vector<acp::ContentBlock> &to, const std::vector<acp::ContentBlock> &more)
{
    for (const auto &block : more) {
        const auto uri = attachmentUri(block);
        const bool isThere = std::any_of(to.begin(), to.end(), [&](const acp::ContentBlock &known) {
            return uri.empty() ? known == block : known.type == block.type && attachmentUri(known) == uri;
        });
        if (!isThere)
            to.push_back(block);
    }
}

acp::ContentBlock fileLink(const QString &path)
{
    acp::ContentBlock block;
    block.type = "resource_link";
    block.uri = QUrl::fromLocalFile(path).toEncoded().toStdString();
    block.name = QFileInfo(path).fileName().toStdString();
    return block;
}

} // namespace ui
