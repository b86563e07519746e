"""The campaigns that carry a replay, as their organiser moves them on."""

import math
from datetime import timedelta
from typing import Any

from chalicelib.kernel import instants
from tools.replay.calls import Unexpected
from tools.replay.session import STILL_SECONDS, Session

MOST_PER_FAN = 100_000
MOST_CAPACITY, MOST_BATCHES = 1_000_000, 50
UNIT_PRICE_MINOR = 1000
# All passes together, on a busy machine: patience, not a promise.
RECOUNTED_A_SECOND = 50

Ladder = list[dict[str, int]]


def ladder(capacity: int) -> Ladder:
    """Full price up to three quarters of a batch, then 10 % and, when it is full, 20 % less."""
    steps = {1: UNIT_PRICE_MINOR, max(2, capacity * 3 // 4): 900, max(3, capacity): 800}
    return [{"from_units": units, "unit_price_minor": price} for units, price in steps.items()]


def price_minor(steps: Ladder, units: int) -> int:
    """The unit price that so many units reach: the replay's own reading of the rule."""
    return [step["unit_price_minor"] for step in steps if step["from_units"] <= units][-1]


def capacity(session: Session, units: int, largest: int) -> int:
    """So that about as many batches as the session wants take the units, and the largest pre-order fits into one."""
    return min(MOST_CAPACITY, max(1, largest, math.ceil(units / session.batches)))


def batch_plans(session: Session, units: int, room: int) -> list[dict[str, Any]]:
    """Enough batches for the units, and a quarter more: large pre-orders leave gaps behind. Half of a batch is its
    minimum."""
    number = min(MOST_BATCHES, math.ceil(units / room) * 5 // 4 + 1)
    closes = session.clock.now() + timedelta(days=30)
    plan = {
        "minimum": max(1, room // 2),
        "capacity": room,
        "closes_at": instants.text(closes),
        "ships_at": instants.text(closes + timedelta(days=60)),
    }
    return [plan] * number


def open_voting(session: Session, title: str, features: list[dict[str, Any]], *, units: int, largest: int) -> Any:
    """Creates the campaign and opens its voting. Answers it."""
    room = capacity(session, units, largest)
    new = {
        "title": title,
        "currency": "EUR",
        "manufacturer_id": session.manufacturer_id,
        "limit_per_fan": MOST_PER_FAN,
        "features": features,
        "price_ladder": ladder(room),
        "batches": batch_plans(session, units, room),
    }
    campaign = session.calls.must("POST", "/v1/campaigns", token=session.organiser, body=new)
    return move(session, campaign["campaign_id"], "open-voting")


def move(session: Session, campaign_id: str, step: str) -> Any:
    """Answers the campaign after the step."""
    return session.calls.must("POST", f"/v1/campaigns/{campaign_id}/{step}", token=session.organiser)


def settle(session: Session, campaign_id: str, ballots: int = 0) -> None:
    """Ends voting and waits for the certified result. Raises Unexpected when none comes.

    Nothing is seen of a recount before its end, and on one machine its lanes do not run side by side.
    """
    move(session, campaign_id, "settle")

    def look() -> tuple[bool, str]:
        state = str(session.calls.must("GET", f"/v1/campaigns/{campaign_id}")["state"])
        return state == "settled", state

    if not session.wait(look, still_seconds=STILL_SECONDS + ballots / RECOUNTED_A_SECOND):
        raise Unexpected("The campaign was not settled: no recount has come.")
