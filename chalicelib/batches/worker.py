"""Background doors of batches: the clocks."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.batches import actions, notices, promises, recounting
from chalicelib.plumbing import ports, telemetry

blueprint = Blueprint(__name__)


@blueprint.schedule("rate(1 minute)")
@telemetry.traced("close_batches")
def close_batches(_event: CloudWatchEvent) -> None:
    """Locks batches at their closing time, or tells that they fell short."""
    actions.close_due(ports.current())
    promises.close_due(ports.current())
    notices.give_due(ports.current())
    telemetry.flush()


@blueprint.schedule("rate(5 minutes)")
@telemetry.traced("recount_batches")
def recount_batches(_event: CloudWatchEvent) -> None:
    """Compares the counters of filling batches with their pages, each once an hour."""
    recounting.recount_due(ports.current())
    telemetry.flush()
