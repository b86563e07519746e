"""How the waiting list is joined, and who is offered what. Pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Conflict, Missing, Refusal
from chalicelib.preorders import quoting
from chalicelib.preorders.model import NewPreorder, WantedLine
from chalicelib.preorders.rules import units_of
from chalicelib.waiting.model import Entry, NewEntry, Waiter

# One transaction of DynamoDB takes 100 items: the batch, and two for each offer.
MOST_OFFERS = 40
# So many are asked at most before it is given up for this time to find one who takes what is free.
MOST_ASKED = 2_000


class RoomLeft(Conflict):
    """Refused: nobody needs to wait while there is room."""

    sentence = "There is room for this: pre-order now. The waiting list opens once the room is gone."


class AlreadyWaiting(Conflict):
    """Refused: a fan has one entry in the waiting list of a campaign."""

    sentence = (
        "You are on the waiting list of this campaign, or have an offer. Leave it first to wait for something else."
    )


class EntryMissing(Missing):
    """Refused: the fan has never joined this waiting list, or has no entry in this draw."""

    sentence = "You are not on the waiting list of this campaign."


class Chosen(NamedTuple):
    """Who is offered how many units."""

    waiter: Waiter
    units: int


class Choice(NamedTuple):
    """The next offers, and whether there is anybody at all who waits for room in this batch."""

    offers: list[Chosen]
    waited_for: bool


def wanted(new: NewEntry) -> NewPreorder:
    """The pre-order that would accept an offer of all that is waited for."""
    return NewPreorder(
        lines=tuple(WantedLine(variant=line.variant, quantity=line.quantity) for line in new.lines),
        accepts_total_minor=new.accepts_total_minor,
        accepts_ships_at=new.accepts_ships_at,
        country=new.country,
        access_code=new.access_code,
    )


def fingerprint(new: NewEntry) -> str:
    """Tells two bodies apart, but for the access code."""
    sent = json.dumps(new.model_dump(mode="json", exclude_unset=True, exclude={"access_code"}), sort_keys=True)
    return hashlib.sha256(sent.encode()).hexdigest()[:32]


def accepts(campaign: Campaign, batch: Batch, waiter: Waiter) -> bool:
    """Whether the fan would take room in this batch, on the terms that were named on joining."""
    try:
        quoted = quoting.quote(campaign, batch, waiter.lines)
        quoting.check_accepted(quoted, total_minor=waiter.accepts_total_minor, ships_at=waiter.accepts_ships_at)
    except Refusal:
        return False
    return True


def choose(waiters: Iterable[Waiter], free: int) -> Choice:
    """Goes down the list: each is offered what was wanted, or what is left of it. What is too little for one who wants
    all or none goes on to the next; while somebody wants it, it is kept until enough has come together."""
    offers: list[Chosen] = []
    waited_for = False
    for waiter in waiters:
        waited_for = True
        units = min(waiter.units, free)
        if units == waiter.units or not waiter.all_or_none:
            offers.append(Chosen(waiter, units))
            free -= units
        if free == 0 or len(offers) == MOST_OFFERS:
            break
    return Choice(offers, waited_for)


def until(campaign: Campaign, batch: Batch, now: datetime) -> datetime:
    """How long an offer stands: the campaign's stated hours, but not beyond the batch."""
    return min(now + timedelta(hours=campaign.offer_hours), batch.closes_at)


def clipped(lines: Iterable[ClaimLine], units: int) -> tuple[ClaimLine, ...]:
    """The first of these lines that are so many units together."""
    found: list[ClaimLine] = []
    for line in lines:
        takes = min(line.quantity, units - units_of(tuple(found)))
        if takes:
            found.append(line.model_copy(update={"quantity": takes}))
    return tuple(found)


def is_over(entry: Entry, now: datetime) -> bool:
    """Whether an offer's time has gone by. What was taken until then counts; the clock clears up behind it."""
    return entry.state == "offered" and entry.offer is not None and now >= entry.offer.until
