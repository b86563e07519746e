"""Referees for the decisions at the lock: slow, short, and of another kind than what they judge."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from chalicelib.batches.clearing import Bid
from chalicelib.batches.runs import Run, Wanted, WantedLine
from chalicelib.campaigns.model import Tier

Kept = tuple[tuple[str, int], ...]


def clearings(bids: Sequence[Bid], ladder: tuple[Tier, ...], minimum: int) -> Iterator[tuple[int, int, frozenset[str]]]:
    """(units, price, ids) of every set of bids at every tier that would be a fair clearing: tried one by one."""
    every = (set(some) for size in range(1, len(bids) + 1) for some in combinations(bids, size))
    for taken, place in product(every, range(len(ladder))):
        price, units = ladder[place].unit_price_minor, sum(bid.units for bid in taken)
        beyond = ladder[place + 1].from_units if place + 1 < len(ladder) else units + 1
        content = {bid for bid in bids if bid.cap_minor is None or bid.cap_minor >= price}
        if units >= minimum and ladder[place].from_units <= units < beyond and taken == content:
            yield units, price, frozenset(bid.preorder_id for bid in taken)


def used(run: Run, kept: Iterable[Kept]) -> int:
    return sum(run.uses.get(variant, 0) * quantity for lines in kept for variant, quantity in lines)


def is_feasible(kept: Iterable[Kept], runs: Sequence[Run], *, minimum: int, capacity: int) -> bool:
    listed = list(kept)
    units = sum(quantity for lines in listed for _, quantity in lines)
    met = all(used(run, listed) == 0 or used(run, listed) >= run.minimum for run in runs)
    return met and (units == 0 or minimum <= units <= capacity)


def consented(line: WantedLine) -> list[tuple[str, int]]:
    """Everything that the fan has agreed to for one line."""
    variants = dict.fromkeys([line.variant, line.second or line.variant])
    return list(product(variants, range(line.quantity, line.up_to + 1)))


def most_kept(wanted: Sequence[Wanted], runs: Sequence[Run], *, minimum: int, capacity: int) -> int:
    """The most wished-for units that can stay, over everything that all fans have agreed to.

    What is used of each run is all that matters of those who came before, so that equal sums are tried once. The sums
    of one choice are digits of one number, the units of the batch the highest: adding two choices is adding them.
    """
    batch = len(runs)
    reached = {0: 0}
    for one in wanted:
        added = {_digits(kept, runs) for kept in product(*map(consented, one.lines))}
        grown = dict(reached)
        for (sums, units), more in product(reached.items(), added):
            total = sums + more
            if total >> DIGIT * batch <= capacity and grown.get(total, 0) < units + one.units:
                grown[total] = units + one.units
        reached = grown
    floors = [*(run.minimum for run in runs), minimum]
    return max(units for sums, units in reached.items() if _met(sums, floors))


DIGIT = 16


def _digits(kept: Kept, runs: Sequence[Run]) -> int:
    sums = [*(used(run, [kept]) for run in runs), sum(quantity for _, quantity in kept)]
    return sum(one << DIGIT * place for place, one in enumerate(sums))


def _met(sums: int, floors: Sequence[int]) -> bool:
    each = ((sums >> DIGIT * place) % (1 << DIGIT) for place in range(len(floors)))
    return all(one == 0 or one >= floor for one, floor in zip(each, floors, strict=True))
