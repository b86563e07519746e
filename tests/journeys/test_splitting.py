"""A pre-order that may be split: what has no room in the earliest batch is a pre-order of its own in the next one."""

from typing import Any

from tests.cameras import batch_plan
from tests.people import Reply
from tests.world import World

TWO = [batch_plan(capacity=20), batch_plan(capacity=20, days=60)]
HOME = {"name": "Ada", "street": "Hafenstraße 5", "city": "Köln", "postal_code": "50667", "country": "DE"}


def sold_to(world: World, taken: int, **changes: Any) -> str:
    """A pre-sale of two batches; so many units of the first one are taken."""
    campaign_id = world.presale(**{"batches": TWO, **changes})
    assert world.place("carl", campaign_id, taken).status == 201
    world.settle_down()
    return campaign_id


def split(world: World, campaign_id: str, quantity: int, **body: Any) -> Reply:
    return world.place("ada", campaign_id, quantity, may_split=True, **body)


def own(world: World, name: str = "ada") -> dict[int, dict[str, Any]]:
    """A fan's pre-orders by their batch."""
    return {one["batch_number"]: one for one in world.fan(name).get("/v1/preorders").json["items"]}


def test_the_rest_goes_to_the_next_batch(world: World) -> None:
    """S1, S2: all units have room, none twice."""
    campaign_id = sold_to(world, 17)
    placed = split(world, campaign_id, 5)
    assert placed.status == 201, placed.text
    mine = own(world)
    assert {number: one["units"] for number, one in mine.items()} == {1: 3, 2: 2}
    assert placed.json["preorder_id"] == mine[1]["preorder_id"]
    assert (mine[1]["other_part"], mine[2]["other_part"]) == (mine[2]["preorder_id"], mine[1]["preorder_id"])
    assert mine[1]["ships_at"] < mine[2]["ships_at"]
    world.settle_down()
    mine = own(world)
    assert [one["state"] for one in world.batches(campaign_id)] == ["ordered", "open"]
    assert (mine[1]["state"], mine[2]["state"]) == ("ordered", "secured")


def test_each_part_has_a_token_of_its_own(world: World) -> None:
    """A payment provider takes each for one pre-order only; an older page sends one."""
    campaign_id = sold_to(world, 17)
    assert split(world, campaign_id, 5, payment_method="card", other_payment_method="card_declined").status == 201
    world.settle_down()
    mine = own(world)
    assert (mine[1]["state"], mine[2]["state"]) == ("ordered", "lapsed")
    assert mine[2]["reason"] == "payment_declined"


def test_the_quote_says_so_beforehand(world: World) -> None:
    campaign_id = sold_to(world, 17)
    path = f"/v1/campaigns/{campaign_id}/quote"
    lines = [{"variant": {"lens": "wide"}, "quantity": 5}]
    whole = world.anybody.post(path, {"lines": lines}).json
    assert (whole["batch"]["number"], whole["parts"]) == (2, [])
    quoted = world.anybody.post(path, {"lines": lines, "may_split": True}).json
    assert [(part["batch"]["number"], part["units"]) for part in quoted["parts"]] == [(1, 3), (2, 2)]
    assert quoted["units"] == sum(line["quantity"] for line in quoted["lines"]) == 5
    assert quoted["total_most_minor"] == sum(part["total_most_minor"] for part in quoted["parts"])
    placed = split(world, campaign_id, 5, accepts_total_minor=quoted["total_most_minor"])
    assert placed.status == 201
    assert sum(one["total_most_minor"] for one in own(world).values()) == quoted["total_most_minor"]


def test_nothing_is_split_that_has_room_in_one_batch_or_may_not_be(world: World) -> None:
    """B3."""
    campaign_id = sold_to(world, 17)
    assert split(world, campaign_id, 3).json["other_part"] is None
    assert world.place("bob", campaign_id, 2).json["batch_number"] == 2
    assert list(own(world)) == [1]


