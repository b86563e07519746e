"""A draw breaks off after every write, loses every answer, and is held by two clocks at once: it is the same draw."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.batches import actions as batches
from chalicelib.batches import drawn as room
from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batch_store
from chalicelib.batches.model import Batch
from chalicelib.campaigns import actions as campaigns
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.ports import Ports
from chalicelib.waiting import actions, draw_store, drawing, entering
from chalicelib.waiting.draw_rules import EntriesClosed
from chalicelib.waiting.model import NewEntry
from tests.conftest import ENVIRONMENT, groundswell
from tests.hands import START
from tests.invariants import checks
from tests.invariants.items import of
from tests.journeys.test_waves import wave
from tests.races import test_crash_points as crashes
from tests.races.quick_world import QuickWorld, quickly_opened
from tests.races.racing import CutIn, digest
from tests.races.situations import Context, selling

WISHES = {"ada": 3, "bob": 3, "cyd": 1, "dan": 4, "eve": 2, "fay": 2}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[QuickWorld]:
    """Small pages, and few entries at once, so that there are many points to break off at."""
    monkeypatch.setattr(drawing, "LIST_PAGE", 2)
    monkeypatch.setattr(drawing, "AT_ONCE", 2)
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        yield world


def enters(fan: str, quantity: int = 1) -> Callable[[Ports, Context], object]:
    new = NewEntry.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}]})
    return lambda ports, context: entering.enter(ports, f"sub-{fan}", context["campaign_id"], "1", new)


def over(world: QuickWorld) -> Context:
    """Six have entered a wave of eight units, and it has just closed."""
    context = selling(world, waves=[wave(1, 2, 8, draw=True), wave(3, 4, 6)])
    world.clock.moment = START + timedelta(hours=1.5)
    for fan, quantity in WISHES.items():
        enters(fan, quantity)(world.ports, context)
    world.clock.moment = START + timedelta(hours=2)
    return context


def listed(world: QuickWorld) -> Context:
    """The list has stood for long enough."""
    context = over(world)
    drawing.hold_due(world.ports)
    world.clock.forward(minutes=5)
    return context


def run(world: QuickWorld) -> None:
    """A quarter of an hour of ticks; one of them may break off."""
    for _ in range(15):
        crashes.again(world.pump.tick)
        crashes.again(world.settle_down)
        world.clock.forward(minutes=1)


def outcome(world: QuickWorld) -> Counter[str]:
    """What is stored of the draw beside the rest, and who waits in which order."""
    items = world.items()
    found = digest(world)
    names = ("entry_id", "state", "rank", "allotted", "listed_as", "seed", "list_hash", "told", "books", "entries")
    for kind in ("draw", "draw_list", "draw_ranks", "waiting_entry", "waiting_by_rank"):
        for item in of(items, kind):
            spot = {**item.get("offer", {}), "until": None}
            found[repr([kind, spot, *(item.get(name) for name in names)])] += 1
    return found


@pytest.mark.parametrize("failure", [crashes.crash, crashes.lose], ids=["dies", "loses the answer"])
def test_it_breaks_off_anywhere_and_is_the_same_draw(quick: QuickWorld, failure: Callable[[], None]) -> None:
    over(quick)
    start = quick.moment()
    run(quick)
    expected = outcome(quick)
    for at in count(1):
        quick.back_to(start)
        quick.engine.hook = hook = crashes.AfterWrite(at, failure)
        run(quick)
        quick.engine.hook = None
        if not hook.done:
            break
        crashes.assert_at_rest(quick)
        found = outcome(quick)
        assert found == expected, f"write {at}: {found - expected}, not {expected - found}"
    assert at > 10


def ending(world: QuickWorld, context: Context) -> None:
    campaigns.close(world.ports, "sub-olga", context["campaign_id"])
    batches.advance_all(world.ports, context["campaign_id"])


def in_time(world: QuickWorld, context: Context) -> None:
    """By a container whose clock is behind."""
    now, world.clock.moment = world.clock.moment, START + timedelta(hours=1.9)
    enters("gus", 8)(world.ports, context)
    world.clock.moment = now


def tick(world: QuickWorld, _: Context) -> None:
    drawing.hold_due(world.ports)


def advance(world: QuickWorld, context: Context) -> None:
    batches.advance(world.ports, context["campaign_id"], 1)


def offer(world: QuickWorld, context: Context) -> None:
    actions.offer(world.ports, context["campaign_id"], 1)


Deed = Callable[[QuickWorld, Context], None]


@pytest.mark.parametrize("prepare", [over, listed])
@pytest.mark.parametrize("other", [tick, advance, offer, ending, in_time])
def test_something_else_happens_in_the_middle_of_it(
    quick: QuickWorld, prepare: Callable[[QuickWorld], Context], other: Deed
) -> None:
    """At each call that the clock makes the other runs to its end: two clocks hold one draw, rooms stay sound, and who
    enters late is either in the list or out of the draw, but never changes it."""
    context = prepare(quick)
    start, ways = quick.moment(), 0
    for at in count(1):
        quick.back_to(start)
        quick.engine.hook = hook = CutIn(at, lambda: other(quick, context))
        drawing.hold_due(quick.ports)
        quick.engine.hook = None
        if not hook.done:
            break
        ways += 1
        checks.agree(quick.items(), checks.AT_EVERY_INSTANT)
        run(quick)
        if other in (tick, advance, offer):
            checks.everything(quick)
            [head] = quick.items("draw")
            assert (head["state"], head["entries"], head["told"]) == ("told", 6, 6)
        else:
            checks.agree(quick.items(), checks.AT_EVERY_INSTANT)
    assert ways > 5


def test_rooms_are_sound_after_every_write_of_a_draw(quick: QuickWorld) -> None:
    over(quick)
    looked = []

    def look(when: str, call: str) -> None:
        if when == "after" and call not in ("get_item", "batch_get_item", "query"):
            looked.append(call)
            checks.agree(quick.items(), checks.AT_EVERY_INSTANT)

    quick.engine.hook = look
    run(quick)
    quick.engine.hook = None
    assert len(looked) > 10


def test_who_comes_far_too_late_changes_nothing(quick: QuickWorld) -> None:
    """An entry that was judged in time and lands when all have been told: not on the way of what was drawn."""
    context = over(quick)
    run(quick)
    before = outcome(quick)
    quick.clock.moment = START + timedelta(hours=1.9)
    told = entering.own(quick.ports, "sub-ada", context["campaign_id"], "1")
    with pytest.raises(EntriesClosed):
        enters("ada")(quick.ports, context)
    with pytest.raises(EntriesClosed):  # a container that has judged it by what it had read before
        quick.ports.table.commit(draw_store.entering(told.model_copy(update={"state": "entered"}), 1))
    assert outcome(quick) == before


def cut(world: QuickWorld, batch: Batch) -> None:
    number = room.kept_for(batch, 1)
    assert number is not None
    world.ports.table.commit(room.cutting_up(batch, number, {3: 2, 2: 1}))


def test_books_are_cut_or_offered_but_never_both_from_the_same_sight(quick: QuickWorld) -> None:
    """Whoever comes second has not seen the other's books, and would write them away."""
    table, context = quick.ports.table, over(quick)
    seen = batch_store.get(table, context["campaign_id"], 1)
    cut(quick, seen)
    for late in (lambda: cut(quick, seen), lambda: table.commit(batch_store.offering(seen, (1,)))):
        with pytest.raises(Busy):
            late()
    books = batch_store.get(table, context["campaign_id"], 1).books
    assert [(book.units, book.each) for book in books] == [(0, 0), (12, 0), (6, 3), (2, 2)]
    assert room.kept_for(batch_store.get(table, context["campaign_id"], 1), 1) is None


