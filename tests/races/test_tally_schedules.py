"""The live tally under schedules that a poller may bring about: it is always a recount (V1, V4, F7, F8, F9).

Records are made up, the fold is the real one, and the table is the engine in memory, which is held to moto elsewhere.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from chalicelib.ballots import proof, rules
from chalicelib.ballots.folding import fold
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import pack
from tests import examples
from tests.ballots import electorate
from tests.ballots.electorate import Votes
from tests.hands import START
from tests.races.quick_world import QuickWorld
from tests.races.racing import CutIn, Unguarded

SEEDS = 40
# A feature of every method: whatever is folded must be what is counted.
CAMPAIGN = examples.voting(features=examples.one_of_each(), ballot_salt="salt")
OTHER = CAMPAIGN.model_copy(update={"campaign_id": "01900000-0000-7000-8000-0000000000aa"})
Record = dict[str, Any]


@dataclass
class History:
    """Ballots as they were cast, on shards by voter; sequence numbers grow and gain a digit on the way."""

    chance: random.Random
    shards: int = 1
    last: dict[str, Votes] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)

    def cast(self, times: int) -> "History":
        for number in range(times):
            voter = proof.voter_id("salt", f"fan{self.chance.randrange(8)}")
            votes = electorate.ballot(self.chance, CAMPAIGN.features, voter)
            shard = f"shard{keys.spread(voter, self.shards)}"
            old, self.last[voter] = self.last.get(voter), votes
            images = {"NewImage": image(voter, votes)} | ({"OldImage": image(voter, old)} if old else {})
            record = {"dynamodb": {"SequenceNumber": str(90 + number * 3), **images}}
            self.records.setdefault(shard, []).append(record)
        return self


def image(voter: str, votes: Votes, campaign_id: str = examples.CAMPAIGN_ID) -> Record:
    key = keys.ballot(campaign_id, voter, CAMPAIGN.ballot_buckets)._asdict()
    return pack({**key, "kind": "ballot", "votes": votes, "cast_at": instants.text(START)})


def cut(chance: random.Random, records: list[Record]) -> Iterator[list[Record]]:
    """Batches of any size, one after the other."""
    at = 0
    while at < len(records):
        size = chance.randint(1, 7)
        yield records[at : at + size]
        at += size


def deliver(ports: Ports, shard: str, batch: list[Record]) -> None:
    """As a poller does: again, until it was taken."""
    for _ in range(5):
        try:
            return fold(ports, shard, batch)
        except Busy:
            continue
    raise AssertionError("never taken")


def agrees(world: QuickWorld, history: History) -> bool:
    """Counters, ballots and turnout of all parts together are those of the last ballots."""
    told, counted, parts = rules.blank(CAMPAIGN.features), rules.blank(CAMPAIGN.features), world.items("tally")
    for part in parts:
        rules.sum_up(told, part["counts"])
    for votes in history.last.values():
        rules.add(counted, CAMPAIGN.features, votes)
    voters = len(history.last)
    turnout = sum(sum(part["turnout"].values()) for part in parts)
    return told == counted and sum(part["ballots"] for part in parts) == voters == turnout


# -- schedules --------------------------------------------------------------------------------------------------------


def in_order(_world: QuickWorld, ports: Ports, history: History) -> None:
    for shard, records in history.records.items():
        for batch in cut(history.chance, records):
            deliver(ports, shard, batch)


def at_once(world: QuickWorld, ports: Ports, history: History) -> None:
    """Two attempts of one batch: between the read and the write of the first, the second runs to its end."""
    for shard, records in history.records.items():
        for batch in cut(history.chance, records):
            cutting_in(world, history.chance.randint(1, 2), partial(deliver, ports, shard, batch))
            deliver(ports, shard, batch)
            world.engine.hook = None


def slow_attempt(world: QuickWorld, ports: Ports, history: History) -> None:
    """An attempt that sleeps over its timeout: it wakes when later batches have been folded, with other boundaries."""
    for shard, records in history.records.items():
        middle = history.chance.randint(1, len(records))
        start = history.chance.randrange(middle)
        for batch in cut(history.chance, records[:start]):
            deliver(ports, shard, batch)

        def others(shard: str = shard, records: list[Record] = records, start: int = start) -> None:
            for batch in cut(history.chance, records[start:]):
                deliver(ports, shard, batch)

        cutting_in(world, 2, others)
        deliver(ports, shard, records[start:middle])
        world.engine.hook = None


def late_again(_world: QuickWorld, ports: Ports, history: History) -> None:
    """Any stretch comes once more, at any later time."""
    for shard, records in history.records.items():
        done = 0
        for batch in cut(history.chance, records):
            deliver(ports, shard, batch)
            done += len(batch)
            for _ in range(history.chance.randrange(3)):
                start = history.chance.randrange(done)
                deliver(ports, shard, records[start : history.chance.randint(start + 1, done)])


def lost_place(_world: QuickWorld, ports: Ports, history: History) -> None:
    """The poller goes back to an earlier place, and cuts differently from there."""
    for shard, records in history.records.items():
        place = 0
        for _ in range(200):
            place += history.chance.randint(1, 6)
            deliver(ports, shard, records[max(0, place - 9) : place])
            if place >= len(records):
                break
            place -= history.chance.randrange(min(place, 5))


def crashing(world: QuickWorld, ports: Ports, history: History) -> None:
    """The function dies after any of its calls, and the batch comes again."""
    for shard, records in history.records.items():
        for batch in cut(history.chance, records):
            cutting_in(world, history.chance.randint(1, 2), die, when=history.chance.choice(["before", "after"]))
            try:
                deliver(ports, shard, batch)
            except ZeroDivisionError:
                deliver(ports, shard, batch)
            world.engine.hook = None


def die() -> None:
    raise ZeroDivisionError


def cutting_in(world: QuickWorld, at: int, act: Callable[[], None], *, when: str = "before") -> None:
    hook = CutIn(at, act)
    world.engine.hook = lambda moment, call: hook("before" if moment == when else "after", call)


@pytest.fixture(autouse=True)
def _campaigns(quick: QuickWorld) -> None:
    """The fold counts by the features of its campaign."""
    for campaign in (CAMPAIGN, OTHER):
        quick.ports.table.commit(campaigns.creating(campaign))


SCHEDULES = [in_order, at_once, slow_attempt, late_again, lost_place, crashing]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.__name__)
def test_the_tally_is_a_recount(quick: QuickWorld, schedule: Callable[[QuickWorld, Ports, History], None]) -> None:
    start = quick.moment()
    for seed in range(SEEDS):
        quick.back_to(start)
        history = History(random.Random(seed), shards=1 + 2 * (seed % 2)).cast(60)
        schedule(quick, quick.ports, history)
        assert agrees(quick, history), f"seed {seed}"


def test_without_the_compare_and_set_two_attempts_at_once_count_twice_or_lose(quick: QuickWorld) -> None:
    """The control: some schedule of those that cut in must disagree when the watermark is not compared."""
    start = quick.moment()
    table = Unguarded(quick.ports.table.client, quick.ports.table.name, quick.clock, quick.ids)
    unguarded = replace(quick.ports, table=table)
    wrong = 0
    for seed in range(SEEDS):
        quick.back_to(start)
        history = History(random.Random(seed)).cast(60)
        slow_attempt(quick, unguarded, history)
        wrong += not agrees(quick, history)
    assert wrong > SEEDS // 2


def test_one_batch_with_ballots_of_two_campaigns_is_taken_whole_although_one_was_taken_before(
    quick: QuickWorld,
) -> None:
    """The first campaign's part is written, the second's fails: the batch comes again and counts each once."""
    history = History(random.Random(1)).cast(20)
    [records] = history.records.values()
    ballot = image("0" * 32, {"plurality": ["a"]}, OTHER.campaign_id)
    batch = [*records, {"dynamodb": {"SequenceNumber": "999", "NewImage": ballot}}]
    # Its part, its features, its write; the other's part, its features - and the write that fails.
    cutting_in(quick, 6, die)
    with pytest.raises(ZeroDivisionError):
        fold(quick.ports, "shard0", batch)
    quick.engine.hook = None
    assert [part["ballots"] for part in quick.items("tally")] == [len(history.last)]
    deliver(quick.ports, "shard0", batch)
    assert [part["ballots"] for part in quick.items("tally")] == [len(history.last), 1]
