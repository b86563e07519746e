"""Background door of payments: the only function that speaks to the provider."""

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.payments import actions
from chalicelib.plumbing import settings, telemetry, worker

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().payments_queue, batch_size=10)
@telemetry.traced("pay")
def pay(event: SQSEvent) -> Any:
    """Secures or releases payments."""
    return worker.messages(event, actions.pay)
