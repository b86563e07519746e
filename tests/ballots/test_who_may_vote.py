"""Who may vote and who sees the count meanwhile, as the doors have it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cameras import batch_plan
from tests.hands import START
from tests.people import Reply, claims_of
from tests.races.quick_world import QuickWorld

DAY = timedelta(days=1)
RED = {"votes": {"colour": ["red"]}}


def vote(world: QuickWorld, campaign_id: str, name: str = "ada", **known: Any) -> Reply:
    return world.person(claims_of(name, **known)).put(f"/v1/campaigns/{campaign_id}/ballot", RED)


class TestEligibility:
    """The rule is announced with the campaign, and tells in its refusal what to do."""

    def asking(self, world: QuickWorld, **asked: Any) -> str:
        campaign_id = world.voting(eligibility=asked)
        shown = world.anybody.get(f"/v1/campaigns/{campaign_id}").json["eligibility"]
        assert asked.items() <= shown.items()
        return campaign_id

    @pytest.mark.parametrize("path", ["ballot", "ballot/features/colour"])
    def test_an_address_that_is_not_verified_may_not_vote(self, quick: QuickWorld, path: str):
        campaign_id = self.asking(quick, verified_email=True)
        body = RED if path == "ballot" else {"vote": ["red"]}
        replies = [
            quick.person(claims_of("ada", email_verified=verified)).put(f"/v1/campaigns/{campaign_id}/{path}", body)
            for verified in (False, True)
        ]
        assert [reply.code for reply in replies] == ["voter_ineligible", "ok"]
        assert replies[0].status == 403
        assert "Verify yours" in replies[0].json["detail"]

    @pytest.mark.parametrize(("seconds", "code"), [(-1, "ok"), (0, "ok"), (1, "voter_ineligible")])
    def test_an_account_must_have_been_so_old_when_voting_opened(self, quick: QuickWorld, seconds: int, code: str):
        """A month after, it is not old enough either."""
        campaign_id = self.asking(quick, account_days=7)
        quick.clock.forward(days=29)
        made = START - 7 * DAY + timedelta(seconds=seconds)
        assert vote(quick, campaign_id, registered_at=made).code == code

    @pytest.mark.parametrize("made", [None, datetime(2026, 11, 22, tzinfo=UTC)])
    def test_an_account_of_no_known_age_or_of_after_the_opening_may_not(self, quick: QuickWorld, made: datetime | None):
        campaign_id = self.asking(quick, account_days=0)
        assert vote(quick, campaign_id, registered_at=made).code == "voter_ineligible"

    def test_an_earlier_customer_is_one_whose_order_went_into_production(self, quick: QuickWorld):
        """In any campaign; a pre-order that is only placed or secured is not enough."""
        selling = quick.presale(batches=[batch_plan(minimum=2, capacity=2)])
        asking = self.asking(quick, earlier_customer=True)
        assert quick.place("ada", selling, 1).status == 201
        quick.settle_down()
        assert vote(quick, asking).code == "voter_ineligible"
        assert quick.place("bob", selling, 1).status == 201
        quick.settle_down()
        assert [vote(quick, asking, name).code for name in ("ada", "bob", "cyd")] == ["ok", "ok", "voter_ineligible"]

    def test_who_may_not_vote_leaves_nothing_behind(self, quick: QuickWorld):
        campaign_id = self.asking(quick, verified_email=True)
        before = quick.items()
        vote(quick, campaign_id, email_verified=False)
        assert quick.items() == before


class TestHiddenTallies:
    """Counts that are kept back are kept back from everybody but the organiser, and for no longer than announced."""

    def tallies(self, world: QuickWorld, campaign_id: str) -> dict[str, tuple[Any, int]]:
        """By who asks: until when it is hidden, and of how many features there are figures."""
        path = f"/v1/campaigns/{campaign_id}"
        asked = {
            "anybody": world.anybody.get(f"{path}/tally"),
            "voter": world.fan("ada").get(f"{path}/ballot/tally"),
            "other": world.fan("bob").get(f"{path}/ballot/tally"),
        }
        found = {who: reply.json for who, reply in asked.items()}
        found["organiser"] = world.organiser().get(f"{path}/insight").json["tally"]
        return {who: (tally["hidden"], len(tally["features"])) for who, tally in found.items()}

    @pytest.fixture
    def shown(self, quick: QuickWorld, request: pytest.FixtureRequest) -> str:
        """A campaign in which ada has voted."""
        campaign_id = quick.voting(tally_shown=request.param)
        assert quick.vote("ada", campaign_id, colour=["red"]).status == 200
        quick.settle_down()
        quick.clock.forward(seconds=1)
        return campaign_id

    SEEN, NOT_YET, NEVER = (None, 2), ("until_voted", 0), ("until_closed", 0)

    @pytest.mark.parametrize(
        ("shown", "anybody", "voter", "other"),
        [
            ("always", SEEN, SEEN, SEEN),
            ("after_voting", NOT_YET, SEEN, NOT_YET),
            ("after_close", NEVER, NEVER, NEVER),
        ],
        indirect=["shown"],
    )
    def test_while_voting_is_open(self, quick: QuickWorld, shown: str, anybody: Any, voter: Any, other: Any):
        expected = {"anybody": anybody, "voter": voter, "other": other, "organiser": self.SEEN}
        assert self.tallies(quick, shown) == expected

    @pytest.mark.parametrize("shown", ["always", "after_voting", "after_close"], indirect=True)
    def test_once_voting_has_ended_everybody_sees_it(self, quick: QuickWorld, shown: str):
        quick.settle(shown)
        assert set(self.tallies(quick, shown).values()) == {self.SEEN}

    @pytest.mark.parametrize("shown", ["after_close"], indirect=True)
    def test_hidden_is_how_many_have_voted_for_what_and_not_that_they_have(self, quick: QuickWorld, shown: str):
        text = quick.anybody.get(f"/v1/campaigns/{shown}/tally").text
        assert "colour" not in text
        assert quick.anybody.get(f"/v1/campaigns/{shown}/tally").json["ballots"] == 1