def test_a_batch_that_is_being_sealed_is_not_cut_up(quick: QuickWorld) -> None:
    context = over(quick)
    seen = batch_store.get(quick.ports.table, context["campaign_id"], 1)
    ending(quick, context)
    with pytest.raises(Busy):
        cut(quick, seen)
    sealed = batch_store.get(quick.ports.table, context["campaign_id"], 1)
    assert room.kept_for(sealed, 1) is None, "its units have been given back with the seal"


def test_units_that_are_free_already_are_offered_to_those_who_drew_nothing(quick: QuickWorld) -> None:
    """Also when nothing happens any more after they have been told."""
    waves = [wave(0, 2, 4), wave(1, 2, 4, draw=True), wave(5, 6, 12)]
    context = selling(quick, waves=waves, limit_per_fan=4)
    campaign_id = context["campaign_id"]
    placed = quick.place("zoe", campaign_id, 4).json["preorder_id"]
    quick.settle_down()
    quick.clock.moment = START + timedelta(hours=1.5)
    for fan in ("ada", "bob"):
        new = NewEntry.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": 4}]})
        entering.enter(quick.ports, f"sub-{fan}", campaign_id, "2", new)
    for hour in (2, 2.05):
        quick.clock.moment = START + timedelta(hours=hour)
        quick.tick()
    quick.fan("zoe").delete(f"/v1/preorders/{placed}")
    quick.settle_down()
    assert batch_rules.offerable_units(batch_store.get(quick.ports.table, campaign_id, 1)) == 4
    quick.clock.forward(minutes=5)
    quick.engine.hook = crashes.AfterWrite(2, crashes.crash)
    with pytest.raises(crashes.Crash):
        drawing.hold_due(quick.ports)
    quick.engine.hook = None
    assert quick.items("draw")[0]["state"] == "held"
    quick.settle_down()
    quick.tick()
    assert sorted(one["state"] for one in quick.items("waiting_entry")) == ["offered", "offered"]
    checks.everything(quick)
