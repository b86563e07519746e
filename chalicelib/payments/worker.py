"""Background doors of payments: the only functions that speak to the provider, and the clock of its payments."""

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse  # see worker.py
from chalice.app import Blueprint, CloudWatchEvent, SQSEvent

from chalicelib.payments import actions, events, reconciling
from chalicelib.plumbing import ports, settings, telemetry, worker

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue=settings.current().payments_queue, batch_size=10)
@telemetry.traced("pay")
def pay(event: SQSEvent) -> PartialItemFailureResponse:
    """Does what payments ask for: secures, collects, gives back; and hears what the provider tells."""
    return worker.messages(event, _act)


def _act(world: ports.Ports, message: worker.Message) -> None:
    act = events.hear if "event_id" in message else actions.pay
    act(world, message)


@blueprint.schedule("rate(1 minute)")
@telemetry.traced("look_after_payments")
def look_after_payments(_event: CloudWatchEvent) -> None:
    """Holds that lapse, reminders, and what the provider has not answered yet."""
    actions.look_after(ports.current())
    events.look_after(ports.current())
    telemetry.flush()


@blueprint.schedule("rate(1 day)")
@telemetry.traced("reconcile_payments")
def reconcile_payments(_event: CloudWatchEvent) -> None:
    """Compares the ledger with the provider's books, both ways."""
    reconciling.reconcile(ports.current())
    telemetry.flush()
