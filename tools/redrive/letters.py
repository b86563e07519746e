"""Messages that were given up, and moving them back.

SQS's own move task would do for the queues, but no emulator has it: this way needs nothing that has not been run.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import code_of

Message = dict[str, Any]
_MOST_AT_ONCE = 10
# Waiting at all makes SQS ask all of its servers, so that an empty answer means an empty queue.
WAIT_SECONDS = 1
# Long enough to work on some of them; a run that was interrupted leaves them hidden for as long.
_HIDDEN_SECONDS = 600
_NOT_HELD = {"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", "InvalidParameterValue"}
_COUNTED = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class DeadLetters:
    """One queue that only a person reads."""

    sqs: Any
    name: str

    @cached_property
    def url(self) -> str:
        return address(self.sqs, self.name)

    def count(self) -> int:
        """How many there are, to within a few; hidden ones included."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(_COUNTED))["Attributes"]
        return sum(int(found.get(name, 0)) for name in _COUNTED)

    def taken(self) -> Iterator[Message]:
        """Each of them once; nobody else sees it meanwhile. What is neither deleted nor given back returns later."""
        asked = {"MaxNumberOfMessages": _MOST_AT_ONCE, "VisibilityTimeout": _HIDDEN_SECONDS}
        seen: set[str] = set()
        while found := self._receive(asked):
            fresh = [message for message in found if message["MessageId"] not in seen]
            if not fresh:
                return  # all round: work was so slow that the first ones have returned
            seen |= {message["MessageId"] for message in fresh}
            yield from fresh

    def _receive(self, asked: dict[str, int]) -> list[Message]:
        found = self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=WAIT_SECONDS, **asked)
        return list(found.get("Messages", []))

    def delete(self, message: Message) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def give_back(self, messages: list[Message]) -> None:
        """Lets others see them at once."""
        for message in messages:
            handle = message["ReceiptHandle"]
            try:
                self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=handle, VisibilityTimeout=0)
            except ClientError as problem:
                if code_of(problem) not in _NOT_HELD:
                    raise


def address(sqs: Any, name: str) -> str:
    return str(sqs.get_queue_url(QueueName=name)["QueueUrl"])


def of_queue(sqs: Any, queue: str) -> DeadLetters:
    """The dead letters of a queue, by its redrive policy."""
    asked = sqs.get_queue_attributes(QueueUrl=address(sqs, queue), AttributeNames=["RedrivePolicy"])
    policy = json.loads(asked["Attributes"]["RedrivePolicy"])
    return DeadLetters(sqs, policy["deadLetterTargetArn"].rpartition(":")[2])


def move_back(letters: DeadLetters, queue: str) -> int:
    """Sends each to the queue, then deletes it: an interruption in between makes it come twice, which all receivers
    expect. Answers how many went."""
    url, moved = address(letters.sqs, queue), 0
    for message in letters.taken():
        letters.sqs.send_message(QueueUrl=url, MessageBody=message["Body"])
        letters.delete(message)
        moved += 1
    return moved
