"""A fast SMTP server for specs that send many messages: prints its port, then appends a line for each message to a file.

Each line, by tabs: recipient, Message-ID, subject, each different [value] in the bodies joined by blanks. A message is on its line before
it is answered. --delay holds each answer back by so many milliseconds; while the file named by --closed exists, every
message is refused with 451.
"""
import argparse
import asyncio
import email
import email.policy
import os
import quopri
import re

arguments = argparse.ArgumentParser()
arguments.add_argument("--file", required=True)
arguments.add_argument("--port", type=int, default=0)
arguments.add_argument("--delay", type=int, default=0)
arguments.add_argument("--closed")
options = arguments.parse_args()
out = open(options.file, "ab", buffering=0)

HEADER = re.compile(rb"^([\w-]+): ?(.*?)\r\n", re.M)
VALUE = re.compile(r"\[([^\[\]]*)\]")


def fields_of(data):
    head, _, body = data.partition(b"\r\n\r\n")
    if b"base64" in data or b"=?" in head:
        message = email.message_from_bytes(data, policy=email.policy.default)
        texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        return message["Message-ID"], message["Subject"], VALUE.findall("\n".join(texts))
    # Plain headers and quoted-printable bodies, where the parser would take most of the time.
    headers = dict(HEADER.findall(re.sub(rb"\r\n[ \t]", b" ", head) + b"\r\n"))
    text = quopri.decodestring(body).decode("utf-8", "replace")
    return headers.get(b"Message-ID", b"").decode(), headers.get(b"Subject", b"").decode(), VALUE.findall(text)


def describe(recipient, data):
    message_id, subject, values = fields_of(data)
    fields = [recipient, message_id, subject, " ".join(dict.fromkeys(values))]
    return "\t".join(re.sub(r"\s+", " ", str(field)) for field in fields) + "\n"


class Session(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.pending = b""
        self.in_data = False
        self.recipients = []
        self.reply(b"220 capture.example ESMTP")

    def reply(self, line):
        self.transport.write(line + b"\r\n")

    def data_received(self, chunk):
        self.pending += chunk
        while self.step():
            pass

    def step(self):
        if self.in_data:
            end = self.pending.find(b"\r\n.\r\n")
            if end < 0:
                return False
            data = self.pending[:end + 2].replace(b"\r\n..", b"\r\n.")
            self.pending = self.pending[end + 5:]
            self.in_data = False
            self.take(data)
            return True
        line, found, rest = self.pending.partition(b"\r\n")
        if not found:
            return False
        self.pending = rest
        self.command(line)
        return True

    def command(self, line):
        verb = line[:4].upper()
        if verb == b"EHLO":
            self.transport.write(b"250-capture.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n")
        elif verb == b"MAIL":
            self.recipients = []
            self.reply(b"250 2.1.0 Ok")
        elif verb == b"RCPT":
            self.recipients.append(line[line.index(b"<") + 1:line.index(b">")].decode())
            self.reply(b"250 2.1.5 Ok")
        elif verb == b"DATA":
            self.in_data = True
            self.reply(b"354 go on")
        elif verb == b"QUIT":
            self.reply(b"221 2.0.0 Bye")
            self.transport.close()
        else:
            self.reply(b"250 2.0.0 Ok")

    def take(self, data):
        if options.closed and os.path.exists(options.closed):
            self.reply(b"451 4.3.2 not now")
            return
        for recipient in self.recipients:
            out.write(describe(recipient, data).encode())
        if options.delay:
            asyncio.get_running_loop().call_later(options.delay / 1000, self.reply, b"250 2.0.0 Ok")
        else:
            self.reply(b"250 2.0.0 Ok")


async def main():
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", options.port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
