"""A server that plays a script to each connection: prints its port, then every line that a client sends, as JSON strings.

Steps: send:TEXT (\\r, \\n and \\xNN as in C), line (reads one), data (reads up to a dot alone on its line), head (reads up
to an empty line), hang (for ever), reset (closes at once, unread bytes lost). After the last step it closes.
"""
import json
import socket
import struct
import sys
import threading

steps = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0), backlog=128)
printing = threading.Lock()


def read_until(stream, is_last):
    while True:
        line = stream.readline()
        with printing:
            print(json.dumps(line.decode("latin-1")), flush=True)
        if not line or is_last(line):
            return


def play(connection):
    stream = connection.makefile("rb")
    for step in steps:
        name, _, text = step.partition(":")
        if name == "send":
            connection.sendall(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        elif name == "line":
            read_until(stream, lambda line: True)
        elif name == "data":
            read_until(stream, lambda line: line == b".\r\n")
        elif name == "head":
            read_until(stream, lambda line: line == b"\r\n")
        elif name == "hang":
            threading.Event().wait()
        elif name == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()
    connection.close()


def serve(connection):
    try:
        play(connection)
    except OSError:
        pass


print(listener.getsockname()[1], flush=True)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
