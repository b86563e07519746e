"""The sample manufacturer: receives signed orders over HTTP, checks the signature, and answers through the API.

It is the other side of the webhook, so it shares no code with the sender but the Standard Webhooks library.
"""

import base64
import json
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from infra.local import tokens
from infra.local.api import Api

SAMPLE_ID = "sample-works"
SAMPLE_NAME = "Sample Works"
_MOST_BODY_BYTES = 20 * 1024 * 1024
_ANSWERS = ("received", "accepted")
_TRIES, _PAUSE_SECONDS = 5, 0.5
_PASSING = {HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
_log = logging.getLogger(__name__)


def new_secret() -> str:
    """A fresh webhook secret in the form that Standard Webhooks names."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class SampleManufacturer:
    """What one maker knows: its secret, and the orders that it received and believed."""

    def __init__(self, secret: str, sign_in: Callable[[], str] | None = None) -> None:
        """`sign_in` answers the maker's token; without it the local issuer gives one."""
        self._webhook = Webhook(secret)
        self._sign_in = sign_in or (lambda: tokens.issue(SAMPLE_NAME, "manufacturer", SAMPLE_ID))
        self._unanswered: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        # Each order that passed the check, by webhook id; a repeated delivery only counts up.
        self.received: dict[str, dict[str, Any]] = {}
        self.refused = 0

    def receive(self, headers: dict[str, str], body: bytes) -> int:
        """The HTTP status for one delivery: 204 when the signature is good, be it the first or a repeated one."""
        try:
            envelope = self._webhook.verify(body, headers)
            webhook_id, order = headers["webhook-id"], envelope["data"]
        except (WebhookVerificationError, ValueError, KeyError, TypeError) as error:
            # ValueError: the library lets a malformed signature header escape as one.
            _log.warning("delivery refused: %r", error)
            self.refused += 1
            return 401
        with self._lock:
            known = self.received.setdefault(webhook_id, {"order": order, "deliveries": 0, "answers": []})
            known["deliveries"] += 1
        if known["deliveries"] == 1:
            self._unanswered.put(known)
        return 204

    def answer_all(self, url: str) -> None:
        """Answers what arrives, first that it was received, then that it is accepted, until `leave`."""
        api = Api(url, connections=1)
        token = None
        while known := self._unanswered.get():
            token = token or self._sign_in()
            for answer in _ANSWERS:
                if _answer(api, token, known["order"]["order_id"], answer):
                    known["answers"].append(answer)

    def leave(self) -> None:
        self._unanswered.put(None)


def _answer(api: Api, token: str, order_id: str, answer: str) -> bool:
    body = (
        {"answer": answer, "note": "Thank you, it fits our schedule."} if answer == "accepted" else {"answer": answer}
    )
    for _ in range(_TRIES):
        status, reply = api.ask("POST", f"/v1/manufacturing-orders/{order_id}/answer", token=token, body=body)
        if status < HTTPStatus.BAD_REQUEST:
            return True
        _log.warning("answer %s to %s: %s %s", answer, order_id, status, reply)
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _PASSING:
            break
        time.sleep(_PAUSE_SECONDS)
    return False


@dataclass(frozen=True)
class Listening:
    """Where a sample manufacturer can be reached."""

    host: str

    @property
    def url(self) -> str:
        return f"http://{self.host}/orders"


@contextmanager
def listening(maker: SampleManufacturer) -> Iterator[Listening]:
    """Receives on this machine; what arrives is answered as soon as somebody is `answering`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(maker))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="manufacturer", daemon=True).start()
    try:
        yield Listening(f"127.0.0.1:{server.server_address[1]}")
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def answering(maker: SampleManufacturer, api_url: str) -> Iterator[None]:
    """Answers what was received through the API."""
    threading.Thread(target=maker.answer_all, args=(api_url,), name="manufacturer-answers", daemon=True).start()
    try:
        yield
    finally:
        maker.leave()


@contextmanager
def receiving(maker: SampleManufacturer, api_url: str) -> Iterator[str]:
    """Listens on this machine and answers through the API; yields the endpoint's URL."""
    with listening(maker) as place, answering(maker, api_url):
        yield place.url


def _handler(maker: SampleManufacturer) -> type[BaseHTTPRequestHandler]:
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > _MOST_BODY_BYTES:
                self._send(413, b"")
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(maker.receive(headers, self.rfile.read(int(length))), b"")

        def do_GET(self) -> None:
            """What was received so far, for the demo's summary and for the curious."""
            self._send(200, json.dumps({"received": maker.received, "refused": maker.refused}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's word
            _log.info(format, *args)

    return Receiver
