"""Background door of pre-orders: they follow their batch."""

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse  # see worker.py
from chalice.app import Blueprint, SQSEvent

from chalicelib.plumbing import settings, telemetry, worker
from chalicelib.preorders import following

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().following_queue, batch_size=1)
@telemetry.traced("follow")
def follow(event: SQSEvent) -> PartialItemFailureResponse:
    """Moves the pre-orders of one page of a batch's manifest."""
    return worker.messages(event, following.follow)
