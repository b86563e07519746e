"""Ringing for what is in the table, where the stream cannot tell any more: after 24 hours, or after a restore.

Whoever is woken re-reads and finds done what is done, so it may be run at any time; it costs a read of the whole table.
"""

from collections.abc import Iterator
from typing import Any

from infra import event_sources
from infra.local import outside
from infra.local.stream_source import to_lambda
from tools.redrive.functions import Reader, Record

_FILTERS = event_sources.REACT.filters
_KINDS: list[str] = [kind for one in _FILTERS for kind in one["dynamodb"]["NewImage"]["kind"]["S"]]
# Says that a campaign is in its state since just now, and lets no cancelled draft be announced: nobody has heard of it.
_BEFORE = {"campaign": {"state": {"S": "draft"}}}


def ring(dynamodb: Any, reader: Reader, *, table: str, stream_arn: str) -> int:
    """Wakes whoever any item of the table concerns. Answers how many items. Raises FailedAgain: then run it again."""
    return reader.read(rings(dynamodb, table, stream_arn), shard_id="", stream_arn=stream_arn)


def rings(dynamodb: Any, table: str, stream_arn: str) -> Iterator[Record]:
    """A record for every item that may wake somebody, as if it had just come into its state."""
    names = {f":{kind}": {"S": kind} for kind in _KINDS}
    asked = {
        "FilterExpression": f"#kind IN ({', '.join(names)})",
        "ExpressionAttributeNames": {"#kind": "kind"},
        "ExpressionAttributeValues": names,
    }
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **asked)
    for number, item in enumerate((item for page in pages for item in page["Items"]), start=1):
        yield to_lambda(_inserted(item, number), stream_arn)


def _inserted(item: dict[str, Any], number: int) -> Record:
    change = {
        "ApproximateCreationDateTime": outside.epoch_seconds(),
        "Keys": {"pk": item["pk"], "sk": item["sk"]},
        "NewImage": item,
        "SequenceNumber": str(number),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    before = _BEFORE.get(item["kind"]["S"])
    if before:
        change["OldImage"] = before
    return {"eventID": str(number), "eventName": "MODIFY" if before else "INSERT", "dynamodb": change}
