"""Background door of manufacturing: delivers orders from their queue, with retries, and dead letters in the end."""

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse  # see worker.py
from chalice.app import Blueprint, SQSEvent

from chalicelib.manufacturing import actions
from chalicelib.plumbing import settings, telemetry, worker

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().orders_queue, batch_size=1)
@telemetry.traced("deliver")
def deliver(event: SQSEvent) -> PartialItemFailureResponse:
    """One order a batch, so that a slow endpoint delays no other."""
    return worker.messages(event, actions.deliver)
