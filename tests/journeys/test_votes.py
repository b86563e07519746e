"""From ballots to a certified result, and what fans see on the way."""

import hashlib
import random
from collections import Counter

from tests.races.quick_world import QuickWorld
from tests.world import World


def tally(world: World, campaign_id: str) -> dict[str, int]:
    shown = world.anybody.get(f"/v1/campaigns/{campaign_id}/tally").json
    return {option: n for feature in shown["features"] for option, n in feature["counts"].items()} | {
        "ballots": shown["ballots"]
    }


def test_the_last_ballot_of_each_fan_counts_and_counts_once(world: QuickWorld) -> None:
    """V1, V4: many change their minds, some several times, between deliveries."""
    campaign_id = world.voting()
    chance, last = random.Random(5), {}
    for step in range(60):
        fan = f"fan{chance.randrange(12)}"
        last[fan] = {"colour": [chance.choice(["red", "blue"])], "lens": chance.sample(["wide", "tele", "macro"], 2)}
        assert world.vote(fan, campaign_id, **last[fan]).status == 200
        world.clock.forward(seconds=1)
        if step % 7 == 0:
            world.pump.sources[0].turn()
    world.settle_down()
    expected = Counter(option for votes in last.values() for chosen in votes.values() for option in chosen)
    shown = tally(world, campaign_id)
    assert shown.pop("ballots") == len(last)
    assert Counter(shown) == expected
    world.settle(campaign_id)
    result = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
    counts = {option: n for feature in result["features"] for option, n in feature["counts"].items()}
    assert Counter(counts) == expected


def test_a_tie_is_settled_by_the_announced_rule(world: QuickWorld) -> None:
    """V2: anybody can repeat the draw from the published result alone."""
    campaign_id = world.voting()
    for number, colour in enumerate(["red", "blue"] * 3):
        world.vote(f"fan{number}", campaign_id, colour=[colour])
    world.clock.forward(seconds=1)
    world.settle(campaign_id)
    result = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
    colour, lens = result["features"]
    drawn = sorted(
        ("red", "blue"), key=lambda option: hashlib.sha256(f"{result['seed']}:colour:{option}".encode()).hexdigest()
    )
    assert (colour["ranking"], colour["kept"]) == (drawn, drawn[:1])
    assert colour["ties"] == [{"where": "ranking", "options": drawn, "decisive": True}]
    assert lens["ties"][0]["decisive"], "three lenses without a vote, of which two stay"
    world.organiser().post(f"/v1/campaigns/{campaign_id}/open-presale")
    loser = {"lines": [{"variant": {"colour": drawn[1], "lens": lens["kept"][0]}, "quantity": 1}]}
    assert world.anybody.post(f"/v1/campaigns/{campaign_id}/quote", loser).code == "variant_unavailable"


def test_the_result_is_certified_once_and_never_changes(world: QuickWorld) -> None:
    campaign_id = world.voting()
    world.vote("ada", campaign_id, colour=["red"])
    world.clock.forward(seconds=1)
    world.settle(campaign_id)
    first = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").text
    world.clock.forward(days=1)
    world.ports.queues.send(world.settings.counting_queue, {"campaign_id": campaign_id})
    world.settle_down()
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}/result").text == first
    assert world.vote("bob", campaign_id, colour=["blue"]).code == "voting_closed"


def test_a_ballot_taken_in_the_very_moment_of_settling_counts(world: QuickWorld) -> None:
    """V4: an open poll loses no acknowledged ballot. World time stands still between the two requests."""
    campaign_id = world.voting()
    assert world.vote("ada", campaign_id, colour=["blue"]).status == 200
    world.settle(campaign_id)
    result = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
    assert (result["ballots"], result["features"][0]["kept"]) == (1, ["blue"])


def test_a_ballot_taken_by_a_function_whose_clock_is_ahead_counts(calm_world: QuickWorld) -> None:
    """V4, F17: what was acknowledged counts, whoever's clock settled."""
    world = calm_world
    campaign_id = world.voting()
    world.clock.forward(seconds=2)
    assert world.vote("ada", campaign_id, colour=["blue"]).status == 200
    world.clock.forward(seconds=-2)
    world.settle(campaign_id)
    assert world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json["ballots"] == 1
