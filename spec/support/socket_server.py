"""An HTTP server on a unix socket for specs: prints "ready", then a line "METHOD PATH BODY" for each request.

socket_server.py PATH STATUS BODY: /im/health is answered with 200, all else with STATUS and BODY.
"""
import socketserver
import sys
from http.server import BaseHTTPRequestHandler

path, status, text = sys.argv[1], int(sys.argv[2]), sys.argv[3].encode()


class Handler(BaseHTTPRequestHandler):
    def address_string(self):
        return "socket"

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        health = self.path == "/im/health"
        if not health:
            print(self.command, self.path, body.decode(), flush=True)
        answer = b"{}" if health else text
        self.send_response(200 if health else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = answer


server = socketserver.UnixStreamServer(path, Handler)
print("ready", flush=True)
server.serve_forever()
