"""A batch misses its minimum and rolls: its pre-orders move to the next batch, in the order of placing, each whole."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import news
from chalicelib.batches import actions as batches
from chalicelib.batches import rollover as batch_rollover
from chalicelib.batches import store as stored
from chalicelib.batches.rollover import RolloverOver
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.preorders import following, rollover
from tests.cameras import batch_plan
from tests.hands import START
from tests.invariants import checks
from tests.journeys.test_edits import edit
from tests.journeys.test_lock import WIDE, of, own, wish
from tests.journeys.test_playbook import over
from tests.journeys.test_promises import choose, day, move
from tests.journeys.test_waves import Deed, gone, wave
from tests.races.quick_world import QuickWorld
from tests.races.races import InHand
from tests.races.racing import CutIn
from tests.world import World

ROLL = {"kind": "roll"}
FLAT = [{"from_units": 1, "unit_price_minor": 10_000}]
LADDER = [(1, 10_000), (5, 9_500), (20, 8_000)]


def rolling(world: World, *steps: dict[str, Any], second: dict[str, int] | None = None, **changes: Any) -> str:
    """A pre-sale whose first batch (5 to 20) rolls into the second one (5 to 20, 30 days later)."""
    ladder = [{"from_units": units, "unit_price_minor": price} for units, price in LADDER]
    batches = [batch_plan(), batch_plan(**{"days": 60, **(second or {})})]
    return world.presale(**{"price_ladder": ladder, "playbook": list(steps or (ROLL,)), "batches": batches, **changes})


def placed(world: World, campaign_id: str, **units: int) -> None:
    """By these fans, a minute between each two."""
    for name, quantity in units.items():
        assert wish(world, name, campaign_id, of(WIDE, quantity)).status == 201
        world.settle_down()
        world.clock.forward(seconds=60)


def ordered(world: World, campaign_id: str, number: int) -> int:
    order = world.maker().get(f"/v1/manufacturing-orders/{campaign_id}.{number}.1").json
    return sum(line["quantity"] for line in order["lines"])


def test_pre_orders_of_a_missed_batch_move_to_the_next_one_and_are_made_there(world: World) -> None:
    campaign_id = rolling(world)
    placed(world, campaign_id, ada=3, bob=1)
    over(world)
    first, second = world.batches(campaign_id)
    assert (first["state"], first["final_units"], first["rolled_units"], first["held_units"]) == ("short", 4, 4, 0)
    assert [(play["sentence"], play.get("into_batch")) for play in first["played"]] == [
        ("playbook.roll", 2),
        ("playbook.refund", None),
    ]
    assert (second["held_units"], second["secured_units"]) == (4, 4)
    moved = own(world, "ada")
    assert (moved["state"], moved["batch_number"], moved["ships_at"]) == ("secured", 2, second["ships_at"])
    assert [(roll["from_batch"], roll["was"]) for roll in moved["rolls"]] == [(1, first["ships_at"])]
    assert {one["path"] for one in world.items("preorder")} == {"2.1"}
    placed(world, campaign_id, cleo=2)
    over(world, days=60)
    second = world.batches(campaign_id)[1]
    assert (second["state"], second["final_units"], ordered(world, campaign_id, 2)) == ("ordered", 6, 6)
    assert own(world, "ada")["final_total_minor"] == 3 * 9_500


def test_a_batch_with_less_room_takes_the_first_to_place_who_fit_and_the_rest_is_refunded(world: World) -> None:
    """Cleo needs more than is left when it is her turn; who comes behind her may still fit, each whole."""
    plans = [batch_plan(minimum=18), batch_plan(minimum=1, capacity=5, days=60)]
    campaign_id = rolling(world, batches=plans, price_ladder=FLAT)
    placed(world, campaign_id, ada=3, bob=1, cleo=2, dora=1, emil=1)
    over(world)
    first, second = world.batches(campaign_id)
    assert (first["final_units"], first["rolled_units"], second["final_units"]) == (8, 5, 5)
    assert {name: own(world, name)["state"] for name in ("ada", "bob", "cleo", "dora", "emil")} == {
        "ada": "ordered",
        "bob": "ordered",
        "cleo": "lapsed",
        "dora": "ordered",
        "emil": "lapsed",
    }
    assert own(world, "cleo")["reason"] == own(world, "emil")["reason"] == "minimum_missed"
    assert ordered(world, campaign_id, 2) == 5


@pytest.mark.parametrize(
    ("second", "terms"),
    [
        ({"minimum": 1}, {}),
        ({}, {"accepts_ships_at": (START + timedelta(days=60)).isoformat()}),
    ],
    ids=["it could cost more there", "it ships later than was accepted"],
)
def test_whose_terms_the_next_batch_does_not_meet_is_refunded(
    world: World, second: dict[str, int], terms: dict[str, Any]
) -> None:
    campaign_id = rolling(world, second=second)
    assert wish(world, "ada", campaign_id, of(WIDE, 3), **terms).status == 201
    over(world)
    first, after = world.batches(campaign_id)
    assert [play["sentence"] for play in first["played"]] == ["playbook.roll", "playbook.refund"]
    assert (first["state"], first["final_units"], first["rolled_units"], after["held_units"]) == ("short", 3, None, 0)
    assert (own(world, "ada")["state"], own(world, "ada")["reason"]) == ("lapsed", "minimum_missed")


def test_where_the_next_batch_is_cheaper_at_most_the_most_falls_and_nothing_is_asked_for_again(world: World) -> None:
    """It needs 20, so that a unit costs 8,000 at most: within what the payment is secured for."""
    campaign_id = rolling(world, second={"minimum": 20})
    assert wish(world, "ada", campaign_id, of(WIDE, 3), accepts_ships_at=far()).json["total_most_minor"] == 3 * 9_500
    over(world)
    moved = own(world, "ada")
    assert (moved["state"], moved["batch_number"], moved["total_most_minor"]) == ("secured", 2, 3 * 8_000)
    [payment] = [one for one in world.items("payment") if one["preorder_id"] == moved["preorder_id"]]
    assert (payment["state"], payment["amount_most_minor"], payment["authorised_minor"]) == ("secured", 24_000, 28_500)


def far() -> str:
    return (START + timedelta(days=200)).isoformat()


@pytest.mark.parametrize("full", [True, False], ids=["the next batch is full", "there is no next batch"])
def test_a_roll_with_nowhere_to_go_is_passed(calm_world: QuickWorld, *, full: bool) -> None:
    plans = [batch_plan(minimum=20), batch_plan(minimum=1, capacity=2, days=60)] if full else [batch_plan()]
    campaign_id = rolling(calm_world, batches=plans, price_ladder=FLAT)
    placed(calm_world, campaign_id, ada=4)
    if full:
        fill_second(calm_world, campaign_id, cleo=2)
    over(calm_world)
    plays = [play["sentence"] for play in calm_world.batches(campaign_id)[0]["played"]]
    assert plays == ["playbook.roll_passed", "playbook.refund"]
    assert own(calm_world, "ada")["state"] == "lapsed"


def fill_second(world: World, campaign_id: str, **units: int) -> None:
    """Others take most of the first batch for a moment, so that these go to the second one."""
    gone = wish(world, "crowd", campaign_id, of(WIDE, 15)).json["preorder_id"]
    world.settle_down()
    placed(world, campaign_id, **units)
    assert all(own(world, name)["batch_number"] == 2 for name in units)
    assert world.fan("crowd").delete(f"/v1/preorders/{gone}").status == 200
    world.settle_down()


def test_a_closed_campaign_rolls_nothing(world: World) -> None:
    campaign_id = rolling(world)
    placed(world, campaign_id, ada=3)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    first = world.batches(campaign_id)[0]
    assert (first["state"], [play["sentence"] for play in first["played"]]) == (
        "short",
        ["playbook.roll_passed", "playbook.refund"],
    )


def test_a_cap_goes_with_the_one_who_named_it(world: World) -> None:
    """With six units the next batch costs 9,500: who takes part at 8,500 at most leaves it there."""
    campaign_id = rolling(world)
    assert wish(world, "ada", campaign_id, of(WIDE, 1), only_if_unit_price_at_most_minor=8_500).status == 201
    placed(world, campaign_id, bob=3)
    over(world)
    assert world.batches(campaign_id)[1]["secured_units"] == 4
    placed(world, campaign_id, cleo=3)
    over(world, days=60)
    assert world.batches(campaign_id)[1]["final_units"] == 6
    assert (own(world, "ada")["reason"], own(world, "bob")["final_total_minor"]) == ("price_above_cap", 3 * 9_500)


def test_who_has_moved_can_be_changed_and_withdrawn_there_and_keeps_the_first_answer(world: World) -> None:
    campaign_id = rolling(world)
    first = wish(world, "ada", campaign_id, of(WIDE, 3))
    changed = str(first.json["preorder_id"])
    world.settle_down()
    assert edit(world, "ada", changed, {"lines": [of(WIDE, 2)]}).status == 200
    over(world)
    assert own(world, "ada")["batch_number"] == 2
    assert wish(world, "ada", campaign_id, of(WIDE, 3)).json == first.json
    more = edit(world, "ada", changed, {"lines": [of(WIDE, 4)], "accepts_total_minor": 50_000})
    assert more.status == 200, "a saved card is charged at the lock, for what was accepted by then"
    again = edit(world, "ada", changed, {"lines": [of(WIDE, 3)], "accepts_total_minor": 28_500})
    assert again.status == 200
    world.settle_down()
    assert world.batches(campaign_id)[1]["secured_units"] == 3
    assert world.fan("ada").delete(f"/v1/preorders/{changed}").json["state"] == "withdrawn"
    world.settle_down()
    assert [batch["held_units"] for batch in world.batches(campaign_id)] == [0, 0]


def test_who_wanted_the_money_back_does_not_move(world: World) -> None:
    """Asked while the batch waits for a top-up: it is cut, so the refund is noted, and comes with the end."""
    rule = {"days": 14, "choice": True, "silence": "wait", "answer_hours": 90}
    campaign_id = rolling(world, {"kind": "top_up", "hours": 48}, ROLL, on_slip=rule)
    placed(world, campaign_id, ada=2, bob=2)
    world.clock.moment = START + timedelta(days=29, hours=12)
    assert move(world, campaign_id, 85).status == 200
    over(world)
    assert choose(world, "ada", own(world, "ada")["preorder_id"], "refund").status == 200
    assert choose(world, "bob", own(world, "bob")["preorder_id"], "wait").status == 200
    over(world, days=32)
    assert (own(world, "ada")["state"], own(world, "bob")["batch_number"]) == ("lapsed", 2)
    assert own(world, "bob")["chosen"] is None
    assert world.batches(campaign_id)[0]["rolled_units"] == 2


def test_a_date_that_has_slipped_there_before_is_known_and_leaves_nothing_to_choose(world: World) -> None:
    rule = {"days": 14, "choice": True, "silence": "refund", "answer_hours": 700}
    campaign_id = rolling(world, on_slip=rule)
    placed(world, campaign_id, ada=2)
    world.clock.moment = START + timedelta(days=20)
    assert move(world, campaign_id, 120, number=2).status == 200
    over(world)
    moved = own(world, "ada")
    assert (moved["batch_number"], moved["ships_at"]) == (2, day(120))
    assert choose(world, "ada", moved["preorder_id"], "refund").code == "nothing_to_choose"
    over(world, days=50)
    assert own(world, "ada")["state"] == "secured"


def test_a_batch_that_took_others_in_can_roll_itself(world: World) -> None:
    plans = [batch_plan(), batch_plan(days=60), batch_plan(days=90)]
    campaign_id = rolling(world, batches=plans)
    placed(world, campaign_id, ada=1)
    over(world)
    placed(world, campaign_id, bob=2)
    over(world, days=60)
    assert [batch["rolled_units"] for batch in world.batches(campaign_id)] == [1, 3, None]
    assert [roll["from_batch"] for roll in own(world, "ada")["rolls"]] == [1, 2]
    placed(world, campaign_id, cleo=2)
    over(world, days=90)
    assert ordered(world, campaign_id, 3) == 5


@pytest.mark.parametrize(("closes", "rolled"), [(24 * 59, None), (24 * 20, 4)], ids=["it sells", "it is over"])
def test_room_of_a_wave_is_for_those_who_roll_once_the_wave_is_over(
    calm_world: QuickWorld, closes: int, rolled: int | None
) -> None:
    campaign_id = rolling(calm_world, waves=[wave(1, closes, 40)])
    calm_world.clock.forward(seconds=3700)
    placed(calm_world, campaign_id, ada=1, bob=3)
    calm_world.clock.moment = START + timedelta(days=20, minutes=1)
    calm_world.tick()
    over(calm_world)
    assert calm_world.batches(campaign_id)[0]["rolled_units"] == rolled
    assert own(calm_world, "ada")["state"] == ("secured" if rolled else "lapsed")


def test_many_roll_in_the_order_of_placing_through_many_messages(
    calm_world: QuickWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two groups of pages with some who placed early and late in each; two are moved with a message."""
    monkeypatch.setattr(rollover, "MOVED_AT_ONCE", 2)
    plans = [batch_plan(minimum=990, capacity=2000), batch_plan(minimum=1, capacity=9, days=60)]
    campaign_id = rolling(calm_world, batches=plans, price_ladder=FLAT)
    names = [f"fan{number:02d}" for number in range(14)]
    placed(calm_world, campaign_id, **dict.fromkeys(names, 1))
    over(calm_world)
    moved = [name for name in names if own(calm_world, name)["state"] == "ordered"]
    assert moved == names[:9]
    assert len(calm_world.items("rollover")) == 2


