"""Casting: what it costs, what a container remembers of a campaign, and when no ballot is taken any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.ballots import actions, counting, proof, store
from chalicelib.ballots.model import Ballot, NewBallot, NewVote
from chalicelib.campaigns import actions as organising
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import CampaignMissing, VotingClosed
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from tests import examples
from tests.examples import CAMPAIGN_ID
from tests.hands import START, HandClock
from tests.races.quick_world import QuickWorld
from tests.races.races import InHand
from tests.races.racing import CutIn

FRESH = 2
LEAD = 2 * FRESH
CAMPAIGN = examples.voting(ballot_salt="salt", voting_opened_at=START)
WHOLE = {"colour": ["red"], "lens": ["wide", "tele"]}


@pytest.fixture
def one(quick: QuickWorld) -> Ports:
    """A container, and a campaign in the table of which it knows nothing yet."""
    quick.ports.table.commit(campaigns.creating(CAMPAIGN))
    return container(quick)


def container(world: QuickWorld, *, clock: HandClock | None = None, fresh: int = FRESH) -> Ports:
    """One more container on the same table, with a memory of its own."""
    settings = world.settings.model_copy(update={"campaign_fresh_seconds": fresh})
    own = clock or world.clock
    table = replace(world.ports.table, clock=own)
    return replace(world.ports, settings=settings, clock=own, table=table, memory=Memory(own))


def who(name: str = "ada", **known: Any) -> Identity:
    return Identity(subject=f"sub-{name}", role="fan", **known)


def cast(ports: Ports, name: str = "ada", **votes: Any) -> Ballot:
    new = NewBallot.model_validate({"votes": votes or WHOLE})
    return actions.cast(ports, who(name), CAMPAIGN_ID, new)


def revise(ports: Ports, feature_id: str, *chosen: str, name: str = "ada") -> Ballot:
    return actions.revise(ports, who(name), CAMPAIGN_ID, feature_id, NewVote.model_validate({"vote": chosen}))


def outcome(act: Any, *args: Any, **named: Any) -> str:
    try:
        act(*args, **named)
    except Refusal as refusal:
        return refusal.code
    return "ok"


@contextmanager
def calls(world: QuickWorld) -> Iterator[list[str]]:
    """What is asked of the table, call by call."""
    found: list[str] = []
    world.engine.hook = lambda when, call: found.append(call) if when == "before" else None
    yield found
    world.engine.hook = None


def count(ports: Ports) -> int:
    """Counts, and answers how many ballots there were."""
    queue = InHand({"campaign_id": CAMPAIGN_ID})
    while queue.messages:
        counting.count(replace(ports, queues=queue), queue.messages.pop(0))  # type: ignore[arg-type]
    result = store.find_result(ports.table, CAMPAIGN_ID)
    assert result is not None
    return result.ballots


class TestCost:
    """One write, and nothing to read while the campaign is remembered."""

    def test_the_first_ballot_of_a_container_reads_the_campaign(self, quick: QuickWorld, one: Ports):
        with calls(quick) as asked:
            cast(one)
        assert asked == ["get_item", "Update"]

    def test_every_other_is_one_write(self, quick: QuickWorld, one: Ports):
        cast(one)
        with calls(quick) as asked:
            for name in ("ada", "bob", "cyd"):
                cast(one, name)
            revise(one, "lens", "tele")
        assert asked == ["Update"] * 4

    def test_after_so_many_seconds_it_is_read_again(self, quick: QuickWorld, one: Ports):
        cast(one)
        for milliseconds, expected in [(1_999, ["Update"]), (1, ["get_item", "Update"])]:
            quick.clock.forward(milliseconds=milliseconds)
            with calls(quick) as asked:
                cast(one)
            assert asked == expected

    def test_only_where_earlier_customers_are_asked_for_their_orders_are_looked_up(self, quick: QuickWorld, one: Ports):
        campaign = CAMPAIGN.model_copy(update={"campaign_id": "01900000-0000-7000-8000-0000000000ee"})
        asking = Campaign.model_validate(
            {**campaigns.item(campaign), "eligibility": {"earlier_customer": True}, "created_at": START}
        )
        quick.ports.table.commit(campaigns.creating(asking))
        key = keys.preorder("sub-ada", "01900000-0000-7000-8000-0000000f0001")
        quick.overwrite({**{n: {"S": v} for n, v in key._asdict().items()}, "state": {"S": "ordered"}})
        new = NewBallot.model_validate({"votes": WHOLE})
        with calls(quick) as asked:
            actions.cast(one, who(), asking.campaign_id, new)
        assert asked == ["get_item", "query", "Update"]

    def test_a_refused_ballot_writes_nothing(self, quick: QuickWorld, one: Ports):
        cast(one)
        with calls(quick) as asked:
            assert outcome(cast, one, colour=["green"]) == "ballot_invalid"
        assert asked == []


class TestRemembering:
    """A container goes on with what it has read, but only of a campaign that is voting."""

    @pytest.mark.parametrize("state", ["draft", "settled", "preselling", "cancelled"])
    def test_what_is_not_voting_is_asked_for_each_time(self, quick: QuickWorld, state: str):
        """Whose voting opens now must not be refused for what it was a second ago."""
        other = examples.campaign(state=state)
        quick.ports.table.commit(campaigns.creating(other))
        ports = container(quick)
        assert outcome(cast, ports) == "voting_closed"
        with calls(quick) as asked:
            assert outcome(cast, ports) == "voting_closed"
        assert asked == ["get_item"]

    def test_nothing_is_remembered_of_a_campaign_that_does_not_exist(self, quick: QuickWorld):
        ports = container(quick)
        for _ in range(2):
            with calls(quick) as asked, pytest.raises(CampaignMissing):
                actions.cast(ports, who(), CAMPAIGN_ID, NewBallot.model_validate({"votes": WHOLE}))
            assert asked == ["get_item"]

    def test_a_container_that_remembers_for_no_seconds_always_asks(self, quick: QuickWorld, one: Ports):
        cast(one)
        ports = container(quick, fresh=0)
        for _ in range(2):
            with calls(quick) as asked:
                cast(ports)
            assert asked == ["get_item", "Update"]

    @pytest.mark.parametrize("move", [organising.settle, organising.cancel])
    def test_what_this_container_moves_it_forgets_at_once(self, quick: QuickWorld, one: Ports, move: Any):
        cast(one)
        move(one, "sub-olga", CAMPAIGN_ID)
        with calls(quick) as asked:
            outcome(cast, one)
        assert asked[0] == "get_item"

    def test_a_cancelled_campaign_takes_ballots_nowhere_after_so_many_seconds(self, quick: QuickWorld, one: Ports):
        other = container(quick)
        cast(other)
        organising.cancel(one, "sub-olga", CAMPAIGN_ID)
        assert outcome(cast, one) == "voting_closed"
        quick.clock.forward(seconds=FRESH)
        assert outcome(cast, other) == "voting_closed"


class TestTheEnd:
    """V4: from one moment on no container takes a ballot, and each that was taken counts."""

    def settled(self, ports: Ports) -> datetime:
        moved = organising.settle(ports, "sub-olga", CAMPAIGN_ID)
        assert moved.voting_closed_at is not None
        return moved.voting_closed_at

    def test_settling_announces_the_end_so_far_ahead_that_every_container_learns_of_it(self, one: Ports):
        assert self.settled(one) == START + timedelta(seconds=LEAD)

    @pytest.mark.parametrize("known_since", [-1_999, -1_000, -1, 0])
    def test_one_that_remembers_the_campaign_refuses_from_that_moment_and_loses_nothing_before(
        self, quick: QuickWorld, one: Ports, known_since: int
    ):
        """However long ago it has read of it. A ballot every tenth of a second, in each of the two."""
        other = container(quick)
        quick.clock.forward(seconds=5, milliseconds=known_since)
        cast(other, "first")
        quick.clock.forward(milliseconds=-known_since)
        end, taken = self.settled(one), 1
        for tick in range(60):
            for place, ports in enumerate((one, other)):
                told = outcome(cast, ports, f"fan-{tick}-{place}")
                assert told == ("ok" if quick.clock.now() < end else "voting_closed"), tick
                taken += told == "ok"
            quick.clock.forward(milliseconds=100)
        assert taken == 1 + 2 * 40
        assert count(one) == taken

    def test_without_announcing_it_ahead_the_other_takes_ballots_after_the_end(self, quick: QuickWorld, one: Ports):
        """The control: what the seconds are for."""
        cast(one)
        other = container(quick)
        cast(other)
        end = self.settled(container(quick, fresh=0))
        assert end == quick.clock.now()
        assert outcome(cast, other, "late") == "ok"

    def slowly(self, quick: QuickWorld, one: Ports, other: Ports, seconds: float) -> datetime:
        """Settles with a write that takes so long to land; the other reads the campaign just before."""

        def meanwhile() -> None:
            quick.clock.forward(seconds=seconds)
            cast(other, "first")

        quick.engine.hook = CutIn(2, meanwhile)
        end = self.settled(one)
        quick.engine.hook = None
        return end

    def test_a_settling_that_takes_as_long_as_campaigns_are_remembered_lets_nobody_in(
        self, quick: QuickWorld, one: Ports
    ):
        other = container(quick)
        quick.clock.moment = self.slowly(quick, one, other, seconds=FRESH)
        assert outcome(cast, other, "too late") == "voting_closed"
        assert count(one) == 1

    def test_a_ballot_that_an_even_slower_settling_lets_in_is_counted_all_the_same(self, quick: QuickWorld, one: Ports):
        """Accepted is accepted."""
        other = container(quick)
        end = self.slowly(quick, one, other, seconds=FRESH + 1)
        quick.clock.moment = end + timedelta(milliseconds=500)
        assert outcome(cast, other, "late") == "ok"
        quick.clock.forward(milliseconds=500)
        assert outcome(cast, other, "too late") == "voting_closed"
        assert count(one) == 2

    def test_an_announced_end_needs_nobody_to_learn_of_it(self, quick: QuickWorld):
        end = START + timedelta(seconds=10)
        quick.ports.table.commit(campaigns.creating(CAMPAIGN.model_copy(update={"voting_closes_at": end})))
        ports = container(quick)
        quick.clock.moment = end - timedelta(milliseconds=1)
        assert outcome(cast, ports) == "ok"
        quick.clock.moment = end
        assert outcome(cast, ports, "bob") == "voting_closed"
        assert outcome(revise, ports, "lens", "wide") == "voting_closed"

    def test_the_count_waits_until_ballots_under_way_have_landed_everywhere(self, quick: QuickWorld, one: Ports):
        """The end that is announced, and the drain on top."""
        drained = replace(one, settings=one.settings.model_copy(update={"drain_seconds": 12}))
        actions.request_count(drained, campaigns.get(one.table, CAMPAIGN_ID))
        [message] = quick.engine.queues[one.settings.counting_queue]
        assert message.visible_at == quick.clock.now() + timedelta(seconds=LEAD + 12)


class TestRepeating:
    """Lost answers, and clocks that differ."""

    def test_a_fan_whose_answer_was_lost_asks_again_and_is_answered(self, quick: QuickWorld, one: Ports):
        def lose(when: str, call: str) -> None:
            if (when, call) == ("after", "Update"):
                quick.engine.hook = None
                raise ReadTimeoutError(endpoint_url="memory:")

        quick.engine.hook = lose
        with pytest.raises(ReadTimeoutError):
            cast(one)
        again = cast(one)
        assert (again.votes, again.version) == ({"colour": ("red",), "lens": ("wide", "tele")}, 2)

    @pytest.fixture
    def slower(self, quick: QuickWorld, one: Ports) -> Ports:
        """Another container, whose clock is a second behind; ada has voted in the first."""
        clock = HandClock()
        clock.forward(seconds=-1)
        cast(one)
        return container(quick, clock=clock)

    def test_the_same_votes_from_a_slower_clock_are_answered_with_what_stands(self, one: Ports, slower: Ports):
        standing = actions.own(one, who(), CAMPAIGN_ID)
        assert cast(slower) == standing
        assert revise(slower, "colour", "red") == standing

    def test_other_votes_from_a_slower_clock_are_superseded(self, one: Ports, slower: Ports):
        standing = actions.own(one, who(), CAMPAIGN_ID)
        assert outcome(cast, slower, colour=["blue"]) == "ballot_superseded"
        assert outcome(revise, slower, "colour", "blue") == "ballot_superseded"
        assert outcome(revise, slower, "lens", "macro") == "ballot_superseded"
        assert actions.own(one, who(), CAMPAIGN_ID) == standing

    def test_a_ballot_of_somebody_else_is_no_obstacle(self, slower: Ports):
        assert cast(slower, "bob").version == 1


class TestOneFeature:
    """Voting on one feature leaves the rest of the ballot as it is."""

    def test_the_rest_stays(self, one: Ports):
        cast(one)
        changed = revise(one, "colour", "blue")
        assert (changed.votes, changed.version) == ({"colour": ("blue",), "lens": ("wide", "tele")}, 2)
        assert actions.own(one, who(), CAMPAIGN_ID) == changed

    def test_without_a_ballot_it_is_the_first(self, one: Ports):
        first = revise(one, "lens", "tele")
        assert (first.votes, first.version) == ({"lens": ("tele",)}, 1)
        assert revise(one, "colour", "red").votes == {"lens": ("tele",), "colour": ("red",)}

    def test_the_age_of_the_account_is_kept_with_the_first_however_it_was_cast(self, quick: QuickWorld, one: Ports):
        new = NewVote.model_validate({"vote": ["tele"]})
        actions.revise(one, who(registered_at=START), CAMPAIGN_ID, "lens", new)
        [item] = quick.items("ballot")
        assert item["registered_at"] == instants.text(START)

    @pytest.mark.parametrize("feature_id", ["size", "", "Lens", "lens.0", "votes", "#x", "0"])
    def test_a_feature_that_there_is_not_is_refused_and_nothing_is_written(
        self, quick: QuickWorld, one: Ports, feature_id: str
    ):
        cast(one)
        before = quick.items("ballot")
        assert outcome(revise, one, feature_id, "tele") == "ballot_invalid"
        assert quick.items("ballot") == before

    def test_a_whole_ballot_that_lands_while_it_finds_none_is_not_lost(self, quick: QuickWorld, one: Ports):
        """Two devices of one fan, in one millisecond or on clocks that differ by more."""
        cast(one, "somebody else")

        seen: list[str] = []

        def other_device(when: str, call: str) -> None:
            seen.extend([call] if when == "before" else [])
            if seen == ["Update", "Update"]:
                quick.engine.hook = None
                cast(container(quick))

        quick.engine.hook = other_device
        revise(one, "lens", "macro")
        assert actions.own(one, who(), CAMPAIGN_ID).votes == {"colour": ("red",), "lens": ("macro",)}


class TestWhoseItIs:
    """The table keeps ballots by a pseudonym."""

    def test_no_item_of_a_ballot_names_its_fan(self, quick: QuickWorld, one: Ports):
        for name in ("ada", "bob"):
            cast(one, name)
            revise(one, "lens", "tele", name=name)
        for item in quick.items("ballot"):
            assert set(item) <= {"pk", "sk", "kind", "votes", "cast_at", "registered_at", "version", "attempt"}
            assert "sub-" not in repr(item)
            assert item["sk"] in {proof.voter_id("salt", f"sub-{name}") for name in ("ada", "bob")}

    def test_without_the_campaigns_secret_a_voter_id_cannot_be_made(self):
        assert proof.voter_id("salt", "sub-ada") != proof.voter_id("", "sub-ada")

    def test_a_fan_has_another_voter_id_in_each_campaign(self, quick: QuickWorld):
        """Made by the door: each campaign draws a secret of its own."""
        for _ in range(3):
            campaign_id = quick.voting()
            assert quick.vote("ada", campaign_id, colour=["red"]).status == 200
        assert len({item["sk"] for item in quick.items("ballot")}) == 3
        assert all(len(item["ballot_salt"]) == 32 for item in quick.items("campaign"))


def test_a_late_vote_is_refused_by_the_clock_of_the_server_that_takes_it(quick: QuickWorld, one: Ports):
    """V4: what a fan's own clock says is nowhere asked for."""
    organising.settle(one, "sub-olga", CAMPAIGN_ID)
    quick.clock.forward(seconds=LEAD)
    with pytest.raises(VotingClosed):
        cast(one)
