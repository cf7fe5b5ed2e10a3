#pragma once

#include "agent/acp/types.h"

#include <QString>

#include <vector>

namespace ui {

/// What goes with a message, as content blocks: links to files, pictures, documents.

/// The name to show: of the file, the document or the link. Safe to show.
QString attachmentName(const acp::ContentBlock &block);

/// Where it comes from; empty for a pasted picture.
std::string attachmentUri(const acp::ContentBlock &block);

/// Adds what is not there yet; of two with the same address the first stays.
void addAttachments(std::vector<acp::ContentBlock> &to, const std::vector<acp::ContentBlock> &more);

/// A file or a folder that the agent may read for itself. `path` is absolute.
acp::ContentBlock fileLink(const QString &path);

} // namespace ui
