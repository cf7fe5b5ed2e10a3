#pragma once

#include "agent/acp/client_side.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace support {

/// A client of an agent: keeps the updates, answers what is asked by the functions below (default: the first option, "accept" with the
/// default or first choice).
class FakeClient final : public acp::ClientHandler
{
public:
    using OnPermission = std::function<acp::Reply<acp::RequestPermissionResponse>(const acp::RequestPermissionRequest &, std::stop_token)>;
    using OnForm = std::function<acp::Reply<acp::ElicitationResponse>(const acp::ElicitationRequest &, std::stop_token)>;

    void sessionUpdate(const acp::SessionNotification &notification) override
    {
        const std::lock_guard lock(m_mutex);
        m_updates.push_back(notification);
        m_changed.notify_all();
    }
    acp::Work<acp::RequestPermissionResponse> requestPermission(const acp::RequestPermissionRequest &request, std::stop_token stop) override
    {
        keep(m_permissions, request);
        return [this, request, stop]() -> acp::Reply<acp::RequestPermissionResponse> {
            if (onPermission)
                return onPermission(request, stop);
            return acp::RequestPermissionResponse{{"selected", request.options.front().optionId}, {}};
        };
    }
    acp::Work<acp::ElicitationResponse> createElicitation(const acp::ElicitationRequest &request, std::stop_token stop) override
    {
        keep(m_forms, request);
        return [this, request, stop]() -> acp::Reply<acp::ElicitationResponse> {
            if (onForm)
                return onForm(request, stop);
            const auto &property = (*request.requestedSchema)["properties"]["answer"];
            return acp::ElicitationResponse{"accept", ph::Json{{"answer", property.value("default", property["oneOf"][0]["const"])}}};
        };
    }
    void closed(const std::string &) override {}
    void extensionNotification(const std::string &method, const ph::Json &params) override
    {
        const std::lock_guard lock(m_mutex);
        m_notified.emplace_back(method, params);
    }

    /// The params of the extension notifications of that name, in their order.
    std::vector<ph::Json> notified(const std::string &method) const
    {
        const std::lock_guard lock(m_mutex);
        std::vector<ph::Json> found;
        for (const auto &[name, params] : m_notified) {
            if (name == method)
                found.push_back(params);
        }
        return found;
    }

    std::vector<acp::SessionNotification> updates() const
    {
        const std::lock_guard lock(m_mutex);
        return m_updates;
    }
    /// The updates of a session as JSON, in their order, without the kinds in `without`.
    std::vector<ph::Json> updatesOf(const acp::SessionId &session, const std::vector<std::string> &without = {"available_commands_update"}) const
    {
        std::vector<ph::Json> found;
        for (const auto &notification : updates()) {
            ph::Json json = notification.update;
            if (notification.sessionId == session && std::find(without.begin(), without.end(), json["sessionUpdate"]) == without.end())
                found.push_back(std::move(json));
        }
        return found;
    }
    std::string textOf(const acp::SessionId &session) const
    {
        std::string text;
        for (const auto &update : updatesOf(session)) {
            if (update["sessionUpdate"] == "agent_message_chunk")
                text += update["content"]["text"];
        }
        return text;
    }
    std::vector<acp::RequestPermissionRequest> permissions() const
    {
        const std::lock_guard lock(m_mutex);
        return m_permissions;
    }
    std::vector<acp::ElicitationRequest> forms() const
    {
        const std::lock_guard lock(m_mutex);
        return m_forms;
    }
    /// Waits until `isThere`; false after ten seconds.
    bool waitFor(const std::function<bool()> &isThere)
    {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!isThere()) {
            if (std::chrono::steady_clock::now() > end)
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return true;
    }
    void forget()
    {
        const std::lock_guard lock(m_mutex);
        m_updates.clear();
    }

    /// An answer that never comes by itself: the question stays open until it is withdrawn.
    static acp::Reply<acp::RequestPermissionResponse> neverAnswers(const acp::RequestPermissionRequest &, std::stop_token stop)
    {
        while (!stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return acp::RequestPermissionResponse{};
    }

    OnPermission onPermission;
    OnForm onForm;

private:
    template <typename T>
    void keep(std::vector<T> &list, const T &item)
    {
        const std::lock_guard lock(m_mutex);
        list.push_back(item);
    }

    mutable std::mutex m_mutex; // Guards the lists.
    std::condition_variable m_changed;
    std::vector<acp::SessionNotification> m_updates;
    std::vector<acp::RequestPermissionRequest> m_permissions;
    std::vector<acp::ElicitationRequest> m_forms;
    std::vector<std::pair<std::string, ph::Json>> m_notified;
};

} // namespace support
