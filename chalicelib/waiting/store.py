"""The waiting list in the table: an item in one of the list's parts while a fan waits, and beside it the fan's own
entry, which stays. Both move together."""

from collections.abc import Iterator
from heapq import merge
from typing import Any

from chalicelib.kernel import ids, instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import Condition, absent, equals, exists
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, deleting, putting
from chalicelib.preorders.offer import Offer
from chalicelib.waiting.model import Entry, EntryState, Waiter
from chalicelib.waiting.rules import AlreadyWaiting, EntryMissing

DUE = "DUE#OFFER"
READ_AHEAD = 25
MOST_COUNTED = 32


def joining(entry: Entry, before: Entry | None) -> tuple[Write, Write]:
    """A new entry at the end of the list, in the place of one that is over. Refuses with AlreadyWaiting."""
    whose = {"fan_id": entry.fan_id}
    waits = Waiter.model_validate({**entry.model_dump(), **whose}).model_dump(mode="json", exclude_none=True)
    own = entry.model_dump(mode="json", exclude_none=True)
    own |= {"digest": entry.digest, "fingerprint": entry.fingerprint}
    key = keys.waiting(entry.campaign_id, entry.fan_id, entry.entry_id)
    return (
        putting(key, {**waits, **whose, "kind": "waiting"}, refusal=AlreadyWaiting),
        putting(
            _key(entry),
            {**own, **whose, "kind": "waiting_entry"},
            refusal=AlreadyWaiting,
            provided=[absent()] if before is None else _as(before),
        ),
    )


def leaving(entry: Entry) -> tuple[Write, Write]:
    """waiting -> left."""
    return _off_the_list(entry), changing(_key(entry), put={"state": "left"}, provided=_as(entry))


def offering(waiter: Waiter, offer: Offer) -> tuple[Write, Write]:
    """waiting -> offered, due at its end (index gsi2, see `list_due`)."""
    put = {"state": "offered", **offered(offer, waiter.entry_id)}
    conditions = [equals("entry_id", waiter.entry_id), equals("state", "waiting")]
    return _off_the_list(waiter), changing(_key(waiter), put=put, provided=conditions)


def offered(offer: Offer, entry_id: str) -> dict[str, Any]:
    """What an entry puts when it is offered a place."""
    due = f"{instants.text(offer.until)}#{entry_id}"
    return {"offer": offer.model_dump(mode="json"), "gsi2pk": DUE, "gsi2sk": due}


def ending(entry: Entry, end: EntryState) -> Write:
    """offered -> taken, lapsed or left."""
    return changing(_key(entry), put={"state": end, "gsi2pk": None, "gsi2sk": None}, provided=_as(entry))


def _off_the_list(waiter: Waiter) -> Write:
    key = keys.waiting(waiter.campaign_id, waiter.fan_id, waiter.list_id)
    return deleting(key, provided=[exists()], refusal=Busy)


def _as(entry: Entry) -> list[Condition]:
    return [equals("entry_id", entry.entry_id), equals("state", entry.state)]


def _key(waiter: Waiter) -> keys.Key:
    if waiter.wave is not None:
        return keys.draw_entry(waiter.campaign_id, waiter.wave, waiter.entry_id)
    return keys.waiting_entry(waiter.fan_id, waiter.campaign_id)


def find(table: Table, fan_id: str, campaign_id: str) -> Entry | None:
    found = table.get(keys.waiting_entry(fan_id, campaign_id)) if ids.is_uuid(campaign_id) else None
    return Entry.model_validate(found) if found else None


def get(table: Table, fan_id: str, campaign_id: str) -> Entry:
    """Refuses with EntryMissing."""
    found = find(table, fan_id, campaign_id)
    if found is None:
        raise EntryMissing
    return found


def in_order(table: Table, campaign_id: str) -> Iterator[Waiter]:
    """Who waits, in the order of joining. Strongly consistent; reads on as it is asked for more."""
    parts = (_part(table, campaign_id, part) for part in range(keys.WAITING_LISTS))
    return merge(*parts, key=lambda waiter: waiter.list_id)


def _part(table: Table, campaign_id: str, part: int) -> Iterator[Waiter]:
    after = None
    while True:
        page = table.query(keys.waiting_list(campaign_id, part), after=after, limit=READ_AHEAD)
        yield from (Waiter.model_validate(found) for found in page.items)
        if not page.last:
            return
        after = page.last["sk"]


def ahead(table: Table, entry: Entry) -> tuple[int, bool]:
    """How many wait before this one, and whether these are all: 32 of each part are counted."""
    total, exact = 0, True
    for part in range(keys.WAITING_LISTS):
        page = table.query(keys.waiting_list(entry.campaign_id, part), limit=MOST_COUNTED)
        before = sum(found["sk"] < entry.list_id for found in page.items)
        total += before
        exact &= before < len(page.items) or not page.last
    return total, exact


def list_due(table: Table, now: str, *, limit: int) -> list[Entry]:
    """Offers whose time has gone by."""
    page = table.query_index("gsi2", DUE, up_to=f"{now}~", limit=limit)  # the very moment belongs to the clock
    return [Entry.model_validate(found) for found in page.items]
