"""The usual way to take an order for what is scarce, for comparison: the same framework and the same checks of form,
two reads, and a transaction of order and stock on a client with stock settings.
"""

from typing import Annotated, Any

from chalice.app import Chalice, CognitoUserPoolAuthorizer, ConflictError, Response
from pydantic import BaseModel, Field

from benchmarks.usual_cast import clock, dynamodb, ids, packed, read
from chalicelib.plumbing import settings, telemetry

app = Chalice(app_name="usual")
people = CognitoUserPoolAuthorizer("people", provider_arns=[settings.current().user_pool_arn])


class Line(BaseModel):
    """One line of an order."""

    variant: dict[str, str]
    quantity: Annotated[int, Field(ge=1)]


class NewOrder(BaseModel):
    """What a fan sends."""

    lines: Annotated[list[Line], Field(min_length=1)]


def found(key: dict[str, Any]) -> dict[str, Any]:
    answer = dynamodb.get_item(TableName=settings.current().table_name, Key=packed(key), ConsistentRead=True)
    return {name: read(value) for name, value in answer["Item"].items()}


@app.route("/v1/campaigns/{campaign_id}/preorders", methods=["POST"], authorizer=people)
def place(campaign_id: str) -> Response:
    """Campaign and stock read, then order and stock in one transaction."""
    request = app.current_request
    assert request is not None
    fan_id = request.context["authorizer"]["claims"]["sub"]
    new = NewOrder.model_validate_json(request.raw_body)
    campaign = found({"pk": f"C#{campaign_id}", "sk": "META"})
    stock = found({"pk": f"C#{campaign_id}", "sk": "STOCK"})
    units, key = sum(line.quantity for line in new.lines), request.headers["idempotency-key"]
    if campaign["state"] != "preselling" or stock["sold"] + units > 500:  # noqa: PLR2004
        raise ConflictError("sold_out")
    order = {"pk": f"F#{fan_id}", "sk": f"O#{key}", "lines": [line.model_dump() for line in new.lines], "units": units}
    order |= {"placed_at": clock.now().isoformat(), "state": "placed"}
    changed: Any = {
        "TableName": settings.current().table_name,
        "Key": packed({"pk": f"C#{campaign_id}", "sk": "STOCK"}),
        "UpdateExpression": "ADD sold :units",
        "ConditionExpression": "sold <= :most",
        "ExpressionAttributeValues": packed({":units": units, ":most": 500 - units}),
    }
    put: Any = {"TableName": settings.current().table_name, "Item": packed(order)}
    put["ConditionExpression"] = "attribute_not_exists(pk)"
    dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": changed}], ClientRequestToken=ids.new())
    telemetry.count("preorders_placed")
    telemetry.flush()
    return Response(status_code=201, body={"order": key, "lines": order["lines"], "units": units})
