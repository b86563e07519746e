"""Waves: each sells its own units to those whom it is for, and what it leaves rolls on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.batches import actions as batches
from chalicelib.kernel import instants, keys
from tests.cameras import batch_plan
from tests.hands import START
from tests.invariants import checks
from tests.races.quick_world import QuickWorld
from tests.races.racing import CutIn
from tests.world import World

CODE = "early-bird-7"


def wave(opens: float, closes: float, units: int, **more: Any) -> dict[str, Any]:
    """A wave between two hours of the test's day."""
    at = [instants.text(START + timedelta(hours=hours)) for hours in (opens, closes)]
    return {"title": f"From hour {opens:g}", "opens_at": at[0], "closes_at": at[1], "units": units, **more}


CODED, OPEN = wave(1, 2, 8, access_code=CODE), wave(3, 4, 6)
ONE_BATCH = [batch_plan(capacity=20)]


def presale(world: World, *waves: dict[str, Any], **changes: Any) -> str:
    return world.presale(**{"batches": ONE_BATCH, "waves": list(waves), **changes})


def to_hour(world: World, hour: float) -> None:
    """A minute past this hour of the test's day; the schedules have fired."""
    world.clock.moment = START + timedelta(hours=hour, minutes=1)
    world.tick()


def shares(world: World, campaign_id: str, number: int = 1) -> dict[int | None, tuple[int, int]]:
    """(units, free units) of each wave of a batch, as everybody sees them."""
    shown = world.batches(campaign_id)[number - 1]["waves"]
    return {one["wave"]: (one["units"], one["free_units"]) for one in shown}


def test_a_wave_with_a_code_comes_first_and_then_everybody(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    assert shares(world, campaign_id) == {1: (8, 8), 2: (12, 12)}
    assert world.place("ada", campaign_id, 2, access_code=CODE).code == "wave_not_open"
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 2).code == "access_code_wrong"
    assert world.place("ada", campaign_id, 2, access_code=CODE.upper()).code == "access_code_wrong"
    assert world.place("ada", campaign_id, 2, access_code=CODE).status == 201
    world.settle_down()
    assert shares(world, campaign_id) == {1: (8, 6), 2: (12, 12)}
    to_hour(world, 2)
    assert shares(world, campaign_id) == {1: (2, 0), 2: (18, 18)}
    assert world.place("bob", campaign_id, 1, access_code=CODE).code == "wave_not_open"
    to_hour(world, 3)
    assert world.place("bob", campaign_id, 18).status == 201
    assert world.place("cyd", campaign_id, 1).code == "batch_full"


def test_the_code_is_kept_nowhere_and_shown_to_nobody(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 1, access_code=CODE).status == 201
    assert CODE not in repr(world.items())
    shown = world.anybody.get(f"/v1/campaigns/{campaign_id}")
    assert [one["needs_code"] for one in shown.json["waves"]] == [True, False]
    assert shown.json["wave_rule"].startswith("What a wave leaves goes to those who wait, then to the next wave")
    hidden = next(item["waves"][0]["code"] for item in world.items("campaign"))
    assert hidden.partition(":")[2] not in shown.text


def test_a_wave_is_for_its_countries(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(0, 2, 10, regions=["DE", "FR"]), wave(1, 2, 5, regions=["JP"]))
    assert world.place("ada", campaign_id, 1).code == "region_not_served"
    refused = world.place("ada", campaign_id, 1, country="JP")
    assert (refused.code, "opens at 2026-11-21T13:00:00.000Z" in refused.text) == ("region_not_served", True)
    assert world.place("ada", campaign_id, 1, country="FR").status == 201
    to_hour(world, 1)
    assert world.place("bob", campaign_id, 10, country="JP").status == 201
    assert world.place("bob", campaign_id, 1, key="k2", country="JP").code == "batch_full"
    refused = world.place("cyd", campaign_id, 1, country="US")
    assert (refused.code, "everybody after" in refused.text) == ("region_not_served", True)
    to_hour(world, 2)
    assert world.place("cyd", campaign_id, 9, country="US").status == 201


def test_what_every_wave_leaves_is_for_everybody_in_the_end(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 2)
    to_hour(world, 4)
    assert shares(world, campaign_id) == {1: (0, 0), 2: (0, 0), None: (20, 20)}
    assert world.place("ada", campaign_id, 20).status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def test_waves_that_the_clock_missed_roll_on_when_it_looks_again(world: QuickWorld) -> None:
    """Both at once: nobody had to be there at each end."""
    campaign_id = presale(world, CODED, OPEN)
    world.clock.moment = START + timedelta(hours=4, minutes=1)
    assert "in a minute" in world.place("ada", campaign_id, 1).text
    world.tick()
    assert shares(world, campaign_id)[None] == (20, 20)
    assert world.place("ada", campaign_id, 20).status == 201


