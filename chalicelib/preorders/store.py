"""Pre-orders in the table, in their fan's own partition: what is another's cannot even be asked for."""

from typing import Any

from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids, keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import absent_or_at_most, equals, exists, one_of
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting
from chalicelib.preorders.model import Preorder, State
from chalicelib.preorders.rules import LimitReached, PreorderMissing


class AnsweredBefore(Conflict):
    """Refused: this idempotency key has an answer already; the first one stands."""


def answering(preorder: Preorder, idempotency_key: str, fingerprint: str) -> Write:
    """Keeps the first answer to a key, word for word. Refuses with AnsweredBefore."""
    key = keys.attempt(preorder.fan_id, preorder.campaign_id, idempotency_key)
    item = {"kind": "answer", "fingerprint": fingerprint, "answer": preorder.model_dump_json()}
    return putting(key, item, refusal=AnsweredBefore)


def find_answer(table: Table, fan_id: str, campaign_id: str, *, idempotency_key: str) -> dict[str, Any] | None:
    """{fingerprint, answer} of an earlier request with this key, or None."""
    return table.get(keys.attempt(fan_id, campaign_id, idempotency_key)) if ids.is_uuid(campaign_id) else None


def counting(campaign: Campaign, fan_id: str, units: int) -> Write:
    """Adds to the fan's units in this campaign. Refuses with LimitReached."""
    room = absent_or_at_most("units", campaign.limit_per_fan - units)
    put = {"kind": "fan_limit"}
    key = keys.fan_limit(fan_id, campaign.campaign_id)
    return changing(key, put=put, add={"units": units}, provided=[room], refusal=LimitReached)


def uncounting(preorder: Preorder) -> Write:
    """Takes the units back from the fan's count."""
    key = keys.fan_limit(preorder.fan_id, preorder.campaign_id)
    return changing(key, add={"units": -preorder.units}, provided=[exists()])


def placing(preorder: Preorder) -> Write:
    item = {**preorder.model_dump(mode="json", exclude_none=True), "kind": "preorder", "fan_id": preorder.fan_id}
    return putting(keys.preorder(preorder.fan_id, preorder.preorder_id), item, refusal=Busy)


def moving(preorder: Preorder, end: State, **put: Any) -> Write:
    """Moves the pre-order on if it is still in the state that was read."""
    key = keys.preorder(preorder.fan_id, preorder.preorder_id)
    return changing(key, put={"state": end, **put}, provided=[equals("state", preorder.state)])


def following(fan_id: str, preorder_id: str, end: State, *, final_total_minor: int) -> Write:
    """secured or locked -> locked or ordered, with the settled total, without a read."""
    starts = {"locked": ("secured",), "ordered": ("secured", "locked")}[end]
    put = {"state": end, "final_total_minor": final_total_minor}
    return changing(
        keys.preorder(fan_id, preorder_id), put=put, provided=[one_of("state", starts)], refusal=PreorderMissing
    )


def get(table: Table, fan_id: str, preorder_id: str) -> Preorder:
    """Refuses with PreorderMissing, for another's as for none."""
    found = table.get(keys.preorder(fan_id, preorder_id)) if ids.is_uuid(preorder_id) else None
    if found is None:
        raise PreorderMissing
    return Preorder.model_validate(found)


def list_own(table: Table, fan_id: str, *, cursor: str | None, limit: int) -> tuple[list[Preorder], str | None]:
    """The fan's pre-orders, newest first, and the cursor to go on with."""
    after = keys.preorder(fan_id, cursor).sk if cursor else None
    page = table.query(keys.fan(fan_id), prefix="O#", after=after, limit=limit, newest_first=True)
    preorders = [Preorder.model_validate(found) for found in page.items]
    return preorders, preorders[-1].preorder_id if page.last and preorders else None
