"""The live tally, folded from the table's stream exactly once.

Each stream shard has a tally item of its own with a watermark: the sequence number up to which it is folded. A batch
of records is reduced to those above the watermark and written by compare-and-set, so that repeats, other batch
boundaries and two attempts at once count nothing twice. Proven best of the designs that were measured; the certified
result never depends on it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from chalicelib.ballots import rules, store
from chalicelib.ballots.model import Counts
from chalicelib.kernel import instants
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.typed_json import unpack

SEQUENCE_DIGITS = 40
BALLOT = {"S": "ballot"}

Change = dict[str, Any]


def padded(sequence_number: str) -> str:
    """Sequence numbers as text of one width, so that text order is their order."""
    return sequence_number.zfill(SEQUENCE_DIGITS)


def ballot_changes(records: Iterable[dict[str, Any]]) -> dict[str, list[Change]]:
    """The ballots among stream records, by campaign: {sequence, old votes, new votes}."""
    found: dict[str, list[Change]] = defaultdict(list)
    for record in records:
        change = record["dynamodb"]
        if BALLOT not in (change.get("NewImage", {}).get("kind"), change.get("OldImage", {}).get("kind")):
            continue
        new, old = unpack(change.get("NewImage", {})), unpack(change.get("OldImage", {}))
        sequence, campaign_id = padded(change["SequenceNumber"]), (new or old)["campaign_id"]
        found[campaign_id].append({"sequence": sequence, "old": old.get("votes"), "new": new.get("votes")})
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
    counts: Counts = {name: dict(options) for name, options in part.get("counts", {}).items()}
    for change in fresh:
        rules.add(counts, change["old"] or {}, times=-1)
        rules.add(counts, change["new"] or {})
    ballots = sum((change["new"] is not None) - (change["old"] is not None) for change in fresh)
    ports.table.commit(
        store.folding(
            campaign_id,
            shard_id,
            seen=seen,
            watermark=max(change["sequence"] for change in fresh),
            ballots=part.get("ballots", 0) + ballots,
            counts=counts,
            as_of=instants.text(ports.clock.now()),
        )
    )