def test_the_clock_decides_to_the_millisecond(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(1, 2, 20))
    world.clock.moment = START + timedelta(hours=1, milliseconds=-1)
    assert world.place("ada", campaign_id, 1).code == "wave_not_open"
    world.clock.moment = START + timedelta(hours=1)
    assert world.place("ada", campaign_id, 1).status == 201
    world.clock.moment = START + timedelta(hours=2, milliseconds=-1)
    assert world.place("ada", campaign_id, 1, key="k2").status == 201
    world.clock.moment = START + timedelta(hours=2)
    assert world.place("ada", campaign_id, 1, key="k3").code == "wave_not_open"


def test_a_fan_of_both_waves_keeps_what_the_first_one_gave(world: QuickWorld) -> None:
    """The first answer stands for ever; withdrawing works after the wave has rolled on."""
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    first = world.place("ada", campaign_id, 6, access_code=CODE).json
    assert world.place("bob", campaign_id, 3, access_code=CODE).code == "batch_full"
    world.settle_down()
    to_hour(world, 3)
    assert world.place("ada", campaign_id, 6, access_code=CODE).json == first
    assert world.place("ada", campaign_id, 6).json == first
    assert world.place("ada", campaign_id, 12, key="k2").status == 201
    assert world.fan("ada").delete(f"/v1/preorders/{first['preorder_id']}").json["state"] == "withdrawn"
    world.settle_down()
    assert shares(world, campaign_id) == {1: (0, 0), 2: (20, 8)}
    assert not any("z" in page for page in world.items("page")), "only the lock seals"
    assert world.place("bob", campaign_id, 8, key="k2").status == 201


def test_what_is_given_back_goes_to_the_first_wave_that_is_not_over(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    first = world.place("ada", campaign_id, 8, access_code=CODE).json["preorder_id"]
    world.settle_down()
    world.fan("ada").delete(f"/v1/preorders/{first}")
    world.settle_down()
    assert shares(world, campaign_id) == {1: (8, 8), 2: (12, 12)}
    assert world.place("bob", campaign_id, 8, access_code=CODE).status == 201


def test_a_waves_own_limit_holds_while_it_is_open(world: QuickWorld) -> None:
    """Over all of the fan's pre-orders, as the campaign's does."""
    campaign_id = presale(world, wave(1, 2, 10, limit_per_fan=3), OPEN)
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 4).code == "limit_reached"
    assert world.place("ada", campaign_id, 2).status == 201
    assert world.place("ada", campaign_id, 2, key="k2").code == "limit_reached"
    assert world.place("ada", campaign_id, 1, key="k3").status == 201
    to_hour(world, 3)
    assert world.place("ada", campaign_id, 4, key="k4").status == 201


def test_a_waves_limit_holds_for_edits_and_for_what_a_line_may_become(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(1, 2, 10, limit_per_fan=3), OPEN)
    to_hour(world, 1)
    line = {"variant": {"lens": "wide"}, "quantity": 2, "up_to": 4}
    asked = world.fan("ada").post(f"/v1/campaigns/{campaign_id}/preorders", {"lines": [line]}, Idempotency_Key="k0")
    assert asked.code == "limit_reached"
    placed = world.place("ada", campaign_id, 2).json["preorder_id"]
    world.settle_down()

    def edited(quantity: int) -> str:
        body = {"lines": [{**line, "quantity": quantity, "up_to": None}], "accepts_total_minor": 100_000}
        return world.fan("ada").call("PATCH", f"/v1/preorders/{placed}", body).code

    assert [edited(4), edited(3)] == ["limit_reached", "ok"]


