"""Bugs in what a campaign and its fans can do beside the plain, each as somebody might write it by mistake."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from chalicelib import news
from chalicelib.batches import actions as batch_actions
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import runs
from chalicelib.batches import settlement_store as settlements
from chalicelib.batches import store as batch_store
from chalicelib.batches.clearing import Bid
from chalicelib.batches.wishes import Settlement
from chalicelib.campaigns import admission
from chalicelib.payments import giving_back
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import choosing, editing, households
from chalicelib.room import store as room_store
from chalicelib.room.seeking import Seeker
from chalicelib.waiting import store as waiting_store
from tests.simulation.planted import Planted, without, wrapped
from tests.simulation.shortcuts import replaced


def _anybody(*_: Any) -> bool:
    return True


def _unjudged(*_: Any) -> tuple[bool, list[Any]]:
    """More units without asking what the fan has."""
    return False, []


def _all_kept(_real: Callable[..., Settlement], wanted: Any, *_: Any, **__: Any) -> Settlement:
    """Every run is made, however small."""
    kept = {one.preorder_id: tuple((line.variant, line.quantity) for line in one.lines) for one in wanted}
    return Settlement(kept, (), ())


def _leaping(real: Callable[..., Any], steps: Any, played: Any, facts: Any) -> Any:
    """One step is taken for played when none was."""
    play = real(steps, played, facts)
    skipped = real(steps, [*played, play.kind], facts) if play and not played and play.kind != "refund" else None
    return skipped or play


def _alone(real: Callable[..., Any], table: Any, campaign: Any, batch: Any) -> Any:
    return real(table, campaign, batch.model_copy(update={"top_up": ()}))


def _unheard(real: Callable[..., None], ports: Any, promise: Any, batch: Any, slip: int) -> None:
    """What counts for those who said nothing counts for who answered as well."""
    real(ports, promise.model_copy(update={"chosen": None}), batch, slip)


def _told_again(real: Callable[..., Any], stage: str, change: Any) -> Any:
    """A minimum that is crossed again is announced again."""
    old = {name: value for name, value in change.get("OldImage", {}).items() if name != "confirmed_at"}
    return real(stage, {**change, "OldImage": old} if old else change)


def _uncounted(real: Callable[..., Write], batch: Any, sizes: tuple[int, ...]) -> Write:
    """What is offered is not counted as given out."""
    made = real(batch, sizes)
    return replace(made, attributes={**(made.attributes or {}), "reissued_units": batch.reissued_units})


def _left_there(real: Callable[..., Write], waiter: Any) -> Write:
    """Who was offered a place stays on the list."""
    return replace(real(waiter), kind="ConditionCheck")


def _unlimited(real: Callable[..., list[Write]], *given: Any) -> list[Write]:
    return [replace(write, condition=()) for write in real(*given)]


def _as_it_is(_real: Callable[..., Any], _before: Any, after: Any) -> Any:
    return after


def _kept(_real: Callable[..., None], _ports: Any, _preorder_id: str, _reason: str) -> None:
    """It is noted who wants the money back, and that is all."""


def _trusting(real: Callable[..., None], seeker: Seeker, *given: Any, **_: Any) -> None:
    """Who goes on with a pre-order believes what its container remembers of full pages."""
    real(seeker, *given, first_try=True)


def _trusting_seekers() -> AbstractContextManager[None]:
    real = Seeker.__init__
    return replaced(Seeker, "__init__", lambda seeker, *given, **named: _trusting(real, seeker, *given, **named))


FEATURE_BUGS = (
    Planted("trust what is remembered", ("S2", "B3", "L1"), _trusting_seekers, 40, "rush"),
    Planted(
        "cut what was opened again",
        ("B3",),
        wrapped(batch_actions, "_as_decided", _as_it_is),
        100,
        "playbook",
        ("freeze", 0.1),
    ),
    Planted("let anybody into a wave", ("A1",), wrapped(admission, "opens_to", _anybody), 20, "waves"),
    Planted(
        "fill up a page without looking", ("S1", "S2"), wrapped(room_store, "filling_up", without("n")), 60, "waves"
    ),
    Planted("offer what is not counted", ("S1",), wrapped(batch_store, "offering", _uncounted), 60, "waiting"),
    Planted("keep on the list", ("L4", "L1"), wrapped(waiting_store, "_off_the_list", _left_there), 60, "waiting"),
    Planted("judge no edit", ("S4",), wrapped(editing, "_judged", _unjudged), 100, "edits"),
    Planted("take a cap for a wish", ("B4", "B5"), wrapped(Bid, "allows", _anybody), 150, "caps"),
    Planted("make every run", ("B4",), wrapped(runs, "settle", _all_kept), 20, "levels"),
    Planted("leap over a step", ("B1",), wrapped(batch_rules, "next_play", _leaping), 20, "playbook"),
    Planted("forget the organiser's units", ("B4",), wrapped(settlements, "made", _alone), 60, "playbook"),
    Planted("hear no answer to a slip", ("L4",), wrapped(choosing, "_carry_out", _unheard), 60, "slips"),
    Planted("keep the money of what slipped", ("L4 (slips)",), wrapped(giving_back, "give_all", _kept), 60, "slips"),
    Planted("tell of a minimum again", ("B2",), wrapped(news, "news", _told_again), 80, "slips"),
    Planted("count households without a limit", ("S4",), wrapped(households, "_more", _unlimited), 20, "households"),
)
