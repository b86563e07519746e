"""Ballots, tallies and results in the table."""

from collections.abc import Iterator
from typing import Any

from chalicelib.ballots.model import Ballot, Counts, Result, Votes
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import absent, absent_or_at_most, equals
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting

PAGE = 500


class BallotSuperseded(Conflict):
    """Refused: a later ballot of the same fan has already been cast."""

    sentence = "A later ballot of yours has already been cast. It stands."


class ResultExists(Conflict):
    """Refused: the result is written once."""


def casting(campaign: Campaign, fan_id: str, votes: Votes, cast_at: str) -> Write:
    """One conditional write, first or repeated: a late copy of an older request loses against a newer ballot."""
    key = keys.ballot(campaign.campaign_id, fan_id, campaign.ballot_buckets)
    put = {
        "kind": "ballot",
        "campaign_id": campaign.campaign_id,
        "fan_id": fan_id,
        "votes": {feature_id: list(chosen) for feature_id, chosen in votes.items()},
        "cast_at": cast_at,
    }
    newest = [absent_or_at_most("cast_at", cast_at)]
    return changing(key, put=put, add={"version": 1}, provided=newest, refusal=BallotSuperseded)


def find(table: Table, campaign: Campaign, fan_id: str) -> Ballot | None:
    found = table.get(keys.ballot(campaign.campaign_id, fan_id, campaign.ballot_buckets))
    return Ballot.model_validate(found) if found else None


def all_ballots(table: Table, campaign: Campaign) -> Iterator[Ballot]:
    """Every ballot of a campaign, page by page in bounded memory, strongly consistent."""
    for bucket in range(campaign.ballot_buckets):
        after: str | None = None
        while True:
            page = table.query(keys.ballot_bucket(campaign.campaign_id, bucket), after=after, limit=PAGE)
            yield from (Ballot.model_validate(found) for found in page.items)
            if page.last is None:
                break
            after = page.last["sk"]


def tally_shards(table: Table, campaign_id: str) -> Iterator[dict[str, Any]]:
    """The live count, one part per stream shard: {watermark, ballots, counts, as_of} each. A shard lives for hours, so
    that a long vote has hundreds."""
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
    campaign_id: str, shard_id: str, *, seen: str | None, watermark: str, ballots: int, counts: Counts, as_of: str
) -> Write:
    """Compare and set on the shard's own watermark: of two overlapping deliveries one wins, and no record counts
    twice."""
    key = keys.tally_shard(campaign_id, shard_id)
    item = {"kind": "tally", "watermark": watermark, "ballots": ballots, "counts": counts, "as_of": as_of}
    unchanged = absent() if seen is None else equals("watermark", seen)
    return putting(key, item, provided=[unchanged], refusal=Busy)


def certifying(result: Result) -> Write:
    item = {**result.model_dump(mode="json", exclude_none=True), "kind": "result"}
    return putting(keys.result(result.campaign_id), item, refusal=ResultExists)


def find_result(table: Table, campaign_id: str) -> Result | None:
    found = table.get(keys.result(campaign_id))
    return Result.model_validate(found) if found else None
