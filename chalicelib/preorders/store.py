"""Pre-orders in the table, in their fan's own partition: what is another's cannot even be asked for."""

from typing import Any

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns.slips import Chosen
from chalicelib.kernel import ids, keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import Condition, absent, absent_or_equals, equals, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, checking, putting
from chalicelib.preorders.model import Promise, State
from chalicelib.preorders.rules import PreorderMissing

MOST_IN_CAMPAIGN = 1000


class PlaceTaken(Conflict):
    """Refused: the fan has a pre-order in this place already, or another was changed meanwhile: look again."""


def promising(promise: Promise) -> Write:
    """Writes a pre-order down, before room is taken for it. Refuses with PlaceTaken."""
    item = {**promise.model_dump(mode="json", exclude_none=True, exclude_defaults=True), "kind": "preorder"}
    return putting(_key(promise), item, refusal=PlaceTaken)


def unchanged(first: Promise) -> Write:
    """Holds a transaction to the fan's units not having grown since this was read. Refuses with PlaceTaken."""
    grown = absent_or_equals("grown", first.grown) if first.grown == 0 else equals("grown", first.grown)
    return checking(_key(first), provided=[grown], refusal=PlaceTaken)


def growing(first: Promise) -> Write:
    """Tells whoever judges the fan's limit at this moment to look again."""
    condition = absent("grown") if first.grown == 0 else equals("grown", first.grown)
    return changing(_key(first), add={"grown": 1}, provided=[condition], refusal=PlaceTaken)


def next_place_free(campaign_id: str, fan_id: str, taken: int) -> Write:
    """Holds a transaction to the fan having no more pre-orders than these. Refuses with PlaceTaken."""
    key = keys.preorder(fan_id, ids.preorder_id(campaign_id, fan_id, taken))
    return checking(key, provided=[absent()], refusal=PlaceTaken)


def replanning(promise: Promise, path: str, *, placed_at: str, grows: bool, dated: dict[str, int]) -> Write:
    """refused -> wanted on another path, when nobody can take room on the old one any more. Refuses with PlaceTaken."""
    return changing(
        _key(promise),
        put={"state": "wanted", "path": path, "placed_at": placed_at, "dated": dated or None},
        add={"plan": 1} | ({"grown": 1} if grows else {}),
        provided=[_plan(promise), equals("state", promise.state)],
        refusal=PlaceTaken,
    )


def recutting(promise: Promise, again: Promise, *, grows: bool) -> Write:
    """wanted or refused -> wanted with other units on another path: of what may be split, when its old cut can have no
    room any more. Refuses with PlaceTaken."""
    told = again.model_dump(mode="json", exclude_none=True)
    names = ("state", "path", "placed_at", "lines", "units", "other_part", "accepts_total_minor")
    return changing(
        _key(promise),
        put={**{name: told.get(name) or None for name in names}, "dated": again.dated or None},
        add={"plan": 1} | ({"grown": 1} if grows else {}),
        provided=[_plan(promise), equals("state", promise.state)],
        refusal=PlaceTaken,
    )


def renewing(promise: Promise, renewed_at: str) -> Write:
    """wanted, as if it had just been written down. When it was placed stays: an answer may have said so by now. Refuses
    with PlaceTaken."""
    conditions = [_plan(promise), equals("state", "wanted")]
    return changing(
        _key(promise), put={"renewed_at": renewed_at}, add={"plan": 1}, provided=conditions, refusal=PlaceTaken
    )


def refusing(promise: Promise) -> Write:
    """wanted -> refused: there was no room on its path after all."""
    conditions = [_plan(promise), equals("state", "wanted")]
    return changing(_key(promise), put={"state": "refused"}, provided=conditions, refusal=PlaceTaken)


def _plan(promise: Promise) -> Any:
    return absent("plan") if promise.plan == 1 else equals("plan", promise.plan - 1)


def securing(promise: Promise, secured: Promise) -> Write:
    """wanted -> secured, with all that the batch decides."""
    told = secured.model_dump(mode="json", exclude_none=True)
    names = ("state", "batch_number", "lines", "total_most_minor", "ships_at", "pieces")
    return changing(
        _key(promise), put={name: told[name] for name in names}, provided=[equals("state", "wanted")], refusal=Busy
    )


def moving(promise: Promise, end: State, **put: Any) -> Write:
    """Moves the pre-order on if it is still in the state that was read, and unchanged."""
    return changing(_key(promise), put={"state": end, **put}, provided=_as_read(promise))


