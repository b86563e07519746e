"""The engine's stream and queues, as the pump reads them."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.races.engine import Engine, Message, Request

MOST_RECEIVES = 5


class Streams:
    """The calls of a DynamoDB Streams client that the pump makes: one shard."""

    meta = SimpleNamespace(endpoint_url="memory:")
    exceptions = SimpleNamespace(ExpiredIteratorException=KeyError)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def describe_stream(self, **_: Any) -> Request:
        return {"StreamDescription": {"Shards": [{"ShardId": "shardId-memory"}]}}

    def get_shard_iterator(self, *, SequenceNumber: str = "0", **_: Any) -> Request:  # noqa: N803
        return {"ShardIterator": SequenceNumber}

    def get_records(self, *, ShardIterator: str, Limit: int) -> Request:  # noqa: N803
        behind = self.engine.sequence - int(ShardIterator)
        fresh = (self.engine.stream[-behind:] if behind > 0 else [])[:Limit]
        last = fresh[-1]["dynamodb"]["SequenceNumber"] if fresh else ShardIterator
        return {"Records": fresh, "NextShardIterator": last}


class Sqs:
    """The calls of an SQS client. A message stays visible until it is deleted; the fifth failure buries it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent = 0

    def get_queue_url(self, *, QueueName: str) -> Request:  # noqa: N803
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, *, QueueUrl: str, **_: Any) -> Request:  # noqa: N803
        arn, waiting = f"arn:aws:sqs:us-east-1:123456789012:{QueueUrl}", len(self.engine.queues[QueueUrl])
        return {"Attributes": {"QueueArn": arn, "ApproximateNumberOfMessages": str(waiting)}}

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        self.engine.call("send_message", lambda: self._send(QueueUrl, MessageBody, DelaySeconds))

    def _send(self, queue: str, body: str, delay_seconds: int) -> None:
        self.sent += 1
        visible_at = self.engine.now() + timedelta(seconds=delay_seconds)
        self.engine.queues[queue].append(Message(f"message-{self.sent}", body, visible_at))

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> Request:  # noqa: N803
        received = list(self._received(QueueUrl))[:MaxNumberOfMessages]
        for message in received:
            message.receives += 1
            self.engine.queues[QueueUrl].remove(message)
            self.engine.queues[QueueUrl].append(message)
        return {"Messages": [_shown(message) for message in received]}

    def _received(self, queue: str) -> Iterator[Message]:
        for message in list(self.engine.queues[queue]):
            if message.receives >= MOST_RECEIVES:
                self.engine.queues[queue].remove(message)
                self.engine.dead[queue].append(message)
            elif message.visible_at <= self.engine.now():
                yield message

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        left = [message for message in self.engine.queues[QueueUrl] if message.message_id != ReceiptHandle]
        self.engine.queues[QueueUrl] = left

    def redrive(self, queue: str) -> None:
        """Dead letters go back to their queue, as an operator would have it."""
        for message in self.engine.dead.pop(queue, []):
            self._send(queue, message.body, 0)


def _shown(message: Message) -> Request:
    return {
        "MessageId": message.message_id,
        "ReceiptHandle": message.message_id,
        "Body": message.body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": str(message.receives)},
    }
