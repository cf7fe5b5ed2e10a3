#include "agent/journal/recorder.h"
#include "agent/session/acp_agent.h"
#include "agent/tools/agent_tools.h"
#include "driver/base/paths.h"
#include "driver/http/client.h"

#include <cstdlib>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace {

/// Does what the words of a prompt say, in the words of ACP conformance kits: "echo hi; permission 2; flood 20000". What it calls goes
/// through the session, the tools and the permissions as with any model.
class KitModel final : public model::Model
{
public:
    std::string id() const override { return "kit"; }
    std::string name() const override { return "Kit"; }
    model::Info info() const override { return {200'000, 32'000, true, {"low", "high"}}; }

    ph::Result<model::Reply> ask(const model::Request &request, model::Listener &listener, std::stop_token stop) override
    {
        if (request.history.back().role != model::Message::Role::User) {
            listener.onText("Done.");
            return counted({});
        }
        model::Reply reply;
        std::istringstream lines(request.history.back().text);
        for (std::string line; std::getline(lines, line, ';');) {
            std::istringstream words(line);
            std::string command;
            words >> command;
            if (const auto done = follow(command, words, reply, listener, stop); !done)
                return ph::fail(done.error());
        }
        return counted(std::move(reply));
    }

private:
    static model::Reply counted(model::Reply reply)
    {
        reply.usage.input = 1'000;
        reply.usage.output = 10;
        return reply;
    }

    void call(model::Reply &reply, model::Listener &listener, const std::string &tool, ph::Json input)
    {
        model::ToolRequest request;
        request.id = {"call-" + std::to_string(++m_calls)};
        request.name = tool;
        request.input = std::move(input);
        listener.onCallBegin(request.id, tool);
        reply.calls.push_back(std::move(request));
    }

    ph::Result<> follow(const std::string &command, std::istringstream &words, model::Reply &reply, model::Listener &listener, const std::stop_token &stop)
    {
        int number = 0;
        std::string text;
        if (command == "echo") {
            std::getline(words, text);
            listener.onText(text);
        } else if (command == "long") {
            listener.onText("Working until it is cancelled.");
            while (!stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            return ph::fail(ph::ErrorCode::Cancelled, "Cancelled.");
        } else if (command == "permission") {
            words >> number;
            for (int i = 0; i < number; ++i)
                call(reply, listener, "Write", {{"file_path", "perm" + std::to_string(i) + ".txt"}, {"content", "p\n"}});
        } else if (command == "fs") {
            call(reply, listener, "Write", {{"file_path", "kit-fs.txt"}, {"content", "l1\nl2\n"}});
            call(reply, listener, "Read", {{"file_path", "kit-fs.txt"}});
        } else if (command == "terminal") {
            call(reply, listener, "Bash", {{"command", "echo out; echo err >&2"}});
        } else if (command == "toolkinds") {
            call(reply, listener, "Read", {{"file_path", "a.txt"}});
            call(reply, listener, "Glob", {{"pattern", "*"}});
            call(reply, listener, "Grep", {{"pattern", "hello"}});
            call(reply, listener, "LS", {{"path", "."}});
            call(reply, listener, "Edit", {{"file_path", "a.txt"}, {"old_string", "hello"}, {"new_string", "hello"}});
        } else if (command == "toolfail") {
            call(reply, listener, "Bash", {{"command", "exit 1"}});
        } else if (command == "all") {
            for (const char *each : {"echo all", "thought", "plan", "toolkinds", "fs", "terminal", "toolfail"}) {
                std::istringstream more(each);
                std::string name;
                more >> name;
                if (const auto done = follow(name, more, reply, listener, stop); !done)
                    return done;
            }
        } else if (command == "thought") {
            listener.onThought("Let me think");
            listener.onThoughtEnd({"Let me think", "signature", "", "kit", 0});
        } else if (command == "plan") {
            call(reply, listener, "TodoWrite", {{"todos", {{{"content", "inspect"}, {"status", "in_progress"}, {"activeForm", "inspecting"}}}}});
        } else if (command == "title") {
            words >> text;
            listener.onTitle(text);
        } else if (command == "flood") {
            words >> number;
            for (int i = 0; i < number && !stop.stop_requested(); ++i)
                listener.onText(std::to_string(i) + " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
        } else if (command == "bigline") {
            words >> number;
            listener.onText(std::string(std::size_t(number) * 1024 * 1024, 'z'));
        } else if (command == "stop") {
            words >> reply.stopReason;
        } else if (command == "crash") {
            std::_Exit(42);
        } else if (command == "error") {
            words >> number >> text;
            return ph::fail(ph::ErrorCode::Internal, text);
        } else {
            listener.onText("There is no command " + command + ".");
        }
        return {};
    }

    int m_calls = 0;
};

} // namespace

/// An agent on stdio for conformance kits: the real one, with a model that follows the prompt to the letter. Nothing that ships has this model.
int main()
{
    http::Client client;
    agent::Options options;
    options.version = "kit";
    options.parts.models = [kit = std::make_shared<KitModel>()] { return agent::Models{kit}; };
    options.parts.tools = tools::makeAgentTools({{}, client, {}, {}});
    options.parts.gate.dataFolder = ph::dataDir();
    options.dataDirectory = ph::dataDir();
    journal::Writer writer(ph::dataDir());
    journal::Recorder recorder(writer);
    auto transport = acp::tapped(acp::makeStdio(STDIN_FILENO, STDOUT_FILENO),
                                 [&recorder](acp::Direction direction, const std::string &line) { recorder.onLine(direction, line); });
    agent::Service service(std::move(transport), std::move(options));
    service.waitUntilClosed();
    return 0;
}