def editing(promise: Promise, edited: Promise, *, grows: bool) -> Write:
    """Writes down what the fan has changed, while the pre-order is as it was read. `grows`: it is the fan's first one,
    and whoever judges the fan's limit at this moment is to look again. Busy otherwise."""
    told = edited.model_dump(mode="json", exclude_none=True)
    names = ("lines", "units", "first", "pieces", "total_most_minor", "address", "household")
    unjudged = [equals("grown", promise.grown) if promise.grown else absent("grown")] if grows else []
    return changing(
        _key(promise),
        put={name: told[name] for name in names if told.get(name)},
        add={"edits": 1} | ({"grown": 1} if grows else {}),
        provided=[*_as_read(promise), *unjudged],
    )


def choosing(promise: Promise, chosen: Chosen) -> Write:
    """Notes a fan's answer to a slip of the ship date, while the pre-order is as it was read."""
    put = {"chosen": chosen.model_dump(mode="json")}
    return changing(_key(promise), put=put, add={"edits": 1}, provided=_as_read(promise))


def rolling_over(promise: Promise, moved: Promise, *, path: str) -> Write:
    """The pre-order in another batch, while it is as it was read and its fan does not want the money back. Busy
    otherwise."""
    told = moved.model_dump(mode="json", exclude_none=True)
    names = ("batch_number", "lines", "total_most_minor", "ships_at", "pieces", "dated")
    put = {name: told[name] for name in names}
    rolls = [{**roll.model_dump(mode="json"), "pieces": roll.pieces} for roll in moved.rolls]
    return changing(
        _key(promise),
        put={**put, "path": path, "rolls": rolls, "chosen": None},
        add={"edits": 1},
        provided=[*_as_read(promise), absent("refund_wanted")],
    )


def wanting_refund(promise: Promise) -> Write:
    """Notes that the fan wants the money back for what is being made."""
    return changing(_key(promise), put={"refund_wanted": True}, provided=_as_read(promise))


def _as_read(promise: Promise) -> list[Condition]:
    edits = equals("edits", promise.edits) if promise.edits else absent("edits")
    return [equals("state", promise.state), edits]


def following(  # noqa: PLR0913 - whose, and all that is settled
    fan_id: str,
    preorder_id: str,
    end: State,
    *,
    final_total_minor: int,
    lines: tuple[ClaimLine, ...] = (),
    moves: tuple[dict[str, Any], ...] = (),
) -> Write:
    """secured -> locked with the settled total, or paid -> ordered, without a read. `lines`: where others are made than
    were placed."""
    starts = {"locked": ("secured",), "ordered": ("paid",)}[end]
    put: dict[str, Any] = {"state": end, "final_total_minor": final_total_minor}
    if lines:
        settled = [line.model_dump(mode="json", include={"variant", "quantity"}) for line in lines]
        put |= {"settled_lines": settled, "moves": list(moves)}
    return changing(
        keys.preorder(fan_id, preorder_id), put=put, provided=[one_of("state", starts)], refusal=PreorderMissing
    )


def _key(promise: Promise) -> keys.Key:
    return keys.preorder(promise.fan_id, promise.preorder_id)


def as_promise(item: dict[str, Any]) -> Promise:
    """Stored plans count from nothing: most pre-orders have one."""
    return Promise.model_validate({**item, "plan": item.get("plan", 0) + 1})


def find(table: Table, fan_id: str, preorder_id: str) -> Promise | None:
    found = table.get(keys.preorder(fan_id, preorder_id)) if ids.is_preorder_id(preorder_id) else None
    return as_promise(found) if found else None


def get(table: Table, fan_id: str, preorder_id: str) -> Promise:
    """Refuses with PreorderMissing, for another's as for none."""
    found = find(table, fan_id, preorder_id)
    if found is None:
        raise PreorderMissing
    return found


def list_in_campaign(table: Table, fan_id: str, campaign_id: str) -> list[Promise]:
    """All that the fan has in this campaign, in their places."""
    if not ids.is_uuid(campaign_id):
        return []
    page = table.query(keys.fan(fan_id), prefix=keys.preorders(campaign_id), limit=MOST_IN_CAMPAIGN)
    return [as_promise(found) for found in page.items]


def list_own(table: Table, fan_id: str, *, cursor: str | None, limit: int) -> tuple[list[Promise], str | None]:
    """The fan's pre-orders, those of the newest campaign first, and the cursor to go on with."""
    after = keys.preorder(fan_id, cursor).sk if cursor else None
    page = table.query(keys.fan(fan_id), prefix="O#", after=after, limit=limit, newest_first=True)
    promises = [as_promise(found) for found in page.items]
    return promises, promises[-1].preorder_id if page.last and promises else None
