"""Background door of the waiting list and of draws: the clock."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.plumbing import ports, telemetry
from chalicelib.waiting import actions, drawing

blueprint = Blueprint(__name__)


@blueprint.schedule("rate(1 minute)")
@telemetry.traced("close_offers")
def close_offers(_event: CloudWatchEvent) -> None:
    """Gives places that were not taken in time to the next on the list, and holds draws."""
    actions.end_due(ports.current())
    drawing.hold_due(ports.current())
    telemetry.flush()