def test_each_step_is_announced_with_where_it_goes(watched_world: QuickWorld) -> None:
    campaign_id = rolling(watched_world)
    placed(watched_world, campaign_id, ada=3)
    over(watched_world)
    written = {"ApproximateCreationDateTime": START.timestamp()}
    told = [news.news("test", record["dynamodb"] | written) for record in watched_world.engine.stream]
    [rolled] = [one for one in told if one and one.type == "groundswell.batch.played"]
    ships_at = watched_world.batches(campaign_id)[1]["ships_at"]
    assert (rolled.data["play"], rolled.data["into_batch"], rolled.data["into_ships_at"]) == (
        "playbook.roll",
        2,
        ships_at,
    )
    [short] = [one for one in told if one and one.type == "groundswell.batch.short"]
    assert (short.data["final_units"], short.data["rolled_units"]) == (3, 3)


def missed(world: QuickWorld, **units: int) -> str:
    """A batch whose roll is due with the next tick."""
    campaign_id = rolling(world)
    placed(world, campaign_id, **(units or {"ada": 2, "bob": 2}))
    world.clock.moment = START + timedelta(days=30, minutes=1)
    return campaign_id


def has_rolled(world: QuickWorld, campaign_id: str, *, units: int = 4) -> None:
    """At rest, by the next tick at the latest."""
    world.settle_down()
    world.clock.forward(seconds=120)
    world.tick()
    first, second = world.batches(campaign_id)
    assert (first["state"], first["final_units"], first["rolled_units"]) == ("short", 4, units)
    assert (second["held_units"], second["secured_units"]) == (units, units)


