"""When a ship date slips: each fan of the batch may choose between waiting and the money, and what is chosen is carried
out.

The answer and its count are one transaction, which holds only while the time to answer runs. What follows from it can
be done again at any time: by the fan who answers again, and by the walk through the batch when the time is over.
"""

from typing import Any

from chalicelib.batches import promises
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.batches.promises import NothingToChoose
from chalicelib.batches.rules import BatchLocked
from chalicelib.campaigns.slips import Choice, Chosen
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions, reading, rules, store
from chalicelib.preorders.model import Preorder, Promise
from chalicelib.room import store as room
from chalicelib.room.model import Spot
from chalicelib.room.rules import PAGES_PER_GROUP

TRIES = 4


def choose(ports: Ports, fan_id: str, preorder_id: str, choice: Choice) -> Preorder:
    """Answers the latest slip; the same answer again is one. A refund is for good: before the lock the pre-order is
    withdrawn at once, from the lock on it is noted, and paid back as soon as its batch is ordered. Refuses with
    PreorderMissing, PreorderEnded, NothingToChoose."""
    for _ in range(TRIES):
        promise = store.get(ports.table, fan_id, preorder_id)
        shown = reading.shown(ports, promise)
        if shown is None:
            raise rules.PreorderMissing
        try:
            _answer(ports, promise, batches.get(ports.table, promise.campaign_id, shown.batch_number), choice)
            if choice == "refund":
                _refund(ports, fan_id, preorder_id)
        except Busy:
            continue
        return reading.show(ports, fan_id, preorder_id)
    raise Busy


def _answer(ports: Ports, promise: Promise, batch: Batch, choice: Choice) -> None:
    before, slip = promise.chosen, promises.open_slip(batch, _known(promise, batch), ports.clock.now())
    if before is not None and before.choice == choice and slip in (None, before.slip):
        return
    rules.check_choosable(promise)
    if slip is None:
        raise NothingToChoose
    counted = before.choice if before is not None and before.slip == slip else None
    chosen = Chosen(slip=slip, choice=choice, chosen_at=ports.clock.now())
    ports.table.commit(store.choosing(promise, chosen), promises.counting(batch, slip, choice, before=counted))
    telemetry.count(f"slips_answered_{choice}")


def _known(promise: Promise, batch: Batch) -> int:
    """How many moves of the ship date were known when it was placed."""
    return promise.known_moves(batch.number)


def _refund(ports: Ports, fan_id: str, preorder_id: str) -> None:
    try:
        actions.withdraw(ports, fan_id, preorder_id)
    except (BatchLocked, rules.PreorderEnded):
        promise = store.get(ports.table, fan_id, preorder_id)
        if promise.state not in rules.OVER and not promise.refund_wanted:
            ports.table.commit(store.wanting_refund(promise))


def enqueue(ports: Ports, campaign_id: str, number: int, slip: int) -> None:
    """Asks the worker to look at every group of the batch's pages: the time to answer this slip is over."""
    for book in batches.get(ports.table, campaign_id, number).shelf():
        for start in range(0, book.pages, PAGES_PER_GROUP):
            place = {"number": number, "book": book.number, "page": start, "slip": slip}
            ports.queues.send(ports.settings.following_queue, {"campaign_id": campaign_id, **place})


def carry_out(ports: Ports, message: dict[str, Any]) -> None:
    """Carries out what the pre-orders on one group of pages have answered, and what counts for those who said nothing.
    Repeated, it does what is left."""
    batch = batches.get(ports.table, message["campaign_id"], message["number"])
    book, slip = batch.shelf()[message["book"] - 1], message["slip"]
    pages = range(message["page"], min(message["page"] + PAGES_PER_GROUP, book.pages))
    spots = [Spot(batch.number, book.number, page) for page in pages]
    for sheet in room.read(ports.table, batch.campaign_id, spots, consistent=True):
        for claim in sheet.claims.values():
            if claim.wants and claim.state != "back":
                preorder_id = ids.of_ref(batch.campaign_id, claim.ref)
                _carry_out(ports, store.get(ports.table, claim.fan_id, preorder_id), batch, slip)


def _carry_out(ports: Ports, promise: Promise, batch: Batch, slip: int) -> None:
    if _known(promise, batch) >= slip:
        return  # who knew of the date has accepted it
    answered = promise.chosen if promise.chosen is not None and promise.chosen.slip >= slip else None
    if (answered.choice if answered else batch.dates[slip - 1].silence) == "refund":
        _refund(ports, promise.fan_id, promise.preorder_id)