def test_nobody_joins_the_waiting_list_before_their_wave(world: QuickWorld) -> None:
    """Room that is not open yet is not gone."""
    campaign_id = presale(world, wave(1, 2, 10, access_code=CODE), wave(2, 4, 10))

    def joined() -> str:
        body = {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
        path = f"/v1/campaigns/{campaign_id}/waiting"
        return world.fan("cyd").post(path, body, Idempotency_Key="w").code

    assert joined() == "wave_not_open"
    to_hour(world, 1)
    assert joined() == "access_code_wrong"
    to_hour(world, 2)
    assert joined() == "room_left"


def test_a_wave_ends_while_a_payment_is_under_way(world: QuickWorld) -> None:
    """M7: the claim stands on a page that is filled up, and is secured there; a declined one gives its units on."""
    campaign_id = presale(world, CODED, OPEN)
    world.clock.moment = START + timedelta(hours=2, milliseconds=-1)
    assert world.place("ada", campaign_id, 3, access_code=CODE).status == 201
    assert world.place("bob", campaign_id, 4, access_code=CODE, payment_method="card_declined").status == 201
    to_hour(world, 2)
    batch = world.batches(campaign_id)[0]
    assert (batch["held_units"], batch["secured_units"]) == (3, 3)
    assert sum(units for units, _ in shares(world, campaign_id).values()) == 20
    to_hour(world, 3)
    assert world.place("cyd", campaign_id, 17).status == 201


def test_a_wave_ends_twice_and_rolls_on_once(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 2)
    once = world.batch(campaign_id)
    world.tick()
    world.clock.forward(minutes=1)
    world.tick()
    assert world.batch(campaign_id) == once


def test_the_clock_looks_again_at_each_end(world: QuickWorld) -> None:
    """Also where a wave left nothing."""
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 8, access_code=CODE).status == 201
    looks = []
    for hour in (1.5, 2, 4):
        to_hour(world, hour)
        looks.append(world.batch(campaign_id)["gsi2sk"].partition("#")[0])
    assert looks == [CODED["closes_at"], OPEN["closes_at"], world.batch(campaign_id)["closes_at"]]


def test_the_campaign_closes_during_a_wave(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    world.place("ada", campaign_id, 6, access_code=CODE)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    to_hour(world, 5)
    assert world.place("bob", campaign_id, 1).code == "campaign_not_preselling"


def test_the_campaign_is_cancelled_during_a_wave(world: QuickWorld) -> None:
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    world.place("ada", campaign_id, 6, access_code=CODE)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel").status == 200
    world.settle_down()
    to_hour(world, 5)
    assert world.batches(campaign_id)[0]["state"] == "cancelled"


def test_a_batch_that_ends_between_two_waves_locks_what_it_has(world: QuickWorld) -> None:
    early = {**batch_plan(minimum=2, capacity=4), "closes_at": wave(0, 2.5, 1)["closes_at"]}
    campaign_id = presale(world, wave(1, 2, 4), wave(2, 6, 4), batches=[early, batch_plan(minimum=2, capacity=4)])
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 2).json["batch_number"] == 1
    to_hour(world, 2)
    assert world.place("bob", campaign_id, 3).json["batch_number"] == 2
    assert world.place("cyd", campaign_id, 2).json["batch_number"] == 1
    to_hour(world, 3)
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "confirmed"]


def test_a_wave_is_cut_across_batches_in_order(world: QuickWorld) -> None:
    plans = [batch_plan(capacity=10), batch_plan(capacity=10, days=60)]
    campaign_id = presale(world, wave(0, 2, 14), wave(2, 4, 3), batches=plans)
    assert [shares(world, campaign_id, number) for number in (1, 2)] == [{1: (10, 10)}, {1: (4, 4), 2: (6, 6)}]
    assert world.place("ada", campaign_id, 10).json["batch_number"] == 1
    assert world.place("bob", campaign_id, 4).json["batch_number"] == 2
    assert world.place("cyd", campaign_id, 1).code == "batch_full"
    world.settle_down()
    to_hour(world, 2)
    assert world.place("cyd", campaign_id, 6).json["batch_number"] == 2


def test_a_quote_asks_the_same_as_a_preorder(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(1, 2, 8, access_code=CODE, limit_per_fan=4), wave(2, 4, 6, regions=["DE"]))
    lines = [{"variant": {"lens": "wide"}, "quantity": 5}]

    def quoted(quantity: int = 1, **body: Any) -> str:
        asked = {"lines": [{**lines[0], "quantity": quantity}], **body}
        return world.anybody.post(f"/v1/campaigns/{campaign_id}/quote", asked).code

    assert quoted(access_code=CODE) == "wave_not_open"
    to_hour(world, 1)
    assert [quoted(), quoted(access_code=CODE), quoted(5, access_code=CODE)] == [
        "access_code_wrong",
        "ok",
        "limit_reached",
    ]
    to_hour(world, 2)
    assert [quoted(), quoted(20, country="DE"), quoted(country="US")] == [
        "region_not_served",
        "ok",
        "region_not_served",
    ]
    assert quoted(21, country="DE") == "limit_reached"


