"""What fans do about their payments, drawn from the seed: which card they have, what they tell their banks, and whether
they send another card when one was declined."""

import random
from typing import TYPE_CHECKING

from chalicelib.payments import mending
from tests.simulation import features
from tests.simulation.bank import Bank
from tests.simulation.expressions import Item
from tests.simulation.features import MINUTE_MS
from tests.simulation.replicas import Key

if TYPE_CHECKING:
    from tests.simulation.people import People

CARDS = {
    "card": 60,
    "card_declined": 10,
    "card_declines_later": 8,
    "card_authenticate": 8,
    "card_authenticate_always": 5,
    "card_refund_fails": 5,
    "card_expires_later": 2,
    "card_times_out": 2,
}
POOR = {"card_declines_later": 60}
OTHER_CARDS = ("card", "card", "card", "card_declined", "card_declines_later", "card_authenticate")
HOUR_MS = 60 * MINUTE_MS
# Before the bank is told, where room is held for a quarter of an hour; and where there is a day.
THINKS_MS = {
    "action_required": (4000, 4000, 4 * MINUTE_MS, 14 * MINUTE_MS, 17 * MINUTE_MS, 180 * MINUTE_MS),
    "overdue": (4000, 30 * MINUTE_MS, 5 * HOUR_MS, 23 * HOUR_MS, 24 * HOUR_MS, 25 * HOUR_MS),
}
SAYS = (True, True, True, False, None)


def card(seed: int, fan: str, key: str) -> str:
    """The one that a fan pays with."""
    chance = random.Random(f"card {seed} {fan} {key}")
    cards = CARDS | POOR if features.is_poor(seed) else CARDS
    return chance.choices(list(cards), list(cards.values()))[0]


class Payers:
    """Hears of every payment that waits for its fan."""

    def __init__(self, people: "People", bank: Bank) -> None:
        self.people, self.bank = people, bank

    def heard(self, _key: Key, old: Item, new: Item) -> None:
        if new.get("kind") != {"S": "payment"} or new["state"]["S"] not in THINKS_MS:
            return
        state, about, after = new["state"]["S"], new["preorder_id"]["S"], self.people.world.scheduler.after
        version = new.get("version", {"N": "0"})["N"]
        chance = random.Random(f"payer {self.people.options.seed} {about} {state} {version}")
        if "action" in new and new.get("action") != old.get("action"):
            says, action = chance.choice(SAYS), new["action"]["S"]
            looks = chance.random() < 0.6
            if says is not None:
                after(chance.choice(THINKS_MS[state]), lambda: self._tell(new, action, approve=says, looks=looks))
        if new["state"] != old.get("state") and chance.random() < 0.4:
            other = chance.choice(OTHER_CARDS)
            after(chance.choice(THINKS_MS[state]), lambda: self._send(new, other))

    def _tell(self, payment: Item, action: str, *, approve: bool, looks: bool) -> None:
        fan_id, about = payment["fan_id"]["S"], payment["preorder_id"]["S"]
        self.bank.confirm(about, action, approve=approve)
        if looks:
            self.people.ask(f"{fan_id} pays", lambda ports: mending.look(ports, fan_id, about), lambda _: None)

    def _send(self, payment: Item, method: str) -> None:
        fan_id, about = payment["fan_id"]["S"], payment["preorder_id"]["S"]
        self.people.ask(
            f"{fan_id} pays", lambda ports: mending.send_method(ports, fan_id, about, method), lambda _: None
        )
