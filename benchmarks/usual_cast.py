"""The usual way to take a vote, for comparison: the same framework and the same checks of form, a read of the campaign,
and a transaction of ballot and tally on a client with stock settings.
"""

from typing import Annotated, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from chalice.app import Chalice, CognitoUserPoolAuthorizer, ConflictError, Response
from pydantic import BaseModel, Field

from chalicelib.plumbing import settings, telemetry
from chalicelib.plumbing.clock import SystemClock, SystemIds

app = Chalice(app_name="usual")
people = CognitoUserPoolAuthorizer("people", provider_arns=[settings.current().user_pool_arn])
dynamodb = boto3.client("dynamodb")
write, read = TypeSerializer().serialize, TypeDeserializer().deserialize
clock, ids = SystemClock(), SystemIds()


class NewVotes(BaseModel):
    """What a fan sends."""

    votes: Annotated[dict[str, list[str]], Field(min_length=1)]


def packed(item: dict[str, Any]) -> dict[str, Any]:
    return {name: write(value) for name, value in item.items()}


@app.route("/v1/campaigns/{campaign_id}/ballot", methods=["PUT"], authorizer=people)
def cast(campaign_id: str) -> Response:
    """One read and one transaction: the ballot, and the counters of its options."""
    request = app.current_request
    assert request is not None
    fan_id = request.context["authorizer"]["claims"]["sub"]
    new = NewVotes.model_validate_json(request.raw_body)
    table = settings.current().table_name
    found = dynamodb.get_item(
        TableName=table, Key=packed({"pk": f"C#{campaign_id}", "sk": "META"}), ConsistentRead=True
    )
    campaign = {name: read(value) for name, value in found["Item"].items()}
    if campaign["state"] != "voting":
        raise ConflictError("voting_closed")
    options = {f["feature_id"]: {o["option_id"] for o in f["options"]} for f in campaign["features"]}
    if not all(options[name].issuperset(chosen) for name, chosen in new.votes.items()):
        raise ConflictError("ballot_invalid")
    cast_at = clock.now().isoformat()
    ballot = {"pk": f"C#{campaign_id}#B", "sk": fan_id, "votes": new.votes, "cast_at": cast_at, "version": 1}
    chosen = [f"{name}:{option}" for name, options in new.votes.items() for option in options]
    adding = ", ".join(f"#{place} :one" for place in range(len(chosen)))
    tally: Any = {
        "TableName": table,
        "Key": packed({"pk": f"C#{campaign_id}#T", "sk": "T"}),
        "UpdateExpression": f"ADD {adding}",
        "ExpressionAttributeNames": {f"#{place}": name for place, name in enumerate(chosen)},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    put: Any = {"TableName": table, "Item": packed(ballot), "ConditionExpression": "attribute_not_exists(pk)"}
    dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": tally}], ClientRequestToken=ids.new())
    telemetry.count("ballots_cast")
    telemetry.flush()
    return Response(body={"votes": new.votes, "cast_at": cast_at, "version": 1})
