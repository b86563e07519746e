"""An engine in this process, and a small app whose handlers note what they are given: the pump knows no slice."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from chalice import Chalice
from moto import mock_aws

from infra.local import resources
from infra.local.delivery import Delivery
from infra.local.pump import Pump

Settings = dict[str, str]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The stack's resources in moto; failed messages come back at once."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        yield resources.create(cloudformation, "test", visibility_timeout_seconds=0, kinds=resources.STORES)


class World:
    """A table, a queue and an app with one handler of each kind. `answers` decides what a handler replies or raises."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.table, self.sqs = boto3.client("dynamodb"), boto3.client("sqs")
        self.reacted: list[dict[str, Any]] = []
        self.folded: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self.ticks: list[dict[str, Any]] = []
        self.react: Callable[[dict[str, Any]], Any] = lambda _event: None
        self.receive: Callable[[dict[str, Any]], Any] = lambda _event: None
        self.app = self._app()

    def _app(self) -> Chalice:
        app = Chalice("small")

        @app.on_dynamodb_record(stream_arn=self.settings["STREAM_ARN"], batch_size=4)
        def react(event: Any) -> Any:
            self.reacted.append(event.to_dict())
            return self.react(event.to_dict())

        @app.on_dynamodb_record(stream_arn=self.settings["STREAM_ARN"], batch_size=100)
        def fold(event: Any) -> Any:
            self.folded.append(event.to_dict())
            return {"state": {}}

        @app.on_sqs_message(queue=self.settings["ORDERS_QUEUE"], batch_size=5)
        def deliver(event: Any) -> Any:
            self.received.append(event.to_dict())
            return self.receive(event.to_dict())

        @app.schedule("rate(1 minute)")
        def close_due(event: Any) -> None:
            self.ticks.append(event.to_dict())

        return app

    def pump(self, delivery: Delivery | None = None, **options: Any) -> Pump:
        return Pump(
            self.app, streams=boto3.client("dynamodbstreams"), sqs=self.sqs, delivery=delivery, filters={}, **options
        )

    def put(self, pk: str, version: int) -> None:
        item = {"pk": {"S": pk}, "sk": {"S": "META"}, "version": {"N": str(version)}}
        self.table.put_item(TableName=self.settings["TABLE_NAME"], Item=item)

    def send(self, text: str) -> None:
        self.sqs.send_message(QueueUrl=self.address("ORDERS_QUEUE"), MessageBody=text)

    def address(self, setting: str) -> str:
        return str(self.sqs.get_queue_url(QueueName=self.settings[setting])["QueueUrl"])


@pytest.fixture
def world(settings: Settings) -> World:
    return World(settings)