def test_everything_agrees_after_every_single_write(watched_world: QuickWorld) -> None:
    """S1, S2, B3: who moves holds room once, and in a batch that lives."""
    campaign_id, looked = missed(watched_world), []

    def look(when: str, call: str) -> None:
        if when == "after" and call in ("Put", "Update", "transact_write_items"):
            looked.append(call)
            checks.agree(watched_world.items(), checks.AT_EVERY_INSTANT)

    watched_world.engine.hook = look
    watched_world.tick()
    watched_world.engine.hook = None
    has_rolled(watched_world, campaign_id)
    assert looked.count("transact_write_items") >= 2


def test_wherever_it_breaks_off_the_rest_is_done_later_and_nothing_twice(watched_world: QuickWorld) -> None:
    """The container is gone before each of the calls that the whole roll makes, one after the other."""
    world, campaign_id = watched_world, missed(watched_world)
    before, tried = world.moment(), 0
    while True:
        world.back_to(before)
        world.engine.hook = cut = CutIn(tried + 1, gone)
        with suppress(ConnectionError):  # it was the clock's own function
            world.tick()
        world.engine.hook = None
        has_rolled(world, campaign_id)
        if not cut.done:
            break
        tried += 1
    assert tried > 30


def roll(world: QuickWorld, campaign_id: str) -> None:
    """The whole roll by one worker, message after message, from the first one on."""
    queues = InHand({"campaign_id": campaign_id, "number": 1, "roll_group": 0})
    ports = replace(world.ports, queues=queues)  # type: ignore[arg-type]
    while queues.messages:
        following.follow(ports, queues.messages.pop(0))


