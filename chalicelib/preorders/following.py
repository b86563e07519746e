"""Pre-orders follow their batch: locked and charged, ordered, or released when it falls short or is cancelled.

One message for each group of pages, so that a large batch is worked on side by side. The batch is re-read: an old
message does what is due now. Each pre-order moves by itself and conditionally, so that a repeated or interrupted
message only does what is left.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from chalicelib.batches import settlement_store as settlements
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.settling import Fate
from chalicelib.batches.wishes import Move
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import actions, choosing, quoting, rollover, rules, store
from chalicelib.preorders.model import Reason
from chalicelib.preorders.outcomes import Moved, SettledLine
from chalicelib.room import store as room
from chalicelib.room import wants
from chalicelib.room.model import Book, Claim, Spot
from chalicelib.room.rules import PAGES_PER_GROUP

Told = tuple[dict[str, Any], ...]
FOLLOWED = ("collecting", "ordered", *rules.RELEASED)


def enqueue(ports: Ports, batch: Batch) -> None:
    """Asks the worker to look at every group of a batch's pages."""
    for book in batch.shelf():
        for start in range(0, book.pages, PAGES_PER_GROUP):
            place: dict[str, str | int] = {"number": batch.number, "book": book.number, "page": start}
            ports.queues.send(ports.settings.following_queue, {"campaign_id": batch.campaign_id, **place})


def follow(ports: Ports, message: dict[str, Any]) -> None:
    """Moves the pre-orders of one group of pages to where their batch is, carries out what their fans chose, or rolls
    them over."""
    if "slip" in message:
        choosing.carry_out(ports, message)
        return
    if "roll_group" in message or "roll_after" in message:
        rollover.carry_out(ports, message)
        return
    campaign = campaigns.get(ports.table, message["campaign_id"])
    batch = batches.get(ports.table, campaign.campaign_id, message["number"])
    book = batch.shelf()[message["book"] - 1]
    fates = settlements.read(ports.table, batch, book=book.number, group=message["page"] // PAGES_PER_GROUP)
    troubles = [
        trouble
        for claim in _claims(ports, campaign.campaign_id, book, start=message["page"])
        if (trouble := _tried(partial(_follow, ports, campaign, batch, claim, fates.get(claim.ref, Fate()))))
    ]
    if troubles:
        raise troubles[0]


def _tried(act: Callable[[], None]) -> Exception | None:
    """What went wrong, to be raised when all are through: one pre-order that cannot be moved keeps no other."""
    try:
        act()
    except Busy as busy:
        return busy
    except Refusal:
        return None  # news that came too late, or twice
    except Exception as trouble:  # noqa: BLE001 - each pre-order for itself; the message comes again
        return trouble
    return None


def _follow(ports: Ports, campaign: Campaign, batch: Batch, claim: Claim, fate: Fate) -> None:
    if claim.state == "back":
        return
    if batch.state in rules.RELEASED:
        _release(ports, campaign, claim, rules.RELEASED[batch.state])
    elif batch.late and claim.state == "placed":
        missed = batch.secured_units < batch.needed
        # Only those: once the last of them is secured, the batch locks with it.
        _release(ports, campaign, claim, "minimum_missed" if missed else "batch_locked", only_placed=True)
    elif claim.state == "secured" and fate.left:
        _release(ports, campaign, claim, fate.left, moves=_told(campaign, fate.moves))
    elif claim.state == "secured" and batch.state == "collecting":
        _lock(ports, campaign, batch, claim, fate)
    elif claim.state == "collected" and batch.state == "ordered":
        _move(ports, campaign, batch, claim, fate)


def _claims(ports: Ports, campaign_id: str, book: Book, *, start: int) -> list[Claim]:
    """The pre-orders that begin on these pages."""
    pages = range(start, min(start + PAGES_PER_GROUP, book.pages))
    spots = [Spot(book.batch_number, book.number, page) for page in pages]
    sheets = room.read(ports.table, campaign_id, spots, consistent=True)
    return [claim for sheet in sheets for claim in sheet.claims.values() if claim.wants]


def _release(  # noqa: PLR0913 - whom, why, and how it is told
    ports: Ports,
    campaign: Campaign,
    claim: Claim,
    reason: Reason,
    *,
    only_placed: bool = False,
    moves: Told = (),
) -> None:
    preorder_id = ids.of_ref(campaign.campaign_id, claim.ref)
    try:
        actions.lapse(ports, claim.fan_id, preorder_id, reason=reason, only_placed=only_placed, moves=moves)
    except PaymentMoved:
        return  # declined at this very moment: that change rings by itself and lapses it


def _lock(ports: Ports, campaign: Campaign, batch: Batch, claim: Claim, fate: Fate) -> None:
    """secured -> locked, and the settled total is due. Once the time to mend it is over, the last try."""
    preorder_id = ids.of_ref(campaign.campaign_id, claim.ref)
    total, moved = _settled(campaign, batch, claim, fate, "locked")
    due = payments.becoming_due(
        preorder_id,
        total,
        at=ports.clock.now(),
        drop_at=batch.grace_until,
        reminder_hours=campaign.reminder_hours,
    )
    with suppress(rules.PreorderMissing):  # it is there already
        ports.table.commit(moved, due)
    if batch.prolonged_at is not None and batch.grace_until is not None:
        with suppress(PaymentMoved):  # paid, or told already
            ports.table.commit(payments.prolonging(preorder_id, batch.grace_until, at=ports.clock.now()))
    if batch.dropping:
        ports.table.commit(payments.last_try(preorder_id))


def _move(ports: Ports, campaign: Campaign, batch: Batch, claim: Claim, fate: Fate) -> None:
    _, moved = _settled(campaign, batch, claim, fate, "ordered")
    with suppress(rules.PreorderMissing):  # it is there already
        ports.table.commit(moved)


def _settled(
    campaign: Campaign, batch: Batch, claim: Claim, fate: Fate, end: Literal["ordered", "locked"]
) -> tuple[int, Write]:
    """What the pre-order costs as it is made, and the write that says so."""
    lines = tuple(_line(campaign, line) for line in fate.lines or wants.read(claim.wants))
    total = quoting.final_total_minor(campaign, batch, lines)
    return total, store.following(
        claim.fan_id,
        ids.of_ref(campaign.campaign_id, claim.ref),
        end,
        final_total_minor=total,
        lines=lines if fate.lines else (),
        moves=_told(campaign, fate.moves) if fate.lines else (),
    )


def _line(campaign: Campaign, line: tuple[str, int]) -> ClaimLine:
    return ClaimLine(variant=variants.read_code(campaign, line[0]), quantity=line[1])


def _told(campaign: Campaign, moves: tuple[Move, ...]) -> Told:
    """The moves as the fan reads them, and as they are stored with the pre-order."""
    shown = (
        Moved(
            line=move.line,
            kind=move.kind,
            was=SettledLine.model_validate(_line(campaign, move.was).model_dump()),
            now=SettledLine.model_validate(_line(campaign, move.now).model_dump()) if move.now else None,
            run=move.run,
            wanting=move.wanting,
        )
        for move in moves
    )
    return tuple(one.model_dump(mode="json", exclude_none=True) for one in shown)
