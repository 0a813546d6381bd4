"""A provider spoken to by its API: django-anymail's real backend and a server that answers."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notifications import outages, outbox, sending
from notifications.models import Delivery, Outage

pytestmark = pytest.mark.usefixtures("notes", "no_worker")
GOOD = {"ErrorCode": 0, "Message": "OK", "MessageID": "provider-1", "To": "mia@example.org"}


class Api:
    """Postmark's API, as far as it answers to one mail."""

    def __init__(self):
        self.asked: list[dict] = []
        self.status, self.answer, self.delay, self.drop = 200, json.dumps(GOOD), 0.0, False


@pytest.fixture
def api(settings):
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            api.asked.append(json.loads(body))
            time.sleep(api.delay)
            if api.drop:
                self.connection.close()
                return
            self.send_response(api.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(api.answer.encode())

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.EMAIL_HOST = "localhost"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        "REQUESTS_TIMEOUT": 1,
    }
    yield api
    server.shutdown()
    server.server_close()


def outcome(mia) -> tuple[str, str, bool]:
    """The state and provider's name of one mail that was tried, and whether an outage was noted."""
    outbox.enqueue("note", [mia], dedupe_key="note:1")
    sending.send_due()
    row = Delivery.objects.get()
    return row.state, row.provider_id, outages.current() is not None


def test_a_mail_is_taken_and_the_providers_name_for_it_kept(api, mia):
    assert outcome(mia) == ("sent", "provider-1", False)
    assert (api.asked[0]["To"], api.asked[0]["Subject"]) == ("mia@example.org", "Note None")
    assert {header["Name"] for header in api.asked[0]["Headers"]} >= {"Message-ID"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, ("pending", "", True)),
        (429, ("pending", "", True)),
        (503, ("pending", "", True)),
        (500, ("uncertain", "", True)),
        (502, ("uncertain", "", True)),
        (422, ("failed", "", False)),
    ],
)
def test_what_an_answer_means(api, mia, status, expected):
    api.status, api.answer = status, json.dumps({"ErrorCode": 1, "Message": "No."})
    assert outcome(mia) == expected


def test_an_answer_that_says_nothing_is_unclear(api, mia):
    api.answer = "<html>"
    assert outcome(mia) == ("uncertain", "", False)


def test_silence_after_the_request_is_unclear_and_not_repeated(api, mia):
    api.delay = 2
    assert outcome(mia) == ("uncertain", "", True)
    Outage.objects.all().delete()
    sending.send_due()
    assert len(api.asked) == 1


def test_a_connection_that_drops_is_unclear(api, mia):
    api.drop = True
    assert outcome(mia) == ("uncertain", "", True)


def test_a_provider_that_is_not_there_costs_nothing(api, settings, mia):
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": "http://127.0.0.1:1/"}
    assert outcome(mia) == ("pending", "", True)