def withdraw(world: QuickWorld, campaign_id: str) -> None:
    reply = world.fan("ada").delete(f"/v1/preorders/{ids.preorder_id(campaign_id, 'sub-ada', 0)}")
    assert reply.code in ("ok", "batch_locked")


def end(step: str) -> Deed:
    def act(world: QuickWorld, campaign_id: str) -> None:
        assert world.organiser().post(f"/v1/campaigns/{campaign_id}/{step}").status == 200

    return act


def seal_the_next(world: QuickWorld, campaign_id: str) -> None:
    """The next batch is full at this very moment."""
    assert world.place("cleo", campaign_id, 20).code in ("ok", "batch_full")
    world.settle_down()


def advance(world: QuickWorld, campaign_id: str) -> None:
    batches.advance(world.ports, campaign_id, 1)


BESIDE: dict[str, Deed] = {
    "itself": roll,
    "one who withdraws": withdraw,
    "the clock": advance,
    "others who take the room": seal_the_next,
    "the end of the pre-sale": end("close"),
    "the end of the campaign": end("cancel"),
}


@pytest.mark.parametrize("deed", BESIDE)
def test_beside_anything_else_each_is_moved_once_or_not_at_all(watched_world: QuickWorld, deed: str) -> None:
    """At each call that the roll makes, the other runs to its end; all invariants hold whatever came of it."""
    world, campaign_id = watched_world, missed(watched_world)
    advance(world, campaign_id)
    assert world.batch(campaign_id)["rolling_over"]
    before, tried, seen = world.moment(), 0, set()
    while True:
        world.back_to(before)
        world.engine.hook = cut = CutIn(tried + 1, lambda: BESIDE[deed](world, campaign_id))
        with suppress(Busy):  # the message comes again
            roll(world, campaign_id)
        world.engine.hook = None
        world.settle_down()
        world.clock.forward(seconds=120)
        world.tick()
        first, second = world.batches(campaign_id)
        seen.add((first["state"], first["rolled_units"], second["state"]))
        checks.everything(world)
        if not cut.done:
            break
        tried += 1
    assert tried > 10
    assert {state for state, *_ in seen} <= {"short", "cancelled"}
    if deed in ("itself", "the clock"):
        assert {units for _, units, _ in seen} == {4}


