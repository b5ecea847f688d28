"""Runs a server that cannot say its port: listen.py COMMAND... with {port} in its arguments.

Picks a free port, starts the command, prints the port when it accepts connections, and ends with it.
What the server prints goes to standard error.
"""
import signal
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


port = free_port()
command = ["setpriv", "--pdeathsig", "KILL"] + [word.replace("{port}", str(port)) for word in sys.argv[1:]]
child = subprocess.Popen(command, stdout=sys.stderr)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, _: child.send_signal(number))
deadline = time.monotonic() + 20
while not accepts(port):
    if child.poll() is not None or time.monotonic() > deadline:
        child.kill()
        sys.exit("not listening: " + " ".join(command))
    time.sleep(0.005)
print(port, flush=True)
sys.exit(child.wait())
