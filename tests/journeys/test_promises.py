"""Ship dates slip: everybody is told why, and the fans of the batch choose."""

from datetime import timedelta
from typing import Any

from chalicelib import news
from chalicelib.kernel import instants, keys
from chalicelib.plumbing.typed_json import pack
from tests.cameras import batch_plan
from tests.hands import START
from tests.people import Reply
from tests.races.quick_world import QuickWorld
from tests.world import World

RULE = {"days": 14, "choice": True, "silence": "wait", "answer_hours": 48}
FIRST = START + timedelta(days=60)
WHY = "The lens maker is late by some weeks."


def day(number: int) -> str:
    return instants.text(START + timedelta(days=number))


def move(world: World, campaign_id: str, days: int, *, who: str = "olga", reason: str = WHY, number: int = 1) -> Reply:
    body = {"ships_at": day(days), "reason": reason}
    return world.organiser(who).post(f"/v1/campaigns/{campaign_id}/batches/{number}/ship-date", body)


def choose(world: World, name: str, preorder_id: str, choice: str) -> Reply:
    return world.fan(name).put(f"/v1/preorders/{preorder_id}/choice", {"choice": choice})


def placed(world: World, name: str, campaign_id: str, quantity: int) -> str:
    reply = world.place(name, campaign_id, quantity)
    assert reply.status == 201, reply.text
    return str(reply.json["preorder_id"])


def state(world: World, name: str) -> tuple[str, bool]:
    [found] = world.fan(name).get("/v1/preorders").json["items"]
    return found["state"], found["refund_wanted"]


def counts(world: World, campaign_id: str) -> list[tuple[str, int, int]]:
    reply = world.organiser().get(f"/v1/campaigns/{campaign_id}/batches/1/slips")
    assert reply.status == 200, reply.text
    return [(slip["state"], slip["waiting"], slip["refunds"]) for slip in reply.json["items"]]


def presale(world: World, **changes: Any) -> str:
    batches = changes.pop("batches", [batch_plan()])
    return world.presale(batches=batches, on_slip={**RULE, **changes})


def test_every_move_is_published_with_its_reason_and_nothing_is_forgotten(world: World) -> None:
    campaign_id = presale(world)
    first = world.batches(campaign_id)[0]["ships_at"]
    assert first == instants.text(FIRST)
    for days in (65, 62, 70):
        assert move(world, campaign_id, days).status == 200
        assert move(world, campaign_id, days).status == 200, "it is so already"
    [batch] = world.batches(campaign_id)
    assert batch["ships_at"] == day(70)
    assert [(date["was"], date["ships_at"]) for date in batch["dates"]] == [
        (first, day(65)),
        (day(65), day(62)),
        (day(62), day(70)),
    ]
    assert {date["reason"] for date in batch["dates"]} == {WHY}
    assert counts(world, campaign_id) == [("announced", 0, 0), ("announced", 0, 0)], "earlier is no slip"


def test_what_cannot_be_promised_is_refused(world: World) -> None:
    campaign_id = presale(world)
    assert move(world, campaign_id, 1).code == "ship_date_invalid"
    assert move(world, campaign_id, 70, who="oscar").code == "campaign_missing"
    assert move(world, campaign_id, 70, number=2).code == "batch_missing"
    for days in range(20):
        assert move(world, campaign_id, 61 + days).status == 200
    assert move(world, campaign_id, 90).code == "ship_date_fixed"


def test_the_date_promised_at_placing_stays_in_the_first_answer(world: World) -> None:
    campaign_id = presale(world)
    before = world.place("ada", campaign_id, 2)
    assert move(world, campaign_id, 80).status == 200
    after = world.place("bob", campaign_id, 2)
    assert (before.json["ships_at"], after.json["ships_at"]) == (instants.text(FIRST), day(80))
    assert move(world, campaign_id, 90).status == 200
    for _ in range(2):
        assert world.place("ada", campaign_id, 2).json == before.json
        assert world.place("bob", campaign_id, 2).json == after.json
        world.settle_down()
    assert world.fan("bob").get(f"/v1/preorders/{after.json['preorder_id']}").json["ships_at"] == day(80)


