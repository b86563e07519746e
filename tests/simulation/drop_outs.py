"""What an organiser does for a locked batch that too few pay for, drawn from the seed; and what was announced of it."""

import random
from typing import TYPE_CHECKING, Any

from chalicelib.batches import topping_up
from chalicelib.batches.views import NewTopUp
from tests.simulation.expressions import Item
from tests.simulation.features import MINUTE_MS, OLGA
from tests.simulation.replicas import Key

if TYPE_CHECKING:
    from tests.simulation.people import People

Plain = dict[str, Any]
HOUR_MS = 60 * MINUTE_MS
# After the batch has begun to wait; the last one comes too late, or in the last moment.
THINKS_MS = (1, 3000, 20 * MINUTE_MS, 59 * MINUTE_MS, 60 * MINUTE_MS, 5 * HOUR_MS)


class TakingOver:
    """Hears of every batch that waits for its organiser: who takes over what is missing, or a little more, once or
    several times, or not."""

    def __init__(self, people: "People") -> None:
        self.people = people

    def heard(self, _key: Key, old: Item, new: Item) -> None:
        if new.get("kind") != {"S": "batch"} or "top_up_until" not in new or "top_up_until" in old:
            return
        number, missing = new["number"]["N"], int(new["missing_units"]["N"])
        chance = random.Random(f"taking over {self.people.options.seed} {number}")
        for _ in range(chance.choice((0, 1, 1, 2))):
            units = missing + chance.choice((0, 0, 1, -1))
            pause_ms, lens = chance.choice(THINKS_MS), chance.choice(("wide", "tele"))
            self.people.world.scheduler.after(
                pause_ms, lambda units=units, lens=lens: self._take_over(number, units, lens)
            )

    def _take_over(self, number: str, units: int, lens: str) -> None:
        if units < 1:
            return
        new = NewTopUp.model_validate({"lines": [{"variant": {"lens": lens}, "quantity": units}]})
        self.people.organise(
            self.people.world.scheduler.now_ms,
            lambda ports: topping_up.top_up(ports, OLGA, self.people.campaign_id, number, new),
        )


def announced_is_followed(campaign: Plain, old: Plain, new: Plain) -> None:
    """B1: who has not paid has longer once, and the organiser is waited for once, where that was announced; what the
    organiser has taken stays so. Nobody is sent home before all of it had its turn."""
    rule = campaign.get("on_drop_outs") or {}
    fresh = {name for name in ("prolonged_at", "top_up_until", "taken_over") if old.get(name) != new.get(name)}
    again = sorted(name for name in fresh if name in old)
    assert not again, f"{again} again"
    assert "prolonged_at" not in fresh or rule.get("longer_grace_days"), "nobody was to have longer"
    assert "top_up_until" not in fresh or rule.get("top_up_hours"), "no top-up was announced"
    assert "taken_over" not in fresh or "top_up_until" in old, "units were taken over before they were missing"
    if "grace_until" in old and old["grace_until"] != new["grace_until"]:
        assert "prolonged_at" in fresh, "the time to pay has changed"
        assert old["grace_until"] < new["grace_until"], "the time to pay was made shorter"
    if old.get("state") == "collecting" and new["state"] == "short" and new["collected_units"]:
        assert "top_up_until" in new or not rule.get("top_up_hours"), "nobody was asked to top up"
