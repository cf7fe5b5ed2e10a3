#pragma once

#include "driver/hogql/lexer.h"

#include <QSyntaxHighlighter>

#include <vector>

namespace ui {

/// Colours HogQL as driver/hogql reads it: one lexer for the editor and for the queries.
class HogqlHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    explicit HogqlHighlighter(QTextDocument *document);

    /// The document's tokens with their places as cursor positions; read anew when the text has changed.
    struct Piece {
        hogql::Token token;
        int start = 0;
        int end = 0;
        bool isFunction = false; // a word right before a bracket
    };
    const std::vector<Piece> &pieces();

protected:
    void highlightBlock(const QString &text) override;

private:
    std::vector<Piece> m_pieces;
    bool m_isStale = true;
};

} // namespace ui
