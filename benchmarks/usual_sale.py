"""The usual way to sell what is scarce, as a baseline: order and stock in one transaction, the stock one item."""

import itertools

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import at_most
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing, putting

STOCK = Key("S#1", "STOCK")


class SoldOut(Conflict):
    """Refused: nothing is left."""


class OrderedBefore(Conflict):
    """Refused: this fan has an order."""


def buy(table: Table, fan_id: str, *, capacity: int) -> str:
    """`accepted`, `repeated` or `sold out`; tried until it is one of them, with the back-off that AWS recommends: full
    jitter over 25 ms, doubled with each conflict, a second at most."""
    order = {"kind": "order", "fan_id": fan_id, "units": 1, "state": "placed", "variant": "black-180g"}
    for conflicts in itertools.count(1):
        try:
            table.commit(
                putting(Key(f"F#{fan_id}", "O#1"), order, refusal=OrderedBefore),
                changing(STOCK, add={"sold": 1}, provided=[at_most("sold", capacity - 1)], refusal=SoldOut),
            )
        except OrderedBefore:
            return "repeated"
        except SoldOut:
            return "sold out"
        except Busy:
            table.clock.sleep(table.ids.jitter() * min(1.0, 0.025 * 2 ** min(conflicts, 6)))
            continue
        return "accepted"
    raise AssertionError("it is tried for ever")
