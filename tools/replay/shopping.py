"""Carries out a shop's invoices: each becomes one or more pre-orders, and a cancellation withdraws an earlier one.

The API withdraws whole pre-orders. So a cancellation withdraws the fan's latest earlier pre-order that holds the
product in at least that quantity, and what remains of it is placed again at once.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tools.replay.accounts import Account
from tools.replay.calls import Answer
from tools.replay.campaigns import UNIT_PRICE_MINOR
from tools.replay.retail import Invoice, Line
from tools.replay.session import Session
from tools.replay.variants import Stock

MOST_LINES = 50
Held = dict[str, int]


@dataclass
class Outcome:
    """What became of the invoices of all fans. Units are counted by product."""

    account: Account
    placed: int = 0
    withdrawn: int = 0
    units_refused: Counter[str] = field(default_factory=Counter)
    units_withdrawn: Counter[str] = field(default_factory=Counter)
    rests_refused: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def bought(self, lines: list[Line], answer: Answer) -> None:
        with self._lock:
            self.placed += answer.ok
            rows = sum(line.rows for line in lines)
            self.account.move("sent", "preordered" if answer.ok else f"refused_{answer.code}", rows)
            if not answer.ok:
                self.units_refused.update({line.code: line.quantity for line in lines})

    def cancelled(self, lines: list[Line], code: str) -> None:
        """`code`: what the withdrawal was answered with, or `unmatched` when there was nothing to withdraw."""
        with self._lock:
            rows = sum(line.rows for line in lines)
            self.account.move("cancelling", "withdrawn" if code == "ok" else f"cancellation_{code}", rows)
            if code == "ok":
                self.withdrawn += 1
                self.units_withdrawn.update({line.code: line.quantity for line in lines})

    def placed_again(self, rest: Held, answer: Answer) -> None:
        with self._lock:
            self.placed += answer.ok
            if not answer.ok:
                self.rests_refused[answer.code] += 1
                self.units_refused.update(rest)


@dataclass
class Placed:
    """A pre-order that a fan has: units by product."""

    preorder_id: str
    held: Held


@dataclass
class Shop:
    """The pre-sale of one campaign, and what each fan has in it. One fan's invoices must come in order."""

    session: Session
    campaign_id: str
    stock: Stock
    outcome: Outcome
    _fans: dict[str, list[Placed]] = field(default_factory=dict)

    def take(self, invoice: Invoice) -> None:
        """Carries out one invoice."""
        had = self._fans.setdefault(invoice.customer, [])
        token = self.session.token_of(f"Customer {invoice.customer}", "fan")
        if invoice.cancels:
            self._cancel(invoice, token, had)
        else:
            self._buy(invoice, token, had)

    def _buy(self, invoice: Invoice, token: str, had: list[Placed]) -> None:
        lines = list(invoice.lines.values())
        for part, at in enumerate(range(0, len(lines), MOST_LINES), start=1):
            some = lines[at : at + MOST_LINES]
            held = {line.code: line.quantity for line in some}
            answer = self._place(token, held, invoice.number if part == 1 else f"{invoice.number}.{part}")
            self.outcome.bought(some, answer)
            if answer.ok:
                had.append(Placed(answer.body["preorder_id"], held))

    def _place(self, token: str, held: Held, key: str) -> Answer:
        lines = [{"variant": self.stock.variant(code), "quantity": quantity} for code, quantity in held.items()]
        # The most that it can cost by the ladder that we announced: a dearer answer would be refused.
        body: dict[str, Any] = {"lines": lines, "accepts_total_minor": UNIT_PRICE_MINOR * sum(held.values())}
        path = f"/v1/campaigns/{self.campaign_id}/preorders"
        return self.session.calls("POST", path, token=token, body=body, key=key)

    def _cancel(self, invoice: Invoice, token: str, had: list[Placed]) -> None:
        """Lines that fall on the same pre-order withdraw it once."""
        taken: dict[int, list[Line]] = {}
        for line in invoice.lines.values():
            place = _latest(had, line)
            if place is None:
                self.outcome.cancelled([line], "unmatched")
            else:
                taken.setdefault(place, []).append(line)
        for place, lines in sorted(taken.items(), reverse=True):
            answer = self.session.calls("DELETE", f"/v1/preorders/{had[place].preorder_id}", token=token)
            self.outcome.cancelled(lines, answer.code)
            if answer.ok:
                had[place : place + 1] = self._place_rest(token, had[place], lines, f"{invoice.number}.rest{place}")

    def _place_rest(self, token: str, before: Placed, lines: list[Line], key: str) -> list[Placed]:
        """What remains of a withdrawn pre-order, as a new one in its place; nothing when nothing remains."""
        gone = {line.code: line.quantity for line in lines}
        rest = {code: quantity - gone.get(code, 0) for code, quantity in before.held.items()}
        rest = {code: quantity for code, quantity in rest.items() if quantity}
        if not rest:
            return []
        answer = self._place(token, rest, key)
        self.outcome.placed_again(rest, answer)
        return [Placed(answer.body["preorder_id"], rest)] if answer.ok else []


def _latest(had: list[Placed], line: Line) -> int | None:
    """Where the fan's latest pre-order with at least so many units of the product stands."""
    places = range(len(had) - 1, -1, -1)
    return next((place for place in places if had[place].held.get(line.code, 0) >= line.quantity), None)
