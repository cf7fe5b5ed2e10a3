"""An ACP agent of its own process, for tests of whoever runs agents. Each argument switches something on:
logged-out, version-2, die-on-init, silent, deaf, noise, stubborn, children, offer MODEL,MODEL, echo-env NAME, echo-start."""
import json, os, signal, subprocess, sys, time

options = sys.argv[1:]


def send(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


if "noise" in options:
    print("npm WARN something that is no JSON", flush=True)
if "children" in options:
    child = subprocess.Popen(["setsid", "sleep", "300"])
    print(f"child {child.pid}", file=sys.stderr, flush=True)
if "stubborn" in options:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "deaf" in options:
    time.sleep(300)
models = options[options.index("offer") + 1].split(",") if "offer" in options else ["a"]
print("\x1b[31mstarting\x1b[0m with phx_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", file=sys.stderr, flush=True)

for line in sys.stdin:
    message = json.loads(line)
    method, id = message.get("method"), message.get("id")
    if "silent" in options:
        continue
    if method == "initialize":
        if "die-on-init" in options:
            print("no such model", file=sys.stderr, flush=True)
            sys.exit(7)
        version = 2 if "version-2" in options else message["params"]["protocolVersion"]
        send({"id": id, "result": {"protocolVersion": version, "agentCapabilities": {"loadSession": True},
                                   "authMethods": [{"id": "login", "name": "Log in"}],
                                   "agentInfo": {"name": "fake", "title": "Fake", "version": "1.2.3"}}})
    elif method == "session/new":
        if "logged-out" in options:
            send({"id": id, "error": {"code": -32000, "message": "Please log in"}})
        else:
            send({"id": id, "result": {"sessionId": "s-1", "configOptions": [
                {"id": "model", "name": "Model", "category": "model", "type": "select", "currentValue": models[0],
                 "options": [{"value": model, "name": model.upper()} for model in models]}]}})
    elif method == "session/prompt":
        if "echo-env" in options:
            name = options[options.index("echo-env") + 1]
            text = os.environ.get(name, "absent")
        elif "echo-start" in options:
            text = json.dumps({"pid": os.getpid(), "arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)})
        else:
            text = message["params"]["prompt"][0]["text"]
        send({"method": "session/update", "params": {"sessionId": "s-1", "update": {
            "sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}}})
        send({"id": id, "result": {"stopReason": "end_turn"}})
    elif id is not None:
        send({"id": id, "error": {"code": -32601, "message": "Method not found"}})

if "stubborn" in options:
    time.sleep(300)
