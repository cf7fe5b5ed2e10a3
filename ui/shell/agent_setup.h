#pragma once

#include "driver/base/result.h"

#include <QString>
#include <QStringList>

#include <functional>
#include <utility>
#include <vector>

namespace ui {

/// An agent beside the embedded one, as the settings show it.
struct OtherAgent {
    QString id;
    QString name;
    QString command;       // as it is run; empty: it cannot be run here
    QString whatIsMissing; // empty: nothing. Else how to get it, in a sentence
    bool isOwn = false;    // set up by the user, not known to us
    bool isUsed = false;   // offered for new sessions
};

/// A program that speaks ACP, as the user describes it.
struct OwnAgent {
    QString name;
    QString command;       // a line: words by spaces, quotes as in a shell
    std::vector<std::pair<QString, QString>> environment; // kept in the keychain, since it may hold keys
};

/// What an agent told of itself when it was tried.
struct AgentTrial {
    QString name;
    QString version;
    QString login;         // "logged in", or what it said
    QStringList abilities; // in words
    QStringList options;   // its settings and what they may be, a line each
};

/// The settings' way to other agents: filled by app. Main thread; answers come on it too.
class AgentSetup
{
public:
    virtual ~AgentSetup() = default;

    virtual std::vector<OtherAgent> agents() const = 0;

    /// Offers it for new sessions, or no more.
    virtual void setUsed(const QString &id, bool isUsed) = 0;

    /// Error (in `then`, called once): InvalidInput, the name or the command does not do; what the keychain says. The agent is set up
    /// in the latter case, until the program ends.
    virtual void add(const OwnAgent &agent, std::function<void(const ph::Result<> &)> then) = 0;
    virtual void remove(const QString &id) = 0; // one of the user's own

    /// Starts it and ends it again; it may take minutes, since npx may have to fetch it. `then` is called once; never after cancelTrial().
    virtual void tryOut(const QString &id, std::function<void(const ph::Result<AgentTrial> &)> then) = 0;
    virtual void cancelTrial() = 0;
};

} // namespace ui
