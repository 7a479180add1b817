"""One bearer token, compared in constant time."""
import hmac
import os

TOKEN = "Bearer " + os.environ["TOKEN"]


class Client:
    is_anonymous = False

    def __init__(self, is_authenticated):
        self.is_authenticated = is_authenticated


class TokenMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("Authorization", "")
        request.user = Client(hmac.compare_digest(sent.encode(), TOKEN.encode()))
        return self.get_response(request)
