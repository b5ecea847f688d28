"""A real HTTP/1.1 server for specs: prints its port, then one JSON line for each request.

Each line: {"method", "path", "headers" (lower-case names), "body" (base64), "connection": which one}.
Answers: --answer PATH STATUS BODY (may repeat; the one with the longest fitting PATH prefix counts), and built in:
/status/NNN, /echo (the body again), /big/N (N bytes), /redirect (to /echo), /hang (never), /close (no answer).
"""
import argparse
import base64
import itertools
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser()
arguments.add_argument("--answer", action="append", nargs=3, default=[], metavar=("PATH", "STATUS", "BODY"))
arguments.add_argument("--header", action="append", default=[], help="'Name: value' in each answer")
arguments.add_argument("--certificate")
arguments.add_argument("--key")
arguments.add_argument("--port", type=int, default=0)
options = arguments.parse_args()
numbers = itertools.count(1)
printing = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet for head and body

    def setup(self):
        super().setup()
        self.number = next(numbers)

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        for line in options.header:
            self.send_header(*line.split(": ", 1))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def route(self, body):
        fitting = [entry for entry in options.answer if self.path.startswith(entry[0])]
        if fitting:
            _, status, text = max(fitting, key=lambda entry: len(entry[0]))
            self.answer(int(status), text.encode(), [("Content-Type", "application/json")])
        elif self.path.startswith("/status/"):
            self.answer(int(self.path.split("/")[2]), b'{"error":"as asked"}')
        elif self.path.startswith("/big/"):
            self.answer(200, b"x" * int(self.path.split("/")[2]))
        elif self.path == "/redirect":
            self.answer(302, b"", [("Location", "/echo")])
        elif self.path == "/hang":
            threading.Event().wait()
        elif self.path == "/close":
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(200, body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with printing:
            print(json.dumps({
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": base64.b64encode(body).decode(),
                "connection": self.number,
            }), flush=True)
        self.route(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", options.port), Handler)
if options.certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
