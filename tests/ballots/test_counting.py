"""The recount at work: messages that come twice, late, side by side or after a death end in the same result."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from random import Random
from typing import Any

import pytest

from chalicelib.ballots import counting, recount, recount_store, store
from chalicelib.ballots.recount import Recount
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.rules import VotingClosed
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.typed_json import pack
from tests import examples
from tests.ballots.votes import CAMPAIGN, FIRST, Crash, Message, Vote, ended
from tests.invariants.history import history_is_lawful
from tests.races.quick_world import QuickWorld
from tests.races.races import InHand
from tests.races.racing import CutIn

ID = CAMPAIGN.campaign_id
Patch = pytest.MonkeyPatch


@pytest.fixture
def vote(quick: QuickWorld) -> Vote:
    return ended(quick)


@pytest.fixture
def in_small_steps(monkeypatch: Patch) -> None:
    """Three lanes for forty ballots, pages of two, and a save after each."""
    monkeypatch.setattr(recount, "BALLOTS_PER_LANE", 13)
    monkeypatch.setattr(store, "bucket_page", partial(store.bucket_page, limit=2))
    monkeypatch.setattr(counting, "PAGES_PER_SAVE", 1)


def assert_counted(vote: Vote) -> None:
    """The result is that of all ballots at once, was written once, and the campaign sells what it kept."""
    assert vote.result == vote.expected
    listed = store.find_list(vote.world.ports.table, ID)
    assert listed is not None
    assert (listed.root, listed.ballots, len(listed.chains)) == (vote.expected.root, len(vote.ballots), 6)
    campaign = campaigns.get(vote.world.ports.table, ID)
    assert campaign.state == "settled"
    assert campaign.selectable == {feature.feature_id: feature.kept for feature in vote.expected.features}
    history_is_lawful(vote.world.changes())


def lanes(vote: Vote, number: int) -> list[recount.Lane]:
    return recount_store.lanes(vote.world.ports.table, ID, number)


@pytest.mark.parametrize("lane_count", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("page", [1, 2, 7, 500])
def test_neither_the_lanes_nor_the_pages_count(vote: Vote, monkeypatch: Patch, lane_count: int, page: int):
    monkeypatch.setattr(recount, "BALLOTS_PER_LANE", len(vote.ballots) // lane_count)
    monkeypatch.setattr(store, "bucket_page", partial(store.bucket_page, limit=page))
    vote.count()
    assert len(lanes(vote, 0)) == lane_count
    assert_counted(vote)


@pytest.mark.usefixtures("in_small_steps")
def test_messages_in_any_order_and_more_than_once_come_to_the_same(vote: Vote):
    """SQS keeps no order and may deliver twice."""
    start = vote.world.moment()
    for seed in range(25):
        vote.world.back_to(start)
        chance = Random(seed)

        def pick(messages: list[Message], chance: Random = chance) -> Message:
            message = chance.choice(messages)
            if chance.random() < 0.6:
                messages.remove(message)
            return message

        vote.count(pick)
        assert_counted(vote)


@pytest.mark.usefixtures("in_small_steps")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_any_call_is_made_good_by_the_message_that_comes_again(
    quick: QuickWorld, monkeypatch: Patch, when: str
):
    monkeypatch.setattr(recount, "BALLOTS_PER_LANE", 5)
    vote = ended(quick, 10)
    start = vote.world.moment()
    for at in count(1):
        vote.world.back_to(start)
        hook = CutIn(at, die)
        vote.world.engine.hook = lambda moment, call, hook=hook: hook("before" if moment == when else "after", call)
        vote.count()
        vote.world.engine.hook = None
        assert_counted(vote)
        if not hook.done:
            break
    assert at > 20


def die() -> None:
    raise Crash


def test_time_that_runs_out_after_every_page_only_takes_more_messages(vote: Vote, monkeypatch: Patch):
    """Each message reads one page, saves, and sends itself again."""
    monkeypatch.setattr(store, "bucket_page", partial(store.bucket_page, limit=2))
    monkeypatch.setattr(counting, "PAGES_PER_SAVE", 1)
    start = vote.world.moment()
    quickly = vote.count()
    vote.world.back_to(start)

    def pass_time(when: str, call: str) -> None:
        if (when, call) == ("after", "query"):
            vote.world.clock.forward(seconds=counting.SECONDS)

    vote.world.engine.hook = pass_time
    slowly = vote.count()
    vote.world.engine.hook = None
    pages = sum(lane.saves for number in range(3) for lane in lanes(vote, number))
    # All but the last page of each pass, with which its lane is done.
    assert (quickly, slowly) == (4, 4 + pages - 3)
    assert pages > 40
    assert vote.result is not None
    assert_counted_at_some_time(vote)


def assert_counted_at_some_time(vote: Vote) -> None:
    found = vote.result
    assert found is not None
    assert found == vote.expected.model_copy(update={"certified_at": found.certified_at})


@pytest.mark.usefixtures("in_small_steps")
def test_two_attempts_at_one_lane_at_once_count_no_page_twice(vote: Vote):
    """At every call of the one the other runs as far as it gets: one of them goes on, and is told apart by `saves`."""
    start = vote.world.moment()
    busy = 0
    for at in count(1):
        vote.world.back_to(start)
        queue, outcomes = InHand(), []

        def attempt(message: Message, queue: InHand = queue, outcomes: list[str] = outcomes) -> None:
            try:
                counting.count(with_queue(vote, queue), message)
                outcomes.append("ok")
            except Refusal as refusal:
                outcomes.append(refusal.code)

        attempt(FIRST)
        lane = queue.messages.pop(0)
        hook = vote.world.engine.hook = CutIn(at, partial(attempt, lane))
        attempt(lane)
        vote.world.engine.hook = None
        busy += "busy" in outcomes
        vote.count()
        assert_counted(vote)
        if not hook.done:
            break
    assert at > 5
    assert busy > 0


def with_queue(vote: Vote, queue: InHand) -> Any:
    return replace(vote.world.ports, queues=queue)  # type: ignore[arg-type]


@pytest.mark.usefixtures("in_small_steps")
def test_two_who_close_a_pass_at_once_close_it_once(vote: Vote):
    """Both find all lanes done. The later of them finds the next pass open, or the result written."""
    start = vote.world.moment()
    for seed in range(15):
        vote.world.back_to(start)
        chance, hooks = Random(seed), []

        def pick(messages: list[Message], chance: Random = chance, hooks: list[CutIn] = hooks) -> Message:
            message = chance.choice(messages)
            messages.remove(message)
            again = partial(once_more, vote, message, messages)
            vote.world.engine.hook = hook = CutIn(chance.randint(1, 8), again)
            hooks.append(hook)
            return message

        vote.count(pick)
        vote.world.engine.hook = None
        assert any(hook.done for hook in hooks)
        assert_counted(vote)


def once_more(vote: Vote, message: Message, messages: list[Message]) -> None:
    vote.world.engine.hook = None
    queue = InHand()
    try:
        counting.count(with_queue(vote, queue), message)
    except Refusal:
        return
    finally:
        messages += queue.messages


def test_a_lane_does_not_grow_with_the_ballots(quick: QuickWorld):
    """The count needs no more memory than its counters, however many there are."""
    start, sizes = quick.moment(), {}
    for ballots in (10, 500):
        quick.back_to(start)
        vote = ended(quick, ballots)
        vote.count()
        items = [item for item in quick.items() if item.get("kind") in ("recount", "recount_lane")]
        sizes[ballots] = [len(json.dumps(item)) for item in items]
    few, many = sizes[10], sizes[500]
    assert len(few) == len(many) == 4
    digits = [more - less for less, more in zip(few, many, strict=True)]
    assert max(digits) < 120, "a digit or two a counter, and nothing a ballot"


def test_who_dies_between_sending_on_and_closing_a_pass_stops_nothing(vote: Vote, monkeypatch: Patch):
    """Even if that message never comes again: those of the next pass close the one before."""
    advance, deaths = recount_store.advance, []

    def dying(table: Any, closed: Recount) -> None:
        if closed.number not in deaths:
            deaths.append(closed.number)
            raise Crash
        advance(table, closed)

    monkeypatch.setattr(recount_store, "advance", dying)
    queue = InHand(FIRST)
    while queue.messages:
        with suppress(Crash, VotingClosed):
            counting.count(with_queue(vote, queue), queue.messages.pop(0))
    assert deaths == [1, 2]
    assert_counted(vote)


class TestDrift:
    """Whether the live tally agreed is a metric that an alarm watches."""

    @pytest.fixture
    def drift(self, monkeypatch: Patch) -> list[int]:
        told: list[int] = []
        note = lambda name, units=1: told.append(units) if name == "tally_drift" else None  # noqa: E731
        monkeypatch.setattr(telemetry, "count", note)
        return told

    def test_a_tally_that_agrees_has_none(self, vote: Vote, drift: list[int]):
        vote.count()
        assert drift == [0]

    def spoil(self, vote: Vote, change: Callable[[dict[str, Any]], None]) -> None:
        [part] = vote.world.items("tally")
        change(part)
        vote.world.overwrite(pack(part))

    def test_each_counter_that_differs_is_one(self, vote: Vote, drift: list[int]):
        def change(part: dict[str, Any]) -> None:
            part["counts"]["plurality"][1] += 1
            part["counts"]["ranked"][7] -= 2

        self.spoil(vote, change)
        vote.count()
        assert drift == [2]
        assert_counted(vote)

    def test_a_ballot_too_many_is_one(self, vote: Vote, drift: list[int]):
        self.spoil(vote, lambda part: part.update(ballots=part["ballots"] + 1))
        vote.count()
        assert drift == [1]

    def test_a_tally_that_was_never_folded_differs_in_all_that_was_cast(self, vote: Vote, drift: list[int]):
        [part] = vote.world.items("tally")
        del vote.world.engine.items[part["pk"], part["sk"]]
        vote.count()
        [counted] = drift
        assert counted > 40
        assert_counted(vote)


class TestTooEarlyOrTooLate:
    """Messages that come when there is nothing to count."""

    def test_before_the_end_a_message_comes_again(self, vote: Vote):
        vote.world.clock.forward(milliseconds=-1)
        with pytest.raises(Busy):
            counting.count(vote.world.ports, FIRST)
        assert vote.world.items("recount") == []

    @pytest.mark.parametrize("changes", [{"voting_closed_at": None}, {"state": "settled"}, {"state": "cancelled"}])
    def test_nothing_is_counted_of_a_campaign_that_is_open_or_over(self, quick: QuickWorld, changes: dict[str, Any]):
        quick.ports.table.commit(
            campaigns.creating(examples.voting(**{"voting_closed_at": quick.clock.now(), **changes}))
        )
        with pytest.raises(VotingClosed):
            counting.count(quick.ports, FIRST)
        assert quick.items("recount") == []

    def test_a_lane_of_a_recount_that_has_not_begun_is_refused(self, vote: Vote):
        with pytest.raises(recount_store.RecountMissing):
            counting.count(vote.world.ports, {**FIRST, "pass": 0, "lane": 0})

    def test_once_certified_every_message_is_too_late(self, vote: Vote):
        vote.count()
        before = vote.world.items()
        for message in (FIRST, {**FIRST, "pass": 0, "lane": 0}, {**FIRST, "pass": 2, "lane": 0}):
            with pytest.raises(VotingClosed):
                counting.count(vote.world.ports, message)
        assert vote.world.items() == before


def test_a_ballot_that_is_in_the_table_counts_whoever_folded_it(vote: Vote):
    """V3: the recount reads ballots and never the tally."""
    for part in vote.world.items("tally"):
        del vote.world.engine.items[part["pk"], part["sk"]]
    vote.count()
    assert vote.result is not None
    assert vote.result.ballots == len(vote.ballots)


def test_a_vote_without_ballots_is_certified_too(quick: QuickWorld):
    vote = ended(quick, 0)
    vote.count()
    assert_counted(vote)
    assert vote.result is not None
    assert vote.result.ballots == 0


def test_who_begins_second_goes_on_with_the_lanes_of_the_first(vote: Vote):
    """The live tally may have grown in between; lanes of two sizes would count buckets twice."""
    first = recount_store.begun(vote.world.ports.table, Recount(campaign_id=ID, number=0, lanes=2))
    again = recount_store.begun(vote.world.ports.table, Recount(campaign_id=ID, number=0, lanes=5))
    assert first == again


class TestCompareAndSet:
    """A lane that another attempt has taken further is never put back, and a pass is closed once."""

    LANE = recount.Lane(number=0, lane=0, bucket=0)

    def saving(self, saves: int, seen: int) -> Any:
        return recount_store.saving(ID, self.LANE.model_copy(update={"saves": saves, "bucket": saves}), seen=seen)

    @pytest.mark.parametrize("seen", [0, 1, 3])
    def test_a_lane_is_saved_only_on_top_of_what_was_read(self, quick: QuickWorld, seen: int):
        table = quick.ports.table
        for saves in (1, 2):
            table.commit(self.saving(saves, saves - 1))
        with pytest.raises(Busy):
            table.commit(self.saving(seen + 1, seen))
        assert [lane.bucket for lane in recount_store.lanes(table, ID, 0)] == [2]

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_pass_is_closed_only_by_the_one_after_it(self, quick: QuickWorld, number: int):
        table, begun = quick.ports.table, Recount(campaign_id=ID, number=0, lanes=1)
        recount_store.begun(table, begun)
        recount_store.advance(table, begun.model_copy(update={"number": 1, "ballots": 7}))
        recount_store.advance(table, begun.model_copy(update={"number": number, "ballots": 9}))
        found = recount_store.get(table, ID)
        assert (found.number, found.ballots) == (1, 7)
