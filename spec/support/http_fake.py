"""A webhook's receiver: answers 200 "ok" to everything."""
from fake_http import Fake, serve


class Receiver(Fake):
    def answer(self, request):
        return 200, {"Content-Type": "text/plain"}, "ok"


serve(Receiver)
