"""Pre-orders as their fan sees them."""

from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids
from chalicelib.manufacturing import tracing
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import placing, rules, store
from chalicelib.preorders.model import Preorder, PreorderLine, Promise

KEPT_SECONDS = 60


def settings_of(ports: Ports, campaign_id: str, number: int, *, moves: int = 0) -> tuple[Campaign, Batch]:
    """Campaign and batch for what of them never changes once the pre-sale is open: features, prices, plans; and at
    least so many moves of the ship date."""
    known = ports.memory.recall(("settings", campaign_id), seconds=KEPT_SECONDS)
    if known is None or any(one.number == number and len(one.dates) < moves for one in known.batches):
        since = ports.clock.now()
        known = batches.sale(ports.table, ports.memory, campaign_id, seconds=0)
        ports.memory.keep(("settings", campaign_id), known, since=since)
    return known.campaign, next(batch for batch in known.batches if batch.number == number)


def show(ports: Ports, fan_id: str, preorder_id: str) -> Preorder:
    """Refuses with PreorderMissing, for what never got room as for another's."""
    found = shown(ports, store.get(ports.table, fan_id, preorder_id))
    if found is None:
        raise rules.PreorderMissing
    return _traced(ports, found)


def list_own(ports: Ports, fan_id: str, *, cursor: str | None, limit: int) -> tuple[list[Preorder], str | None]:
    """The fan's pre-orders, those of the newest campaign first, and the cursor to go on with."""
    promises, next_cursor = store.list_own(ports.table, fan_id, cursor=cursor, limit=limit)
    found = [shown(ports, promise) for promise in promises]
    return [_traced(ports, preorder) for preorder in found if preorder is not None], next_cursor


def shown(ports: Ports, promise: Promise) -> Preorder | None:
    """A pre-order as it stands, or None when it has no room (yet)."""
    if promise.state == "refused":
        return None
    placed = placing.as_placed(ports, promise) if promise.batch_number is None else _as_written(promise)
    if placed is None:
        return None
    names = ("address", "chosen", "refund_wanted")
    told: dict[str, Any] = {name: getattr(promise, name) for name in names}
    if promise.state != "wanted":
        told |= {"state": promise.state, "reason": promise.reason, "final_total_minor": promise.final_total_minor}
        told |= {"settled_lines": promise.settled_lines, "moves": promise.moves}
    return placed.model_copy(update=told)


def _traced(ports: Ports, found: Preorder) -> Preorder:
    """With the lines of the manufacturing order that it became part of."""
    if found.state != "ordered":
        return found
    order_id = ids.order_id(found.campaign_id, found.batch_number, revision=1)
    numbers = [tracing.line_of(ports, order_id, line.variant) for line in found.lines]
    lines = [line.model_copy(update={"order_line": one}) for line, one in zip(found.lines, numbers, strict=True)]
    return found.model_copy(update={"lines": tuple(lines)})


def _as_written(promise: Promise) -> Preorder:
    lines = tuple(PreorderLine.model_validate(line.model_dump()) for line in promise.lines)
    return Preorder.model_validate({**promise.model_dump(), "lines": lines})
