"""Twilio's Messages API as far as sending goes: checks the login and the form, and answers with its shapes and codes.

Arguments: account SID, user, password. Numbers of the API's test credentials fail as documented there
(https://www.twilio.com/docs/iam/test-credentials): +15005550001 and so on.
"""
import base64
import itertools
import re
import sys
from urllib.parse import parse_qs

from fake_http import Fake, serve

ACCOUNT, USER, PASSWORD = sys.argv[1:4]
COUNT = itertools.count(1)
REFUSED = {
    "+15005550001": (21211, "The 'To' number +15005550001 is not a valid phone number."),
    "+15005550002": (21612, "The 'To' phone number: +15005550002, is not currently reachable via SMS."),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region."),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number: +15005550009, is not a valid mobile number"),
}


def error(status, code, message):
    return status, {}, {
        "code": code, "message": message, "more_info": "https://www.twilio.com/docs/errors/%d" % code, "status": status,
    }


class Twilio(Fake):
    def answer(self, request):
        if request["path"] != "/2010-04-01/Accounts/%s/Messages.json" % ACCOUNT or request["method"] != "POST":
            return error(404, 20404, "The requested resource %s was not found" % request["path"])
        login = "Basic " + base64.b64encode(("%s:%s" % (USER, PASSWORD)).encode()).decode()
        if request["headers"].get("authorization") != login:
            return error(401, 20003, "Authenticate")
        if request["headers"].get("content-type") != "application/x-www-form-urlencoded":
            return error(400, 21602, "Message body is required.")
        form = {name: values[0] for name, values in parse_qs(request["body"], strict_parsing=True).items()}
        request["form"] = form
        return self.create(form)

    def create(self, form):
        if not form.get("To"):
            return error(400, 21604, "A 'To' phone number is required.")
        if not form.get("Body"):
            return error(400, 21602, "Message body is required.")
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return error(400, 21603, "A 'From' phone number is required.")
        if not 1 <= int(form.get("ValidityPeriod", "36000")) <= 36000:
            return error(400, 90007, "Invalid validity period value")
        if form["To"] in REFUSED:
            return error(400, *REFUSED[form["To"]])
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form["To"]):
            return error(400, *REFUSED["+15005550001"])
        return 201, {}, {
            "sid": "SM%032x" % next(COUNT), "status": "queued" if form.get("From") else "accepted", "to": form["To"],
            "from": form.get("From"), "messaging_service_sid": form.get("MessagingServiceSid"), "body": form["Body"],
            "error_code": None, "error_message": None, "account_sid": ACCOUNT, "num_segments": "1",
        }


serve(Twilio)
