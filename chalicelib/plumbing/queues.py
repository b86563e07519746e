"""Queues: messages are doorbells, small JSON objects that name what to look at, never what to do with stale facts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass
class Queues:
    """Sends to queues by name. A message may arrive late, twice or out of order: the receivers expect that."""

    connect: "Callable[[], SQSClient]"
    addresses: dict[str, str] = field(default_factory=dict)

    def send(self, queue: str, message: dict[str, str | int], *, delay_seconds: int = 0) -> None:
        """Hands one message over; it becomes visible after the delay (at most 900 s)."""
        if queue not in self.addresses:
            self.addresses[queue] = self.connect().get_queue_url(QueueName=queue)["QueueUrl"]
        body = json.dumps(message, separators=(",", ":"), sort_keys=True)
        self.connect().send_message(QueueUrl=self.addresses[queue], MessageBody=body, DelaySeconds=delay_seconds)
