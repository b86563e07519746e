"""Stripe's wire, without a socket: a client for its library that answers from the simulated provider's books.

Strict about the wire, where Stripe is: keys, unknown parameters, what does not go together. What Stripe would decide is
left to the books. Faults are put on the line one by one: what comes next fails with them.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import stripe

from chalicelib.plumbing.gateway.port import KEY_LIFE, Event, Misused, TryLater, Unknown
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from tests.plumbing.gateway import stripe_shapes as shapes
from tests.plumbing.gateway.stripe_endpoints import Answer, Endpoints, Form, Refused

API_KEY = "sk_test_of_nobody"
EVENT_SECRET = "whsec_of_nobody"
# `unheard`: it has not arrived. `lost`: done, and the answer lost. `garbled`: done, and the answer is no JSON.
Fault = Literal["unheard", "lost", "garbled", "in_use", "busy", "broken", "locked", "forbidden"]
FAULTS: dict[str, Answer] = {
    "in_use": (409, shapes.refusal("idempotency_error", "There is another request.", "idempotency_key_in_use")),
    "locked": (429, shapes.refusal("invalid_request_error", "Another process holds it.", "lock_timeout")),
    "busy": (429, shapes.refusal("invalid_request_error", "Too many requests.", "rate_limit")),
    "broken": (500, shapes.refusal("api_error", "Something went wrong.")),
    "forbidden": (403, shapes.refusal("invalid_request_error", "The key lacks a permission.")),
}
REUSED = "Keys for idempotent requests can only be used with the same parameters they were first used with."
USED_UP = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again."
)


@dataclass(frozen=True)
class Request:
    """One that was carried, its form taken apart."""

    method: str
    path: str
    form: Form
    headers: dict[str, str]


@dataclass
class Kept:
    """What is known under a key."""

    asked: tuple[str, Form]
    at: datetime
    answer: Answer | None = None


@dataclass
class Line:
    """What was carried, what is kept, and what is to go wrong. `meanwhile`: what somebody else does, just before the
    next change arrives."""

    requests: list[Request] = field(default_factory=list)
    keys: dict[str, Kept] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)
    meanwhile: Callable[[], object] | None = None


class StripeWire(stripe.HTTPClient):
    name = "wire"

    def __init__(self, provider: SimulatedProvider, *, most_on_a_page: int = 2) -> None:
        super().__init__()
        self.provider, self.line = provider, Line()
        self.endpoints = Endpoints(provider, most_on_a_page)

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> tuple[str, int, dict[str, str]]:
        parts = urlsplit(url)
        form = dict(parse_qsl(post_data or parts.query, keep_blank_values=True))
        request = Request(method, parts.path.removeprefix("/v1/"), form, dict(headers))
        self.line.requests.append(request)
        fault = self.line.faults.popleft() if self.line.faults else None
        if method == "post" and self.line.meanwhile:
            self.line.meanwhile()
        if fault == "unheard":
            raise stripe.APIConnectionError("Nobody answers.")
        status, body = FAULTS[fault] if fault in FAULTS else self._answered(request)
        if fault == "lost":
            raise stripe.APIConnectionError("Read timed out.")
        text = "<html>Bad gateway</html>" if fault == "garbled" else json.dumps(body)
        return text, status, {"Request-Id": f"req_{len(self.line.requests)}"}

    def signed(self, event: Event, at: datetime) -> tuple[dict[str, str], bytes]:
        """Headers and body, as Stripe posts them."""
        found = next(one for one in self.provider.look_up(event.about, None) if one.reference == event.reference)
        return shapes.signed(event, self.endpoints.shape(found, expanded=False), EVENT_SECRET, at)

    def _answered(self, request: Request) -> Answer:
        if request.headers["Authorization"] != f"Bearer {API_KEY}":
            return 401, shapes.refusal("invalid_request_error", "Invalid API Key provided.")
        try:
            return self._kept(request) if request.method == "post" else self.endpoints.get(request.path, request.form)
        except Refused as refused:
            return refused.answer

    def _kept(self, request: Request) -> Answer:
        """The answer to the first ask under this key, within a day. A refusal of the form leaves the key free."""
        key, now, asked = request.headers["Idempotency-Key"], self.provider.clock.now(), (request.path, request.form)
        if key not in self.line.keys or now - self.line.keys[key].at >= KEY_LIFE:
            self.line.keys[key] = Kept(asked, now)
        kept = self.line.keys[key]
        if kept.asked != asked:
            return 400, shapes.refusal("idempotency_error", REUSED)
        if kept.answer is None:
            try:
                kept.answer = self._done(request, key)
            except Refused:
                del self.line.keys[key]
                raise
        return kept.answer

    def _done(self, request: Request, key: str) -> Answer:
        try:
            return self.endpoints.post(request.path, request.form, key)
        except Misused as misused:
            used_up = "was not saved" in str(misused)
            raise Refused(400, USED_UP if used_up else str(misused)) from misused
        except TryLater as busy:
            raise Refused(429, "Too many requests.", "rate_limit") from busy
        except Unknown as unknown:
            if self._stored_5xx(key):
                return FAULTS["broken"]
            raise stripe.APIConnectionError("Read timed out.") from unknown

    def _stored_5xx(self, key: str) -> bool:
        found = (document for document in self.endpoints.documents() if key in document["keys"])
        return any("unknown" in document["keys"][key]["answer"] for document in found)
