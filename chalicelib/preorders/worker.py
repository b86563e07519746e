"""Background door of pre-orders: they follow their batch."""

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.plumbing import settings, telemetry, worker
from chalicelib.preorders import following

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().following_queue, batch_size=1)
@telemetry.traced("follow")
def follow(event: SQSEvent) -> Any:
    """Moves the pre-orders of one page of a batch's manifest."""
    return worker.messages(event, following.follow)
