"""What stream, queue and schedule handlers share: powertools' partial batch answers, one log line per failure,
metrics at the end.

Chalice deploys each handler as `chalicelib.<module>.<function>`; app.py never runs there, so nothing here knows the
app.

Powertools' batches must be imported before pydantic: where that is loaded already, they load a parser model for every
kind of event that Lambda knows, a fifth of a start. So each door that needs them imports their answer's type first.
"""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import ports, telemetry
from chalicelib.plumbing.ports import Ports

Message = dict[str, Any]


class _Quiet(BatchProcessor):
    """A batch whose total failure is answered item by item as well, so that the retry is the same for one and for
    all."""

    def __init__(self, event_type: EventType) -> None:
        super().__init__(event_type, raise_on_entire_batch_failure=False)


def messages(event: Any, act: Callable[[Ports, Message], None]) -> PartialItemFailureResponse:
    """Acts on each message of a queue event. Failed ones come back by themselves, and end in the dead letters."""
    world = ports.current()

    def handle(record: Any) -> None:
        _attempt(lambda: act(world, json.loads(record.body)), {"message_id": record.message_id})

    return _partial(event, handle, EventType.SQS)


def stream_records(event: Any, act: Callable[[Ports, Any], None]) -> PartialItemFailureResponse:
    """Acts on each record of a stream event. From the first failed one on, the shard is delivered again."""
    world = ports.current()

    def handle(record: Any) -> None:
        _attempt(lambda: act(world, record), {"sequence_number": record.dynamodb.sequence_number})

    return _partial(event, handle, EventType.DynamoDBStreams)


def _partial(event: Any, handle: Callable[[Any], None], kind: EventType) -> PartialItemFailureResponse:
    try:
        return process_partial_response(
            event=event.to_dict(), record_handler=handle, processor=_Quiet(kind), context=None
        )
    finally:
        telemetry.flush()


def _attempt(act: Callable[[], None], where: dict[str, Any]) -> None:
    try:
        act()
    except Busy:
        raise
    except Refusal as refusal:
        # A worker's refusal is news that came too late or twice: the world has moved on, and that is fine.
        telemetry.log.info("nothing left to do", extra={"code": refusal.code, **where})
    except Exception:
        telemetry.log.exception("will be tried again", extra=where)
        raise
