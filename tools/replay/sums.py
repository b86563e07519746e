"""Sums over what a server has: made once from stored items and once from the API's answers, by the same additions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local import claims
from infra.local.claims import Standing
from infra.local.recount import backed
from tools.replay.variants import Stock

Item = Mapping[str, Any]
MOVING = ("placed", "secured", "locked", "paid")
PAYING = ("requested", "action_required", "collecting", "overdue", "releasing")
GONE = ("withdrawn", "lapsed", "dropped", "refunded")


@dataclass
class VoteSums:
    """Ballots, and for each feature the ballots that chose each option."""

    ballots: int = 0
    votes: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, ballot: Item) -> None:
        self.ballots += 1
        for feature_id, vote in ballot["votes"].items():
            self.votes.setdefault(feature_id, Counter()).update(backed(vote))


@dataclass
class OrderSums:
    """Units are summed by product (`codes`), or by batch: `promised` as they were placed, `made` as they were settled,
    with what the organiser takes. Attributes that only a table has stay empty over the API."""

    stock: Stock
    preorders: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    wanted_codes: Counter[str] = field(default_factory=Counter)
    promised_units: Counter[int] = field(default_factory=Counter)
    made_units: Counter[int] = field(default_factory=Counter)
    made_minor: Counter[int] = field(default_factory=Counter)
    made_codes: Counter[str] = field(default_factory=Counter)
    ordered_units: Counter[int] = field(default_factory=Counter)
    ordered_minor: Counter[int] = field(default_factory=Counter)
    ordered_codes: Counter[str] = field(default_factory=Counter)
    order_states: Counter[str] = field(default_factory=Counter)
    order_lines: int = 0
    line_units: Counter[int] = field(default_factory=Counter)
    batches: dict[int, Item] = field(default_factory=dict)
    claimed_units: Counter[int] = field(default_factory=Counter)
    fan_claims: Counter[str] = field(default_factory=Counter)
    payments: Counter[str] = field(default_factory=Counter)
    paid_minor: Counter[int] = field(default_factory=Counter)
    kept_minor: int = 0
    ledger_minor: Counter[str] = field(default_factory=Counter)
    fan_units: Counter[str] = field(default_factory=Counter)

    def add_preorder(self, item: Item) -> None:
        state, batch = item["state"], item["batch_number"]
        self.preorders[state] += 1
        self.units[state] += item["units"]
        if state != "withdrawn":
            self._add_codes(self.wanted_codes, item["lines"])
        if state not in GONE:
            self.promised_units[batch] += item["units"]
            self._add_made(batch, claims.made(item), item.get("final_total_minor") or 0)
            self.fan_units[item.get("fan_id", "")] += item["units"]

    def add_claim(self, claim: Standing) -> None:
        self.claimed_units[claim.batch_number] += claim.held
        self.fan_claims[claim.fan_id] += claim.held

    def add_payment(self, state: str, batch_number: int, kept_minor: int) -> None:
        """`kept_minor`: what was taken, less what was given back. `batch_number`: where its pre-order is."""
        self.payments[state] += 1
        self.kept_minor += kept_minor
        if state == "paid":
            self.paid_minor[batch_number] += kept_minor

    def add_movement(self, item: Item) -> None:
        for entry in item["entries"]:
            self.ledger_minor[entry["account"]] += entry["amount_minor"]

    def add_batch(self, item: Item) -> None:
        self.batches[item["number"]] = item
        extra = claims.topped_up(item)
        if extra:
            price = item["final_unit_price_minor"]  # no option of a shop's stock has a surcharge
            self._add_made(item["number"], extra, sum(line["quantity"] * price for line in extra))

    def add_order(self, head: Item) -> None:
        self.order_states[head["state"]] += 1
        self.ordered_units[head["batch_number"]] += head["units"]
        self.ordered_minor[head["batch_number"]] += head["total_minor"]

    def add_order_lines(self, batch_number: int, lines: list[Any]) -> None:
        self.order_lines += len(lines)
        self.line_units[batch_number] += sum(line["quantity"] for line in lines)
        self._add_codes(self.ordered_codes, lines)

    def batch_states(self) -> Counter[str]:
        return Counter(str(batch["state"]) for batch in self.batches.values())

    def final_units(self) -> Counter[int]:
        """By batch that was ordered: the units that it locked with."""
        return Counter({n: int(b["final_units"]) for n, b in self.batches.items() if b["state"] == "ordered"})

    def oversold(self) -> Counter[int]:
        """By batch: units above its capacity. Must be empty."""
        units = {n: max(self.promised_units[n], self.made_units[n]) for n in self.batches}
        over = {n: units[n] - int(batch["capacity"]) for n, batch in self.batches.items()}
        return Counter({number: units for number, units in over.items() if units > 0})

    @property
    def moving(self) -> int:
        """Pre-orders that are not yet where their batch is."""
        return sum(self.preorders[state] for state in MOVING)

    def _add_made(self, batch_number: int, lines: list[Any], total_minor: int) -> None:
        self.made_units[batch_number] += sum(line["quantity"] for line in lines)
        self.made_minor[batch_number] += total_minor
        self._add_codes(self.made_codes, lines)

    def _add_codes(self, codes: Counter[str], lines: list[Any]) -> None:
        for line in lines:
            codes[self.stock.code(line["variant"])] += line["quantity"]
