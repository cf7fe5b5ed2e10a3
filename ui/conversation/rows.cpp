#include "ui/conversation/rows.h"

#include "ui/conversation/actions_row.h"
#include "ui/conversation/code_row.h"
#include "ui/conversation/note_row.h"
#include "ui/conversation/picture_row.h"
#include "ui/conversation/table_row.h"
#include "ui/conversation/text_row.h"
#include "ui/conversation/tool_head_row.h"
#include "ui/shell/theme.h"

namespace ui {
namespace {

constexpr int ruleHeight = 9;

class RuleRow : public Row
{
public:
    int layOut(int width) override
    {
        m_width = width;
        return ruleHeight;
    }
    void paint(QPainter &painter, const Look &) const override { painter.fillRect(QRect(0, ruleHeight / 2, m_width, 1), Theme::colors().border); }

private:
    int m_width = 0;
};

} // namespace

std::unique_ptr<Row> makeRow(const Part &part)
{
    switch (part.kind) {
    case Part::Kind::Text:
        return makeTextRow(part);
    case Part::Kind::Code:
    case Part::Kind::Terminal:
        return makeCodeRow(part);
    case Part::Kind::Table:
        return makeTableRow(part);
    case Part::Kind::Rule:
        break;
    case Part::Kind::ToolHead:
        return makeToolHeadRow(part);
    case Part::Kind::Line:
        return makeNoteRow(part);
    case Part::Kind::Actions:
        return makeActionsRow(part);
    case Part::Kind::Picture:
        return makePictureRow(part);
    }
    return std::make_unique<RuleRow>();
}

int estimatedHeight(const Part &part, int width)
{
    switch (part.kind) {
    case Part::Kind::Text:
        return estimatedTextHeight(part, width);
    case Part::Kind::Code:
    case Part::Kind::Terminal:
        return estimatedCodeHeight(part);
    case Part::Kind::Table:
        return estimatedTableHeight(part);
    case Part::Kind::Rule:
        break;
    case Part::Kind::ToolHead:
        return estimatedToolHeadHeight();
    case Part::Kind::Line:
        return estimatedNoteHeight(part, width);
    case Part::Kind::Actions:
        return estimatedActionsHeight();
    case Part::Kind::Picture:
        return estimatedPictureHeight();
    }
    return ruleHeight;
}

} // namespace ui
