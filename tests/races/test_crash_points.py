"""A function may die after any write that it makes (F5), or lose the answer to it (F3, F4).

Then its caller asks again, or its queue or stream delivers again, and all is as if nothing had happened: L1, S2, O1.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Literal

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.campaigns.rules import CampaignEnded, CampaignNotPreselling, CampaignNotSettled, VotingClosed
from chalicelib.plumbing.ports import Ports
from tests.invariants import checks
from tests.races import races, situations
from tests.races.quick_world import QuickWorld
from tests.races.racing import Act, digest
from tests.races.situations import Context


class Crash(BaseException):
    """The function is gone: nothing of it runs any more."""


def crash() -> None:
    raise Crash


def lose() -> None:
    raise ReadTimeoutError(endpoint_url="memory:")


@dataclass(frozen=True)
class Scenario:
    """What is prepared, what a person does (if anything), and after how many days the clock looks at it."""

    name: str
    prepare: Callable[[QuickWorld], Context]
    act: Act | None = None
    tick_after_days: int = 0


def short_of_its_minimum(world: QuickWorld) -> Context:
    return situations.selling(world, taken=4)


SCENARIOS = [
    Scenario("place", situations.nearly_full, races.place("ada", 2)),
    Scenario("place in two parts", situations.two_batches, races.place_split("ada", 5)),
    Scenario("withdraw", situations.secured, races.withdraw("ada")),
    Scenario("pay and secure", situations.waiting),
    Scenario("decline and lapse", situations.declining),
    Scenario("miss the minimum and lapse", short_of_its_minimum, tick_after_days=31),
    Scenario("lock at the end", situations.secured, tick_after_days=31),
    Scenario("lock when full, order, deliver, follow", situations.at_the_lock),
    Scenario("collect the balance, order, deliver", situations.collecting),
    Scenario("collect what is paid on its page", situations.collected),
    Scenario("drop who cannot pay, and order the rest", situations.overdue),
    Scenario("drop who cannot pay, and give back to the rest", situations.overdue_and_too_few_without),
    Scenario("charge a last time", situations.dropping),
    Scenario("cancel, and give back what was charged", situations.deposited, races.cancel),
    Scenario("cancel while it is collected", situations.deposited_and_collected, races.cancel),
    Scenario("close", situations.secured, races.close),
    Scenario("cancel", situations.secured, races.cancel),
    Scenario("vote and fold", situations.voting, races.vote("ada", "red")),
    Scenario("settle and count", situations.voting, races.settle),
    Scenario("open the pre-sale", situations.settled, races.open_presale),
    Scenario("answer", situations.ordered, races.answer("accepted")),
]


def again(act: Callable[[], object]) -> None:
    """Asks once more after a failure; what is refused then as over was done the first time."""
    try:
        act()
    except (Crash, ReadTimeoutError):
        with suppress(CampaignEnded, CampaignNotPreselling, CampaignNotSettled, VotingClosed):
            act()


def play(world: QuickWorld, scenario: Scenario, context: Context) -> None:
    ports: Ports = world.ports
    if act := scenario.act:
        again(lambda: act(ports, context))
    again(world.settle_down)
    look(world, minutes=2)
    if scenario.tick_after_days:
        look(world, days=scenario.tick_after_days)
        look(world, minutes=2)
    look(world, minutes=11)


def look(world: QuickWorld, **later: float) -> None:
    """The clock looks at everything: also at payments of which the provider's answer was lost (F18)."""
    world.clock.forward(**later)
    again(world.pump.tick)
    again(world.settle_down)


READS = ("get_item", "batch_get_item", "query", "provider_look_up")


class AfterWrite:
    """Fails once, right after the n-th write took effect, here or at the provider.

    That is every point at which a death can matter: between two writes nothing is stored, so that dying before a call,
    or after a read, leaves what dying after the write before it leaves. Of messages in a row the first two count.
    """

    def __init__(self, at: int, fail: Callable[[], None]) -> None:
        self.at, self.fail, self.writes, self.done = at, fail, 0, False
        self._last: tuple[str, ...] = ()

    def __call__(self, when: Literal["before", "after"], call: str) -> None:
        if self.done or when == "before" or call in READS:
            return
        repeated, self._last = (call, *self._last) == ("send_message",) * 3, (call, *self._last[:1])
        self.writes += not repeated
        if self.writes == self.at:
            self.done = True
            self.fail()


@pytest.mark.parametrize("failure", [crash, lose], ids=["dies", "loses the answer"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_it_ends_as_if_nothing_had_happened(quick: QuickWorld, scenario: Scenario, failure: Callable[[], None]) -> None:
    context = scenario.prepare(quick)
    start = quick.moment()
    quick.back_to(start)
    play(quick, scenario, context)
    expected: Counter[str] = digest(quick)
    for at in count(1):
        quick.back_to(start)
        quick.engine.hook = hook = AfterWrite(at, failure)
        play(quick, scenario, context)
        quick.engine.hook = None
        if not hook.done:
            break
        look(quick, minutes=2)
        look(quick, minutes=11)
        assert_at_rest(quick)
        assert digest(quick) == expected, f"write {at}: {digest(quick) - expected}, not {expected - digest(quick)}"
    assert at > 1


def assert_at_rest(world: QuickWorld) -> None:
    """Nothing left in a queue, nothing given up, everything agrees."""
    assert not any(world.engine.queues.values())
    assert not any(world.engine.dead.values())
    checks.everything(world)
