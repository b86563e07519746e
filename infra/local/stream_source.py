"""From a table's stream to a handler: the part of Lambda that polls, batches, retries and remembers its place."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from infra import event_sources
from infra.local import outside
from infra.local.delivery import Delivery
from infra.local.invocation import Invocation
from infra.local.shard import Parked, Record, Shard

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

Handler = Callable[[dict[str, Any], Any], Any]
_READ_AT_ONCE = 1000


@dataclass
class StreamSource:
    """One handler on one stream. `windowed`: its mapping has a tumbling window, so its events name shard and state."""

    name: str
    handler: Handler
    stream_arn: str
    batch_size: int
    windowed: bool
    client: "DynamoDBStreamsClient"
    delivery: Delivery
    most_tries: int
    filters: tuple[event_sources.Pattern, ...] = ()
    _iterators: dict[str, str] = field(default_factory=dict)
    _last_read: dict[str, str] = field(default_factory=dict)
    _shards: dict[str, Shard] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return sum(shard.pending for shard in self._shards.values())

    @property
    def failing(self) -> bool:
        return any(shard.failing for shard in self._shards.values())

    @property
    def parked(self) -> list[Parked]:
        return [parked for shard in self._shards.values() for parked in shard.parked]

    def turn(self) -> int:
        """Reads what is new, then gives each shard's next batch to the handler. Answers how many records were given."""
        for shard_id in self._engine_shards():
            self._read(shard_id)
        return sum(shard.deliver(partial(self._invoke, shard)) for shard in self._in_turn())

    def waiting(self) -> bool:
        """Whether something will come back by itself later: a stream keeps nothing hidden."""
        return False

    def _in_turn(self) -> list[Shard]:
        return self.delivery.mixed(list(self._shards.values()))

    def _engine_shards(self) -> list[str]:
        if not self._iterators:
            described = self.client.describe_stream(StreamArn=self.stream_arn)["StreamDescription"]
            for shard in described["Shards"]:
                self._iterators[shard["ShardId"]] = self._iterator(shard["ShardId"])
        return list(self._iterators)

    def _iterator(self, shard_id: str) -> str:
        """After what was read last; at first from the beginning, as a mapping deployed before the first write."""
        last = self._last_read.get(shard_id)
        place: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if last:
            place = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
        answer = self.client.get_shard_iterator(StreamArn=self.stream_arn, ShardId=shard_id, **place)
        return answer["ShardIterator"]

    def _read(self, shard_id: str) -> None:
        if self._is_moto():
            self._iterators[shard_id] = self._iterator(shard_id)
        try:
            found = self.client.get_records(ShardIterator=self._iterators[shard_id], Limit=_READ_AT_ONCE)
        except self.client.exceptions.ExpiredIteratorException:
            # After 15 minutes without a read: this machine slept.
            self._iterators[shard_id] = self._iterator(shard_id)
            return
        self._iterators[shard_id] = found["NextShardIterator"]
        for record in found["Records"]:
            self._last_read[shard_id] = record["dynamodb"]["SequenceNumber"]
            if event_sources.passes(self.filters, record):
                self._shard_of(shard_id, record).records.append(to_lambda(record, self.stream_arn))

    def _is_moto(self) -> bool:
        """Moto, which answers at AWS's own address, replaces the stream at each cancelled transaction.

        An iterator from before shows what was rolled back and never what comes after: there each read takes a new one.
        """
        return self.client.meta.endpoint_url.endswith(".amazonaws.com")

    def _shard_of(self, shard_id: str, record: Any) -> Shard:
        """The engine has one shard; the delivery may want it split by item, as a busy table's is."""
        lane = zlib.crc32(repr(sorted(record["dynamodb"]["Keys"].items())).encode()) % self.delivery.shards
        name = f"{shard_id}-{lane}" if self.delivery.shards > 1 else shard_id
        if name not in self._shards:
            self._shards[name] = Shard(self.name, name, self.batch_size, self.most_tries, self.delivery)
        return self._shards[name]

    def _invoke(self, shard: Shard, batch: list[Record]) -> Any:
        event: dict[str, Any] = {"Records": batch}
        if self.windowed:
            moment = outside.utc().strftime("%Y-%m-%dT%H:%M:%SZ")
            event |= {
                "window": {"start": moment, "end": moment},
                "state": {},
                "shardId": shard.shard_id,
                "eventSourceARN": self.stream_arn,
                "isFinalInvokeForWindow": False,
                "isWindowTerminatedEarly": False,
            }
        return self.handler(event, Invocation(self.name))


def to_lambda(record: Any, stream_arn: str) -> Record:
    """A record as Lambda passes it on: boto3's times become epoch seconds, bytes base64, and it names its stream."""
    plain: Record = _plain(record)
    plain["dynamodb"].setdefault("SizeBytes", 0)
    # Real sequence numbers have no leading zeros, MiniStack's have: a comparison as text must not work by luck.
    plain["dynamodb"]["SequenceNumber"] = str(int(plain["dynamodb"]["SequenceNumber"]))
    return {"eventVersion": "1.1", **plain, "eventSource": "aws:dynamodb", "eventSourceARN": stream_arn}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    return value
