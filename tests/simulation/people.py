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
from tests.simulation.containers import API_MS, Function
from tests.simulation.scheduler import End
from tests.simulation.world import World

MINUTE_MS = 60_000
CLOSES_MS = 30 * MINUTE_MS
MAKER = Identity(subject="sub-maker", role="manufacturer", manufacturer_id="maker")
OLGA = "sub-olga"
PATIENCE = 6


@dataclass(frozen=True)
class Placed:
    """What a fan was told: under this key, for this body, this pre-order."""

    fan_id: str
    key: str
    new: NewPreorder
    preorder: Preorder


class People:
    """The people of one history."""

    def __init__(self, world: World, seed: int, campaign_id: str) -> None:
        self.world, self.campaign_id = world, campaign_id
        self.api = Function(world, API_MS)
        self.chance = random.Random(f"people {seed}")
        self.told: list[Placed] = []
        self.withdrawn: list[str] = []
        self.answered: list[tuple[str, str]] = []
        self.broken: list[str] = []

    def come(self, batches: int) -> None:
        """Lays down who does what, until a little after the last closing time."""
        end_ms = batches * CLOSES_MS + MINUTE_MS
        last_ms = batches * CLOSES_MS - self.chance.choice([15, 1000])
        rush_ms = self.chance.choice([0, 0, last_ms])
        for number in range(self.chance.randint(2, 5)):
            at_ms = [rush_ms, rush_ms, rush_ms, 0, last_ms, self.chance.randrange(end_ms)]
            self._fan(f"fan {number}", self.chance.choice(at_ms))
        roll = self.chance.random()
        if roll < 0.25:
            step = campaigns.close if roll < 0.15 else campaigns.cancel
            self.world.scheduler.at(self.chance.randrange(end_ms), lambda: self._organise(step))

    def _fan(self, name: str, come_ms: int) -> None:
        for key in self.chance.choice([["a"], ["a"], ["a", "b"]]):
            count = self.chance.choice([1, 1, 2])
            lines = [
                {"variant": {"lens": self.chance.choice(["wide", "tele"])}, "quantity": self.chance.randint(1, 5)}
                for _ in range(count)
            ]
            method = "card_declined" if self.chance.random() < 0.15 else "card"
            new = NewPreorder.model_validate({"lines": lines, "payment_method": method})
            leaves_ms = self.chance.choice([2000, 90_000, 20 * MINUTE_MS]) if self.chance.random() < 0.4 else None
            asked = self._placing(name, key, new, leaves_ms)
            for twin in self.chance.choice([[""], [""], ["", " twin"]]):
                self.world.scheduler.at(come_ms, lambda twin=twin, asked=asked: asked(name + twin))
            if self.chance.random() < 0.2:
                self.world.scheduler.at(come_ms + 20_000, lambda asked=asked: asked(name + " again"))

    def _placing(self, name: str, key: str, new: NewPreorder, leaves_ms: int | None) -> Callable[[str], None]:
        fan_id = f"sub-{name.replace(' ', '-')}"

        def place(ports: Ports) -> Preorder:
            return preorders.place(ports, fan_id, self.campaign_id, key=key, new=new)

        def asked(actor: str) -> None:
            known = any((one.fan_id, one.key) == (fan_id, key) for one in self.told)
            self.ask(actor, place, answered, refused if known else lambda _: None)

        def answered(preorder: Preorder) -> None:
            self.told.append(Placed(fan_id, key, new, preorder))
            if leaves_ms is not None:
                self.world.scheduler.after(leaves_ms, lambda: self._withdraw(name, fan_id, preorder.preorder_id))

        def refused(refusal: Refusal) -> None:
            self.broken.append(f"L4: told of a pre-order, then under the same key: {refusal!r}")

        return asked

    def _withdraw(self, name: str, fan_id: str, preorder_id: str) -> None:
        def answered(_: Preorder) -> None:
            self.withdrawn.append(preorder_id)

        self.ask(name, lambda ports: preorders.withdraw(ports, fan_id, preorder_id), answered)

    def _organise(self, step: Callable[[Ports, str, str], Any]) -> None:
        self.ask("organiser", lambda ports: step(ports, OLGA, self.campaign_id), lambda _: None)

    def answer_order(self, order_id: str) -> None:
        """The manufacturer has received an order, and says so, soon or late."""
        said = self.chance.choice(["received", "accepted", "rejected"])
        new = NewAnswer.model_validate({"answer": said})

        def act(ports: Ports) -> None:
            manufacturing.answer(ports, MAKER, order_id, new)

        def answered(_: None) -> None:
            self.answered.append((order_id, said))

        self.world.scheduler.after(self.chance.choice([10, 3 * MINUTE_MS]), lambda: self.ask("maker", act, answered))

    def ask(
        self,
        actor: str,
        act: Callable[[Ports], Any],
        answered: Callable[[Any], None],
        refused: Callable[[Refusal], None] = lambda _: None,
        patience: int = PATIENCE,
    ) -> None:
        """One request, and again while nobody knows whether it took effect."""

        def ended(end: End) -> None:
            self.world.tell(actor, f"hears: {end.how} {end.value!r:.60}" if end.how != "done" else "hears: done")
            if end.how == "done":
                answered(end.value)
            elif end.how == "failed" and isinstance(end.value, Refusal) and not isinstance(end.value, Busy):
                refused(end.value)
            elif patience:
                pause_ms = 1000 * 3 ** (PATIENCE - patience)
                self.world.scheduler.after(pause_ms, lambda: self.ask(actor, act, answered, refused, patience - 1))

        self.api.invoke(actor, act, ended)
