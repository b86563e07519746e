"""Ballots, tallies and results in the table."""

from collections.abc import Iterator
from typing import Any

from chalicelib.ballots.model import BallotList, CastBallot, Counts, PlainVotes, Result
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import absent, absent_or_at_most, equals, exists
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

PAGE = 500
# States of a pre-order that make its fan an earlier customer.
_ORDERED = ("ordered", "shipped", "delivered")


class BallotSuperseded(Conflict):
    """Refused: a later ballot of the same fan has already been cast."""

    sentence = "A later ballot of yours has already been cast. It stands."


class NoBallotYet(Conflict):
    """Refused: there is no ballot of which one feature could be changed, or a later one stands."""


class ResultExists(Conflict):
    """Refused: the result is written once."""


def key(campaign: Campaign, voter_id: str) -> Key:
    return keys.ballot(campaign.campaign_id, voter_id, campaign.ballot_buckets)


def casting(  # noqa: PLR0913 - one word per attribute of the ballot
    campaign: Campaign,
    voter_id: str,
    votes: PlainVotes,
    *,
    cast_at: str,
    registered_at: str | None,
    first: bool = False,
) -> Write:
    """One conditional write, first or repeated: a late copy of an older request loses against a newer ballot. `first`:
    loses against any."""
    put = {"kind": "ballot", "votes": votes, "cast_at": cast_at, "registered_at": registered_at}
    newest = [absent() if first else absent_or_at_most("cast_at", cast_at)]
    return changing(key(campaign, voter_id), put=put, add={"version": 1}, provided=newest, refusal=BallotSuperseded)


def revising(campaign: Campaign, voter_id: str, feature_id: str, *, vote: Any, cast_at: str) -> Write:
    """Changes one feature of a ballot that is there, in one conditional write."""
    put = {f"votes.{feature_id}": vote, "cast_at": cast_at}
    there = [exists(), absent_or_at_most("cast_at", cast_at)]
    return changing(key(campaign, voter_id), put=put, add={"version": 1}, provided=there, refusal=NoBallotYet)


def as_ballot(item: dict[str, Any]) -> CastBallot:
    return CastBallot.model_validate({**item, "voter_id": item["sk"]})


def find(table: Table, campaign: Campaign, voter_id: str) -> CastBallot | None:
    found = table.get(key(campaign, voter_id))
    return as_ballot(found) if found else None


def bucket_page(
    table: Table, campaign_id: str, bucket: int, *, after: str | None, limit: int = PAGE
) -> tuple[list[CastBallot], str | None]:
    """Some ballots of a bucket in the order of their voter ids, strongly consistent, and after which one to go on."""
    page = table.query(keys.ballot_bucket(campaign_id, bucket), after=after, limit=limit)
    return [as_ballot(found) for found in page.items], page.last["sk"] if page.last else None


def has_ordered(table: Table, fan_id: str) -> bool:
    """Whether the fan has a pre-order that became part of a manufacturing order, among the last hundred."""
    page = table.query(keys.fan(fan_id), prefix=keys.preorder(fan_id, "").sk, limit=100, newest_first=True)
    return any(found.get("state") in _ORDERED for found in page.items)


def tally_shards(table: Table, campaign_id: str) -> Iterator[dict[str, Any]]:
    """The live count, one part per stream shard: {watermark, ballots, counts, turnout, as_of} each. A shard lives for
    hours, so that a long vote has hundreds."""
    after: str | None = None
    while True:
        page = table.query(keys.tally_shards(campaign_id), after=after, limit=PAGE)
        yield from page.items
        if page.last is None:
            break
        after = page.last["sk"]


def tally_shard(table: Table, campaign_id: str, shard_id: str) -> dict[str, Any] | None:
    return table.get(keys.tally_shard(campaign_id, shard_id))


def folding(  # noqa: PLR0913 - one word per attribute of the tally item
    campaign_id: str,
    shard_id: str,
    *,
    seen: str | None,
    watermark: str,
    ballots: int,
    counts: Counts,
    turnout: dict[str, int],
    as_of: str,
) -> Write:
    """Compare and set on the shard's own watermark: of two overlapping deliveries one wins, and no record counts
    twice."""
    item = {
        "kind": "tally",
        "watermark": watermark,
        "ballots": ballots,
        "counts": counts,
        "turnout": turnout,
        "as_of": as_of,
    }
    unchanged = absent() if seen is None else equals("watermark", seen)
    return putting(keys.tally_shard(campaign_id, shard_id), item, provided=[unchanged], refusal=Busy)


def certifying(result: Result) -> list[Write]:
    """The result, once: a head, and an item for each feature, since many options in long words do not fit into one."""
    whole = result.model_dump(mode="json", exclude_none=True)
    features = whole.pop("features")
    head = putting(keys.result(result.campaign_id), {**whole, "kind": "result"}, refusal=ResultExists)
    parts = [
        putting(keys.result_feature(result.campaign_id, place), {**one, "kind": "result_feature"}, refusal=ResultExists)
        for place, one in enumerate(features)
    ]
    return [head, *parts]


def sealing(listed: BallotList) -> Write:
    """The head of the published list, once, in one transaction with the result."""
    return putting(keys.proof(listed.campaign_id), {**listed.model_dump(), "kind": "proof"}, refusal=ResultExists)


def find_result(table: Table, campaign_id: str) -> Result | None:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        head = keys.result(campaign_id)
        page = table.query(head.pk, prefix=head.sk, after=after, limit=PAGE)
        found += page.items
        if page.last is None:
            break
        after = page.last["sk"]
    return Result.model_validate({**found[0], "features": found[1:]}) if found else None


def find_list(table: Table, campaign_id: str) -> BallotList | None:
    found = table.get(keys.proof(campaign_id))
    return BallotList.model_validate(found) if found else None
