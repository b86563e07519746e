"""Figures side by side: what the input file implies, what the API says, and what is stored. A row must be equal."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.replay.campaigns import Ladder, price_minor
from tools.replay.presale import Presold
from tools.replay.retail import Orders
from tools.replay.sums import GONE, OrderSums, VoteSums

Value = int | Mapping[Any, int]
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Figure:
    """One figure as each source has it. A map (units by product) agrees when each of its entries does."""

    name: str
    values: dict[str, Value]

    @property
    def agrees(self) -> bool:
        found = [_without_zeros(value) for value in self.values.values()]
        return all(value == found[0] for value in found)

    def total(self, source: str) -> int | None:
        """What to print: a map is told by its sum."""
        value = self.values.get(source)
        return sum(value.values()) if isinstance(value, Mapping) else value

    def difference(self) -> str:
        """Where maps of equal sums differ: the first few entries."""
        maps = [dict(value) for value in self.values.values() if isinstance(value, Mapping)]
        entries = sorted({str(key) for one in maps for key in one if any(one.get(key) != two.get(key) for two in maps)})
        return ", ".join(entries[:5])


def _without_zeros(value: Value) -> Any:
    return {key: number for key, number in value.items() if number} if isinstance(value, Mapping) else value


def votes(
    ballots: int, expected: Counts, tally: VoteSums, result: VoteSums, stored: VoteSums | None
) -> Iterator[Figure]:
    """The live tally must have arrived where the certified count is. `ballots` and `expected` are what was sent."""
    sources = {"API: tally": tally, "API: result": result} | ({"stored": stored} if stored else {})
    yield Figure("ballots", {"sent": ballots, **{name: sums.ballots for name, sums in sources.items()}})
    for feature_id, counts in expected.items():
        found = {name: sums.votes.get(feature_id, Counter()) for name, sums in sources.items()}
        yield Figure(f"votes: {feature_id}", {"sent": counts, **found})


def orders(orders: Orders, presold: Presold, told: OrderSums, kept: OrderSums, source: str) -> Iterator[Figure]:
    """`told` by the API about batches and orders; `kept` is every pre-order by itself, from `source`."""
    outcome = presold.outcome
    implied = Counter(orders.ordered)
    implied.subtract(outcome.units_refused)
    implied.subtract(outcome.units_withdrawn)
    yield Figure("pre-orders placed", {"sent": outcome.placed, source: kept.preorders.total()})
    yield Figure("pre-orders withdrawn", {"sent": outcome.withdrawn, source: kept.preorders["withdrawn"]})
    yield Figure("units wanted in the end, by product", {"file": implied, source: kept.wanted_codes})
    yield Figure("units locked, by batch", {"API: batches": told.final_units(), source: kept.made_units})
    yield Figure("units ordered, by batch", {"API: orders": told.ordered_units, source: kept.made_units})
    yield Figure("units on order lines, by batch", {"API: orders": told.line_units, source: kept.made_units})
    yield Figure("units on order lines, by product", {"API: orders": told.ordered_codes, source: kept.made_codes})
    yield Figure("money ordered, by batch", _money(presold.ladder, told, kept, source))
    yield Figure("units above a capacity", {"rule": 0, source: kept.oversold().total()})
    yield Figure("pre-orders still on their way", {"rule": 0, source: kept.moving})


def _money(ladder: Ladder, told: OrderSums, kept: OrderSums, source: str) -> dict[str, Value]:
    units = kept.made_units
    by_rule = {number: count * price_minor(ladder, count) for number, count in units.items()}
    return {"rule": by_rule, "API: orders": told.ordered_minor, source: kept.made_minor}


def stored(told: OrderSums, kept: OrderSums) -> Iterator[Figure]:
    """What only a table can tell: its own counters, claims and payments against each other."""
    gone = sum(kept.preorders[state] for state in GONE)
    ordered = {number: batch for number, batch in kept.batches.items() if batch["state"] == "ordered"}
    held = {number: int(batch["held_units"]) for number, batch in ordered.items()}
    yield Figure("batches, by state", {"API: batches": told.batch_states(), "stored": kept.batch_states()})
    yield Figure("units claimed, by batch", {"stored: claims": kept.claimed_units, "stored": kept.promised_units})
    yield Figure("units held, by batch", {"stored: counters": held, "stored": kept.promised_units})
    yield Figure("units on stored lines, by batch", {"stored: lines": kept.line_units, "stored": kept.made_units})
    yield Figure("units, by fan", {"stored: claims": kept.fan_claims, "stored": kept.fan_units})
    settled = {"paid": kept.preorders.total() - gone, "released": gone}
    yield Figure("payments, by state", {"rule": settled, "stored": kept.payments})
    collected = {number: int(batch["collected_units"]) for number, batch in ordered.items()}
    yield Figure("units paid for, by batch", {"stored: counters": collected, "stored": kept.promised_units})
    yield Figure("money paid, by batch", {"stored: payments": kept.paid_minor, "stored": kept.made_minor})
    ledger = kept.ledger_minor
    yield Figure("money at the provider", {"stored: ledger": ledger["provider"], "stored: payments": kept.kept_minor})
    ordered_minor = told.ordered_minor.total()
    yield Figure(
        "money owed to the manufacturer", {"stored: ledger": -ledger["manufacturer"], "API: orders": ordered_minor}
    )
    yield Figure("sum of the ledger", {"rule": 0, "stored: ledger": ledger.total()})
