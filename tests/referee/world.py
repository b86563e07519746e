"""A world whose table and stream are at the referee. Its queues stay in memory: a journey may look into them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from chalice.app import Chalice

from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.typed_json import unpack
from infra.local.delivery import Delivery
from tests import permissions
from tests import tables as tables_
from tests.races.engine import Item
from tests.races.quick_world import Moment, QuickWorld
from tests.tables import Tables


class RefereedWorld(QuickWorld):
    """The same app, doors, pump and clock; what is written is written into DynamoDB Local."""

    def __init__(
        self, app: Chalice, settings: dict[str, str], delivery: Delivery | None = None, *, tables: Tables
    ) -> None:
        self.tables = tables
        super().__init__(app, settings, delivery)
        # The client that functions have: here a real engine judges what it says.
        client = permissions.Watched("dynamodb", tables.table_client(self.clock, self.ids))
        self.ports = replace(self.ports, table=replace(self.ports.table, client=client))

    def _connected(self) -> tuple[Any, Any]:
        return self.tables.dynamodb(), self.tables.streams()

    def raw(self, pk: str, sk: str) -> Item:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        found: Item = self.dynamodb.get_item(TableName=self.settings.table_name, Key=key, ConsistentRead=True)["Item"]
        return found

    def overwrite(self, item: Item) -> None:
        self.dynamodb.put_item(TableName=self.settings.table_name, Item=item)

    def moment(self) -> Moment:
        raise NotImplementedError("what the referee has seen cannot be taken back: use a world in memory")

    def changes(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        told = [record["dynamodb"] for record in self._records()]
        return [(unpack(change.get("OldImage", {})), unpack(change.get("NewImage", {}))) for change in told]

    def _records(self) -> Iterator[dict[str, Any]]:
        """The whole stream, from its beginning."""
        arn = self.settings.stream_arn
        [shard] = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        place = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self._streams.get_shard_iterator(**place)["ShardIterator"]
        while (found := self._streams.get_records(ShardIterator=iterator))["Records"]:
            yield from found["Records"]
            iterator = found["NextShardIterator"]


@contextmanager
def refereed_opened(
    app: Chalice, environment: dict[str, str], delivery: Delivery | None = None, *, tables: Tables
) -> Iterator[RefereedWorld]:
    """A fresh world at the referee; doors use its ports while it is open."""
    with tables_.created(tables.dynamodb(), environment["TABLE_NAME"]) as stream_arn:
        settings = environment | {"STREAM_ARN": stream_arn, "DRAIN_SECONDS": "0", "CAMPAIGN_FRESH_SECONDS": "0"}
        world = RefereedWorld(app, settings, delivery, tables=tables)
        with ports_.using(world.ports):
            world.register_maker()
            yield world
