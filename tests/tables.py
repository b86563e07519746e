"""Where the tables of tests are: in moto, in this process; or, with --engine=dynamodb-local, at the referee, which
forgives less (docs/decisions/0010). Queues, secrets and announcements are moto's in both cases."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import boto3

from chalicelib.plumbing.clock import Clock, Ids
from chalicelib.plumbing.dynamodb import DynamoDB
from chalicelib.plumbing.sigv4 import Credentials
from infra.local import resources

REGION = "us-east-1"


class Tables(Protocol):
    """An engine of tables."""

    def dynamodb(self) -> Any:
        """A client of its own: what a test hangs on it is gone with it."""

    def streams(self) -> Any: ...

    def table_client(self, clock: Clock, ids: Ids) -> Any:
        """What the system under test reads and writes through."""


class InMoto:
    """Tables that are as fresh as the mock_aws around them."""

    def dynamodb(self) -> Any:
        return boto3.client("dynamodb")

    def streams(self) -> Any:
        return boto3.client("dynamodbstreams")

    def table_client(self, clock: Clock, ids: Ids) -> Any:  # noqa: ARG002 - boto3 has its own
        """boto3's, for moto stands in its way."""
        return self.dynamodb()


IN_MOTO = InMoto()


class AtTheReferee:
    """One account of DynamoDB Local; its tables have their names one after the other."""

    def __init__(self, url: str) -> None:
        self.url, self._tables = url, 0
        # A session of its own, because its keys name the account; mock_aws puts others into the environment.
        self._session = boto3.Session("referee", "referee", region_name=REGION)

    def dynamodb(self) -> Any:
        client = self._session.client("dynamodb", endpoint_url=self.url)
        client.meta.events.register("provide-client-params.dynamodb.CreateTable", self._count)
        client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", self._of_this_table)
        return client

    def streams(self) -> Any:
        return self._session.client("dynamodbstreams", endpoint_url=self.url)

    def table_client(self, clock: Clock, ids: Ids) -> Any:
        """The one that functions have, here with a real engine at the other end."""
        who = Credentials("referee", "referee", None, REGION, "dynamodb")
        return Refereed(endpoint=self.url, who=who, clock=clock, ids=ids, of_this_table=self._of_this_table)

    def _count(self, **_: Any) -> None:
        self._tables += 1

    def _of_this_table(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The referee remembers tokens for ten minutes, beyond a table's end, and each test counts its ids from one."""
        token = params.get("ClientRequestToken")
        if token is None:
            return params
        return {**params, "ClientRequestToken": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._tables} {token}"))}


@dataclass(frozen=True, kw_only=True)
class Refereed(DynamoDB):
    """The functions' client, with tokens that no other test has used."""

    of_this_table: Callable[[dict[str, Any]], dict[str, Any]]

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return super().transact_write_items(**self.of_this_table(request))


@cache
def definition() -> dict[str, Any]:
    """The stack's own."""
    return resources.table_definition()


@contextmanager
def created(client: Any, name: str) -> Iterator[str]:
    """The stack's table for as long as this is open; yields its stream's address."""
    description = client.create_table(TableName=name, **definition())["TableDescription"]
    try:
        yield description["LatestStreamArn"]
    finally:
        client.delete_table(TableName=name)
