#pragma once

#include "ui/conversation/parts.h"

#include <QPainter>

#include <memory>

namespace ui {

/// One part, laid out. Coordinates are the row's own: (0, 0) is its top left corner.
class Row
{
public:
    virtual ~Row() = default;

    /// Lays out for this width; returns the height.
    virtual int layOut(int width) = 0;

    struct Look {
        int selectFrom = -1; // offsets in text(); equal or negative: nothing selected
        int selectTo = -1;
        QPointF mouse{-1, -1}; // where the mouse is, for what shows on hover
        bool isCurrent = false; // has the keyboard
    };
    virtual void paint(QPainter &painter, const Look &look) const = 0;

    /// What may be selected and copied.
    virtual QString text() const { return {}; }
    virtual int offsetAt(QPointF) const { return 0; }

    virtual QString linkAt(QPointF) const { return {}; }
    virtual QString toolTipAt(QPointF) const { return {}; }
    /// The buttons of this row and where they stand.
    struct Button {
        QRect rect;
        const PartAction *action;
    };
    virtual std::vector<Button> buttons() const { return {}; }
    const PartAction *actionAt(QPointF at) const
    {
        for (const auto &button : buttons()) {
            if (button.rect.contains(at.toPoint()))
                return button.action;
        }
        return nullptr;
    }
};

/// Of the part's kind; each kind has a file of its own. `part` must outlive the row.
std::unique_ptr<Row> makeRow(const Part &part);

/// A guess at a row's height that costs nothing, until it is laid out.
int estimatedHeight(const Part &part, int width);

} // namespace ui
