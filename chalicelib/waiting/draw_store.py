"""Draws in the table: their entries, the list as it was when the wave closed, and what became of it.

An entry is one item under its pseudonym from entering to taking, so that its fan finds it. The list is written once,
page after page, and never changed; ranks are written beside it before anybody may read them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib.campaigns import waves
from chalicelib.campaigns.draws import DUE
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import absent, absent_or_equals, equals, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting
from chalicelib.preorders.offer import Offer
from chalicelib.waiting import draw, store
from chalicelib.waiting.draw_rules import EntriesClosed
from chalicelib.waiting.model import DrawHead, DrawState, Entry, EntryState, Waiter
from chalicelib.waiting.rules import is_over

READ_AHEAD = 500
MANY = 100


def entering(entry: Entry, wave: int) -> Write:
    """The fan's one entry in a draw, whatever it was before. Refuses with EntriesClosed once it has been drawn."""
    own = entry.model_dump(mode="json", exclude_none=True) | {"fan_id": entry.fan_id, "kind": "draw_entry"}
    undrawn = [absent_or_equals("kind", "draw_entry")]
    key = keys.draw_entry(entry.campaign_id, wave, entry.entry_id)
    return putting(key, own, provided=undrawn, refusal=EntriesClosed)


def find_entry(table: Table, campaign_id: str, wave: int, entry_id: str) -> Entry | None:
    found = table.get(keys.draw_entry(campaign_id, wave, entry_id))
    return Entry.model_validate(found) if found else None


def entries_of(table: Table, head: DrawHead, drawn: Iterable[draw.DrawnEntry]) -> dict[str, Entry]:
    """At most a hundred entries by id."""
    asked = [keys.draw_entry(head.campaign_id, head.wave, one.entry_id) for one in drawn]
    found = table.get_many(asked, consistent=True) if asked else []
    return {item["entry_id"]: Entry.model_validate(item) for item in found if item}


def is_waited(table: Table, campaign: Campaign, fan_id: str, now: datetime) -> bool:
    """Whether the fan waits by an entry of a draw, or has an offer by one."""
    for wave in waves.drawn(campaign.waves, now):
        own = waves.pseudonym(campaign.ballot_salt, wave.number, fan_id)
        entry = find_entry(table, campaign.campaign_id, wave.number, own)
        if entry and entry.state in ("waiting", "offered") and not is_over(entry, now):
            return True
    return False


# -- the draw as a whole ---------------------------------------------------------------------------------------------


def find(table: Table, campaign_id: str, wave: int) -> DrawHead | None:
    """None where nothing is drawn, or the pre-sale has not opened."""
    found = table.get(keys.draw(campaign_id, wave))
    return DrawHead.model_validate(found) if found else None


def get(table: Table, head: DrawHead) -> DrawHead:
    """The same draw as last written."""
    return DrawHead.model_validate(table.get(keys.draw(head.campaign_id, head.wave)))


def list_due(table: Table, now: str, *, limit: int) -> list[DrawHead]:
    page = table.query_index("gsi2", DUE, up_to=f"{now}~", limit=limit)
    return [DrawHead.model_validate(found) for found in page.items]


def seed(table: Table, head: DrawHead) -> str:
    """The secret: only for the clock that holds the draw."""
    found = table.get(keys.draw_seed(head.campaign_id, head.wave))
    assert found is not None
    return str(found["seed"])


def moving(head: DrawHead, end: DrawState, *, due_at: datetime | None, **put: Any) -> Write:
    """The next state; what follows is due from this moment on. Busy when somebody else has moved it on."""
    text = instants.text(due_at) if due_at else None
    due = f"{text}#{head.campaign_id}#{head.wave:02d}" if text else None
    put |= {"state": end, "due_at": text, "gsi2pk": DUE if due else None, "gsi2sk": due}
    return changing(keys.draw(head.campaign_id, head.wave), put=put, provided=[equals("state", head.state)])


# -- the list --------------------------------------------------------------------------------------------------------


def entered_after(table: Table, head: DrawHead, after: str) -> Iterator[draw.Entry]:
    """The entries that stand, behind this id, in the order of their ids. Strongly consistent."""
    for part in keys.DRAW_PARTS:
        if part < after[:1]:
            continue
        last: str | None = after if part == after[:1] else None
        while True:
            page = table.query(keys.draw_entries(head.campaign_id, head.wave, part), after=last, limit=READ_AHEAD)
            yield from (_line(found) for found in page.items if found["state"] == "entered")
            if not page.last:
                break
            last = page.last["sk"]


def _line(found: Mapping[str, Any]) -> draw.Entry:
    return draw.Entry(entry_id=found["entry_id"], units=found["units"], all_or_none=found["all_or_none"])


