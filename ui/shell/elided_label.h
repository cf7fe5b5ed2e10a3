#pragma once

#include <QLabel>

namespace ui {

/// One line of plain text that ends in "…" where it does not fit, with the whole text on hover. It never widens its parent.
class ElidedLabel : public QLabel
{
    Q_OBJECT

public:
    using QLabel::QLabel;

    void setWholeText(const QString &text);
    const QString &wholeText() const { return m_text; }

    QSize minimumSizeHint() const override { return {20, QLabel::minimumSizeHint().height()}; }
    QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();

    QString m_text;
};

} // namespace ui
