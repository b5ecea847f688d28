"""What Python's own mail parser makes of messages: reads one base64 message a line, prints one JSON line for each.

{"headers": [[name, decoded value]…], "parts": [{"type", "encoding", "filename", "text" or "data" (base64)}…],
"defects": […], "longest": longest line, "bare": lone CR or LF in it, "dkim": verified with --dkim PUBLIC-KEY-FILE}.
"""
import base64
import email
import email.policy
import json
import re
import sys


def all_defects(message):
    found = [str(defect) for defect in message.defects]
    for header in message.values():
        found += [str(defect) for defect in getattr(header, "defects", [])]
    for part in message.iter_parts() if message.is_multipart() else []:
        found += all_defects(part)
    return found


def describe(part):
    described = {
        "type": part.get_content_type(),
        "encoding": part["Content-Transfer-Encoding"],
        "filename": part.get_filename(),
        "disposition": part.get_content_disposition(),
    }
    if part.get_content_maintype() == "text" and not part.is_attachment():
        described["text"] = part.get_payload(decode=True).decode()
    else:
        described["data"] = base64.b64encode(part.get_payload(decode=True)).decode()
    return described


def verify(message, key_file):
    import dkim
    key = "".join(line.strip() for line in open(key_file) if "-----" not in line)
    asked = []

    def record(name, timeout=5):
        asked.append(name.decode())
        return ("v=DKIM1; k=rsa; p=" + key).encode()

    return {"good": dkim.verify(message, dnsfunc=record), "asked": asked}


key_file = sys.argv[2] if len(sys.argv) > 2 else None
for line in sys.stdin:
    raw = base64.b64decode(line)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [describe(part) for part in message.walk() if not part.is_multipart()]
    print(json.dumps({
        "headers": [[name, str(value)] for name, value in message.items()],
        "structure": [part.get_content_type() for part in message.walk()],
        "parts": parts,
        "defects": all_defects(message),
        "longest": max(len(text) for text in raw.split(b"\r\n")),
        "bare": bool(re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw)),
        "dkim": verify(raw, key_file) if key_file else None,
    }), flush=True)