def test_a_refund_that_is_asked_for_meanwhile_is_never_lost(watched_world: QuickWorld) -> None:
    """At each call of the roll: whoever is told that it is noted gets the money back; who is refused has moved."""
    rule = {"days": 14, "choice": True, "silence": "wait", "answer_hours": 90}
    world, campaign_id = watched_world, rolling(watched_world, on_slip=rule)
    placed(world, campaign_id, ada=2, bob=2)
    world.clock.moment = START + timedelta(days=29, hours=12)
    assert move(world, campaign_id, 85).status == 200
    world.settle_down()
    world.clock.moment = START + timedelta(days=30, minutes=1)
    advance(world, campaign_id)
    before, tried, seen = world.moment(), 0, set()
    mine, answers = ids.preorder_id(campaign_id, "sub-ada", 0), list[str]()
    while True:
        world.back_to(before)
        answers.clear()
        world.engine.hook = cut = CutIn(tried + 1, lambda: answers.append(choose(world, "ada", mine, "refund").code))
        roll(world, campaign_id)
        world.engine.hook = None
        world.settle_down()
        world.clock.forward(seconds=120)
        world.tick()
        checks.everything(world)
        seen.update((code, own(world, "ada")["state"]) for code in answers)
        if not cut.done:
            break
        tried += 1
    assert seen == {("ok", "lapsed"), ("nothing_to_choose", "secured")}


def test_an_old_message_of_a_roll_that_is_through_does_nothing(calm_world: QuickWorld) -> None:
    campaign_id = missed(calm_world)
    calm_world.tick()
    has_rolled(calm_world, campaign_id)
    items = calm_world.items()
    roll(calm_world, campaign_id)
    assert calm_world.items() == items
    first = stored.get(calm_world.ports.table, campaign_id, 1)
    for late in (batch_rollover.leaving(first, 1), batch_rollover.finishing(first)):
        with pytest.raises(RolloverOver):
            calm_world.ports.table.commit(late)
