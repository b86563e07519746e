"""How the functions are fed: what `chalice deploy` cannot say of an event source, for the deployment and the local run.

Chalice knows batch size and start position only; the rest is set by UpdateEventSourceMapping afterwards and survives
later deployments.
"""

import json
from dataclasses import dataclass
from typing import Any

PARTIAL = ["ReportBatchItemFailures"]
CHANGED = ["INSERT", "MODIFY"]
Pattern = dict[str, Any]


@dataclass(frozen=True)
class EventSource:
    """One mapping, in the words of UpdateEventSourceMapping."""

    function: str
    settings: dict[str, Any]
    # Records that match none of these never reach the function, and cost nothing.
    filters: tuple[Pattern, ...] = ()

    def wanted(self, failures_arn: str) -> dict[str, Any]:
        """The whole setting. `failures_arn`: the queue that a stream's given-up batches are told to."""
        if not self.filters:
            return self.settings
        patterns = [{"Pattern": json.dumps(pattern, sort_keys=True)} for pattern in self.filters]
        destination = {"OnFailure": {"Destination": failures_arn}}
        return {**self.settings, "FilterCriteria": {"Filters": patterns}, "DestinationConfig": destination}


def _kind(image: str, *kinds: str) -> Pattern:
    return {"dynamodb": {image: {"kind": {"S": list(kinds)}}}}


REACT = EventSource(
    "react",
    {
        "BatchSize": 100,
        "FunctionResponseTypes": PARTIAL,
        # A bell that always fails is found by halving, given up after these tries, and parked; the others go on.
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 10,
        # Half of the stream's 24 h: what is parked then can still be read again from the stream for as long.
        "MaximumRecordAgeInSeconds": 12 * 3600,
        # Bells may ring side by side: whoever is woken re-reads. Lambda keeps the order of each item anyway.
        "ParallelizationFactor": 4,
    },
    # Ballots are most of a launch day's changes, and wake nobody here. An offer of the waiting list is only news.
    # Of pre-orders only those matter that are to be paid back although they are made.
    (
        {
            "eventName": CHANGED,
            **_kind("NewImage", "campaign", "page", "payment", "batch", "waiting", "draw", "slip", "notice", "order"),
        },
        {
            "eventName": CHANGED,
            "dynamodb": {"NewImage": {"kind": {"S": ["waiting_entry"]}, "state": {"S": ["offered"]}}},
        },
        {
            "eventName": CHANGED,
            "dynamodb": {"NewImage": {"kind": {"S": ["preorder"]}, "refund_wanted": {"BOOL": [True]}}},
        },
    ),
)
FOLD = EventSource(
    "fold",
    {
        "BatchSize": 250,
        # Only with a window does the event name its shard; the shard's own watermark makes the fold exact.
        "TumblingWindowInSeconds": 1,
        # The watermark needs the shard's order: one reader, and no halves.
        "ParallelizationFactor": 1,
        "BisectBatchOnFunctionError": False,
        # A batch that is skipped is missing in the live tally until the count: try for half of the stream's 24 h.
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": 12 * 3600,
    },
    (_kind("NewImage", "ballot"), _kind("OldImage", "ballot")),
)
QUEUES = (
    EventSource("count", {"BatchSize": 1, "FunctionResponseTypes": PARTIAL}),
    EventSource("pay", {"BatchSize": 10, "FunctionResponseTypes": PARTIAL}),
    EventSource("follow", {"BatchSize": 1, "FunctionResponseTypes": PARTIAL}),
    EventSource("deliver", {"BatchSize": 1, "FunctionResponseTypes": PARTIAL}),
)
ALL = (REACT, FOLD, *QUEUES)
FILTERS = {source.function: source.filters for source in ALL}


def passes(filters: tuple[Pattern, ...], record: Any) -> bool:
    """Whether Lambda would hand this record over: no filter at all, or one whose every field matches."""
    return not filters or any(_matches(pattern, record) for pattern in filters)


def _matches(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(_matches(part, value.get(name)) for name, part in pattern.items())
    return value in pattern
