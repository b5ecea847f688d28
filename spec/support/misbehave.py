"""A client that does not behave: misbehave.py PORT KEY WAY. Prints the statuses that it was answered."""
import re
import resource
import signal
import socket
import sys
import time

port, key, way = int(sys.argv[1]), sys.argv[2], sys.argv[3]
GET = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /im/executions/unitary HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key.encode() + b"\r\nContent-Type: application/json\r\n"
BODY = (b'{"requestId":"continue","campaignId":"receipt","recipients":[{"type":"aep","userId":"c@example.com",'
        b'"namespace":"email","channelData":{"emailAddress":"c@example.com"},"context":{"number":1}}]}')


def connect():
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(20)
    return connection


def statuses(connection, wanted):
    """Reads until so many status lines are there, or the end."""
    text = b""
    while True:
        found = re.findall(rb"HTTP/1\.1 (\d\d\d) ", text)
        if len(found) >= wanted:
            return [status.decode() for status in found]
        chunk = connection.recv(65536)
        if not chunk:
            return [status.decode() for status in found]
        text += chunk


def say(connection, wanted=1):
    print(" ".join(statuses(connection, wanted)))


def timed(send):
    connection, began = connect(), time.monotonic()
    send(connection)
    found = statuses(connection, 1)
    print(" ".join(found), "in %.1f s" % (time.monotonic() - began))


def drip(connection):
    connection.settimeout(0.1)
    for byte in POST * 100:
        connection.sendall(bytes([byte]))
        try:
            if connection.recv(1, socket.MSG_PEEK):
                break
        except TimeoutError:
            pass
    connection.settimeout(20)


def idle(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    connections = [connect() for _ in range(count)]
    print(len(connections), "open", flush=True)
    signal.pause()


def once(data, wanted=1):
    connection = connect()
    try:
        connection.sendall(data)
    except ConnectionError:
        pass
    say(connection, wanted)


def slowly_continue():
    connection = connect()
    connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
    first = statuses(connection, 1)
    connection.sendall(BODY)
    print(" ".join(first + statuses(connection, 1)))


def half_close():
    connection = connect()
    connection.sendall(GET % b"/im/health" * 300)
    connection.shutdown(socket.SHUT_WR)
    print(statuses(connection, 301).count("200"), "answers")


def unread():
    """Asks again and again, reads nothing, and tells when the server has had enough."""
    connection, began, asked = connect(), time.monotonic(), 0
    connection.settimeout(0.5)
    try:
        while time.monotonic() - began < 15:
            try:
                asked += connection.send(GET % b"/openapi.json" * 100) // len(GET % b"/openapi.json")
            except TimeoutError:
                pass
    except ConnectionError:
        print("closed in %.1f s" % (time.monotonic() - began))
        return
    print("open, asked", asked)


def hook(head, body=b""):
    """Announces to the endpoint with a small limit what it may not take."""
    once(b"POST /hooks/small HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n" + body)


WAYS = {
    "hook-announced": lambda: hook(b"Content-Length: 1001"),
    "hook-streamed": lambda: hook(b"Transfer-Encoding: chunked", b"1f4\r\n" + b"x" * 500 + b"\r\n1f5\r\n" + b"x" * 501),
    "hook-slow": lambda: hook(b"Content-Length: 1000", b"x"),
    "endless-head": lambda: timed(lambda c: c.sendall(POST)),
    "endless-body": lambda: timed(lambda c: c.sendall(POST + b"Content-Length: 100\r\n\r\n{")),
    "drip": lambda: timed(drip),
    "big-head": lambda: once(b"GET / HTTP/1.1\r\nX: " + b"x" * 200000 + b"\r\n\r\n"),
    "garbage": lambda: once(b"\x16\x03\x01 what is this\r\n\r\n"),
    "nul-head": lambda: once(b"GET /im/health HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n"),
    "two-lengths": lambda: once(POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}    "),
    "length-and-chunked": lambda: once(POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "pipeline": lambda: once(GET % b"/im/health" + GET % b"/im/health" + GET % b"/none" + GET % b"/im/health", 4),
    "half-close": half_close,
    "unread": unread,
    "continue": slowly_continue,
    "continue-too-large": lambda: once(POST + b"Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n"),
    "idle": lambda: idle(int(sys.argv[4])),
}
WAYS[way]()
