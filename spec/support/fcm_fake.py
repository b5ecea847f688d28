"""Google's token endpoint and Firebase Cloud Messaging's HTTP v1 API as far as sending goes.

Arguments: project id, service account's address, the public key's PEM file, a bearer token's life in seconds.
The assertion's signature is verified by openssl. Tokens that begin with "dead", "broken" or "foreign" fail as real ones do.
"""
import base64
import itertools
import json
import re
import subprocess
import sys
import tempfile
from urllib.parse import parse_qs

from fake_http import Fake, serve

PROJECT, EMAIL, PUBLIC_KEY, LIFE = sys.argv[1:5]
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
COUNT = itertools.count(1)
TOKENS = set()
FIELDS = {"token", "notification", "data", "android", "apns", "webpush", "fcm_options"}


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(assertion):
    signed, _, signature = assertion.rpartition(".")
    with tempfile.NamedTemporaryFile() as file:
        file.write(unbase64(signature))
        file.flush()
        check = ["openssl", "dgst", "-sha256", "-verify", PUBLIC_KEY, "-signature", file.name]
        return subprocess.run(check, input=signed.encode(), capture_output=True, check=False).returncode == 0


def failure(status, name, message, *details):
    return status, {}, {"error": {"code": status, "message": message, "status": name, "details": list(details)}}


def fcm_error(code):
    return {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}


def violation(field, text):
    return {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field, "description": text}]}


class Google(Fake):
    def answer(self, request):
        if request["path"] == "/token":
            return self.token(request)
        if request["path"] == "/v1/projects/%s/messages:send" % PROJECT:
            return self.send(request)
        return failure(404, "NOT_FOUND", "Requested entity was not found.")

    def token(self, request):
        form = {name: values[0] for name, values in parse_qs(request["body"]).items()}
        assertion = form.get("assertion", "")
        if form.get("grant_type") != GRANT or assertion.count(".") != 2 or not is_signed(assertion):
            return 400, {}, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        claims = json.loads(unbase64(assertion.split(".")[1]))
        expected = {"iss": EMAIL, "scope": SCOPE, "aud": "http://%s/token" % request["headers"]["host"]}
        if any(claims.get(name) != value for name, value in expected.items()) or claims["exp"] - claims["iat"] > 3600:
            return 400, {}, {"error": "invalid_grant", "error_description": "Invalid JWT: %s" % json.dumps(claims)}
        bearer = "ya29.%d" % next(COUNT)
        TOKENS.add(bearer)
        return 200, {}, {"access_token": bearer, "expires_in": int(LIFE), "token_type": "Bearer"}

    def send(self, request):
        bearer = request["headers"].get("authorization", "").removeprefix("Bearer ")
        if bearer not in TOKENS:
            return failure(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        message = json.loads(request["body"])["message"]
        if set(message) - FIELDS:
            return failure(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unknown name.")
        if any(not isinstance(value, str) for value in message.get("data", {}).values()):
            text = "Invalid value at 'message.data[0].value' (TYPE_STRING)"
            return failure(400, "INVALID_ARGUMENT", text, violation("message.data[0].value", text))
        ttl = message.get("android", {}).get("ttl", "0s")
        if not re.fullmatch(r"\d+s", ttl) or int(ttl[:-1]) > 2419200:
            return failure(400, "INVALID_ARGUMENT", "Invalid ttl", violation("message.android.ttl", "Invalid ttl"))
        return self.deliver(message)

    def deliver(self, message):
        token = message["token"]
        if token.startswith("dead"):
            return failure(404, "NOT_FOUND", "Requested entity was not found.", fcm_error("UNREGISTERED"))
        if token.startswith("broken"):
            text = "The registration token is not a valid FCM registration token"
            return failure(400, "INVALID_ARGUMENT", text, fcm_error("INVALID_ARGUMENT"))
        if token.startswith("foreign"):
            return failure(403, "PERMISSION_DENIED", "SenderId mismatch", fcm_error("SENDER_ID_MISMATCH"))
        return 200, {}, {"name": "projects/%s/messages/%d" % (PROJECT, next(COUNT))}


serve(Google)
