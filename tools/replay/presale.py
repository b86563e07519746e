"""Runs the pre-sale of an order file, from the campaign until every batch and pre-order has come to rest."""

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.replay import campaigns
from tools.replay.calls import Unexpected
from tools.replay.campaigns import Ladder
from tools.replay.retail import Invoice, Orders
from tools.replay.session import Session
from tools.replay.shopping import MOST_LINES, Outcome, Shop
from tools.replay.variants import Stock

RESTING = ("ordered", "short", "cancelled")


@dataclass
class Presold:
    """What became of the orders."""

    outcome: Outcome
    stock: Stock
    campaign_id: str = ""
    ladder: Ladder = field(default_factory=list)


def replay(session: Session, title: str, orders: Orders, *, burst: bool = False) -> Presold:
    """The whole pre-sale. With nothing to order there is no request at all. In a `burst` nobody waits for payments."""
    stock = Stock.of(orders.codes)
    presold = Presold(Outcome(orders.account), stock)
    if not orders.invoices:
        return presold
    largest = max(_part_units(invoice) for invoice in orders.invoices)
    units = sum(orders.ordered.values())
    campaign = campaigns.open_voting(session, title, stock.features(), units=units, largest=largest)
    presold.campaign_id, presold.ladder = campaign["campaign_id"], campaign["price_ladder"]
    campaigns.settle(session, presold.campaign_id)
    campaigns.move(session, presold.campaign_id, "open-presale")
    shop = Shop(session, presold.campaign_id, stock, presold.outcome)
    pace = Pace(session, presold.campaign_id)
    take = shop.take if burst else lambda invoice: pace.then(shop.take, invoice)
    with session.progress(len(orders.invoices), "invoices", "invoices") as bar:
        session.spread(_shares(orders.invoices, session.workers), take, bar)
    orders.account.check()
    campaigns.move(session, presold.campaign_id, "close")
    return presold


@dataclass
class Pace:
    """Keeps the crowd from running away from the background. Months of orders come within minutes here: unless payments
    keep up, no batch would lock before the last invoice, and no cancellation would ever meet a locked one."""

    session: Session
    campaign_id: str
    every: int = 20
    most_unsecured_share: float = 0.25
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def then(self, act: Callable[[Invoice], None], invoice: Invoice) -> None:
        """Acts, but every 20th time waits first until few of the held units are unsecured; all threads wait then."""
        with self._lock:
            self._taken += 1
            if self._taken % self.every == 0 and not self.session.wait(self._look):
                raise Unexpected("No payment is secured any more: the background of the server stands still.")
        act(invoice)

    def _look(self) -> tuple[bool, Any]:
        batches = self.session.calls.must("GET", f"/v1/campaigns/{self.campaign_id}/batches")["items"]
        unsecured = sum(batch["held_units"] - batch["secured_units"] for batch in batches)
        return unsecured <= self.most_unsecured_share * batches[0]["capacity"], unsecured


def _part_units(invoice: Invoice) -> int:
    """The units of its largest pre-order."""
    quantities = [line.quantity for line in invoice.lines.values()]
    return max(sum(quantities[at : at + MOST_LINES]) for at in range(0, len(quantities), MOST_LINES))


def _shares(invoices: list[Invoice], workers: int) -> list[list[Invoice]]:
    """One fan's invoices stay together and in order."""
    shares: list[list[Invoice]] = [[] for _ in range(workers)]
    for invoice in invoices:
        shares[zlib.crc32(invoice.customer.encode()) % workers].append(invoice)
    return shares


def await_rest(session: Session, campaign_id: str, moving: Callable[[], int]) -> bool:
    """Waits until every batch is ordered or over, and then until nothing is `moving` any more. Answers whether it came
    to that."""
    path = f"/v1/campaigns/{campaign_id}/batches"
    with session.progress(0, "at rest", "batches") as bar:

        def batches() -> tuple[bool, Any]:
            items = session.calls.must("GET", path)["items"]
            resting = sum(batch["state"] in RESTING for batch in items)
            bar.total, bar.n = len(items), resting
            bar.refresh()
            return resting == len(items), [(batch["state"], batch["secured_units"]) for batch in items]

        def preorders() -> tuple[bool, Any]:
            left = moving()
            return left == 0, left

        return session.wait(batches) and session.wait(preorders)
