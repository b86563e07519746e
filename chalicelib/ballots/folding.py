"""The live tally, folded from the table's stream exactly once.

Each stream shard has a tally item of its own with a watermark: the sequence number up to which it is folded. A batch
of records is reduced to those above the watermark and written by compare-and-set, so that repeats, other batch
boundaries and two attempts at once count nothing twice. Proven best of the designs that were measured; the certified
result never depends on it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from chalicelib.ballots import rules, store
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import instants, keys
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import unpack

SEQUENCE_DIGITS = 40
BALLOT = {"S": "ballot"}
# `2026-12-01T09`: turnout is kept by the hour, and a shard lives for some hours.
HOUR = 13

Change = dict[str, Any]


def padded(sequence_number: str) -> str:
    """Sequence numbers as text of one width, so that text order is their order."""
    return sequence_number.zfill(SEQUENCE_DIGITS)


def ballot_changes(records: Iterable[dict[str, Any]]) -> dict[str, list[Change]]:
    """The ballots among stream records, by campaign: {sequence, old ballot, new ballot}, {} where there is none."""
    found: dict[str, list[Change]] = defaultdict(list)
    for record in records:
        change = record["dynamodb"]
        new, old = change.get("NewImage", {}), change.get("OldImage", {})
        if BALLOT not in (new.get("kind"), old.get("kind")):
            continue
        campaign_id = keys.campaign_of((new or old)["pk"]["S"])
        sequence = padded(change["SequenceNumber"])
        found[campaign_id].append({"sequence": sequence, "old": unpack(old), "new": unpack(new)})
    return found


def fold(ports: Ports, shard_id: str, records: Iterable[dict[str, Any]]) -> None:
    """Adds a batch of one shard to the tallies. Raises Busy when another attempt of the same batch got in between:
    try again."""
    for campaign_id, changes in ballot_changes(records).items():
        _fold_campaign(ports, campaign_id, shard_id, changes)


def _fold_campaign(ports: Ports, campaign_id: str, shard_id: str, changes: list[Change]) -> None:
    part = store.tally_shard(ports.table, campaign_id, shard_id) or {}
    seen = part.get("watermark")
    fresh = [change for change in changes if seen is None or change["sequence"] > seen]
    if not fresh:
        return
    features = campaigns.features(ports.table, ports.memory, campaign_id)
    counts = rules.blank(features)
    rules.sum_up(counts, part.get("counts", {}))
    turnout = Counter(part.get("turnout", {}))
    for change in fresh:
        rules.add(counts, features, change["old"].get("votes", {}), times=-1)
        rules.add(counts, features, change["new"].get("votes", {}))
        turnout.update([] if change["old"] else [change["new"]["cast_at"][:HOUR]])
    ports.table.commit(
        store.folding(
            campaign_id,
            shard_id,
            seen=seen,
            watermark=max(change["sequence"] for change in fresh),
            ballots=part.get("ballots", 0) + sum(bool(change["new"]) - bool(change["old"]) for change in fresh),
            counts=counts,
            turnout=dict(turnout),
            as_of=instants.text(ports.clock.now()),
        )
    )
