"""Ballots, tallies and results in the table."""

from datetime import timedelta

import pytest

from chalicelib.ballots import rules, store
from chalicelib.ballots.store import BallotSuperseded, ResultExists
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Busy
from tests import examples
from tests.examples import CAMPAIGN_ID
from tests.hands import START
from tests.stored import Stored

CAMPAIGN = examples.voting()
RED, BLUE = {"colour": ("red",)}, {"colour": ("blue",), "lens": ("wide", "tele")}


def at(seconds: float) -> str:
    return instants.text(START + timedelta(seconds=seconds))


def test_a_ballot_is_read_back_as_it_was_cast(stored: Stored):
    stored.commit(store.casting(CAMPAIGN, "sub-ada", BLUE, at(0)))
    found = store.find(stored.table, CAMPAIGN, "sub-ada")
    assert found is not None
    assert (found.fan_id, found.votes, found.version, found.cast_at) == ("sub-ada", BLUE, 1, START)


def test_a_later_ballot_replaces_the_earlier_one_as_a_whole(stored: Stored):
    """V1: one ballot per fan, the last one."""
    stored.commit(store.casting(CAMPAIGN, "sub-ada", BLUE, at(0)))
    stored.commit(store.casting(CAMPAIGN, "sub-ada", RED, at(1)))
    [ballot] = store.all_ballots(stored.table, CAMPAIGN)
    assert (ballot.votes, ballot.version) == (RED, 2)


def test_of_two_ballots_in_one_millisecond_the_second_to_arrive_stands(stored: Stored):
    stored.commit(store.casting(CAMPAIGN, "sub-ada", RED, at(0)))
    stored.commit(store.casting(CAMPAIGN, "sub-ada", BLUE, at(0)))
    assert store.find(stored.table, CAMPAIGN, "sub-ada").votes == BLUE


def test_a_late_copy_of_an_older_ballot_is_refused(stored: Stored):
    """V1: the same under reordering."""
    stored.commit(store.casting(CAMPAIGN, "sub-ada", RED, at(1)))
    stored.assert_refused(BallotSuperseded, store.casting(CAMPAIGN, "sub-ada", BLUE, at(0.999)))


def test_nobody_has_a_ballot_before_casting_one(stored: Stored):
    stored.commit(store.casting(CAMPAIGN, "sub-ada", RED, at(0)))
    assert store.find(stored.table, CAMPAIGN, "sub-bob") is None
    assert store.find(stored.table, examples.voting(campaign_id="another"), "sub-ada") is None


def test_all_ballots_of_all_buckets_and_pages_are_read_once(stored: Stored, monkeypatch: pytest.MonkeyPatch):
    """V3: no acknowledged ballot is lost, on whichever page it lies."""
    monkeypatch.setattr(store, "PAGE", 3)
    fans = {f"fan-{number}" for number in range(40)}
    for fan_id in fans:
        stored.commit(store.casting(CAMPAIGN, fan_id, RED, at(0)))
    stored.commit(store.casting(examples.voting(campaign_id="another"), "sub-ada", RED, at(0)))
    found = [ballot.fan_id for ballot in store.all_ballots(stored.table, CAMPAIGN)]
    assert sorted(found) == sorted(fans)


def folding(seen: str | None, watermark: str, ballots: int = 1):
    counts = {"colour": {"red": ballots}}
    return store.folding(
        CAMPAIGN_ID, "shard-1", seen=seen, watermark=watermark, ballots=ballots, counts=counts, as_of=at(0)
    )


def test_a_fold_goes_on_from_the_watermark_that_it_has_seen(stored: Stored):
    stored.commit(folding(None, "0001"))
    stored.commit(folding("0001", "0007", ballots=5))
    part = store.tally_shard(stored.table, CAMPAIGN_ID, "shard-1")
    assert (part["watermark"], part["ballots"], part["counts"]) == ("0007", 5, {"colour": {"red": 5}})


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
    other = store.folding(CAMPAIGN_ID, "shard-2", seen=None, watermark="1", ballots=2, counts={}, as_of=at(0))
    stored.commit(other)
    assert [part["ballots"] for part in store.tally_shards(stored.table, CAMPAIGN_ID)] == [1, 2]


def test_the_tally_of_a_vote_that_outlives_many_shards_is_whole(stored: Stored, monkeypatch: pytest.MonkeyPatch):
    """A shard lives for hours, a vote for weeks: what does not fit on one page is read from the next."""
    monkeypatch.setattr(store, "PAGE", 2)
    for number in range(5):
        named = {"seen": None, "watermark": "1", "ballots": number, "counts": {}, "as_of": at(0)}
        stored.commit(store.folding(CAMPAIGN_ID, f"shard-{number}", **named))
    assert [part["ballots"] for part in store.tally_shards(stored.table, CAMPAIGN_ID)] == [0, 1, 2, 3, 4]


def test_a_result_is_read_back_as_it_was_certified(stored: Stored):
    assert store.find_result(stored.table, CAMPAIGN_ID) is None
    result = rules.certify(CAMPAIGN, rules.blank(CAMPAIGN), 0, START)
    stored.commit(store.certifying(result))
    assert store.find_result(stored.table, CAMPAIGN_ID) == result


def test_a_result_is_written_once(stored: Stored):
    stored.commit(store.certifying(rules.certify(CAMPAIGN, rules.blank(CAMPAIGN), 0, START)))
    another = rules.certify(CAMPAIGN, rules.blank(CAMPAIGN), 1, START)
    stored.assert_refused(ResultExists, store.certifying(another))
    assert stored.item(keys.result(CAMPAIGN_ID))["ballots"] == 0
