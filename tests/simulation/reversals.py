"""Money that goes back beside what the rules give back: what an organiser gives back of what is paid for, and what fans
have their banks take back. Drawn from the seed, pre-order by pre-order; only in histories whose options say so."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Refusal
from chalicelib.payments import giving_back
from chalicelib.payments.model import Payment
from chalicelib.payments.views import NewRefund
from chalicelib.plumbing.gateway.document import Document
from chalicelib.plumbing.ports import Ports
from tests.simulation.expressions import Item
from tests.simulation.features import MINUTE_MS, OLGA
from tests.simulation.replicas import Key

if TYPE_CHECKING:
    from tests.simulation.history import History

REFUNDS, DISPUTES = "refunds", "disputes"
HOUR_MS = 60 * MINUTE_MS
# After a history has ended without them: the last of what begins here, tried again under errors that are kept for days.
LAST_MS = 6 * 24 * HOUR_MS
# After a pre-order was ordered, or (too early, mostly) paid for, its organiser gives something back.
GIVES_MS = (1, 2000, 5 * MINUTE_MS, 3 * HOUR_MS, 20 * HOUR_MS)
TRIES_AGAIN_MS = (1, 4000, 20 * MINUTE_MS, 5 * HOUR_MS)
MOST_TRIES = 3
# After a charge, or a promise to give it back, its holder goes to the bank; and what the bank decides, if it ever does.
DISPUTES_MS = (2000, 20 * MINUTE_MS, 40 * MINUTE_MS, 5 * HOUR_MS, 30 * HOUR_MS)
MEANWHILE_MS = (1, 30, 400, 3000, 7000, 2 * MINUTE_MS)
CLOSES_MS = (1, 3000, 30 * MINUTE_MS, 5 * HOUR_MS, 26 * HOUR_MS)
ENDS = ("won", "won", "lost", "stays open")
Request = tuple[str, str]


def drawn(seed: int) -> frozenset[str]:
    """About a quarter of the histories have one of these or both."""
    some = ({REFUNDS}, {DISPUTES}, {REFUNDS, DISPUTES})
    chance = random.Random(f"reversals {seed}")
    return frozenset(chance.choice(some)) if chance.random() < 0.25 else frozenset()


def heal_minute(seed: int, minute: int) -> int:
    """Faults last for as long as money goes back, in some of the histories."""
    return random.Random(f"reversals heal {seed}").choice((minute, max(minute, 150), max(minute, 1600)))


@dataclass
class Asked:
    """What the organiser has asked for, and was told: by pre-order and key, an amount."""

    asked: dict[Request, int] = field(default_factory=dict)
    told: dict[Request, int] = field(default_factory=dict)


class Reversals:
    """Hears of every payment, pre-order and charge."""

    def __init__(self, history: "History") -> None:
        self.world, self.people, self.bank = history.world, history.people, history.bank
        self.seed, self.kinds = history.options.seed, history.options.reversals
        self.refunds = Asked()
        self._unpack = history.unpack
        self._met: Counter[str] = Counter()
        if REFUNDS in self.kinds:
            self.world.store.heard.append(self._organise)
        if DISPUTES in self.kinds:
            self.world.store.heard.append(self._meanwhile)
            self.world.gateway.stands.append(self._charged)

    def _chance(self, about: str, what: str) -> random.Random:
        self._met[f"{what} {about}"] += 1
        return random.Random(f"{what} {self.seed} {about} {self._met[f'{what} {about}']}")

    # -- the organiser -----------------------------------------------------------------------------------------------

    def _organise(self, _key: Key, old: Item, new: Item) -> None:
        kind, state = new.get("kind", {}).get("S"), new.get("state", {}).get("S")
        is_new = state != old.get("state", {}).get("S")
        if is_new and (kind, state) in (("preorder", "ordered"), ("payment", "paid")):
            about = new["preorder_id"]["S"]
            chance = self._chance(about, f"gives back {kind}")
            for number in range(chance.choice((0, 1, 1, 2, 3)) if kind == "preorder" else chance.choice((0, 0, 1))):
                self._lay_down(about, f"{kind}-{number}", chance)
        if kind == "payment" and old.get("refunds") != new.get("refunds"):
            before = {one["number"]: one["state"] for one in self._unpack(old).get("refunds", ())}
            for one in self._unpack(new)["refunds"]:
                if one["state"] == "failed" != before.get(one["number"]):
                    self._failed(new["preorder_id"]["S"], one)

    def _lay_down(self, about: str, key: str, chance: random.Random) -> None:
        """One request; perhaps twice at once, perhaps again much later, perhaps for something else under its key."""
        at_ms, part = chance.choice(GIVES_MS), chance.choice((0.01, 0.3, 0.5, 1, 1, 1.1))
        after = self.world.scheduler.after
        for twin in chance.choice((("",), ("",), ("", " twin"))):
            after(at_ms, lambda twin=twin: self._give(about, key, part, f"organiser{twin}"))
        if chance.random() < 0.3:
            after(at_ms + chance.choice(GIVES_MS), lambda: self._give(about, key, part, "organiser again"))
        if chance.random() < 0.1:
            after(at_ms + chance.choice(GIVES_MS), lambda: self._give(about, key, part / 2, "organiser again"))

    def _give(self, about: str, key: str, part: float, actor: str) -> None:
        payment = self._unpack(self.world.store.items[keys.payment(about)])
        minor = max(1, int(part * payment.get("due_minor", 0)))
        known, request = self.refunds.told.get((about, key)), (about, key)
        self.refunds.asked.setdefault(request, minor)
        new = NewRefund(amount_minor=minor, reason="A scratch on the lens.")

        def act(ports: Ports) -> Payment:
            return giving_back.give_back(ports, OLGA, about, key=key, new=new)

        def answered(_: Payment) -> None:
            before = self.refunds.told.setdefault(request, minor)
            if before != minor:
                self.people.broken.append(f"L4: {before} and {minor} were given back under one key")

        def refused(refusal: Refusal) -> None:
            if known == minor:
                self.people.broken.append(f"L4: told of a refund, then under the same key: {refusal!r}")

        self.people.ask(actor, act, answered, refused)

    def _failed(self, about: str, refund: dict[str, Any]) -> None:
        """Tries it again, once the fan has perhaps given the bank another account; or lets it be."""
        chance = self._chance(about, "tries again")
        if refund.get("tries", 1) > MOST_TRIES or chance.random() < 0.3:
            return
        mends, number = chance.random() < 0.5, str(refund["number"])

        def ask(actor: str) -> None:
            if mends:
                self.world.gateway.take_refunds(about)
            self.people.ask(actor, lambda ports: giving_back.try_again(ports, OLGA, about, number), lambda _: None)

        at_ms = chance.choice(TRIES_AGAIN_MS)
        for actor in chance.choice((["organiser"], ["organiser", "organiser twin"])):
            self.world.scheduler.after(at_ms, lambda actor=actor: ask(actor))

    # -- the fans' banks ---------------------------------------------------------------------------------------------

    def _charged(self, about: str, document: Document) -> None:
        """Of each charge that is done its holder may say some time that it was not."""
        for one in document["things"].values():
            if one["kind"] == "charge" and one["result"] == "done" and not self._met[f"disputes {one['reference']}"]:
                chance = self._chance(one["reference"], "disputes")
                if chance.random() < 0.45:
                    self._dispute_after(chance.choice(DISPUTES_MS), about, one["reference"], chance)

    def _meanwhile(self, _key: Key, old: Item, new: Item) -> None:
        """While it is on its way back, too."""
        if new.get("kind") != {"S": "payment"} or old.get("refunds") == new.get("refunds"):
            return
        about = new["preorder_id"]["S"]
        for one in self._unpack(new)["refunds"]:
            if one["state"] == "requested" and not self._met[f"meanwhile {about} {one['number']}"]:
                chance = self._chance(f"{about} {one['number']}", "meanwhile")
                if chance.random() < 0.4:
                    self._dispute_after(chance.choice(MEANWHILE_MS), about, one["charge"], chance)

    def _dispute_after(self, ms: int, about: str, charge: str, chance: random.Random) -> None:
        closes_ms, end = chance.choice(CLOSES_MS), chance.choice(ENDS)

        def opens() -> None:
            dispute = self.bank.dispute(about, charge)
            if dispute and end != "stays open":
                self.world.scheduler.after(closes_ms, lambda: self.bank.close(about, dispute, won=end == "won"))

        self.world.scheduler.after(ms, opens)
