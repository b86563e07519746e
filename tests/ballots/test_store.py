"""Ballots, tallies and results in the table."""

from datetime import timedelta

import pytest

from chalicelib.ballots import proof, store
from chalicelib.ballots.model import BallotList
from chalicelib.ballots.store import BallotSuperseded, NoBallotYet, ResultExists
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.writes import Write
from tests import examples
from tests.ballots import pure
from tests.examples import CAMPAIGN_ID
from tests.hands import START
from tests.stored import Stored

CAMPAIGN = examples.voting()
ADA, BOB = (proof.voter_id("salt", name) for name in ("sub-ada", "sub-bob"))
RED, BLUE = {"colour": ["red"]}, {"colour": ["blue"], "lens": ["wide", "tele"]}


def at(seconds: float) -> str:
    return instants.text(START + timedelta(seconds=seconds))


def casting(votes: dict[str, list[str]], seconds: float = 0, *, voter: str = ADA, campaign=CAMPAIGN) -> Write:
    return store.casting(campaign, voter, votes, cast_at=at(seconds), registered_at=at(-99))


def revising(feature_id: str, *chosen: str, seconds: float = 1) -> Write:
    return store.revising(CAMPAIGN, ADA, feature_id, vote=[*chosen], cast_at=at(seconds))


def test_a_ballot_is_read_back_as_it_was_cast(stored: Stored):
    stored.commit(casting(BLUE))
    found = store.find(stored.table, CAMPAIGN, ADA)
    assert found is not None
    assert (found.voter_id, found.votes, found.version, found.cast_at) == (ADA, BLUE, 1, START)
    assert found.registered_at == START - timedelta(seconds=99)


@pytest.mark.parametrize("feature", examples.one_of_each(), ids=lambda feature: feature.method)
def test_a_vote_of_every_method_is_read_back_to_the_letter(stored: Stored, feature):
    """Its receipt is the hash of it."""
    votes = {
        "plurality": ["a"],
        "approval": [],
        "score": {"x": 0, "z": 5},
        "ranked": [["c"], ["a", "b"]],
        "best_worst": [{"shown": ["a", "b", "c", "e"], "best": "e", "worst": "a"}],
    }
    stored.commit(casting({feature.feature_id: votes[feature.method]}))
    found = store.find(stored.table, CAMPAIGN, ADA)
    assert found is not None
    assert proof.receipt(ADA, 1, found.votes) == proof.receipt(ADA, 1, {feature.feature_id: votes[feature.method]})


def test_a_later_ballot_replaces_the_earlier_one_as_a_whole(stored: Stored):
    """V1: one ballot per fan, the last one."""
    stored.commit(casting(BLUE))
    stored.commit(casting(RED, 1))
    [ballot] = all_ballots(stored)
    assert (ballot.votes, ballot.version) == (RED, 2)


def test_of_two_ballots_in_one_millisecond_the_second_to_arrive_stands(stored: Stored):
    stored.commit(casting(RED))
    stored.commit(casting(BLUE))
    assert store.find(stored.table, CAMPAIGN, ADA).votes == BLUE


def test_a_late_copy_of_an_older_ballot_is_refused(stored: Stored):
    """V1: the same under reordering."""
    stored.commit(casting(RED, 1))
    stored.assert_refused(BallotSuperseded, casting(BLUE, 0.999))


def test_one_feature_is_changed_and_the_rest_stays(stored: Stored):
    stored.commit(casting(BLUE))
    stored.commit(revising("colour", "red"))
    found = store.find(stored.table, CAMPAIGN, ADA)
    assert (found.votes, found.version, found.cast_at) == ({**BLUE, "colour": ["red"]}, 2, START + timedelta(seconds=1))


def test_a_feature_that_was_not_voted_on_is_added(stored: Stored):
    stored.commit(casting(RED))
    stored.commit(revising("lens", "tele"))
    assert store.find(stored.table, CAMPAIGN, ADA).votes == {**RED, "lens": ["tele"]}


def test_one_feature_of_no_ballot_or_of_a_later_one_is_refused(stored: Stored):
    stored.assert_refused(NoBallotYet, revising("lens", "tele"))
    stored.commit(casting(BLUE, 5))
    stored.assert_refused(NoBallotYet, revising("lens", "tele", seconds=4.999))


def test_nobody_has_a_ballot_before_casting_one(stored: Stored):
    stored.commit(casting(RED))
    assert store.find(stored.table, CAMPAIGN, BOB) is None
    assert store.find(stored.table, examples.voting(campaign_id="another"), ADA) is None


def all_ballots(stored: Stored, limit: int = 3):
    """Bucket after bucket, page after page."""
    found = []
    for bucket in range(CAMPAIGN.ballot_buckets):
        after = None
        while True:
            page, after = store.bucket_page(stored.table, CAMPAIGN_ID, bucket, after=after, limit=limit)
            assert len(page) <= limit
            found += page
            if after is None:
                break
    return found


def test_all_ballots_of_all_buckets_and_pages_are_read_once_and_in_the_order_of_voters(stored: Stored):
    """V3: no acknowledged ballot is lost, on whichever page it lies. The chains of a list are made in this order."""
    voters = {proof.voter_id("salt", f"fan-{number}") for number in range(40)}
    for voter in voters:
        stored.commit(casting(RED, voter=voter))
    stored.commit(casting(RED, campaign=examples.voting(campaign_id="another")))
    found = [ballot.voter_id for ballot in all_ballots(stored)]
    buckets = [int(voter[:8], 16) % CAMPAIGN.ballot_buckets for voter in found]
    assert {*found} == voters
    assert len(found) == len(voters)
    assert sorted(zip(buckets, found, strict=True)) == list(zip(buckets, found, strict=True))


