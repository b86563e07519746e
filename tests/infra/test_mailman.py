"""The simulated provider's mailman brings every event, and is no better at it than a real one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import urllib3

from chalicelib.plumbing.gateway.port import Event, EventForged, Prepare
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from infra.local.mailman import Mailman
from tests.hands import HandClock

PREORDERS = 120


@dataclass
class Door:
    """Answers as ours does. `troubles`: so many posts fail before that."""

    provider: SimulatedProvider
    troubles: int = 0
    heard: list[Event] = field(default_factory=list)
    forged: list[bytes] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if self.troubles:
            self.troubles -= 1
            if self.troubles % 2:
                raise urllib3.exceptions.ProtocolError("reset by peer")
            return 503
        try:
            event = self.provider.read_event(headers, body, self.provider.clock.now())
        except EventForged:
            self.forged.append(body)
            return 403
        self.heard += [event] if event else []
        return 200


def eventful() -> SimulatedProvider:
    """A provider to whom something has happened for each of many pre-orders."""
    provider = SimulatedProvider(MemoryShelf(), HandClock(), lambda: "secret")
    for number in range(PREORDERS):
        provider.prepare(Prepare(f"k{number}", f"c.{number}", "EUR", "card"))
    return provider


def walked(provider: SimulatedProvider, door: Door, *, seed: int = 1, rounds: int = 10) -> Mailman:
    mailman, start = Mailman(provider, door.take, seed), provider.clock.now() - timedelta(minutes=1)
    for steady in range(rounds):
        mailman.collect(start, float(steady))
        mailman.deliver(provider.clock.now(), float(steady))
    return mailman


def test_every_event_is_heard_some_twice_and_some_in_another_order() -> None:
    provider = eventful()
    door = Door(provider)
    walked(provider, door)
    happened = [event.event_id for event in provider.events(provider.clock.now() - timedelta(minutes=1))]
    heard = [event.event_id for event in door.heard]
    assert set(heard) == set(happened)
    assert set(Counter(heard).values()) == {1, 2}
    assert list(dict.fromkeys(heard)) != happened


def test_some_come_late() -> None:
    provider = eventful()
    door = Door(provider)
    walked(provider, door, rounds=1)
    assert 0 < len({event.event_id for event in door.heard}) < PREORDERS


def test_forged_ones_are_refused_and_not_posted_again() -> None:
    provider = eventful()
    door = Door(provider)
    mailman = walked(provider, door)
    assert (mailman.refused, mailman.believed) == (len(door.forged), 0)
    assert len(door.forged) == len(set(door.forged)) > 0


def test_a_forged_one_that_is_believed_is_noticed() -> None:
    provider = eventful()
    mailman = Mailman(provider, lambda _headers, _body: 200)
    mailman.collect(provider.clock.now() - timedelta(minutes=1), 0.0)
    mailman.deliver(provider.clock.now(), 0.0)
    assert (mailman.refused, mailman.believed > 0) == (0, True)


def test_what_was_not_taken_comes_again() -> None:
    provider = eventful()
    door = Door(provider, troubles=300)
    mailman = walked(provider, door, rounds=20)
    assert len({event.event_id for event in door.heard}) == PREORDERS
    assert mailman.posted == len(door.heard)
    assert mailman.refused == len(door.forged) > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_is_the_same_round(seed: int) -> None:
    rounds = []
    for _ in range(2):
        provider = eventful()
        door = Door(provider)
        walked(provider, door, seed=seed)
        rounds.append([event.event_id for event in door.heard])
    assert rounds[0] == rounds[1]
