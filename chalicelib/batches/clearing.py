"""Clearing: one price for all, and nobody above the own cap. Pure.

Fans may say up to which unit price they take part. At a price p those take part whose cap allows it: U(p) units, and as
p falls U(p) can only grow. A price holds when it is exactly the tier of U(p) units. Two things follow:

- Of two prices that hold the lower one has at least as many units. So the lowest is also the one of most units, and
  where it misses the minimum every other does too.
- The cheapest tier whose U(p) reaches its first unit holds. If U(p) reached an even cheaper tier, then at that one's
  price U would be no smaller and reach it as well, and p would not be the cheapest.

So the tiers are tried from the cheapest on and the first that is reached is the answer. To name the true cap is the
best that a fan can do: a lower one can only cost the place or raise the price, a higher one only force a price above
what was meant.

The price is settled once. When units leave afterwards it stays, although it would be another if asked anew.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from chalicelib.campaigns.model import Tier


class Bid(NamedTuple):
    """One pre-order's units, and the highest unit price, before surcharges, at which it takes part; None: at any."""

    preorder_id: str
    units: int
    cap_minor: int | None = None

    def allows(self, price_minor: int) -> bool:
        return self.cap_minor is None or self.cap_minor >= price_minor


class Clearing(NamedTuple):
    """The one price, before surcharges, the units that pay it, and the pre-orders taken and left, both by id."""

    unit_price_minor: int
    units: int
    taken: tuple[str, ...]
    left: tuple[str, ...]


def clear(bids: Iterable[Bid], ladder: tuple[Tier, ...], *, minimum: int) -> Clearing | None:
    """The price of most units, or None when no price brings the minimum (at least 1) together. Whatever the order of
    the bids; O(n log n)."""
    by_id = sorted(bids, key=lambda bid: bid.preorder_id)
    reached = _cheapest_reached(by_id, ladder)
    if reached is None or reached[1] < minimum:
        return None
    price, units = reached
    taken = tuple(bid.preorder_id for bid in by_id if bid.allows(price))
    left = tuple(bid.preorder_id for bid in by_id if not bid.allows(price))
    return Clearing(price, units, taken, left)


def _cheapest_reached(bids: list[Bid], ladder: tuple[Tier, ...]) -> tuple[int, int] | None:
    always = sum(bid.units for bid in bids if bid.cap_minor is None)
    capped = sorted((bid.cap_minor, bid.units) for bid in bids if bid.cap_minor is not None)
    caps = [cap for cap, _ in capped]
    below = [0, *accumulate(units for _, units in capped)]
    for step in reversed(ladder):
        units = always + below[-1] - below[bisect_left(caps, step.unit_price_minor)]
        if units >= step.from_units:
            return step.unit_price_minor, units
    return None
