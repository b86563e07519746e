"""The largest that the API takes, through its whole life on the referee: all of it fits into items and transactions.

The bodies are as long as the door lets in (`largest`); whoever raises a limit of a model finds out here.
"""

from typing import Any

import pytest

from chalicelib.ballots import store as ballots
from chalicelib.campaigns import rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import NewOverruling
from tests import examples
from tests.ballots import pure
from tests.hands import START
from tests.people import Person, Reply
from tests.referee import largest
from tests.referee.world import RefereedWorld
from tests.stored import Stored


def send(person: Person, method: str, path: str, sent: Any = None, **headers: str) -> Reply:
    """Letters as they are: escaped, a body would be full with fewer."""
    reply = person.call(method, path, None if sent is None else largest.body(sent), **headers)
    assert reply.status in (200, 201), reply.text[:500]
    return reply


def draft(world: RefereedWorld, whole: dict[str, Any]) -> str:
    return str(send(world.organiser(), "POST", "/v1/campaigns", whole).json["campaign_id"])


def organise(world: RefereedWorld, campaign_id: str, step: str) -> None:
    send(world.organiser(), "POST", f"/v1/campaigns/{campaign_id}/{step}")
    world.settle_down()


def preselling(world: RefereedWorld, whole: dict[str, Any]) -> str:
    campaign_id = draft(world, whole)
    organise(world, campaign_id, "open-voting")
    world.clock.forward(seconds=1)
    organise(world, campaign_id, "settle")
    organise(world, campaign_id, "open-presale")
    return campaign_id


def place(world: RefereedWorld, name: str, campaign_id: str, lines: list[dict[str, Any]]) -> str:
    path, key = f"/v1/campaigns/{campaign_id}/preorders", "k" * 64
    reply = send(world.fan(name), "POST", path, {"lines": lines}, Idempotency_Key=key)
    return str(reply.json["preorder_id"])


@pytest.mark.parametrize(
    "whole",
    [
        largest.of_many_options(),
        largest.of_long_names(),
        largest.of_many_options("score"),
        largest.of_many_options("best_worst"),
        largest.of_rankings(2, names=40),
    ],
    ids=["options", "names", "points", "screens", "rankings"],
)
def test_a_full_campaign_is_voted_on_counted_and_certified(world: RefereedWorld, whole: dict[str, Any]) -> None:
    """Every option of every feature chosen, and kept: ballot, tally, result and campaign are as long as they get."""
    campaign_id = draft(world, whole)
    organise(world, campaign_id, "open-voting")
    for name in ("ada", "bob"):
        votes = {feature["feature_id"]: fullest(world.fan(name), campaign_id, feature) for feature in whole["features"]}
        send(world.fan(name), "PUT", f"/v1/campaigns/{campaign_id}/ballot", {"votes": votes})
    world.settle_down()
    world.clock.forward(seconds=1)
    organise(world, campaign_id, "settle")
    found = send(world.anybody, "GET", f"/v1/campaigns/{campaign_id}").json
    assert (found["state"], found["story"]) == ("settled", whole["story"])
    assert {name: sorted(kept) for name, kept in found["selectable"].items()} == {
        feature["feature_id"]: sorted(names(feature)) for feature in whole["features"]
    }


def names(feature: dict[str, Any]) -> list[str]:
    return [option["option_id"] for option in feature["options"]]


def fullest(person: Person, campaign_id: str, feature: dict[str, Any]) -> Any:
    """The longest vote of the feature's method."""
    match feature["method"]:
        case "score":
            return dict.fromkeys(names(feature), 5)
        case "ranked":
            return [[name] for name in names(feature)]
        case "best_worst":
            sets = send(person, "GET", f"/v1/campaigns/{campaign_id}/ballot/screens").json["features"]
            own = next(one["screens"] for one in sets if one["feature_id"] == feature["feature_id"])
            return [{"shown": screen, "best": screen[0], "worst": screen[1]} for screen in own]
    return names(feature)


@pytest.mark.parametrize("letters", [12, 40])
def test_a_result_of_as_many_rankings_as_there_may_be_is_kept(stored: Stored, letters: int) -> None:
    """One item in one transaction with the campaign's next state."""
    whole = largest.of_rankings(largest.MOST_FEATURES, names=letters)
    campaign = examples.voting(features=whole["features"], ballot_buckets=1)
    votes = {feature["feature_id"]: [[name] for name in names(feature)] for feature in whole["features"]}
    stored.commit(*ballots.certifying(pure.certified(campaign, [pure.cast(votes)])))


def test_a_result_is_overruled_as_often_as_may_be(stored: Stored) -> None:
    """Each ruling names what was kept and what is."""
    feature = largest.of_long_options()["features"][0]
    campaign = examples.campaign(state="settled", features=[feature], selectable={"f": names(feature)})
    stored.commit(campaigns.creating(campaign))
    new = NewOverruling(kept=tuple(names(feature)), reason="😀" * 1000)
    for _ in range(rules.MOST_OVERRULINGS):
        campaign = campaigns.get(stored.table, campaign.campaign_id)
        stored.commit(campaigns.overruling(campaign, rules.overruled(campaign, "f", new, START)))


def test_a_presale_opens_with_all_of_its_batches(world: RefereedWorld) -> None:
    """51 writes in one transaction."""
    campaign_id = preselling(world, largest.of_many_batches())
    assert len(world.batches(campaign_id)) == largest.MOST_BATCHES


def test_the_longest_preorder_is_placed_secured_and_withdrawn(world: RefereedWorld) -> None:
    """On 34 pages of 3,000 units, all in one transaction."""
    campaign_id = preselling(world, largest.of_long_variants())
    names = [largest.slug("o", number) for number in range(largest.MOST_LINES)]
    preorder_id = place(world, "ada", campaign_id, [{"variant": {"chosen": n}, "quantity": 2000} for n in names])
    world.settle_down()
    [batch] = world.batches(campaign_id)
    assert (batch["held_units"], batch["secured_units"]) == (100_000, 100_000)
    [secured] = world.fan("ada").get("/v1/preorders").json["items"]
    assert (secured["state"], len(secured["lines"])) == ("secured", largest.MOST_LINES)
    send(world.fan("ada"), "DELETE", f"/v1/preorders/{preorder_id}")


def test_the_longest_lines_become_an_order(world: RefereedWorld) -> None:
    """A batch of twenty variants of 380 parts each: 600 kB of lines, of which 400 kB fit into an item."""
    variants = 20
    campaign_id = preselling(world, largest.of_many_parts(variants))
    place(world, "ada", campaign_id, [{"variant": {"chosen": f"{n}"}, "quantity": 1} for n in range(variants)])
    world.settle_down()
    [batch] = world.batches(campaign_id)
    assert batch["state"] == "ordered"
    order = send(world.maker(), "GET", f"/v1/manufacturing-orders/{batch['order_id']}").json
    assert len(order["lines"]) == variants
    assert order["delivered_at"] is not None


def test_the_longest_answers_to_an_order_are_kept(world: RefereedWorld) -> None:
    campaign_id = preselling(world, largest.of_many_parts(1))
    place(world, "ada", campaign_id, [{"variant": {}, "quantity": 1}])
    world.settle_down()
    path = f"/v1/manufacturing-orders/{world.batches(campaign_id)[0]['order_id']}/answer"
    for answer in ("received", "accepted_with_changes"):
        send(world.maker(), "POST", path, {"answer": answer, "note": "😀" * 2000})
    [order] = world.items("order")
    assert [len(answer["note"]) for answer in order["answers"]] == [2000, 2000]
