#pragma once

#include "ui/conversation/growing_edit.h"

#include <QImage>
#include <QStringList>

namespace ui {

/// The composer's text. Files and pictures that are pasted or dropped are not text: they are told. After the text it can show, muted,
/// what is expected next.
class ComposerEdit : public GrowingEdit
{
    Q_OBJECT

public:
    explicit ComposerEdit(QWidget *parent = nullptr);

    const QString &expected() const { return m_expected; }
    void setExpected(const QString &text);

    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;

signals:
    void filesGiven(const QStringList &paths);
    void pictureGiven(const QImage &picture);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_expected;
};

} // namespace ui
