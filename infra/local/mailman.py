"""The simulated provider's mailman: posts its events to the door for them, no better than a real one.

Drawn from one seed: some late, some twice, some in another order; some are forged by a stranger, and must be refused.
What is not answered with a success is posted again.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import urllib3

from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.gateway.simulated import SimulatedProvider

Post = Callable[[dict[str, str], bytes], int]
PATH = "/v1/payments/events"
_LATE, _TWICE, _FORGED = 0.15, 0.15, 0.08
_LATEST_SECONDS, _AGAIN_SECONDS, _ROUND_SECONDS, _JOIN_SECONDS = 2.0, 2.0, 0.7, 10.0
# What the provider wrote down so long ago may only now have become visible.
_LOOKS_BACK = timedelta(seconds=30)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One delivery of an event. `due`: seconds of the machine's own steady clock."""

    event: Event
    due: float
    forged: bool = False


@dataclass
class Mailman:
    """`collect` finds what has happened, `deliver` posts what is due. One thread only."""

    provider: SimulatedProvider
    post: Post
    seed: int = 1
    posted: int = 0
    refused: int = 0
    # Forged letters that were taken for true. Must be 0.
    believed: int = 0
    _known: set[str] = field(default_factory=set)
    _bag: list[Letter] = field(default_factory=list)
    _chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)  # noqa: S311 - to be repeated

    def collect(self, since: datetime, steady: float) -> None:
        """Puts each new event into the bag, once or twice, and here and there a forged one beside it."""
        for event in self.provider.events(since):
            if event.event_id not in self._known:
                self._known.add(event.event_id)
                self._bag += self._letters(event, steady)

    def _letters(self, event: Event, steady: float) -> Iterator[Letter]:
        late = self._chance.uniform(1.0, _LATEST_SECONDS) if self._chance.random() < _LATE else 0.0
        yield Letter(event, steady + late)
        if self._chance.random() < _TWICE:
            yield Letter(event, steady + self._chance.uniform(0.0, _LATEST_SECONDS))
        if self._chance.random() < _FORGED:
            invented = replace(event, event_id=f"evt_forged_{event.event_id}", kind="payment_intent.succeeded")
            yield Letter(invented, steady, forged=True)

    def deliver(self, now: datetime, steady: float) -> None:
        """Posts what is due, in any order, each signed at this moment."""
        due = [letter for letter in self._bag if letter.due <= steady]
        self._bag = [letter for letter in self._bag if letter.due > steady]
        for letter in self._chance.sample(due, len(due)):
            sender = replace(self.provider, secret=lambda: "stranger") if letter.forged else self.provider
            status = self._status(*sender.signed(letter.event, now))
            if letter.forged and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self._note_forged(letter, status)
            elif status >= HTTPStatus.BAD_REQUEST:
                _log.warning("event %s was answered %s: posted again", letter.event.event_id, status)
                self._bag.append(replace(letter, due=steady + _AGAIN_SECONDS))
            else:
                self.posted += 1

    def _status(self, headers: dict[str, str], body: bytes) -> int:
        try:
            return self.post(headers, body)
        except urllib3.exceptions.HTTPError:
            return HTTPStatus.INTERNAL_SERVER_ERROR

    def _note_forged(self, letter: Letter, status: int) -> None:
        if status == HTTPStatus.FORBIDDEN:
            self.refused += 1
            return
        self.believed += 1
        _log.error("a forged event was answered %s: %s", status, letter.event)


def posting_to(url: str) -> Post:
    """Posts to the door of this API, to the byte."""
    pool = urllib3.PoolManager(maxsize=1, retries=False, timeout=urllib3.Timeout(30.0))
    return lambda headers, body: pool.request("POST", f"{url}{PATH}", body=body, headers=headers).status


@contextmanager
def walking(provider: SimulatedProvider, url: str) -> Iterator[Mailman]:
    """Rounds in a thread of its own until the end; the letters that are in the bag by then are lost."""
    mailman, stop = Mailman(provider, posting_to(url)), threading.Event()
    thread = threading.Thread(target=_walk, args=(mailman, stop), name="mailman", daemon=True)
    thread.start()
    try:
        yield mailman
    finally:
        stop.set()
        thread.join(_JOIN_SECONDS)
        told = (mailman.posted, mailman.refused, mailman.believed)
        _log.info("%d events were posted; of forged ones %d were refused and %d believed", *told)


def _walk(mailman: Mailman, stop: threading.Event) -> None:
    while not stop.wait(_ROUND_SECONDS):
        try:
            mailman.collect(mailman.provider.clock.now() - _LOOKS_BACK, time.monotonic())
            mailman.deliver(mailman.provider.clock.now(), time.monotonic())
        except Exception:  # noqa: BLE001 - one bad round must not end the walking
            if not stop.is_set():
                _log.exception("a round of the mailman failed")
