"""Background doors of ballots: the live fold, the recount, the announced end of voting."""

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent, SQSEvent

from chalicelib.ballots import actions, counting, folding
from chalicelib.plumbing import ports, settings, telemetry

blueprint = Blueprint(__name__)


# From the oldest record on: what happened before the mapping was ready must not be missed.
@blueprint.on_dynamodb_record(
    stream_arn=settings.current().stream_arn, batch_size=250, starting_position="TRIM_HORIZON"
)
@telemetry.traced("fold")
def fold(event: DynamoDBEvent) -> Any:
    """Folds ballots into the live tally. The mapping has a tumbling window of 1 s: only then does the event name its
    shard."""
    sent = event.to_dict()
    folding.fold(ports.current(), sent["shardId"], sent["Records"])
    telemetry.flush()
    return {"state": {}}


@blueprint.on_sqs_message(queue=settings.current().counting_queue, batch_size=1)
@telemetry.traced("count")
def count(event: SQSEvent) -> Any:
    """Recounts a campaign whose voting has ended, lane by lane."""
    from chalicelib.plumbing import worker  # noqa: PLC0415 - the fold, which starts more often, needs no batches

    return worker.messages(event, counting.count)


@blueprint.schedule("rate(1 minute)")
@telemetry.traced("close_voting")
def close_voting(_event: CloudWatchEvent) -> None:
    """Ends voting at the announced time."""
    actions.close_due(ports.current())
