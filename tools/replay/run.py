"""One replay from the files to the verdict. Everything that it touches is passed in."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools.replay import campaigns, comparing, electorate, presale, report, stored, told, voting
from tools.replay.abif import Election
from tools.replay.comparing import Figure
from tools.replay.presale import Presold
from tools.replay.retail import Orders
from tools.replay.server import Shelf
from tools.replay.session import Session
from tools.replay.sums import OrderSums

VERIFIER = Path(__file__).resolve().parents[1] / "verify.py"
Say = Callable[[str], None]


@dataclass
class Replay:
    """`shelf` is None where stored items cannot be read; then every pre-order is asked for over the API. `burst`: all
    orders come as fast as they are taken."""

    session: Session
    shelf: Shelf | None
    say: Say = print
    figures: list[Figure] = field(default_factory=list)
    burst: bool = False

    @property
    def agrees(self) -> bool:
        return all(figure.agrees for figure in self.figures)

    def ballots(self, title: str, election: Election) -> str:
        """Votes, then compares. Answers the campaign's id, or an empty text where there was nothing to vote on."""
        began, before = time.monotonic(), self.session.calls.requests
        voted = voting.replay(self.session, title, election)
        self._tell(f"Ballots: {title}", [*report.account(election.account), *report.election(election)])
        if not voted.campaign_id:
            self.say("There is nothing to vote on: no request was sent.")
            return ""
        kept = stored.ballots(self.shelf, voted.campaign_id) if self.shelf else None
        tally, result = told.ballots(voted.tally), told.ballots(voted.result)
        self._tell("", report.winners(voted.result))
        self._compare([*comparing.votes(election.sent, voted.expected, tally, result, kept)])
        self._timed(before, began)
        return voted.campaign_id

    def crowd(self, number: int, seed: int) -> str:
        """A crowd made up from a seed votes by every method, then its votes are compared. Answers the campaign's id."""
        began, before = time.monotonic(), self.session.calls.requests
        campaign = campaigns.open_voting(self.session, "A crowd", electorate.features(), units=1, largest=1)
        polling = electorate.Polling(self.session, str(campaign["campaign_id"]), seed)
        polling.cast_all(number)
        tally = voting.await_tally(self.session, polling.campaign_id, number)
        campaigns.settle(self.session, polling.campaign_id, number)
        result = self.session.calls.must("GET", f"/v1/campaigns/{polling.campaign_id}/result")
        self._tell(f"Crowd: {number:,} voters", report.winners(result))
        kept = stored.ballots(self.shelf, polling.campaign_id) if self.shelf else None
        self._compare([*comparing.votes(number, polling.counts, told.ballots(tally), told.ballots(result), kept)])
        self._timed(before, began)
        return polling.campaign_id

    def orders(self, title: str, orders: Orders) -> Presold:
        """Pre-orders, waits for rest, then compares."""
        began, before = time.monotonic(), self.session.calls.requests
        presold = presale.replay(self.session, title, orders, burst=self.burst)
        self._tell(f"Orders: {title}", report.account(orders.account))
        if not presold.campaign_id:
            self.say("There is nothing to order: no request was sent.")
            return presold
        if not presale.await_rest(self.session, presold.campaign_id, lambda: self._moving(presold, orders)):
            self.say("Not everything came to rest: something has not moved for two minutes.")
        self.judge(presold, orders)
        self._timed(before, began)
        return presold

    def judge(self, presold: Presold, orders: Orders) -> None:
        """Adds the figures of a pre-sale that is over."""
        announced = told.orders(self.session, presold.campaign_id, presold.stock)
        kept, source = self._kept(presold, orders)
        self._tell("", report.presale(announced, kept, presold.outcome.rests_refused))
        self._compare([*comparing.orders(orders, presold, announced, kept, source)])
        if self.shelf:
            self._compare([*comparing.stored(announced, kept)])

    def _kept(self, presold: Presold, orders: Orders) -> tuple[OrderSums, str]:
        if self.shelf:
            return stored.orders(self.shelf, presold.campaign_id, presold.stock), "stored"
        sums = OrderSums(presold.stock)
        told.add_preorders(self.session, sums, presold.campaign_id, orders.customers)
        sums.batches = told.orders(self.session, presold.campaign_id, presold.stock).batches
        return sums, "API: pre-orders"

    def _moving(self, presold: Presold, orders: Orders) -> int:
        return stored.moving(self.shelf, presold.campaign_id) if self.shelf else self._kept(presold, orders)[0].moving

    def recounted(self, address: str) -> None:
        """Lets the independent program recount a campaign from its published ballots."""
        self.say(f"\npython tools/verify.py {address}")
        ended = subprocess.run([sys.executable, str(VERIFIER), address], check=False)
        self.figures.append(
            Figure("the independent recount", {"expected exit": 0, "tools/verify.py": ended.returncode})
        )

    def _compare(self, found: list[Figure]) -> None:
        self.figures += found
        self._tell("", report.figures(found))

    def _timed(self, before: int, began: float) -> None:
        requests, seconds = self.session.calls.requests - before, time.monotonic() - began
        self.say(f"{requests:,} requests in {seconds:,.1f} s")

    def _tell(self, heading: str, lines: list[str]) -> None:
        self.say("\n".join(["", *([heading] if heading else []), *lines]))