def listing(head: DrawHead, page: int, entries: Iterable[draw.Entry]) -> Write:
    """One page of the list, once. Busy when it has been written."""
    text = "\n".join(f"{one.entry_id} {one.units} {int(one.all_or_none)}" for one in entries)
    key = keys.draw_list(head.campaign_id, head.wave, page)
    return putting(key, {"kind": "draw_list", "entries": text}, refusal=Busy)


def _entries(item: Mapping[str, Any]) -> list[draw.Entry]:
    lines = (line.split() for line in item["entries"].split("\n"))
    return [draw.Entry(entry_id=name, units=int(units), all_or_none=whole == "1") for name, units, whole in lines]


def listed_up_to(table: Table, head: DrawHead) -> tuple[int, str]:
    """How many pages of the list have been written, and the last id on them."""
    pages = keys.draw_lists(head.campaign_id, head.wave)
    newest = table.query(pages, prefix="L#", limit=1, newest_first=True)
    if not newest.items:
        return 0, ""
    [item] = newest.items
    return int(item["sk"].removeprefix("L#")) + 1, _entries(item)[-1].entry_id


def read_list(table: Table, head: DrawHead, pages: int) -> list[list[draw.Entry]]:
    """The first so many pages of the list."""
    asked = [keys.draw_list(head.campaign_id, head.wave, page) for page in range(pages)]
    found = []
    for start in range(0, pages, MANY):
        found += [_entries(item) for item in table.get_many(asked[start : start + MANY], consistent=True) if item]
    return found


def ranking(head: DrawHead, page: int, drawn: Iterable[draw.DrawnEntry]) -> Write:
    """What becomes of the entries of one page: a function of list and seed, the same whoever writes it. Busy when it
    has been written."""
    text = "\n".join(f"{one.rank} {one.allotted}" for one in drawn)
    key = keys.draw_ranks(head.campaign_id, head.wave, page)
    return putting(key, {"kind": "draw_ranks", "drawn": text}, refusal=Busy)


def page_of(table: Table, head: DrawHead, page: int) -> list[draw.ListedEntry]:
    """A page that has been published; with ranks once the draw is held."""
    item = table.get(keys.draw_list(head.campaign_id, head.wave, page))
    listed = [draw.ListedEntry.model_validate(one.model_dump()) for one in _entries(item or {})]
    if head.seed is None:
        return listed
    ranks = table.get(keys.draw_ranks(head.campaign_id, head.wave, page)) or {}
    drawn = (line.split() for line in ranks["drawn"].split("\n"))
    return [
        one.model_copy(update={"rank": int(rank), "allotted": int(allotted)})
        for one, (rank, allotted) in zip(listed, drawn, strict=True)
    ]


# -- telling each entry what became of it ----------------------------------------------------------------------------


def telling(head: DrawHead, told: int) -> Write:
    """The entries of so many ranks know: in one transaction with them."""
    so_far = equals("told", head.told) if head.told else absent("told")
    return changing(
        keys.draw(head.campaign_id, head.wave), put={"told": told}, provided=[equals("state", "held"), so_far]
    )


def giving(head: DrawHead, drawn: draw.DrawnEntry, offer: Offer) -> Write:
    """entered -> offered."""
    return _becoming(head, drawn, "offered", store.offered(offer, drawn.entry_id))


def waiting_on(head: DrawHead, drawn: draw.DrawnEntry, entry: Entry, listed_as: str) -> tuple[Write, Write]:
    """entered -> waiting: on the list under this id. That wakes nobody: when all are told, the draw does."""
    whose = {"fan_id": entry.fan_id}
    waits = Waiter.model_validate({**entry.model_dump(), **whose, "listed_as": listed_as})
    item = waits.model_dump(mode="json", exclude_none=True) | whose | {"kind": "waiting_by_rank"}
    on_list = putting(keys.waiting(head.campaign_id, entry.fan_id, listed_as), item, refusal=Busy)
    return _becoming(head, drawn, "waiting", {"listed_as": listed_as}), on_list


def lapsing(head: DrawHead, drawn: draw.DrawnEntry) -> Write:
    """entered -> lapsed: the sale has ended before anything could be offered."""
    return _becoming(head, drawn, "lapsed", {})


def _becoming(head: DrawHead, drawn: draw.DrawnEntry, state: EntryState, put: dict[str, Any]) -> Write:
    """From here on it is an entry like those of the list."""
    put = {**put, "kind": "waiting_entry", "state": state, "rank": drawn.rank, "allotted": drawn.allotted}
    key = keys.draw_entry(head.campaign_id, head.wave, drawn.entry_id)
    return changing(key, put=put, provided=[one_of("state", ["entered", "withdrawn"])])
