#pragma once

#include <QFrame>

#include <vector>

class QToolButton;
class QVBoxLayout;

namespace ui {

/// The main places of the window at its left edge, as icons with their names. A number stands on an entry only when something
/// there needs the user.
class Rail : public QFrame
{
    Q_OBJECT

public:
    explicit Rail(QWidget *parent = nullptr);

    /// Entries stand in the order they are added; one with `atBottom` at the lower end.
    void addEntry(const QString &kind, const QString &label, const QString &iconName, const QString &shortcut, bool atBottom = false);

    void setCurrent(const QString &kind);
    void setBadge(const QString &kind, int count);
    QString kindAt(int index) const;
    int count() const { return int(m_entries.size()); }
    void focusCurrent();

signals:
    void chosen(const QString &kind);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Entry {
        QString kind;
        QString label;
        QToolButton *button;
    };
    std::vector<Entry> m_entries;
    QVBoxLayout *m_column;
    int m_topEntries = 0;
};

} // namespace ui
