"""Draws: whoever enters in time has the same chance; what was drawn is offered, and who got nothing waits by rank."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.waiting import draw_store, drawing
from tests.cameras import batch_plan
from tests.hands import START
from tests.journeys.test_waves import CODE, ONE_BATCH, to_hour, wave
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tools import verify

DRAWN, OPEN = wave(1, 2, 8, draw=True), wave(3, 4, 6)


def presale(world: QuickWorld, *waves: dict[str, Any], **changes: Any) -> str:
    return world.presale(**{"batches": ONE_BATCH, "waves": list(waves), **changes})


def enter(world: QuickWorld, name: str, campaign_id: str, quantity: int = 1, number: int = 1, **body: Any) -> Reply:
    lines = [{"variant": {"lens": "wide"}, "quantity": quantity}]
    return world.fan(name).put(f"/v1/campaigns/{campaign_id}/waves/{number}/entry", {"lines": lines, **body})


def entry(world: QuickWorld, name: str, campaign_id: str, number: int = 1) -> Any:
    return world.fan(name).get(f"/v1/campaigns/{campaign_id}/waves/{number}/entry").json


def give_up(world: QuickWorld, name: str, campaign_id: str, number: int = 1) -> Reply:
    return world.fan(name).delete(f"/v1/campaigns/{campaign_id}/waves/{number}/entry")


def told(world: QuickWorld, campaign_id: str, number: int = 1) -> Any:
    """The whole draw, as anybody reads it."""
    path = f"/v1/campaigns/{campaign_id}/waves/{number}/draw"
    whole = page = world.anybody.get(path).json
    while page.get("entries_next_cursor"):
        page = world.anybody.get(f"{path}?cursor={page['entries_next_cursor']}").json
        whole = {**page, "entries": [*whole["entries"], *page["entries"]]}
    return whole


def entered(world: QuickWorld, campaign_id: str, wishes: dict[str, int], number: int = 1, **body: Any) -> None:
    for name, quantity in wishes.items():
        assert enter(world, name, campaign_id, quantity, number, **body).status == 200


def draw(world: QuickWorld, hour: float = 2) -> None:
    """The wave is over: its list is published, and some minutes later it is drawn."""
    to_hour(world, hour)
    to_hour(world, hour + 0.1)


def test_a_drawn_wave_from_entering_to_the_preorder(world: QuickWorld, tmp_path: Path) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    wishes = {"ada": 3, "bob": 3, "cyd": 3, "dan": 3}
    entered(world, campaign_id, wishes)
    assert world.place("ada", campaign_id, 1).code == "wave_drawn"
    to_hour(world, 2)
    listed = told(world, campaign_id)
    assert (listed["seed"], [one["rank"] for one in listed["entries"]]) == (None, [None] * 4)
    assert entry(world, "ada", campaign_id)["state"] == "entered"
    to_hour(world, 2.1)
    drawn = told(world, campaign_id)
    assert verified(drawn, tmp_path, before=listed) == 0
    by_rank = sorted(wishes, key=lambda name: entry(world, name, campaign_id)["rank"])
    found = [entry(world, name, campaign_id) for name in by_rank]
    assert [one["allotted"] for one in found] == [3, 3, 2, 0]
    assert [one["state"] for one in found] == ["offered", "offered", "offered", "waiting"]
    assert found[3]["place"] == 1
    assert world.place("eve", campaign_id, 1).code == "wave_not_open"
    assert world.place(by_rank[2], campaign_id, 3).code == "wave_not_open"
    assert world.place(by_rank[2], campaign_id, 2, key="k2").status == 201
    assert world.place(by_rank[0], campaign_id, 3).status == 201
    world.settle_down()
    assert entry(world, by_rank[0], campaign_id)["state"] == "taken"
    assert give_up(world, by_rank[1], campaign_id).json["state"] == "left"
    world.settle_down()
    assert entry(world, by_rank[3], campaign_id)["offer"]["units"] == 3


def verified(drawn: Any, tmp_path: Path, before: Any = None) -> int:
    """What the program says that anybody may run: 0 is the same draw."""
    (tmp_path / "draw.json").write_text(json.dumps(drawn))
    (tmp_path / "before.json").write_text(json.dumps(before))
    given = ["--before", str(tmp_path / "before.json")] if before else []
    return verify.main(["draw", str(tmp_path / "draw.json"), *given])


def names_by_rank(world: QuickWorld, campaign_id: str, names: list[str], number: int = 1) -> list[str]:
    return sorted(names, key=lambda name: entry(world, name, campaign_id, number)["rank"])


def states(world: QuickWorld, campaign_id: str, names: list[str], number: int = 1) -> list[str]:
    return [entry(world, name, campaign_id, number)["state"] for name in names]


def quote(world: QuickWorld, campaign_id: str) -> str:
    line = {"variant": {"lens": "wide"}, "quantity": 1}
    return world.anybody.post(f"/v1/campaigns/{campaign_id}/quote", {"lines": [line]}).code


def join(world: QuickWorld, name: str, campaign_id: str, quantity: int = 1) -> str:
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}]}
    return world.fan(name).post(f"/v1/campaigns/{campaign_id}/waiting", body, Idempotency_Key="w").code


def test_while_a_drawn_wave_is_open_nobody_can_buy_in_it(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    assert shown(world, campaign_id) == {1: (8, 8, True), 2: (12, 12, False)}
    to_hour(world, 1)
    refused = world.place("ada", campaign_id, 1)
    assert (refused.code, "enter the draw of wave 1" in refused.text) == ("wave_drawn", True)
    assert (quote(world, campaign_id), join(world, "ada", campaign_id)) == ("wave_drawn", "wave_drawn")
    to_hour(world, 2)
    assert world.place("ada", campaign_id, 1).code == "wave_not_open"
    to_hour(world, 3)
    assert world.place("ada", campaign_id, 20).status == 201, "nobody has entered"
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def shown(world: QuickWorld, campaign_id: str, number: int = 1) -> dict[int | None, tuple[int, int, bool]]:
    """(units, free units, drawn) of each wave of a batch, as everybody sees them."""
    found = world.batches(campaign_id)[number - 1]["waves"]
    return {one["wave"]: (one["units"], one["free_units"], one["drawn"]) for one in found}


def test_its_room_stays_until_it_is_drawn(world: QuickWorld) -> None:
    """Though the last wave is over, and somebody wants it."""
    campaign_id = presale(world, wave(1, 2, 20, draw=True))
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 2})
    to_hour(world, 2)
    refused = world.place("bob", campaign_id, 1)
    assert (refused.code, "is being drawn" in refused.text) == ("wave_not_open", True)
    assert shown(world, campaign_id) == {1: (20, 20, True)}
    to_hour(world, 2.1)
    assert shown(world, campaign_id) == {1: (2, 0, True), None: (18, 18, False)}
    assert world.place("bob", campaign_id, 18).status == 201
    assert world.place("bob", campaign_id, 1, key="k2").code == "batch_full"
    assert world.place("ada", campaign_id, 2).status == 201


def test_units_that_no_wave_names_are_for_everybody_after_a_last_wave_that_is_drawn(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN)
    to_hour(world, 1)
    assert shown(world, campaign_id) == {1: (8, 8, True), None: (12, 12, False)}
    assert world.place("zoe", campaign_id, 1).code == "wave_drawn"
    entered(world, campaign_id, {"ada": 8})
    to_hour(world, 2)
    assert world.place("zoe", campaign_id, 12, key="k2").status == 201
    assert world.place("zed", campaign_id, 1).code == "wave_not_open", "the other eight are being drawn"
    to_hour(world, 2.1)
    assert world.place("ada", campaign_id, 8).status == 201


def test_a_draw_of_nobody_is_published_too(world: QuickWorld, tmp_path: Path) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    draw(world)
    drawn = told(world, campaign_id)
    assert (drawn["units"], drawn["entries"], drawn["entries_next_cursor"]) == (8, [], None)
    assert verified(drawn, tmp_path) == 0
    assert shown(world, campaign_id) == {1: (0, 0, False), 2: (20, 20, False)}


def test_everybody_gets_what_they_want_while_there_is_enough(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    wishes = {"ada": 3, "bob": 1, "cyd": 1}
    entered(world, campaign_id, wishes)
    draw(world)
    assert {name: entry(world, name, campaign_id)["offer"]["units"] for name in wishes} == wishes
    assert shown(world, campaign_id) == {1: (5, 0, True), 2: (15, 15, False)}
    for name, quantity in wishes.items():
        placed = world.place(name, campaign_id, quantity)
        assert (placed.status, placed.json["batch_number"]) == (201, 1)
        assert world.place(name, campaign_id, quantity).json == placed.json, "the same key: the first answer"
    world.settle_down()
    assert states(world, campaign_id, list(wishes)) == ["taken"] * 3


def test_two_drawn_waves_have_their_own_room_and_their_own_ranks(world: QuickWorld, tmp_path: Path) -> None:
    """What the first leaves passes the second by."""
    campaign_id = presale(world, DRAWN, wave(3, 4, 4, draw=True), wave(3, 5, 8))
    assert "passes it by" in world.anybody.get(f"/v1/campaigns/{campaign_id}").json["wave_rule"]
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 2, "bob": 2})
    draw(world)
    assert shown(world, campaign_id) == {1: (4, 0, True), 2: (4, 4, True), 3: (12, 12, False)}
    assert world.place("ada", campaign_id, 2).status == 201
    to_hour(world, 3)
    entered(world, campaign_id, {"ada": 2, "bob": 2, "cyd": 2}, number=2)
    draw(world, hour=4)
    assert [verified(told(world, campaign_id, number), tmp_path) for number in (1, 2)] == [0, 0]
    *winners, last = names_by_rank(world, campaign_id, ["ada", "bob", "cyd"], number=2)
    assert states(world, campaign_id, [*winners, last], number=2) == ["offered", "offered", "waiting"]
    assert entry(world, "ada", campaign_id, 1)["entry_id"] != entry(world, "ada", campaign_id, 2)["entry_id"]
    for name in winners:
        assert world.place(name, campaign_id, 2, key="second").status == 201
    if "bob" in winners:
        assert world.place("bob", campaign_id, 2, key="first").status == 201, "both offers stand side by side"
    world.settle_down()


def test_the_window_is_kept_to_the_millisecond(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    moments = [(1, -1, "wave_not_open"), (1, 0, "ok"), (2, -1, "ok"), (2, 0, "wave_not_open")]
    for number, (hour, milliseconds, expected) in enumerate(moments):
        world.clock.moment = START + timedelta(hours=hour, milliseconds=milliseconds)
        assert enter(world, f"fan{number}", campaign_id).code == expected
    draw(world)
    assert len(told(world, campaign_id)["entries"]) == 2


def test_an_entry_can_be_changed_and_withdrawn_while_the_wave_is_open(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    first, again = (enter(world, "ada", campaign_id, 2) for _ in range(2))
    assert first.json == again.json
    assert enter(world, "ada", campaign_id, 3, all_or_none=True).json["entry_id"] == first.json["entry_id"]
    entered(world, campaign_id, {"bob": 1, "cyd": 1})
    assert [give_up(world, "bob", campaign_id).json["state"] for _ in range(2)] == ["withdrawn"] * 2
    assert entry(world, "bob", campaign_id)["code"] == "entry_missing"
    give_up(world, "cyd", campaign_id)
    assert enter(world, "cyd", campaign_id, 2).json["state"] == "entered"
    to_hour(world, 2)
    assert give_up(world, "ada", campaign_id).code == "entries_closed"
    assert give_up(world, "bob", campaign_id).json["state"] == "withdrawn"
    assert entry(world, "dan", campaign_id)["code"] == "entry_missing"
    listed = [(one["units"], one["all_or_none"]) for one in told(world, campaign_id)["entries"]]
    assert sorted(listed) == [(2, False), (3, True)]
    to_hour(world, 2.1)
    assert states(world, campaign_id, ["ada", "cyd"]) == ["offered"] * 2


def test_an_entry_is_judged_as_a_preorder_would_be(world: QuickWorld) -> None:
    drawn = wave(1, 2, 8, draw=True, regions=["DE"], access_code=CODE, limit_per_fan=3)
    campaign_id = presale(world, drawn, OPEN)
    to_hour(world, 1)
    right = {"country": "DE", "access_code": CODE}
    wrong: dict[str, dict[str, Any]] = {
        "access_code_wrong": {"access_code": CODE.upper()},
        "region_not_served": {"country": "FR"},
        "limit_reached": {"quantity": 4},
        "total_above_accepted": {"accepts_total_minor": 1},
        "ships_later": {"accepts_ships_at": "2026-12-01T00:00:00Z"},
    }
    for code, body in wrong.items():
        assert enter(world, "ada", campaign_id, **{**right, **body}).code == code
    assert enter(world, "ada", campaign_id, access_code=CODE).code == "region_not_served"
    assert enter(world, "ada", campaign_id, number=2, **right).code == "wave_missing"
    assert enter(world, "ada", campaign_id, number=3, **right).code == "wave_missing"
    line = {"variant": {"lens": "fish-eye"}, "quantity": 1}
    path = f"/v1/campaigns/{campaign_id}/waves/1/entry"
    assert world.fan("ada").put(path, {"lines": [line], **right}).code == "variant_unavailable"
    assert enter(world, "ada", campaign_id, 3, **right).status == 200
    assert CODE not in repr(world.items())


def test_nobody_enters_before_or_after_the_sale(world: QuickWorld) -> None:
    campaign_id = world.voting(batches=ONE_BATCH, waves=[DRAWN])
    assert enter(world, "ada", campaign_id).code == "campaign_not_preselling"
    path = f"/v1/campaigns/{campaign_id}/waves/1/draw"
    assert [world.anybody.get(path).code, world.anybody.get(path.replace("/1/", "/2/")).code] == [
        "draw_not_held",
        "wave_missing",
    ]


def test_the_seed_is_shown_to_nobody_before_its_time(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    [secret] = world.items("draw_seed")
    public = world.anybody.get(f"/v1/campaigns/{campaign_id}").json["waves"]
    assert [one["commitment"] for one in public] == [hashlib.sha256(secret["seed"].encode()).hexdigest(), None]
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 1})
    for hour in (1.5, 2, 2 + 4 / 60):
        to_hour(world, hour)
        others = [item for item in world.items() if item["kind"] != "draw_seed"]
        assert secret["seed"] not in repr(others)
    to_hour(world, 2.1)
    assert told(world, campaign_id)["seed"] == secret["seed"]


def test_the_list_stands_for_five_minutes_before_it_is_drawn(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 1})
    to_hour(world, 2)
    world.clock.forward(minutes=5, milliseconds=-1)
    world.tick()
    assert told(world, campaign_id)["seed"] is None
    world.clock.forward(milliseconds=1)
    world.tick()
    assert told(world, campaign_id)["seed"] is not None


def test_what_is_not_taken_in_time_goes_down_the_ranks(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN, offer_hours=1)
    to_hour(world, 1)
    names = ["ada", "bob", "cyd", "dan"]
    entered(world, campaign_id, dict.fromkeys(names, 4))
    draw(world)
    first, second, third, fourth = names_by_rank(world, campaign_id, names)
    assert states(world, campaign_id, [first, second, third, fourth]) == ["offered"] * 2 + ["waiting"] * 2
    assert [entry(world, name, campaign_id)["place"] for name in (third, fourth)] == [1, 2]
    assert world.place(first, campaign_id, 4).status == 201
    world.settle_down()
    to_hour(world, 3.2)
    assert states(world, campaign_id, [first, second, third, fourth]) == ["taken", "lapsed", "offered", "waiting"]
    assert world.place(second, campaign_id, 4, key="late").status == 201, "as everybody, in the wave that has opened"
    assert world.place(third, campaign_id, 4).status == 201
    assert give_up(world, fourth, campaign_id).json["state"] == "left"
    assert give_up(world, fourth, campaign_id).json["state"] == "left"
    world.settle_down()


def test_who_wants_all_or_none_waits_first_when_there_is_too_little(world: QuickWorld, tmp_path: Path) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    names = ["ada", "bob", "cyd"]
    entered(world, campaign_id, dict.fromkeys(names, 5), all_or_none=True)
    draw(world)
    drawn = told(world, campaign_id)
    assert verified(drawn, tmp_path) == 0
    assert sorted(one["allotted"] for one in drawn["entries"]) == [0, 0, 5]
    assert shown(world, campaign_id)[2] == (12, 12, False), "the other three are kept while somebody wants them"
    first, *others = names_by_rank(world, campaign_id, names)
    give_up(world, first, campaign_id)
    world.settle_down()
    assert states(world, campaign_id, others) == ["offered", "waiting"]


def test_who_joined_the_waiting_list_earlier_stays_before_those_who_drew_nothing(world: QuickWorld) -> None:
    waves = wave(0, 2, 4), wave(1, 2, 4, draw=True), wave(5, 6, 2)
    campaign_id = presale(world, *waves, batches=[batch_plan(capacity=10)])
    assert world.place("zoe", campaign_id, 4).status == 201
    world.settle_down()
    assert join(world, "eve", campaign_id, 4) == "ok"
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 4, "bob": 4}, number=2)
    draw(world)
    first, second = names_by_rank(world, campaign_id, ["ada", "bob"], number=2)
    assert entry(world, second, campaign_id, 2)["place"] == 2
    give_up(world, first, campaign_id, 2)
    world.settle_down()
    assert world.fan("eve").get(f"/v1/campaigns/{campaign_id}/waiting").json["state"] == "offered"
    assert entry(world, second, campaign_id, 2)["place"] == 1


def test_who_waits_by_rank_does_not_join_beside_it(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(1, 2, 8, draw=True), wave(2, 4, 2))
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 8, "bob": 8})
    draw(world)
    assert world.place("zoe", campaign_id, 12).status == 201
    world.settle_down()
    assert [join(world, name, campaign_id) for name in ("ada", "bob", "cyd")] == ["already_waiting"] * 2 + ["ok"]


def test_the_campaign_closes_before_the_draw(world: QuickWorld) -> None:
    """Then there is none: nobody gets anything, and the seed stays where it is."""
    campaign_id = presale(world, wave(0, 2, 4), wave(1, 2, 8, draw=True))
    assert world.place("zoe", campaign_id, 4).status == 201
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 2}, number=2)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    assert enter(world, "bob", campaign_id, number=2).code == "campaign_not_preselling"
    draw(world)
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}/waves/2/draw").code == "draw_not_held"
    assert states(world, campaign_id, ["ada"], number=2) == ["lapsed"]


@pytest.mark.parametrize("deed", ["close", "cancel"])
def test_the_campaign_ends_while_the_list_stands(world: QuickWorld, tmp_path: Path, deed: str) -> None:
    """The draw is held, so that nobody can end a sale to hide it; but there is nothing to offer."""
    campaign_id = presale(world, wave(0, 2, 5), wave(1, 2, 8, draw=True))
    assert world.place("zoe", campaign_id, 5).status == 201
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 8, "bob": 8}, number=2)
    to_hour(world, 2)
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/{deed}").status == 200
    world.settle_down()
    to_hour(world, 2.1)
    assert verified(told(world, campaign_id, 2), tmp_path) == 0
    assert states(world, campaign_id, ["ada", "bob"], number=2) == ["lapsed"] * 2
    assert world.batches(campaign_id)[0]["state"] in ("ordered", "cancelled")


def test_a_batch_locks_with_what_was_drawn_in_it(world: QuickWorld) -> None:
    campaign_id = presale(world, wave(1, 2, 20, draw=True))
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 12, "bob": 12})
    draw(world)
    first, second = names_by_rank(world, campaign_id, ["ada", "bob"])
    for name, quantity in ((first, 12), (second, 8)):
        assert world.place(name, campaign_id, quantity).status == 201
    world.settle_down()
    batch = world.batches(campaign_id)[0]
    assert (batch["state"], batch["final_units"]) == ("ordered", 20)


def test_the_clock_ticks_often_and_a_draw_is_held_once(world: QuickWorld) -> None:
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    entered(world, campaign_id, {"ada": 5, "bob": 5})
    draw(world)
    once = [item for item in world.items() if item["kind"] != "campaign"]
    for _ in range(3):
        world.clock.forward(minutes=1)
        world.tick()
    assert [item for item in world.items() if item["kind"] != "campaign"] == once


def test_long_lists_are_drawn_over_several_ticks_and_read_page_by_page(
    world: QuickWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "LIST_PAGE", 3)
    monkeypatch.setattr(drawing, "AT_ONCE", 2)
    monkeypatch.setattr(drawing, "SECONDS", 0)
    monkeypatch.setattr(draw_store, "READ_AHEAD", 2)
    campaign_id = presale(world, DRAWN, OPEN)
    to_hour(world, 1)
    names = [f"fan{number}" for number in range(11)]
    for number, name in enumerate(names):
        assert enter(world, name, campaign_id, 1 + number % 2).status == 200
    for minute in range(20):
        to_hour(world, 2 + minute / 60)
    page = world.anybody.get(f"/v1/campaigns/{campaign_id}/waves/1/draw").json
    assert (len(page["entries"]), page["entries_next_cursor"]) == (3, "1")
    for cursor in ("4", "x", "-1", "99999"):
        path = f"/v1/campaigns/{campaign_id}/waves/1/draw?cursor={cursor}"
        assert world.anybody.get(path).code == "cursor_invalid"
    assert verified(told(world, campaign_id), tmp_path) == 0
    by_rank = names_by_rank(world, campaign_id, names)
    allotted = [entry(world, name, campaign_id)["allotted"] for name in by_rank]
    assert sum(allotted) == 8
    offered = [entry(world, name, campaign_id)["offer"] for name in by_rank]
    assert [one["units"] if one else 0 for one in offered] == allotted