def test_rooms_are_sound_at_every_step(watched_world: QuickWorld) -> None:
    """S1, S2: looked at after each single write while a wave rolls on under a crowd."""
    world = watched_world
    campaign_id = presale(world, wave(1, 2, 8), OPEN)
    to_hour(world, 1)
    for name in ("ada", "bob"):
        assert world.place(name, campaign_id, 3).status == 201
    looked = watching(world)
    to_hour(world, 2)
    to_hour(world, 3)
    assert world.place("cyd", campaign_id, 14).status == 201
    to_hour(world, 4)
    assert len(looked) > 10


def watching(world: QuickWorld) -> list[int]:
    """Checks what must always hold after each write; answers a list that grows with it."""
    looked: list[int] = []
    write = world.engine.write

    def checked(*args: Any, **more: Any) -> Any:
        answer = write(*args, **more)
        looked.append(1)
        for check in (checks.room_is_never_oversold, checks.pages_are_recounts):
            check(world.items())
        return answer

    world.engine.write = checked  # type: ignore[method-assign]
    return looked


def place_in_time(world: QuickWorld, campaign_id: str) -> None:
    """As if it had begun before the wave ended: by a clock that is behind."""
    now, world.clock.moment = world.clock.moment, START + timedelta(hours=1.5)
    reply = world.place("bob", campaign_id, 4)
    assert reply.code in ("ok", "batch_full")
    world.clock.moment = now


def roll_on(world: QuickWorld, campaign_id: str) -> None:
    batches.advance(world.ports, campaign_id, 1)


Deed = Callable[[QuickWorld, str], None]


@pytest.mark.parametrize("at", range(1, 14))
@pytest.mark.parametrize(("first", "second"), [(roll_on, place_in_time), (place_in_time, roll_on), (roll_on, roll_on)])
def test_a_wave_rolls_on_beside_a_late_claim_and_beside_itself(
    watched_world: QuickWorld, first: Deed, second: Deed, at: int
) -> None:
    """At each call that one of them makes, the other runs to its end: no unit is lost or sold twice."""
    world = watched_world
    campaign_id = presale(world, wave(1, 2, 20), wave(3, 4, 6), batches=[batch_plan(capacity=30)], limit_per_fan=30)
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 7).status == 201
    world.settle_down()
    world.clock.moment = START + timedelta(hours=2, minutes=1)
    world.engine.hook = CutIn(at, lambda: second(world, campaign_id))
    first(world, campaign_id)
    world.engine.hook = None
    world.settle_down()
    to_hour(world, 2.1)
    held = world.batch(campaign_id)["held_units"]
    assert held in (7, 11)
    assert shares(world, campaign_id) == {1: (held, 0), 2: (30 - held, 30 - held)}


def test_a_claim_that_was_written_down_before_its_wave_ended_goes_on_where_it_may(watched_world: QuickWorld) -> None:
    """The same key after a broken connection: its own books are full by then, and it is judged anew."""
    world = watched_world
    campaign_id = presale(world, CODED, OPEN)
    to_hour(world, 1)
    world.engine.hook = CutIn(4, gone)
    assert world.place("ada", campaign_id, 3, access_code=CODE).status == 500
    world.engine.hook = None
    to_hour(world, 2)
    assert world.place("ada", campaign_id, 3, access_code=CODE).code == "wave_not_open"
    to_hour(world, 3)
    assert world.place("ada", campaign_id, 3, access_code=CODE).status == 201
    world.settle_down()
    assert shares(world, campaign_id) == {1: (0, 0), 2: (20, 17)}


def gone() -> None:
    raise ConnectionError("the container is gone")


@pytest.mark.parametrize("after", range(1, 7))
def test_the_clock_breaks_off_while_a_wave_rolls_on(calm_world: QuickWorld, after: int) -> None:
    """Between any two writes: the next tick does what is left."""
    world = calm_world
    campaign_id = presale(world, wave(1, 2, 40), wave(3, 4, 6), batches=[batch_plan(capacity=50)], limit_per_fan=50)
    to_hour(world, 1)
    assert world.place("ada", campaign_id, 7).status == 201
    world.settle_down()
    breaking_off(world, after)
    to_hour(world, 2)
    to_hour(world, 2.1)
    assert shares(world, campaign_id) == {1: (7, 0), 2: (43, 43)}
    assert world.ports.table.get(keys.batch(campaign_id, 1))["rolled"] == 1


def breaking_off(world: QuickWorld, after: int) -> None:
    """Everything is silent after so many writes, once."""
    write, left = world.engine.write, [after]

    def failing(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            gone()
        return write(*args, **more)

    world.engine.write = failing  # type: ignore[method-assign]
