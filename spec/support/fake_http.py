"""An HTTP server for specs on a port of its own: a fake of some API, which keeps what it was asked.

Prints its port on the first line. A spec steers it over HTTP too: POST /_answers queues answers that go out
instead of the fake's own, each {"status": 503, "headers": {}, "body": "..."}; GET /_requests shows and forgets what came.
"""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Fake(BaseHTTPRequestHandler):
    """Subclasses give answer(request) -> (status, headers, body)."""

    protocol_version = "HTTP/1.1"
    requests = []
    answers = []
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def answer(self, request):
        return 200, {}, ""

    def _reply(self, status, headers, body):
        if not isinstance(body, str):
            body = json.dumps(body)
            headers = {"Content-Type": "application/json", **headers}
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _control(self, body):
        if self.path == "/_answers":
            self.answers.extend(json.loads(body))
            return self._reply(200, {}, "")
        found = list(self.requests)
        self.requests.clear()
        self._reply(200, {}, {"requests": found})

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        if self.path.startswith("/_"):
            return self._control(body)
        request = {
            "method": self.command, "path": self.path, "body": body,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        with self.lock:
            self.requests.append(request)
            queued = self.answers.pop(0) if self.answers else None
        if queued:
            if queued.get("drop"):
                self.close_connection = True
                return self.connection.close()
            return self._reply(queued["status"], queued.get("headers", {}), queued.get("body", ""))
        self._reply(*self.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()
