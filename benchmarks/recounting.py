"""A recount of a million ballots: read units by the metering rule, messages, and CPU as a ratio to reading and
unpacking the same pages; the real counting, over a table that makes its ballots up page by page.
"""

import json
import random
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from benchmarks import report
from benchmarks.metering import item_bytes
from benchmarks.selling import nobody_pays
from chalicelib.ballots import counting
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import keys
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import pack, unpack
from tests import examples
from tests.hands import START, CountedIds, HandClock

BALLOTS, BUCKETS, ATTEMPT = 1_000_000, 256, "01900000-0000-7000-8000-000000000001"
READ_UNIT_BYTES = 4096
METHODS = {"colour": ("plurality", 4), "lens": ("approval", 5), "name": ("ranked", 3)}
Request = dict[str, Any]


def campaign_item() -> dict[str, Any]:
    """A campaign whose voting has ended: three features, and expected voters for so many buckets."""
    features = [
        {
            "feature_id": name,
            "title": name,
            "method": method,
            "options": [{"option_id": f"{name}{n}", "label": str(n)} for n in range(options)],
        }
        for name, (method, options) in METHODS.items()
    ]
    ended = examples.voting(features=features, ballot_buckets=BUCKETS, voting_closed_at=START)
    return {**keys.campaign(examples.CAMPAIGN_ID)._asdict(), **campaigns.item(ended)}


