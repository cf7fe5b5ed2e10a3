#pragma once

#include "ui/shell/document.h"
#include "ui/shell/main_window.h"

#include <QLineEdit>
#include <QTest>
#include <QVBoxLayout>

/// A document with one field, whose text is its state.
class NoteDocument : public ui::Document
{
public:
    explicit NoteDocument(QString kind, int *made = nullptr)
        : m_kind(std::move(kind))
        , m_edit(new QLineEdit)
    {
        auto *column = new QVBoxLayout(this);
        column->addWidget(m_edit);
        m_edit->setAccessibleName("Note");
        setFocusProxy(m_edit);
        if (made)
            ++*made;
    }
    QString kind() const override { return m_kind; }
    QString title() const override { return m_edit->text().isEmpty() ? m_kind : m_edit->text(); }
    QString iconName() const override { return "file"; }
    QJsonObject state() const override { return {{"text", m_edit->text()}}; }
    void restore(const QJsonObject &state) override
    {
        m_edit->setText(state["text"].toString());
        emit titleChanged();
    }
    QJsonObject agentContext() const override { return {{"title", title()}, {"kind", m_kind}, {"text", m_edit->text()}}; }
    bool mayClose() override { return mayBeClosed; }
    QLineEdit *edit() const { return m_edit; }
    bool mayBeClosed = true;

private:
    QString m_kind;
    QLineEdit *m_edit;
};

/// The six places of the window, each with a note; "hogql" may be open many times.
inline void addKinds(ui::MainWindow &window, int *made = nullptr)
{
    for (const char *kind : {"home", "workflows", "explore", "hogql", "sessions", "tasks"}) {
        const bool many = std::string_view(kind) == "hogql";
        window.documents().add({kind, kind, "file", [kind, made](ui::Workbench &) { return new NoteDocument(kind, made); },
                                many ? ui::alwaysNew : std::function<QString(const QJsonObject &)>(), {}});
        window.addPlace(kind, kind, "home");
    }
}

inline bool isShown(QWidget &window)
{
    window.show();
    window.activateWindow();
    return QTest::qWaitForWindowActive(&window);
}
