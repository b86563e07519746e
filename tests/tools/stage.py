"""A stage for an operator: the stack's table and queues in moto, the app on them, functions that can be invoked."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.plumbing import ports
from infra.deploy import account as account_
from infra.deploy.account import Account
from infra.local import resources
from tests.conftest import ENVIRONMENT, groundswell
from tests.world import World


class Functions:
    """Lambda's Invoke, leading to the app's own handlers. `broken` ones end in an error."""

    def __init__(self, world: World) -> None:
        self.handlers = {source.name: source.handler for source in world.pump.sources}
        self.broken: set[str] = set()
        self.events: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's
        assert InvocationType == "RequestResponse"
        name = FunctionName.removeprefix("groundswell-test-")
        if name in self.broken:
            return {"FunctionError": "Unhandled", "Payload": _stream({"errorType": "Busy", "errorMessage": "later"})}
        self.events.append(json.loads(Payload))
        return {"Payload": _stream(self.handlers[name](json.loads(Payload), None))}


def _stream(answer: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(answer).encode())


class Deployed:
    """The stage `test`, as an operator's command finds it."""

    def __init__(self, world: World, outputs: dict[str, str]) -> None:
        self.world, self.outputs, self.functions = world, outputs, Functions(world)
        self.sqs = boto3.client("sqs")

    @property
    def account(self) -> Account:
        found = account_.connect()
        found._clients["lambda"] = self.functions  # moto runs no function
        return found

    def waiting(self, queue: str) -> int:
        url = self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        return sum(map(int, found.values()))

    @property
    def failures(self) -> str:
        return self.outputs["StreamFailuresArn"].rpartition(":")[2]

    def give_up(self, function: str, first: str, last: str, **changes: Any) -> None:
        """Lambda's note of a batch that it has given up, in the form that its documentation shows."""
        name = f"arn:aws:lambda:us-east-1:123456789012:function:groundswell-test-{function}"
        batch = {
            "shardId": self.shard_id(),
            "startSequenceNumber": first,
            "endSequenceNumber": last,
            "approximateArrivalOfFirstRecord": "2026-11-21T12:00:00Z",
            "approximateArrivalOfLastRecord": "2026-11-21T12:00:01Z",
            "batchSize": 1,
            "streamArn": self.outputs["StreamArn"],
            **changes,
        }
        note = {
            "requestContext": {"requestId": "1", "functionArn": name, "condition": "RetryAttemptsExhausted"},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": "2026-11-21T12:00:02.000Z",
            "DDBStreamBatchInfo": batch,
        }
        url = self.sqs.get_queue_url(QueueName=self.failures)["QueueUrl"]
        self.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(note))

    def shard_id(self) -> str:
        described = boto3.client("dynamodbstreams").describe_stream(StreamArn=self.outputs["StreamArn"])
        return str(described["StreamDescription"]["Shards"][0]["ShardId"])

    def written(self) -> list[str]:
        """The sequence numbers of all that the stream has."""
        streams, place = boto3.client("dynamodbstreams"), {"ShardIteratorType": "TRIM_HORIZON"}
        asked = {"StreamArn": self.outputs["StreamArn"], "ShardId": self.shard_id(), **place}
        iterator = streams.get_shard_iterator(**asked)["ShardIterator"]
        found = streams.get_records(ShardIterator=iterator)["Records"]
        return [record["dynamodb"]["SequenceNumber"] for record in found]


def template() -> dict[str, Any]:
    """The stack's table and queues, under the names by which the app in this process knows them."""
    found = resources.only(resources.template(), resources.STORES)
    for setting in ("COUNTING_QUEUE", "PAYMENTS_QUEUE", "FOLLOWING_QUEUE", "ORDERS_QUEUE"):
        resource = "".join(word.capitalize() for word in setting.split("_"))
        found["Resources"][resource]["Properties"]["QueueName"] = ENVIRONMENT[setting]
    return found


@contextmanager
def deployed() -> Iterator[Deployed]:
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        given = [{"ParameterKey": "VisibilityTimeoutSeconds", "ParameterValue": "0"}]
        given.append({"ParameterKey": "Stage", "ParameterValue": "test"})
        cloudformation.create_stack(StackName="groundswell-test", TemplateBody=json.dumps(template()), Parameters=given)
        boto3.client("events").create_event_bus(Name=ENVIRONMENT["EVENT_BUS"])
        told = cloudformation.describe_stacks(StackName="groundswell-test")["Stacks"][0]["Outputs"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in told}
        settings = {resources.setting_name(key): value for key, value in outputs.items()}
        world = World(groundswell, {**ENVIRONMENT, **settings, "DRAIN_SECONDS": "0", "CAMPAIGN_FRESH_SECONDS": "0"})
        with ports.using(world.ports):
            world.register_maker()
            yield Deployed(world, outputs)
