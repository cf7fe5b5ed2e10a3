#pragma once

#include <QString>

#include <string>

namespace ui {

enum class MessageKind { Request, Response, Error, Notification, Invalid };

/// What a list shows of a message. Texts are as on the wire.
struct MessageHead {
    MessageKind kind = MessageKind::Invalid; // Invalid: no JSON, or no JSON-RPC message
    std::string method;                      // empty in replies
    std::string id;                          // as JSON text: "7" and 7 are two ids; empty in notifications
    std::string session;                     // of the params, or of the result; empty: none is named
};

/// Reads no more than that; fast enough for every line of a long log.
MessageHead headOf(const std::string &line);

/// One line about what is in the message: its text, title, path, status, error. At most a few hundred characters, safe to show.
QString summaryOf(const std::string &line);

} // namespace ui
