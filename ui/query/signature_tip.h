#pragma once

#include <QLabel>

namespace hogql {
struct SignatureHelp;
}

namespace ui {

/// The signature of the call that is being written, above it, with the current argument in bold. It takes no focus.
class SignatureTip : public QLabel
{
    Q_OBJECT

public:
    explicit SignatureTip(QWidget *editor);

    /// `line` is the line of the call, in the editor's coordinates.
    void show(const hogql::SignatureHelp &help, const QRect &line);
};

} // namespace ui
