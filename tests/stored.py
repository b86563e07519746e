"""A table by itself, for store tests: one write is committed, and what is stored before and after is compared."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import unpack
from chalicelib.plumbing.writes import Write
from tests import tables as tables_
from tests.hands import CountedIds, HandClock
from tests.tables import Tables

NAME = "groundswell-stored"

Item = dict[str, Any]


class Stored:
    """The stack's table, and nothing around it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.clock, self.ids = HandClock(), CountedIds()
        self.table = Table(self.client, NAME, self.clock, self.ids)

    def over(self, client: Any) -> Table:
        """The same table through another client: one that loses, refuses or repeats calls."""
        return Table(client, NAME, self.clock, self.ids)

    def commit(self, *writes: Write) -> None:
        self.table.commit(*writes)

    def item(self, key: Key) -> Item | None:
        """What is stored under the key, without the mark of who wrote it last."""
        found = self.table.get(key)
        return found and {name: value for name, value in found.items() if name != "attempt"}

    def everything(self) -> list[Item]:
        """Every item, marks included, in the order of the keys."""
        pages = self.client.get_paginator("scan").paginate(TableName=NAME, ConsistentRead=True)
        found = [unpack(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: (item["pk"], item["sk"]))

    def assert_refused(self, refusal: type[Refusal], *writes: Write) -> None:
        """The writes are refused with exactly this refusal, and nothing at all has changed."""
        before = self.everything()
        with pytest.raises(Refusal) as caught:
            self.table.commit(*writes)
        assert type(caught.value) is refusal
        assert self.everything() == before


@pytest.fixture(scope="module")
def engine(tables: Tables) -> Iterator[Tables]:
    """moto, once for all tests of a module: opening it takes far longer than a table does."""
    with mock_aws():
        yield tables


@pytest.fixture
def stored(engine: Tables) -> Iterator[Stored]:
    """A table with nothing in it."""
    client = engine.dynamodb()
    with tables_.created(client, NAME):
        yield Stored(client)
