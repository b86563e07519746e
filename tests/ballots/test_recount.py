"""The recount as arithmetic: however it is divided, it comes to the same."""

import hashlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.ballots import proof, recount
from chalicelib.ballots.model import CastBallot
from chalicelib.ballots.recount import Lane, Recount
from tests import examples
from tests.ballots import pure
from tests.ballots.votes import CAMPAIGN, electors

BUCKETS = CAMPAIGN.ballot_buckets
ID = CAMPAIGN.campaign_id


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def in_bucket(ballots: list[CastBallot], bucket: int) -> list[CastBallot]:
    return [one for one in ballots if int(one.voter_id[:8], 16) % BUCKETS == bucket]


def walked(now: Recount, number: int, ballots: list[CastBallot], chance: Random) -> Lane:
    """A lane that has read its buckets in pages of any size."""
    lane = recount.first_lane(CAMPAIGN, now, number)
    while not lane.done:
        page = in_bucket(ballots, lane.bucket)
        while (size := chance.randint(1, 4)) < len(page):
            lane = recount.moved(
                recount.added(CAMPAIGN, lane, page[:size]), page[size - 1].voter_id, lanes=now.lanes, buckets=BUCKETS
            )
            assert lane.after == page[size - 1].voter_id
            page = page[size:]
        lane = recount.moved(recount.added(CAMPAIGN, lane, page), None, lanes=now.lanes, buckets=BUCKETS)
    return lane


def divided(ballots: list[CastBallot], lanes: int, chance: Random) -> Recount:
    now = Recount(campaign_id=ID, number=0, lanes=lanes)
    while now.number == 0 or recount.open_runoffs(CAMPAIGN, now):
        walks = [walked(now, number, ballots, chance) for number in range(lanes)]
        now = recount.closed(CAMPAIGN, now, chance.sample(walks, lanes))
    return now


@settings(max_examples=30)
@given(st.integers(0, 30), st.integers(0, 2**32), st.integers(1, BUCKETS), st.randoms())
def test_any_division_into_lanes_and_pages_comes_to_the_same(number: int, seed: int, lanes: int, chance: Random):
    """V2: nothing of the result depends on how the work was shared out, the root least of all."""
    ballots = list(electors(number, seed))
    found = divided(ballots, lanes, chance)
    assert found.model_copy(update={"lanes": 1}) == pure.recounted(CAMPAIGN, ballots)


@given(st.integers(1, 64), st.integers(1, 64))
def test_every_bucket_is_read_by_one_lane(lanes: int, buckets: int):
    read = []
    for number in range(min(lanes, buckets)):
        lane = Lane(number=0, lane=number, bucket=number)
        while not lane.done:
            read.append(lane.bucket)
            lane = recount.moved(lane, None, lanes=min(lanes, buckets), buckets=buckets)
    assert sorted(read) == list(range(buckets))


@pytest.mark.parametrize(
    ("ballots", "buckets", "lanes"),
    [(0, 64, 1), (20_000, 64, 1), (40_000, 64, 2), (10**7, 64, 64), (10**7, 4_096, 64), (0, 4_096, 64), (0, 128, 2)],
)
def test_lanes_are_as_many_as_there_is_work_for(ballots: int, buckets: int, lanes: int):
    """An empty bucket costs a query as a full one does."""
    assert recount.lanes_for(ballots, buckets) == lanes


@given(st.integers(0, 10**9), st.integers(1, 4_096))
def test_there_is_a_lane_and_none_without_a_bucket(ballots: int, buckets: int):
    assert 1 <= recount.lanes_for(ballots, buckets) <= min(buckets, recount.MOST_LANES)


def test_the_first_round_of_a_runoff_is_no_pass_of_its_own():
    """What ranks first is counted with everything else: n options take n-2 passes beyond the first."""
    ranked = next(feature for feature in CAMPAIGN.features if feature.method == "ranked")
    ballots = list(electors(20, 3))
    found = divided(ballots, 1, Random(1))
    assert len(found.rounds["ranked"]) == len(ranked.options) - 1
    assert found.number == len(ranked.options) - 1


def test_without_a_ranked_feature_one_pass_is_all():
    campaign = examples.voting(ballot_buckets=1)
    assert pure.recounted(campaign, [pure.cast({"colour": ["red"]})]).number == 1


BALLOTS = list(electors(12, 5))


class TestProof:
    """The root, made again as docs/BALLOTS.md tells it."""

    def root(self, ballots: list[CastBallot]) -> str:
        return pure.recounted(CAMPAIGN, ballots).root

    def test_it_is_that_of_the_chains_of_all_buckets_in_order(self):
        chains = []
        for bucket in range(BUCKETS):
            chain = sha256(f"groundswell:ballots:1:{ID}:{bucket}")
            for one in in_bucket(BALLOTS, bucket):
                chain = sha256(chain + proof.receipt(one.voter_id, one.version, one.votes))
            chains.append(chain)
        lines = [f"groundswell:root:1:{ID}:{len(BALLOTS)}", *chains]
        assert self.root(BALLOTS) == sha256("\n".join(lines))

    @pytest.mark.parametrize("place", range(12))
    def test_a_ballot_that_is_dropped_or_changed_or_added_changes_it(self, place: int):
        one, others = BALLOTS[place], BALLOTS[:place] + BALLOTS[place + 1 :]
        roots = {
            self.root(BALLOTS),
            self.root(others),
            self.root([*others, one.model_copy(update={"version": 2})]),
            self.root([*others, one.model_copy(update={"votes": {"plurality": ["a"]}, "version": 3})]),
            self.root([*BALLOTS, one.model_copy(update={"voter_id": f"{place:032x}"})]),
        }
        assert len(roots) == 5

    def test_a_receipt_is_the_hash_of_the_published_line(self):
        """Written out once, so that it stays what it is: receipts are kept by people."""
        votes = {"lens": ["tele", "wide"], "colour": {"żółty": 3}}
        line = '{"version":2,"voter_id":"v","votes":{"colour":{"\\u017c\\u00f3\\u0142ty":3},"lens":["tele","wide"]}}'
        assert proof.receipt("v", 2, votes) == sha256(line)
        assert proof.receipt("v", 1, {"colour": ["red"]}) == (
            "411af8a6792bc9f7efa9968529a19fae677fcf46064c2d38f5559c1921048c54"
        )

    def test_a_voter_id_tells_nothing_of_the_fan_and_is_another_in_each_campaign(self):
        assert proof.voter_id("salt", "sub-ada") == "d8ccb8a30a51463d5313c88438cc3a84"
        names = [proof.voter_id(salt, fan) for salt in ("salt", "other") for fan in ("sub-ada", "sub-bob")]
        assert len(set(names)) == 4
        assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)