def test_some_wait_some_take_their_money_and_silence_counts_as_agreed(world: World) -> None:
    campaign_id = presale(world, silence="refund")
    ada, bob, cyd = (placed(world, name, campaign_id, 2) for name in ("ada", "bob", "cyd"))
    world.settle_down()
    assert choose(world, "ada", ada, "wait").code == "nothing_to_choose"
    assert move(world, campaign_id, 75).status == 200
    dan = placed(world, "dan", campaign_id, 1)
    for _ in range(2):
        assert choose(world, "ada", ada, "wait").json["chosen"]["choice"] == "wait"
        assert choose(world, "bob", bob, "refund").json["state"] == "withdrawn"
    assert choose(world, "bob", bob, "wait").code == "preorder_ended"
    assert choose(world, "dan", dan, "wait").code == "nothing_to_choose", "who came later knew of it"
    world.settle_down()
    assert counts(world, campaign_id) == [("announced", 1, 1)]
    world.clock.forward(hours=48)
    assert choose(world, "cyd", cyd, "wait").code == "nothing_to_choose"
    world.clock.forward(minutes=1)
    world.tick()
    assert [state(world, name)[0] for name in ("ada", "bob", "cyd", "dan")] == [
        "secured",
        "withdrawn",
        "withdrawn",
        "secured",
    ]
    assert counts(world, campaign_id) == [("closed", 1, 1)]
    assert world.batches(campaign_id)[0]["secured_units"] == 3


def test_silence_means_waiting_where_that_was_agreed_and_small_slips_add_up(world: World) -> None:
    campaign_id = presale(world)
    ada = placed(world, "ada", campaign_id, 2)
    for days in (66, 73):
        move(world, campaign_id, days)
        assert choose(world, "ada", ada, "refund").code == "nothing_to_choose"
    move(world, campaign_id, 74)
    assert choose(world, "ada", ada, "wait").status == 200
    world.clock.forward(hours=49)
    world.tick()
    assert state(world, "ada") == ("secured", False)
    assert [slip[0] for slip in counts(world, campaign_id)] == ["announced", "announced", "closed"]


def test_after_the_lock_a_refund_is_noted_for_the_one_who_pays_back(world: World) -> None:
    campaign_id = presale(world)
    ada, bob = placed(world, "ada", campaign_id, 15), placed(world, "bob", campaign_id, 5)
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    assert move(world, campaign_id, 90).status == 200
    assert choose(world, "bob", bob, "wait").status == 200
    for _ in range(2):
        assert choose(world, "bob", bob, "refund").json["refund_wanted"] is True
    assert choose(world, "bob", bob, "wait").code == "preorder_ended"
    world.clock.forward(hours=49)
    world.tick()
    assert (state(world, "ada"), state(world, "bob")) == (("ordered", False), ("ordered", True))
    assert counts(world, campaign_id) == [("closed", 0, 1)]
    assert ada


def test_an_answer_that_was_written_but_not_carried_out_is_carried_out(calm_world: QuickWorld) -> None:
    """Between the answer and the withdrawal the request dies."""
    world = calm_world
    campaign_id = presale(world)
    ada = placed(world, "ada", campaign_id, 2)
    world.settle_down()
    move(world, campaign_id, 80)
    assert choose(world, "ada", ada, "wait").status == 200
    key = keys.preorder("sub-ada", ada)
    item = world.raw(key.pk, key.sk)
    world.overwrite({**item, "chosen": {"M": {**item["chosen"]["M"], "choice": {"S": "refund"}}}})
    world.clock.forward(hours=49)
    world.tick()
    assert state(world, "ada") == ("withdrawn", False)


def test_a_slip_is_news(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = presale(world)
    move(world, campaign_id, 80)
    [(old, new)] = [(old, new) for old, new in world.changes() if new.get("kind") == "slip"]
    change = {"OldImage": pack(old), "NewImage": pack(new), "ApproximateCreationDateTime": 0}
    told = news.news("dev", change)
    assert told is not None
    assert (told.type, told.id) == ("groundswell.slip.announced", f"{campaign_id}/1/slip/1/announced")
    assert told.data["ships_at"] == day(80)
    assert told.data["silence"] == "wait"
