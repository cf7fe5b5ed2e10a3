#pragma once

#include "agent/acp/types.h"
#include "ui/shell/document.h"
#include "ui/shell/workbench.h"

#include <QJsonArray>
#include <QPointer>

namespace ui {

class FlowLayout;

/// What goes with the next message to the agent: the document in front and what was asked about, a chip each, each removable.
class ContextChips : public QWidget
{
    Q_OBJECT

public:
    explicit ContextChips(Workbench &workbench, QWidget *parent = nullptr);

    void add(const QJsonObject &context);
    void clear(); // what was asked about; the document stays
    void refresh();

    QJsonArray contexts() const; // {"title", "kind", "text"} each
    std::vector<acp::ContentBlock> attachments() const;

private:
    void follow(Document *document);
    void addChip(const QString &title, const QString &iconName, const QString &toolTip, std::function<void()> remove);

    Workbench &m_workbench;
    QPointer<Document> m_document;
    bool m_documentLeftOut = false; // its chip was removed; until another document comes to front
    std::vector<QJsonObject> m_contexts;
    FlowLayout *m_row;
};

} // namespace ui
