"""Background door of payments: the only function that speaks to the provider."""

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse  # see worker.py
from chalice.app import Blueprint, SQSEvent

from chalicelib.payments import actions
from chalicelib.plumbing import settings, telemetry, worker

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().payments_queue, batch_size=10)
@telemetry.traced("pay")
def pay(event: SQSEvent) -> PartialItemFailureResponse:
    """Secures or releases payments."""
    return worker.messages(event, actions.pay)
