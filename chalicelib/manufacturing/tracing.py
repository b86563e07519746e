"""Which line of an order a variant stands on. Lines are written once, so that a container asks once."""

from chalicelib.campaigns import variants
from chalicelib.campaigns.variants import Variant
from chalicelib.manufacturing import store
from chalicelib.plumbing.ports import Ports

KEPT_SECONDS = 3600


def line_of(ports: Ports, order_id: str, variant: Variant) -> int | None:
    """The number of the line that makes this variant, or None when no line does. Refuses with OrderMissing."""
    known: dict[str, int] | None = ports.memory.recall(("order lines", order_id), seconds=KEPT_SECONDS)
    if known is None:
        since = ports.clock.now()
        known = {variants.name(line.variant): line.line for line in store.get(ports.table, order_id).lines}
        ports.memory.keep(("order lines", order_id), known, since=since)
    return known.get(variants.name(variant))