class TestEarlierCustomers:
    """An earlier customer has a pre-order that became part of a manufacturing order."""

    def order(self, stored: Stored, number: int, state: str, fan: str = "sub-ada") -> None:
        key = keys.preorder(fan, f"01900000-0000-7000-8000-{number:012x}")
        item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "kind": {"S": "preorder"}, "state": {"S": state}}
        stored.client.put_item(TableName=stored.table.name, Item=item)

    @pytest.mark.parametrize("state", ["placed", "secured", "locked", "lapsed", "withdrawn"])
    def test_one_whose_order_was_never_raised_is_none(self, stored: Stored, state: str):
        self.order(stored, 1, state)
        assert not store.has_ordered(stored.table, "sub-ada")

    @pytest.mark.parametrize("state", ["ordered", "shipped", "delivered"])
    def test_one_order_is_enough_among_others_that_came_to_nothing(self, stored: Stored, state: str):
        self.order(stored, 1, state)
        for number in range(2, 9):
            self.order(stored, number, "lapsed")
        assert store.has_ordered(stored.table, "sub-ada")
        assert not store.has_ordered(stored.table, "sub-ad")
        assert not store.has_ordered(stored.table, "sub-bob")

    def test_what_else_is_kept_of_a_fan_is_no_order(self, stored: Stored):
        key = keys.Key(keys.fan("sub-ada"), f"W#{CAMPAIGN_ID}")
        item = {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "state": {"S": "ordered"}}
        stored.client.put_item(TableName=stored.table.name, Item=item)
        assert not store.has_ordered(stored.table, "sub-ada")


def folding(seen: str | None, watermark: str, ballots: int = 1):
    return store.folding(CAMPAIGN_ID, "shard-1", seen=seen, **part_of(ballots, watermark))


def part_of(ballots: int, watermark: str = "1"):
    counts, turnout = {"colour": [ballots, ballots, 0]}, {"2026-11-21T12": ballots}
    return {"watermark": watermark, "ballots": ballots, "counts": counts, "turnout": turnout, "as_of": at(0)}


def test_a_fold_goes_on_from_the_watermark_that_it_has_seen(stored: Stored):
    stored.commit(folding(None, "0001"))
    stored.commit(folding("0001", "0007", ballots=5))
    part = store.tally_shard(stored.table, CAMPAIGN_ID, "shard-1")
    assert (part["watermark"], part["ballots"], part["counts"]) == ("0007", 5, {"colour": [5, 5, 0]})
    assert part["turnout"] == {"2026-11-21T12": 5}


@pytest.mark.parametrize("seen", [None, "0000", "0007"])
def test_a_fold_from_any_other_watermark_is_refused(stored: Stored, seen):
    """Two attempts at once: one of them wins, and no record counts twice."""
    stored.commit(folding(None, "0001"))
    stored.assert_refused(Busy, folding(seen, "0009"))


def test_a_fold_that_saw_something_is_refused_where_nothing_is(stored: Stored):
    stored.assert_refused(Busy, folding("0001", "0002"))


def test_the_parts_of_all_shards_are_the_tally(stored: Stored):
    assert list(store.tally_shards(stored.table, CAMPAIGN_ID)) == []
    stored.commit(folding(None, "0001"))
    stored.commit(store.folding(CAMPAIGN_ID, "shard-2", seen=None, **part_of(2)))
    assert [part["ballots"] for part in store.tally_shards(stored.table, CAMPAIGN_ID)] == [1, 2]


def test_the_tally_of_a_vote_that_outlives_many_shards_is_whole(stored: Stored, monkeypatch: pytest.MonkeyPatch):
    """A shard lives for hours, a vote for weeks: what does not fit on one page is read from the next."""
    monkeypatch.setattr(store, "PAGE", 2)
    for number in range(5):
        stored.commit(store.folding(CAMPAIGN_ID, f"shard-{number}", seen=None, **part_of(number)))
    assert [part["ballots"] for part in store.tally_shards(stored.table, CAMPAIGN_ID)] == [0, 1, 2, 3, 4]


RESULT = pure.certified(
    examples.voting(features=examples.one_of_each()),
    [pure.cast({"ranked": [["a", "b"], ["c"]], "score": {"x": 3}}, 1), pure.cast({"ranked": [["b"]]}, 2)],
)
LISTED = BallotList(campaign_id=CAMPAIGN_ID, ballots=2, buckets=2, chains=("a" * 64, "b" * 64), root="c" * 64)


def test_a_result_is_read_back_as_it_was_certified(stored: Stored):
    assert store.find_result(stored.table, CAMPAIGN_ID) is None
    stored.commit(*store.certifying(RESULT), store.sealing(LISTED))
    assert store.find_result(stored.table, CAMPAIGN_ID) == RESULT
    assert store.find_list(stored.table, CAMPAIGN_ID) == LISTED


def test_a_result_is_written_once(stored: Stored):
    stored.commit(*store.certifying(RESULT), store.sealing(LISTED))
    stored.assert_refused(ResultExists, *store.certifying(RESULT.model_copy(update={"ballots": 9})))
    assert stored.item(keys.result(CAMPAIGN_ID))["ballots"] == 2


def test_the_head_of_the_list_is_written_once(stored: Stored):
    """V3: nobody exchanges the root that fans have checked their receipts against."""
    stored.commit(store.sealing(LISTED))
    stored.assert_refused(ResultExists, store.sealing(LISTED.model_copy(update={"root": "d" * 64})))
    assert store.find_list(stored.table, CAMPAIGN_ID) == LISTED
