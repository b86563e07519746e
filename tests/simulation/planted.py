"""Bugs that the simulation must find: one for each thing that must hold, each as somebody might write it by mistake."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any

from chalicelib import news
from chalicelib.batches import actions as batch_actions
from chalicelib.batches import counting
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batch_store
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.manufacturing import rules as order_rules
from chalicelib.manufacturing import webhook
from chalicelib.payments import store as payment_store
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import following, paying, placing
from chalicelib.preorders import rules as preorder_rules
from chalicelib.room import store as room_store
from tests.simulation import shards
from tests.simulation.faults import Options
from tests.simulation.shortcuts import replaced

Plant = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Planted:
    """A mistake, what it breaks (the ids of what is told), and within how many seeds it is told; of histories with this
    feature, where it is about one, or of a `rush`; and with this fault, which they would have seldom, so often."""

    name: str
    breaks: tuple[str, ...]
    plant: Plant
    seeds: int
    feature: str = ""
    fault: tuple[str, float] | None = None

    def options(self, seed: int) -> Options:
        drawn = self._drawn(seed)
        return replace(drawn, rates=drawn.rates | dict([self.fault])) if self.fault else drawn

    def _drawn(self, seed: int) -> Options:
        if self.feature == "rush":
            return Options.rushed(seed)
        return Options.drawn(seed, frozenset([self.feature])) if self.feature else Options.drawn(seed)


def wrapped(owner: Any, name: str, around: Callable[..., Any]) -> Plant:
    """`around` hears of the real function first, then of what that was given."""
    return lambda: replaced(owner, name, partial(around, getattr(owner, name)))


def without(*attributes: str) -> Callable[..., Write]:
    """A write that has lost its conditions on these attributes; on all, where none is named."""

    def write(real: Callable[..., Write], *given: Any, **named: Any) -> Write:
        made = real(*given, **named)
        kept = () if not attributes else tuple(one for one in made.condition if one.attribute not in attributes)
        return replace(made, condition=kept)

    return write


def _clear_again(_real: Callable[..., None], ports: Any, campaign_id: str, pieces: tuple[Any, ...], ref: str) -> None:
    """Gives back every claim of a pre-order that is over, also what was given back before."""
    sheets = room_store.read(ports.table, campaign_id, [piece.spot for piece in pieces], consistent=True)
    standing = [(sheet.spot, sheet.claims[ref]) for sheet in sheets if ref in sheet.claims]
    ports.table.commit(*(room_store.giving_back(campaign_id, spot, claim, refusal=Busy) for spot, claim in standing))


def _last(*given: Any) -> Any:
    """Not the newer of two, but the one that was heard of last."""
    return max(given[0]) if len(given) == 1 else given[-1]


def _line_by_line(real: Callable[..., Any], campaign: Any, wanted: Any) -> Any:
    lines = real(campaign.model_copy(update={"limit_per_fan": 10**6}), wanted)
    if any(line.quantity > campaign.limit_per_fan for line in lines):
        raise preorder_rules.limit_reached(campaign)
    return lines


def _without_others(real: Callable[..., None], campaign: Any, _others: Any, units: int, **named: Any) -> None:
    real(campaign, [], units, **named)


def _unsealed(_real: Callable[..., Any], ports: Any, batch: Any) -> Any:
    return counting.recount(ports, batch.campaign_id, batch.number)[1]


def _impatient(real: Callable[..., Any], batch: Any, *given: Any, **named: Any) -> Any:
    return real(batch.model_copy(update={"held_units": batch.secured_units}), *given, **named)


def _by_count(real: Callable[..., Any], stage: str, change: Any) -> Any:
    """Tells of the minimum when the count crosses it, and says which count it was."""
    old, new = change.get("OldImage", {}), change.get("NewImage", {})
    if new.get("kind") != {"S": "batch"} or "secured_units" not in old:
        return real(stage, change)
    was, now, minimum = (int(one["N"]) for one in (old["secured_units"], new["secured_units"], new["minimum"]))
    if not was < minimum <= now:
        return real(stage, change)
    return news._announcement(
        stage,
        "batch",
        {**news.unpack(new), "state": "confirmed", "confirmed_at": None},
        change["ApproximateCreationDateTime"],
    )


def _another_snapshot(real: Callable[..., Any], campaign: Any, wanted: Any, *, batch_units: int) -> Any:
    """The lines are priced by what was wanted, not by what was locked."""
    return real(campaign, wanted, batch_units=batch_units + 5)


def _in_any_order() -> Callable[..., Any]:
    """Each time that the lines are made they stand in the other order."""
    made = count()
    return lambda real, *given, **named: real(*given, **named)[:: 1 - 2 * (next(made) % 2)]


def _whatever_is_said(real: Callable[..., Any], order: Any, new: Any, at: Any) -> Any:
    return real(order.model_copy(update={"state": "issued"}), new, at)


def _random_id() -> Callable[..., str]:
    number = count()
    return lambda real, *given, **named: f"{real(*given, **named)}{next(number)}"


def _dated(real: Callable[..., Any], order: Any, *, secret: str, now: Any) -> Any:
    return real(order.model_copy(update={"ships_at": now}), secret=secret, now=now)


def _stopping(_real: Callable[..., Any], act: Callable[[], None]) -> None:
    act()


def _swallowing(_real: Callable[..., Any], act: Callable[[], object]) -> bool:
    with suppress(Exception):  # the bug: what failed is not asked to come again
        act()
    return True


def _slowly(real: Callable[..., None], ports: Any, *given: Any) -> None:
    ports.clock.sleep(20)
    real(ports, *given)


@contextmanager
def _locking_impatiently() -> Iterator[None]:
    """Payments under way are taken for none, by whoever asks."""
    with wrapped(batch_rules, "is_cut", _impatient)(), wrapped(batch_rules, "_after_sealing", _impatient)():
        yield


@contextmanager
def _stepping_blindly() -> Iterator[None]:
    """Steps are decided, thought over, and taken whatever has happened meanwhile."""
    with wrapped(batch_actions, "_take", _slowly)(), wrapped(batch_store, "advancing", without())():
        yield


BUGS = (
    Planted("claim without looking at the room", ("S1",), wrapped(room_store, "claiming", without("n")), 20),
    Planted("count whatever comes last", ("S2", "S1", "L3"), lambda: replaced(counting, "max", _last), 40),
    Planted("give back once more", ("S3", "L3"), wrapped(paying, "_clear", _clear_again), 60),
    Planted("judge lines, not their sum", ("S4",), wrapped(preorder_rules, "accept", _line_by_line), 120),
    Planted("judge without the fan's others", ("S4",), wrapped(preorder_rules, "check_limit", _without_others), 120),
    Planted("step on without a condition", ("B1", "B3", "B4"), _stepping_blindly, 120),
    Planted("announce when the count crosses", ("B2",), wrapped(news, "news", _by_count), 40),
    Planted("lock without sealing", ("B3",), wrapped(counting, "seal", _unsealed), 20),
    Planted("lock while payments are under way", ("B4",), _locking_impatiently, 150),
    Planted("order at another price", ("O3", "B5"), wrapped(order_rules, "lines", _another_snapshot), 20),
    Planted("put lines in any order", ("B5",), wrapped(order_rules, "lines", _in_any_order()), 40),
    Planted("take any answer", ("O4",), wrapped(order_rules, "decide", _whatever_is_said), 40),
    Planted("number orders anew", ("O1",), wrapped(ids, "order_id", _random_id()), 20),
    Planted("date what is sent again", ("O2",), wrapped(webhook, "signed", _dated), 150),
    Planted(
        "stop at the first that fails",
        ("L2",),
        wrapped(following, "_tried", _stopping),
        150,
        fault=("poison pre-order", 0.5),
    ),
    Planted(
        "take what failed for done",
        ("L1", "L2", "M5", "S2", "B2", "O1"),
        wrapped(shards, "attempted", _swallowing),
        100,
    ),
    Planted("ask for a payment anew", ("M8", "L3"), wrapped(payment_store, "requesting", without()), 80),
    Planted("answer without looking for one's own", ("L4",), lambda: replaced(placing, "place", placing._place), 20),
)