def test_more_than_is_accepted_is_refused_and_takes_nothing(world: World) -> None:
    campaign_id = sold_to(world, 17)
    assert split(world, campaign_id, 5, accepts_total_minor=49_999).code == "total_above_accepted"
    assert split(world, campaign_id, 5, key="k2", accepts_ships_at="2026-01-01T00:00:00Z").code == "ships_later"
    assert own(world) == {}
    assert split(world, campaign_id, 5, key="k3", accepts_total_minor=50_000).status == 201


def test_more_than_both_batches_have_is_refused_and_takes_nothing(world: World) -> None:
    """S3."""
    campaign_id = sold_to(world, 17, batches=[batch_plan(capacity=20), batch_plan(minimum=2, capacity=4, days=60)])
    assert split(world, campaign_id, 8).code == "batch_full"
    assert own(world) == {}
    assert split(world, campaign_id, 7).json["units"] == 3


def test_the_same_key_is_the_same_answer_whatever_has_happened_since(world: World) -> None:
    """S5."""
    campaign_id = sold_to(world, 17)
    first = split(world, campaign_id, 5)
    assert split(world, campaign_id, 5).json == first.json
    assert split(world, campaign_id, 6).code == "idempotency_key_reused"
    assert world.place("ada", campaign_id, 5).code == "idempotency_key_reused"
    world.settle_down()
    assert split(world, campaign_id, 5).json == first.json
    assert sum(one["units"] for one in own(world).values()) == 5


def test_who_was_refused_is_cut_anew_under_the_same_key(world: World) -> None:
    """S3: nobody is told "full" while there is room."""
    campaign_id = sold_to(world, 17, batches=[batch_plan(capacity=20), batch_plan(minimum=2, capacity=4, days=60)])
    assert split(world, campaign_id, 8).code == "batch_full"
    gone = own(world, "carl")[1]["preorder_id"]
    assert world.fan("carl").delete(f"/v1/preorders/{gone}").status == 200
    world.settle_down()
    assert split(world, campaign_id, 8).status == 201
    assert sum(one["units"] for one in own(world).values()) == 8


def test_both_parts_count_for_the_limits(world: World) -> None:
    """S6."""
    campaign_id = sold_to(world, 17, limit_per_fan=17)
    assert split(world, campaign_id, 6).status == 201
    assert world.place("ada", campaign_id, 12, key="k2").code == "limit_reached"
    assert world.place("ada", campaign_id, 11, key="k3").status == 201


def test_both_parts_count_for_the_household(world: World) -> None:
    """S6: and each gives its units back when it ends."""
    campaign_id = world.presale(batches=TWO, limit_per_household=17)
    assert world.place("carl", campaign_id, 17, address={**HOME, "street": "Am Markt 1"}).status == 201
    assert split(world, campaign_id, 6, address=HOME).status == 201
    assert world.place("bob", campaign_id, 12, address=HOME).code == "household_limit_reached"
    rest = own(world)[2]["preorder_id"]
    assert world.fan("ada").delete(f"/v1/preorders/{rest}").status == 200
    assert world.place("bob", campaign_id, 12, key="k2", address=HOME).status == 201


def test_each_part_goes_its_own_way_from_then_on(world: World) -> None:
    campaign_id = sold_to(world, 17)
    assert split(world, campaign_id, 5).status == 201
    rest = own(world)[2]["preorder_id"]
    assert world.fan("ada").delete(f"/v1/preorders/{rest}").json["state"] == "withdrawn"
    world.settle_down()
    assert own(world)[1]["state"] == "ordered"


def test_more_units_if_they_are_needed_cannot_be_asked_for_as_well(world: World) -> None:
    campaign_id = sold_to(world, 17)
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": 2, "up_to": 3}], "may_split": True}
    refused = world.fan("ada").post(f"/v1/campaigns/{campaign_id}/preorders", body, Idempotency_Key="k")
    assert refused.code == "wish_invalid"
    assert own(world) == {}