class MadeUp:
    """A table with one campaign, ballots that are made when they are asked for, and what the recount writes."""

    def __init__(self, ballots: int) -> None:
        head = campaign_item()
        self.items: dict[tuple[str, str], Request] = {(head["pk"], head["sk"]): pack(head)}
        self.each, self.read_units = -(-ballots // BUCKETS), 0.0
        self._sizes: dict[int, int] = {}
        self.votes = [pack({"votes": _votes(random.Random(n))})["votes"] for n in range(997)]  # noqa: S311

    def get_item(self, **request: Any) -> Request:
        found = self.items.get((request["Key"]["pk"]["S"], request["Key"]["sk"]["S"]))
        return {"Item": found} if found else {}

    def put_item(self, **request: Any) -> Request:
        item = request["Item"]
        self.items[item["pk"]["S"], item["sk"]["S"]] = item
        return {}

    # Nothing here is updated or deleted one by one.
    update_item = delete_item = put_item

    def transact_write_items(self, **request: Any) -> Request:
        for write in request["TransactItems"]:
            if "Put" in write:
                self.put_item(**write["Put"])
        return {}

    def query(self, **request: Any) -> Request:
        values = request["ExpressionAttributeValues"]
        pk, prefix = values[":pk"]["S"], values.get(":sk", {"S": ""})["S"]
        after = request.get("ExclusiveStartKey", {"sk": {"S": ""}})["sk"]["S"]
        if "#B#" not in pk:
            found = [it for (p, s), it in sorted(self.items.items()) if p == pk and s.startswith(prefix) and s > after]
            return {"Items": found}
        first = int(after, 16) + 1 if after else 0
        last = min(self.each, first + request["Limit"])
        page = [self._ballot(pk, number) for number in range(first, last)]
        self.read_units += max(1, -(-sum(map(self._bytes, page)) // READ_UNIT_BYTES))
        return {
            "Items": page,
            **({"LastEvaluatedKey": {"pk": {"S": pk}, "sk": page[-1]["sk"]}} if last < self.each else {}),
        }

    def _bytes(self, ballot: Request) -> int:
        """Ballots of the same votes are equally long."""
        votes = id(ballot["votes"])
        if votes not in self._sizes:
            self._sizes[votes] = item_bytes(ballot)
        return self._sizes[votes]

    def _ballot(self, pk: str, number: int) -> Request:
        """As casting writes it."""
        return {
            "pk": {"S": pk},
            "sk": {"S": f"{number:032x}"},
            "kind": {"S": "ballot"},
            "votes": self.votes[(number + int(pk[-4:])) % len(self.votes)],
            "cast_at": {"S": "2026-11-21T12:00:00.000Z"},
            "version": {"N": "1"},
            "attempt": {"S": ATTEMPT},
        }


def _votes(chance: random.Random) -> dict[str, Any]:
    """One ballot of the three methods."""
    names = {name: [f"{name}{n}" for n in range(options)] for name, (_, options) in METHODS.items()}
    ranking = chance.sample(names["name"], chance.randint(1, 3))
    return {
        "colour": [chance.choice(names["colour"])],
        "lens": chance.sample(names["lens"], chance.randint(0, 3)),
        "name": [[one] for one in ranking],
    }


class Waiting:
    """A queue of messages in memory."""

    def __init__(self) -> None:
        self.messages: deque[Request] = deque()
        self.sent = 0

    def send(self, _queue: str, message: Request) -> None:
        self.messages.append(message)
        self.sent += 1

    def each(self) -> Iterator[Request]:
        while self.messages:
            yield self.messages.popleft()


def world(table: MadeUp, queue: Waiting) -> Ports:
    from chalicelib.plumbing import settings  # noqa: PLC0415
    from tests.conftest import ENVIRONMENT  # noqa: PLC0415 - sets the environment up when it is imported

    clock, ids = HandClock(), CountedIds()
    nothing: Any = None
    client: Any = table
    messages: Any = queue
    return Ports(
        settings=settings.read(ENVIRONMENT),
        clock=clock,
        ids=ids,
        table=Table(client, "t", clock, ids),
        queues=messages,
        secrets=nothing,
        outbound=nothing,
        bus=nothing,
        memory=Memory(clock),
        connect_gateway=nobody_pays,
    )


def recounted(ballots: int) -> tuple[MadeUp, Waiting, float]:
    """The whole recount; seconds of CPU."""
    table, queue = MadeUp(ballots), Waiting()
    ports = world(table, queue)
    tally = {**keys.tally_shard(examples.CAMPAIGN_ID, "s")._asdict(), "kind": "tally", "ballots": ballots, "counts": {}}
    table.put_item(Item=pack(tally))
    queue.send("", {"campaign_id": examples.CAMPAIGN_ID})
    started = time.process_time()
    with _without_drift():
        for message in tqdm(queue.each(), desc="recounting", unit="message", file=sys.stderr, disable=None):
            counting.count(ports, message)
    return table, queue, time.process_time() - started


@contextmanager
def _without_drift() -> Iterator[None]:
    """Of a live tally there is only its number of ballots here: that the rest differs is no news."""
    level = telemetry.log.log_level
    telemetry.log.setLevel("CRITICAL")
    try:
        yield
    finally:
        telemetry.log.setLevel(level)


def read_only(ballots: int) -> float:
    """CPU of asking for the same ballots once and unpacking them."""
    table = MadeUp(ballots)
    started = time.process_time()
    for bucket in range(BUCKETS):
        request = {":pk": {"S": keys.ballot_bucket(examples.CAMPAIGN_ID, bucket)}}
        start: Request = {}
        while True:
            page = table.query(ExpressionAttributeValues=request, Limit=500, **start)
            [unpack(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return time.process_time() - started


def run(ballots: int = BALLOTS) -> dict[str, Any]:
    """One pass for everything, and one more for each further round of the ranked feature's runoff."""
    table, queue, seconds = recounted(ballots)
    item = unpack(table.items[keys.result(examples.CAMPAIGN_ID)])
    assert item["ballots"] == table.each * BUCKETS
    parts = [unpack(found) for (_, sort), found in table.items.items() if sort.startswith("RESULT#")]
    # The first round follows from the first pass.
    passes = max(len(feature.get("rounds", ())) for feature in parts)
    lanes = [json.dumps(found) for (_, sort), found in table.items.items() if sort.startswith("L#")]
    return {
        "recount_ballots": item["ballots"],
        "recount_passes": passes,
        "recount_rru_per_1000": round(table.read_units / item["ballots"] * 1000 / passes, 1),
        "recount_rru_per_1000_all_rounds": round(table.read_units / item["ballots"] * 1000, 1),
        "recount_messages": queue.sent,
        "recount_largest_state_bytes": max(map(len, lanes)),
        "recount_cpu_ratio_to_reading": round(seconds / passes / read_only(ballots), 2),
    }


def table(results: report.Results) -> list[str]:
    names = [name for name in results if name.startswith("recount_")]
    return report.table(["figure", "measured"], [(name, results[name]) for name in sorted(names)])
