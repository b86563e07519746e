"""Pre-orders as their fan sees them."""

from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import placing, rules, store
from chalicelib.preorders.model import Preorder, PreorderLine, Promise

KEPT_SECONDS = 60


def settings_of(ports: Ports, campaign_id: str, number: int) -> tuple[Campaign, Batch]:
    """Campaign and batch for what of them never changes once the pre-sale is open: features, prices, plans."""
    known = ports.memory.recall(("settings", campaign_id), seconds=KEPT_SECONDS)
    if known is None:
        since = ports.clock.now()
        known = batches.sale(ports.table, ports.memory, campaign_id, seconds=0)
        ports.memory.keep(("settings", campaign_id), known, since=since)
    return known.campaign, next(batch for batch in known.batches if batch.number == number)


def show(ports: Ports, fan_id: str, preorder_id: str) -> Preorder:
    """Refuses with PreorderMissing, for what never got room as for another's."""
    found = shown(ports, store.get(ports.table, fan_id, preorder_id))
    if found is None:
        raise rules.PreorderMissing
    return found


def list_own(ports: Ports, fan_id: str, *, cursor: str | None, limit: int) -> tuple[list[Preorder], str | None]:
    """The fan's pre-orders, those of the newest campaign first, and the cursor to go on with."""
    promises, next_cursor = store.list_own(ports.table, fan_id, cursor=cursor, limit=limit)
    found = [shown(ports, promise) for promise in promises]
    return [preorder for preorder in found if preorder is not None], next_cursor


def shown(ports: Ports, promise: Promise) -> Preorder | None:
    """A pre-order as it stands, or None when it has no room (yet)."""
    if promise.state == "refused":
        return None
    first = placing.first_answer(ports, promise) if promise.batch_number is None else _as_written(promise)
    if first is None or promise.state == "wanted":
        return first
    told = {"state": promise.state, "reason": promise.reason, "final_total_minor": promise.final_total_minor}
    return first.model_copy(update=told)


def _as_written(promise: Promise) -> Preorder:
    lines = tuple(PreorderLine.model_validate(line.model_dump()) for line in promise.lines)
    return Preorder.model_validate({**promise.model_dump(), "lines": lines})
