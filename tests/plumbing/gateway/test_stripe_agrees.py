"""Asked the same at random, the gateway to Stripe and the simulated provider answer the same: what we build and try
without money holds with it."""

from datetime import timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.plumbing.gateway.cards import CARDS
from chalicelib.plumbing.gateway.port import Found, Misused, TryLater, Unknown
from tests.hands import START
from tests.plumbing.gateway.contract import ABOUT, Fan, Provided
from tests.plumbing.gateway.simulated_hands import Simulated
from tests.plumbing.gateway.stripe_hands import OnTheWire


class Step(NamedTuple):
    """What is done, to which of the things so far, with which card, and a yes or no."""

    name: str
    which: int
    card: str
    yes: bool


STEPS = st.builds(
    Step,
    st.sampled_from(["save", "charge", "later", "go_on", "refund", "cancel", "confirm", "wait", "repeat"]),
    st.integers(0, 3),
    st.sampled_from(sorted(CARDS)),
    st.booleans(),
)


class Story:
    """One of the two, told step by step."""

    def __init__(self, provider: Provided) -> None:
        self.provider, self.fan = provider, Fan(provider)
        self.things: list[Found] = []
        self.asked: list[tuple[str, object]] = []

    def took(self, step: Step) -> object:
        """What came of it, without the references, which are each provider's own."""
        try:
            answer = getattr(self, step.name)(step)
        except (Misused, TryLater, Unknown) as said:
            return next(kind.__name__ for kind in (TryLater, Unknown, Misused) if isinstance(said, kind))
        if isinstance(answer, Found) and answer.reference not in {one.reference for one in self.things}:
            self.things.append(answer)
        return told(answer) if isinstance(answer, Found) else answer

    def ask(self, act: str, asking: object) -> Found:
        self.asked.append((act, asking))
        return getattr(self.provider.gateway, act)(asking)

    def of(self, kind: str, which: int) -> Found | None:
        mine = [one for one in self.things if one.kind == kind]
        return self.fan.stands(mine[which % len(mine)]) if mine else None

    def save(self, step: Step) -> object:
        return self.ask("prepare", self.fan.preparing(step.card))

    def charge(self, step: Step) -> object:
        return self.ask(
            "charge", self.fan.charging(step.card, 500 + step.which, save=step.yes, series=f"s{step.which}")
        )

    def later(self, step: Step) -> object:
        saved = self.of("method", step.which)
        return self.ask("charge", self.fan.later(saved)) if saved and saved.method else None

    def go_on(self, step: Step) -> object:
        before = self.of("charge", step.which)
        if before is None:
            return None
        wrong = step.which == 3 and CARDS[step.card].stumbles is None
        minor = before.minor + wrong
        return self.ask("charge", self.fan.charging(step.card, minor, charge=before.reference, series=before.series))

    def refund(self, step: Step) -> object:
        charge = self.of("charge", step.which)
        return self.ask("refund", self.fan.refunding(charge, 200 if step.yes else 500)) if charge else None

    def cancel(self, step: Step) -> object:
        thing = self.of("charge" if step.yes else "method", step.which)
        return self.provider.gateway.cancel(thing.reference, ABOUT) if thing else None

    def confirm(self, step: Step) -> object:
        waiting = [one for one in self.fan.everything() if one.action]
        if waiting:
            self.provider.confirm(str(waiting[step.which % len(waiting)].action), approve=step.yes)
        return len(waiting)

    def wait(self, step: Step) -> None:
        self.provider.forward(timedelta(seconds=6 * step.which, hours=9 * step.yes))

    def repeat(self, step: Step) -> object:
        if not self.asked:
            return None
        act, asking = self.asked[-1 - step.which % len(self.asked)]
        return getattr(self.provider.gateway, act)(asking)


def told(found: Found) -> tuple[object, ...]:
    asks = found.action is not None
    return (found.kind, found.result, found.problem, found.minor, found.currency, found.series, asks)


def ends(story: Story) -> list[tuple[object, ...]]:
    return sorted(map(told, story.fan.everything()), key=str)


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=25))
def test_whatever_is_asked_in_whatever_order(steps: list[Step]):
    simulated, on_the_wire = Story(Simulated()), Story(OnTheWire())
    for step in steps:
        assert on_the_wire.took(step) == simulated.took(step), step
    assert ends(on_the_wire) == ends(simulated)
    moved = list(on_the_wire.provider.gateway.movements(START))
    assert sorted(map(told, moved), key=str) == [one for one in ends(simulated) if one[0] != "method"]
