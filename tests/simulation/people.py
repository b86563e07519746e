"""Who calls the API, and when: fans, the organiser, the manufacturer. All of it drawn from the seed.

Who hears nothing, or that something went wrong, asks again with the same key, and at some point goes away.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.campaigns import actions as campaigns
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.manufacturing.model import NewAnswer
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions as preorders
from chalicelib.preorders.model import NewPreorder, Preorder
from tests.simulation.actors import invoke
from tests.simulation.scheduler import End
from tests.simulation.world import World

API_MS = 10_000
MINUTE_MS = 60_000
MAKER = Identity(subject="sub-maker", role="manufacturer", manufacturer_id="maker")
OLGA = "sub-olga"


@dataclass(frozen=True)
class Placed:
    """What a fan was told: under this key, this pre-order."""

    fan_id: str
    key: str
    preorder: Preorder


class People:
    """The people of one history."""

    def __init__(self, world: World, seed: int, campaign_id: str) -> None:
        self.world, self.campaign_id = world, campaign_id
        self.chance = random.Random(f"people {seed}")
        self.told: list[Placed] = []
        self.withdrawn: list[tuple[str, str]] = []

    def come(self, batches: int) -> None:
        """Lays down who does what, until a little after the last closing time."""
        end_ms = (batches * 30 + 31) * MINUTE_MS
        for number in range(self.chance.randint(3, 9)):
            self._fan(f"fan {number}", end_ms)
        roll = self.chance.random()
        if roll < 0.25:
            step = campaigns.close if roll < 0.15 else campaigns.cancel
            self.world.scheduler.at(self.chance.randrange(end_ms), lambda: self._organise(step))

    def _fan(self, name: str, end_ms: int) -> None:
        rush_ms = self.chance.choice([0, 0, 60 * MINUTE_MS - 1000])
        come_ms = self.chance.choice([rush_ms, rush_ms, self.chance.randrange(end_ms)])
        for key in self.chance.choice([["a"], ["a"], ["a", "b"]]):
            lens, quantity = self.chance.choice(["wide", "tele"]), self.chance.randint(1, 6)
            method = "card_declined" if self.chance.random() < 0.15 else "card"
            line = {"variant": {"lens": lens}, "quantity": quantity}
            new = NewPreorder.model_validate({"lines": [line], "payment_method": method})
            leaves_ms = self.chance.randrange(20 * MINUTE_MS) if self.chance.random() < 0.3 else None
            for twin in self.chance.choice([[""], [""], ["", " twin"]]):
                asked = self._placing(name, key, new, leaves_ms)
                self.world.scheduler.at(come_ms, lambda twin=twin, asked=asked: asked(name + twin))

    def _placing(self, name: str, key: str, new: NewPreorder, leaves_ms: int | None) -> Callable[[str], None]:
        fan_id = f"sub-{name.replace(' ', '-')}"

        def place(ports: Ports) -> Preorder:
            return preorders.place(ports, fan_id, self.campaign_id, key=key, new=new)

        def answered(preorder: Preorder) -> None:
            self.told.append(Placed(fan_id, key, preorder))
            if leaves_ms is not None:
                self.world.scheduler.after(leaves_ms, lambda: self._withdraw(name, fan_id, preorder.preorder_id))

        return lambda actor: self.ask(actor, place, answered)

    def _withdraw(self, name: str, fan_id: str, preorder_id: str) -> None:
        def answered(_: Preorder) -> None:
            self.withdrawn.append((fan_id, preorder_id))

        self.ask(name, lambda ports: preorders.withdraw(ports, fan_id, preorder_id), answered)

    def _organise(self, step: Callable[[Ports, str, str], Any]) -> None:
        self.ask("organiser", lambda ports: step(ports, OLGA, self.campaign_id), lambda _: None)

    def answer_order(self, order_id: str) -> None:
        """The manufacturer has received an order, and says so, soon or late."""
        said = self.chance.choice(["received", "accepted", "rejected"])
        new = NewAnswer.model_validate({"answer": said})
        pause_ms = self.chance.choice([10, 3 * MINUTE_MS])

        def act(ports: Ports) -> None:
            manufacturing.answer(ports, MAKER, order_id, new)

        self.world.scheduler.after(pause_ms, lambda: self.ask("maker", act, lambda _: None))

    def ask(self, actor: str, act: Callable[[Ports], Any], answered: Callable[[Any], None], patience: int = 6) -> None:
        """One request, and again while nobody knows whether it took effect."""

        def ended(end: End) -> None:
            refused = end.how == "failed" and isinstance(end.value, Refusal) and not isinstance(end.value, Busy)
            self.world.tell(actor, f"hears: {end.how} {end.value!r:.60}" if end.how != "done" else "hears: done")
            if end.how == "done":
                answered(end.value)
            elif not refused and patience:
                pause_ms = 1000 * 3 ** (6 - patience)
                self.world.scheduler.after(pause_ms, lambda: self.ask(actor, act, answered, patience - 1))

        invoke(self.world, actor, lambda: act(self.world.ports), ended, API_MS)
