"""An MCP server for tests: on stdio, or with "http" or "sse" as first argument on a free port of 127.0.0.1, which it prints.
With "silent" it hears nothing once it is connected. Tools: echo, picture, slow (tells its progress, ends when it is cancelled), fail, big, die, grow (adds a tool)."""
import json, os, queue, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

kind = sys.argv[1] if len(sys.argv) > 1 else "stdio"
options = sys.argv[2:]
tools = ["echo", "picture", "slow", "fail", "big", "die", "grow"]
cancelled = set()
log = []


def text(words):
    return {"content": [{"type": "text", "text": words}]}


def call(id, params, tell):
    name, arguments = params["name"], params.get("arguments", {})
    if name == "echo":
        return text(json.dumps({"said": arguments, "key": os.environ.get("SERVER_KEY", "absent"), "posthog": os.environ.get("POSTHOG_PERSONAL_API_KEY", "absent")}))
    if name == "picture":
        return {"content": [{"type": "text", "text": "A dot"}, {"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"}]}
    if name == "slow":
        tell({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": params.get("_meta", {}).get("progressToken"), "progress": 1, "message": "half way"}})
        for _ in range(3000):
            if id in cancelled:
                print("cancelled", file=sys.stderr, flush=True)
                return text("cancelled")
            time.sleep(0.01)
    if name == "fail":
        return {"isError": True, **text("It did not work.")}
    if name == "big":
        return text("x" * 10_000_000)
    if name == "die":
        print("out of memory", file=sys.stderr, flush=True)
        os._exit(3)
    if name == "grow":
        tools.append("grown")
        tell({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
        return text("There is one more.")
    return text("?")


def answer(message, tell):
    """The reply to one message, or None."""
    id, method, params = message.get("id"), message.get("method"), message.get("params", {})
    if method == "notifications/cancelled":
        cancelled.add(params["requestId"])
    if id is None or method is None:
        return None
    reply = {"jsonrpc": "2.0", "id": id}
    if method == "initialize":
        version = "1999-01-01" if "old" in options else params["protocolVersion"]
        reply["result"] = {"protocolVersion": version, "capabilities": {"tools": {"listChanged": True}, "prompts": {}}, "serverInfo": {"name": "fake", "version": "9"}}
    elif method == "tools/list":
        start = int(params.get("cursor", 0))
        names = tools[start:start + 3]
        reply["result"] = {"tools": [{"name": name, "description": f"Does {name}", "inputSchema": {"type": "object", "properties": {"a": {"type": "string"}}},
                                      "annotations": {"readOnlyHint": name == "echo", "title": name.title()}} for name in names]}
        if start + 3 < len(tools):
            reply["result"]["nextCursor"] = str(start + 3)
    elif method == "tools/call":
        reply["result"] = call(id, params, tell)
    elif method == "prompts/list":
        reply["result"] = {"prompts": [{"name": "review", "description": "Review a file", "arguments": [{"name": "file", "required": True}]}]}
    elif method == "prompts/get":
        reply["result"] = {"messages": [{"role": "user", "content": {"type": "text", "text": "Review " + params["arguments"]["file"]}}]}
    else:
        reply["error"] = {"code": -32601, "message": "Unknown method"}
    return reply


def is_ignored(message):
    return "silent" in options and message.get("method") not in ("initialize", "notifications/initialized")


def serve_stdio():
    lock = threading.Lock()

    def tell(message):
        with lock:
            print(json.dumps(message), flush=True)

    def handle(message):
        reply = answer(message, tell)
        if reply:
            tell(reply)

    print("a banner that is no JSON", flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        if is_ignored(message):
            continue
        threading.Thread(target=handle, args=(message,), daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    streams = []

    def log_message(self, *_):
        pass

    def event(self, data, type="message"):
        chunk = f"event: {type}\ndata: {data}\n\n".encode()
        self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.wfile.flush()

    def start_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        if kind == "http":
            self.send_header("Mcp-Session-Id", "session-1")
        self.end_headers()

    def is_allowed(self):
        if self.headers.get("Authorization") == "Bearer open":
            return True
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def do_GET(self):
        if not self.is_allowed():
            return
        self.start_stream()
        waiting = queue.Queue()
        Handler.streams.append(waiting)
        if kind == "sse":
            self.event("https://elsewhere.example/post" if "foreign" in options else "/post?session=1", "endpoint")
        while True:
            message = waiting.get()
            if message is None:
                self.wfile.write(b"0\r\n\r\n")
                return
            self.event(json.dumps(message))

    def do_DELETE(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        if not self.is_allowed():
            return
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if is_ignored(message):
            time.sleep(3600)
        tell_all = lambda one: [stream.put(one) for stream in Handler.streams]
        if kind == "sse":
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            reply = answer(message, tell_all)
            if reply:
                tell_all(reply)
            return
        if message.get("method") not in ("initialize",) and self.headers.get("Mcp-Session-Id") != "session-1":
            self.send_response(400)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if message.get("id") is None:
            answer(message, tell_all)
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if message.get("method") == "tools/call":  # as a stream, with what comes before the reply
            self.start_stream()
            reply = answer(message, lambda one: self.event(json.dumps(one)))
            self.event(json.dumps(reply))
            self.wfile.write(b"0\r\n\r\n")
            return
        body = json.dumps(answer(message, tell_all)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Mcp-Session-Id", "session-1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if kind == "stdio":
    serve_stdio()
else:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
