"""From a queue to a handler: batches, partial failures, and what a standard queue may do besides."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.delivery import Delivery
from infra.local.invocation import Invocation

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Handler = Callable[[dict[str, Any], Any], Any]
_RECEIVED_AT_ONCE = 10
_log = logging.getLogger(__name__)


@dataclass
class QueueSource:
    """One handler on one queue. A message leaves when it was handled; the queue itself counts tries and buries it."""

    name: str
    handler: Handler
    queue: str
    batch_size: int
    client: "SQSClient"
    delivery: Delivery
    _address: str = ""
    _arn: str = ""
    _again: list[dict[str, Any]] = field(default_factory=list)
    _skipped: bool = False

    @property
    def pending(self) -> int:
        """Messages that this delivery means to repeat (they are no longer in the queue), and a turn that it put off."""
        return len(self._again) + self._skipped

    def turn(self) -> int:
        """Hands over one batch. Answers how many messages it had."""
        self._skipped = self.delivery.is_late()
        if self._skipped:
            return 0
        self._find()
        repeated, self._again = self._again, []
        records = self.delivery.mixed([*repeated, *self._receive()])
        if not records:
            return 0
        failed = self._handle(records)
        handled = [record for record in records if record["messageId"] not in failed]
        self._delete([record for record in handled if record not in repeated])
        self._again = [record for record in handled if self.delivery.is_again()]
        return len(records)

    def waiting(self) -> bool:
        """Whether messages are in the queue, delayed or hidden after a failed try."""
        self._find()
        found = self.client.get_queue_attributes(QueueUrl=self._address, AttributeNames=["All"])["Attributes"]
        return any(count != "0" for name, count in found.items() if name.startswith("ApproximateNumberOfMessages"))

    def _find(self) -> None:
        if self._arn:
            return
        self._address = self.client.get_queue_url(QueueName=self.queue)["QueueUrl"]
        attributes = self.client.get_queue_attributes(QueueUrl=self._address, AttributeNames=["QueueArn"])
        self._arn = attributes["Attributes"]["QueueArn"]

    def _receive(self) -> list[dict[str, Any]]:
        found = self.client.receive_message(
            QueueUrl=self._address,
            MaxNumberOfMessages=min(_RECEIVED_AT_ONCE, self.delivery.batch_size(self.batch_size)),
            WaitTimeSeconds=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [self._to_lambda(message) for message in found.get("Messages", [])]

    def _handle(self, records: list[dict[str, Any]]) -> set[str]:
        """The ids of the messages that must stay: all when the handler raises or names one that it never got."""
        ids = {record["messageId"] for record in records}
        try:
            answer = self.handler({"Records": records}, Invocation(self.name))
        except Exception:  # noqa: BLE001 - what a handler raises is its answer
            _log.exception("%s raised on %d messages", self.name, len(records))
            return ids
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        named = {failure.get("itemIdentifier") for failure in failures or []}
        return ids if named - ids else named

    def _delete(self, records: list[dict[str, Any]]) -> None:
        for record in records:
            self.client.delete_message(QueueUrl=self._address, ReceiptHandle=record["receiptHandle"])

    def _to_lambda(self, message: Any) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": dict(message.get("Attributes", {})),
            "messageAttributes": {
                name: {key[:1].lower() + key[1:]: value for key, value in attribute.items()}
                for name, attribute in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._arn.split(":")[3],
        }
