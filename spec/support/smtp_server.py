"""A real SMTP server for specs (aiosmtpd): prints its port, then one JSON line for each message that it takes.

Each line: {"session": which connection, "from": …, "to": […], "data": base64 of the first bytes, as many as a pipe holds,
"sha256": of all, "tls": bool, "user": …, "mechanism": …}. Answers are set by the addresses: reject-NNN@… as a recipient is refused with that code,
fail-NNN@… as a recipient makes the whole message be refused after its data.
"""
import argparse
import asyncio
import base64
import hashlib
import json
import re
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

arguments = argparse.ArgumentParser()
arguments.add_argument("--user")
arguments.add_argument("--password")
arguments.add_argument("--certificate")
arguments.add_argument("--key")
arguments.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
arguments.add_argument("--require-tls", action="store_true")
arguments.add_argument("--mechanisms", default="PLAIN,LOGIN,XOAUTH2")
arguments.add_argument("--size", type=int, default=33554432)
arguments.add_argument("--pipelining", action="store_true")
arguments.add_argument("--port", type=int, default=0)
options = arguments.parse_args()
sessions = {}
DATA_SHOWN = 20000


def code_in(address, word):
    found = re.match(word + r"-(\d{3})@", address)
    return found.group(1) if found else None


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if options.pipelining:
            responses.insert(1, "250-PIPELINING")
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        code = code_in(address, "reject")
        if code:
            return f"{code} {code[0]}.1.1 <{address}>: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        number = sessions.setdefault(id(server), len(sessions) + 1)
        codes = [code_in(address, "fail") for address in envelope.rcpt_tos]
        codes = [code for code in codes if code]
        print(json.dumps({
            "session": number,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(envelope.original_content[:DATA_SHOWN]).decode(),
            "sha256": hashlib.sha256(envelope.original_content).hexdigest(),
            "tls": session.ssl is not None or options.tls == "implicit",
            "user": getattr(session, "user", None),
            "mechanism": getattr(session, "mechanism", None),
            "helo": session.host_name,
        }), flush=True)
        if codes:
            return f"{codes[0]} {codes[0][0]}.7.1 the message is not wanted"
        return f"250 2.0.0 Ok: queued as {len(sessions):04X}"

    async def auth_XOAUTH2(self, server, args):
        fields = dict(part.split("=", 1) for part in base64.b64decode(args[1]).decode().split("\1") if "=" in part)
        server.session.mechanism = "XOAUTH2"
        if fields.get("auth") != "Bearer " + str(options.password):
            return AuthResult(success=False, handled=False)
        server.session.user = fields["user"]
        return AuthResult(success=True)


def authenticate(server, session, envelope, mechanism, data):
    login, password = data.login.decode(), data.password.decode()
    session.mechanism = mechanism
    if login != options.user or password != options.password:
        return AuthResult(success=False, handled=False)
    session.user = login
    return AuthResult(success=True)


def tls_context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.certificate, options.key)
    return context


kept = []


def make():
    mechanisms = {"PLAIN", "LOGIN", "XOAUTH2"} - set(options.mechanisms.split(","))
    server = SMTP(Handler(), data_size_limit=options.size, enable_SMTPUTF8=True, hostname="spec.example",
                  authenticator=authenticate if options.user else None, auth_require_tls=False,
                  auth_required=options.user is not None, auth_exclude_mechanism=mechanisms,
                  tls_context=tls_context() if options.tls == "starttls" else None, require_starttls=options.require_tls)
    kept.append(server)  # so that no id is used twice
    return server


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", options.port, ssl=tls_context() if options.tls == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
