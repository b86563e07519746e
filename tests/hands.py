"""What a test holds in its hand instead of the world: the clock, the ids, the manufacturer's endpoint."""

import base64
from datetime import UTC, datetime, timedelta

from chalicelib.plumbing.outbound import Answer, EndpointSilent

START = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
PROVIDER_SECRET = "only for tests"
SECRET = "whsec_" + base64.b64encode(b"only for tests, 24 bytes").decode()


class HandClock:
    """Stands still until a test moves it. Sleeping moves it too."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(milliseconds=int(seconds * 1000))

    def forward(self, **duration: float) -> None:
        self.moment += timedelta(**duration)


class CountedIds:
    """Ids in a row, in the form of UUIDv7."""

    def __init__(self) -> None:
        self.given = 0

    def new(self) -> str:
        self.given += 1
        return f"01900000-0000-7000-8000-{self.given:012x}"

    def secret(self) -> str:
        return f"{self.given:032x}"

    def jitter(self) -> float:
        return 0.5


class Endpoint:
    """The manufacturer's webhook, seen from the sender: notes each call and answers what the test wants."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.replies: list[int | EndpointSilent] = []

    def post(self, url: str, *, headers: dict[str, str], body: bytes) -> Answer:
        self.calls.append((url, dict(headers), body))
        reply = self.replies.pop(0) if self.replies else 204
        if isinstance(reply, EndpointSilent):
            raise reply
        return Answer(reply, b"")
