"""Who calls the API, and when: fans, the organiser, the manufacturer. All of it drawn from the seed.

Who hears nothing, or that something went wrong, asks again with the same key, and at some point goes away.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.batches import promises, topping_up
from chalicelib.batches.views import NewShipDate, NewTopUp
from chalicelib.campaigns import actions as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.manufacturing.model import NewAnswer
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.ports import Ports
from tests.simulation import features
from tests.simulation.containers import API_MS, Function
from tests.simulation.fans import Fan
from tests.simulation.faults import Options
from tests.simulation.features import MINUTE_MS, OLGA
from tests.simulation.heard import Heard, Placed
from tests.simulation.scheduler import End
from tests.simulation.world import PAUSES_MS, World

MAKER = Identity(subject="sub-maker", role="manufacturer", manufacturer_id="maker")
PATIENCE = 6
LATE_SLIPS = 0.4


class People:
    """The people of one history."""

    def __init__(self, world: World, options: Options, campaign: Campaign) -> None:
        self.world, self.options, self.campaign = world, options, campaign
        self.campaign_id = campaign.campaign_id
        self.api = Function(world, API_MS, alone=options.rush)
        self.chance = random.Random(f"people {options.seed}")
        self.more = random.Random(f"more {options.seed}")
        self.told: list[Placed] = []
        self.heard = Heard()
        # Who has ever sent the right code.
        self.codes: set[str] = set()
        self.withdrawn: list[str] = []
        self.answered: list[tuple[str, str]] = []
        self.broken: list[str] = []

    def come(self) -> None:
        """Lays down who does what, until a little after the last closing time."""
        if self.options.rush:
            self._rush()
            return
        closes_ms = features.closes_ms(self.options.features)
        closed_ms = len(self.campaign.batches) * closes_ms
        end_ms = closed_ms + MINUTE_MS
        last_ms = closed_ms - self.chance.choice([15, 1000])
        rush_ms = self.chance.choice([0, 0, last_ms])
        for number in range(self.chance.randint(2, 5)):
            at_ms = [rush_ms, rush_ms, rush_ms, 0, last_ms, self.chance.randrange(end_ms)]
            come_ms = self.chance.choice(at_ms)
            if "waves" in self.options.features:
                come_ms = self.more.choice([come_ms, 0, *features.WAVE_ENDS_MS, features.WAVE_ENDS_MS[0] - 15])
            Fan(self, f"fan {number}", end_ms).come(come_ms)
        if "waiting" in self.options.features:
            for number in range(3):
                Fan(self, f"late fan {number}", end_ms).come(self.more.randrange(end_ms // 5))
        roll = self.chance.random()
        if roll < 0.25:
            step = campaigns.close if roll < 0.15 else campaigns.cancel
            self.organise(self.chance.randrange(end_ms), lambda ports: step(ports, OLGA, self.campaign_id))
        if "slips" in self.options.features:
            self._move_dates(end_ms)
        if "playbook" in self.options.features:
            self._top_up(closes_ms)

    def _rush(self) -> None:
        """A few fans for a few pages; each asks again, with the same key, while requests that were frozen go on."""
        for number in range(self.chance.randint(3, 5)):
            asked = Fan(self, f"fan {number}", 0).in_a_rush()
            for place in range(5):
                at_ms = self.chance.randrange(60) + PAUSES_MS["freeze"] * (place > 0)
                self.world.scheduler.at(at_ms, lambda place=place, asked=asked: asked(f" {place}"))

    def organise(self, at_ms: int, act: Callable[[Ports], Any]) -> None:
        self.world.scheduler.at(at_ms, lambda: self.ask("organiser", act, lambda _: None))

    def _move_dates(self, end_ms: int) -> None:
        """A batch ships later than was said, or twice so; or once more when some are locked by then."""
        moves = [(days, self.more, end_ms) for days in self.more.choice([[2], [2], [1, 3]])]
        late = random.Random(f"late slip {self.options.seed}")
        if late.random() < LATE_SLIPS:
            moves.append((5, late, 2 * end_ms))
        for days, chance, last_ms in moves:
            number = chance.randint(1, len(self.campaign.batches))
            ships_at = self.campaign.batches[number - 1].ships_at + timedelta(days=days)
            new = NewShipDate(ships_at=ships_at, reason="The lens is late.")
            self.organise(
                chance.randrange(last_ms - end_ms, last_ms),
                lambda ports, number=number, new=new: promises.move_date(
                    ports, OLGA, self.campaign_id, str(number), new
                ),
            )

    def _top_up(self, closes_ms: int) -> None:
        """Asks a few times: how long it takes until it is due depends on the other steps."""
        day_ms, lens = 24 * 60 * MINUTE_MS, self.more.choice(["wide", "tele"])
        new = NewTopUp.model_validate({"lines": [{"variant": {"lens": lens}, "quantity": self.more.randint(1, 5)}]})
        for number in range(1, len(self.campaign.batches) + 1):
            for after_ms in (7 * MINUTE_MS, 25 * MINUTE_MS, 50 * MINUTE_MS, day_ms + 25 * MINUTE_MS):
                if self.more.random() < 0.6:
                    self.organise(
                        closes_ms * number + after_ms,
                        lambda ports, number=number: topping_up.top_up(ports, OLGA, self.campaign_id, str(number), new),
                    )

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
