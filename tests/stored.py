"""A table by itself, for store tests: one write is committed, and what is stored before and after is compared."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from boto3.session import Session
from moto import mock_aws

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import unpack
from chalicelib.plumbing.writes import Write
from infra.local import resources
from tests.hands import CountedIds, HandClock

NAME = "groundswell-stored"

Item = dict[str, Any]


class Stored:
    """The stack's table in moto, and nothing around it."""

    def __init__(self, engine: Session) -> None:
        self.client = engine.client("dynamodb")
        self.client.create_table(TableName=NAME, **_definition())
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


@cache
def _definition() -> dict[str, Any]:
    return resources.table_definition()


@pytest.fixture(scope="module")
def engine() -> Iterator[Session]:
    """moto, once for all tests of a module: opening it takes far longer than a table does."""
    with mock_aws():
        yield Session()


@pytest.fixture
def stored(engine: Session) -> Iterator[Stored]:
    """A table with nothing in it."""
    opened = Stored(engine)
    yield opened
    opened.client.delete_table(TableName=NAME)
