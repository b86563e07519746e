"""A limit for everybody at one address."""

from typing import Any

from tests.cameras import batch_plan
from tests.journeys.test_edits import WIDE, edit, units, wanted
from tests.races.quick_world import QuickWorld
from tests.world import World

HOME = {"name": "Ada", "street": "Hafenstraße 5", "city": "Köln", "postal_code": "50-667", "country": "DE"}
SAME = {**HOME, "name": "Bob", "street": "hafenstrasse  5", "city": "Koeln", "postal_code": "50 667"}
AWAY = {**HOME, "street": "Hafenstraße 6"}


def presale(world: World, **changes: Any) -> str:
    return world.presale(batches=[batch_plan()], limit_per_household=5, **changes)


def counted(world: World) -> list[int]:
    """Units by household; at rest they are those of the pre-orders that live there."""
    stored = {item["pk"].rpartition("#")[2]: item["units"] for item in world.items("household")}
    living: dict[str, int] = dict.fromkeys(stored, 0)
    for promise in world.items("preorder"):
        if promise["state"] not in ("withdrawn", "lapsed", "refused"):
            living[promise["household"]] += promise["units"]
    assert living == stored
    return sorted(stored.values())


def test_two_fans_of_one_household_share_its_limit(world: World) -> None:
    campaign_id = presale(world)
    ada = world.place("ada", campaign_id, 3, address=HOME)
    assert ada.status == 201, ada.text
    assert world.place("bob", campaign_id, 3, address=SAME).code == "household_limit_reached"
    assert world.place("bob", campaign_id, 2, key="k2", address=SAME).status == 201
    assert world.place("cyd", campaign_id, 5, address=AWAY).status == 201
    world.settle_down()
    assert counted(world) == [5, 5]
    for _ in range(2):
        world.fan("ada").delete(f"/v1/preorders/{ada.json['preorder_id']}")
        world.settle_down()
    assert counted(world) == [2, 5]
    assert world.place("ada", campaign_id, 3, key="k2", address=HOME).status == 201
    assert world.place("ada", campaign_id, 3, key="k2", address=HOME).status == 201
    assert world.place("ada", campaign_id, 6, key="k3", address=HOME).code == "household_limit_reached"


def test_a_declined_card_gives_the_household_its_units_back(world: World) -> None:
    campaign_id = presale(world)
    assert world.place("ada", campaign_id, 5, address=HOME, payment_method="card_declined").status == 201
    assert world.place("bob", campaign_id, 1, address=SAME).code == "household_limit_reached"
    world.settle_down()
    assert counted(world) == [0]
    assert world.place("bob", campaign_id, 1, key="k2", address=SAME).status == 201


def test_what_is_changed_is_counted_for_the_household_that_it_is(world: World) -> None:
    campaign_id = presale(world)
    preorder_id = world.place("ada", campaign_id, 3, address=HOME).json["preorder_id"]
    beyond = wanted((WIDE, 6), accepts_total_minor=99_999)
    assert edit(world, "ada", preorder_id, beyond).code == "household_limit_reached"
    assert edit(world, "ada", preorder_id, wanted((WIDE, 5), accepts_total_minor=50_000)).status == 200
    assert edit(world, "ada", preorder_id, {"address": AWAY}).json["address"] == AWAY | {"region": None}
    assert edit(world, "ada", preorder_id, {"address": AWAY, **wanted((WIDE, 2))}).json["units"] == 2
    world.settle_down()
    assert counted(world) == [0, 2]
    assert units(world, campaign_id) == [(2, 2)]


def test_an_address_is_for_its_fan_alone(world: World) -> None:
    """A1: not in what others read, not on pages, not in an announcement."""
    campaign_id = presale(world)
    assert world.place("ada", campaign_id, 1).code == "address_missing"
    reply = world.place("ada", campaign_id, 1, address=HOME)
    world.settle_down()
    preorder_id = reply.json["preorder_id"]
    assert world.fan("ada").get(f"/v1/preorders/{preorder_id}").json["address"] == HOME | {"region": None}
    assert world.fan("bob").get(f"/v1/preorders/{preorder_id}").code == "preorder_missing"
    elsewhere = [str(item) for item in world.items() if item.get("kind") != "preorder"]
    assert not [text for text in elsewhere if "Hafen" in text]


def test_of_two_twins_one_is_counted(calm_world: QuickWorld) -> None:
    """The promise and its count are one transaction: a repeat finds both or neither."""
    world = calm_world
    campaign_id = presale(world)
    answers = [world.place("ada", campaign_id, 3, address=HOME).json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    full = presale(world)
    world.place("eve", full, 5, address=AWAY)
    world.place("fay", full, 5, address={**AWAY, "street": "x"})
    world.place("gil", full, 5, address={**AWAY, "street": "y"})
    world.place("hal", full, 4, address={**AWAY, "street": "z"})
    assert world.place("ada", full, 3, address=HOME).code == "batch_full"
    assert counted(world)[:1] in ([0], [3])
