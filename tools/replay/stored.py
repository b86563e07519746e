"""Sums over stored items: one scan of the table, page by page in bounded memory."""

from collections.abc import Iterator
from typing import Any

from chalicelib.plumbing.typed_json import unpack
from tools.replay.server import Shelf
from tools.replay.sums import MOVING, PAYING, OrderSums, VoteSums
from tools.replay.variants import Stock

_ORDER_KINDS = ("preorder", "batch", "claim", "payment", "fan_limit", "order", "order_lines")
_ATTRIBUTES = (
    *("pk", "sk", "kind", "campaign_id", "number", "batch_number", "state", "units", "lines", "final_total_minor"),
    *("fan_id", "final_units", "capacity", "secured_units", "held_units", "final_unit_price_minor", "order_id"),
    *("total_minor", "preorder_id", "votes"),
)


def ballots(shelf: Shelf, campaign_id: str) -> VoteSums:
    """Every ballot of a campaign."""
    sums = VoteSums()
    for item in _items(shelf, "ballot"):
        if item["pk"].startswith(f"C#{campaign_id}#"):
            sums.add(item)
    return sums


def orders(shelf: Shelf, campaign_id: str, stock: Stock) -> OrderSums:
    """Everything of a campaign's pre-sale. Payments know their pre-order only, so they are matched last."""
    sums = OrderSums(stock)
    payments: dict[str, str] = {}
    preorders: set[str] = set()
    for item in _items(shelf, *_ORDER_KINDS):
        if item["kind"] == "payment":
            payments[item["preorder_id"]] = item["state"]
        elif item["kind"] == "preorder" and item["campaign_id"] == campaign_id:
            preorders.add(item["preorder_id"])
            sums.add_preorder(item)
        else:
            _add(sums, item, campaign_id)
    sums.payments.update(payments[one] for one in preorders & payments.keys())
    return sums


def _add(sums: OrderSums, item: dict[str, Any], campaign_id: str) -> None:
    order_of = f"M#{campaign_id}."
    match item["kind"]:
        case "batch" if item["campaign_id"] == campaign_id:
            sums.add_batch(item)
        case "claim" if item["campaign_id"] == campaign_id:
            sums.claimed_units[item["batch_number"]] += item["units"]
        case "fan_limit" if item["sk"] == f"L#{campaign_id}":
            sums.fan_limits[item["pk"].removeprefix("F#")] += item["units"]
        case "order" if item["campaign_id"] == campaign_id:
            sums.add_order(item)
        case "order_lines" if item["pk"].startswith(order_of):
            sums.add_order_lines(int(item["pk"].removeprefix(order_of).partition(".")[0]), item["lines"])


def moving(shelf: Shelf, campaign_id: str) -> int:
    """How many pre-orders of a campaign are not yet where their batch is, and payments (of any) still under way."""
    values = {":preorder": "preorder", ":payment": "payment", ":campaign": campaign_id}
    values |= {f":{state}": state for state in (*MOVING, *PAYING)}
    pages = shelf.client.get_paginator("scan").paginate(
        TableName=shelf.table_name,
        Select="COUNT",
        FilterExpression=f"(#kind = :preorder AND #campaign = :campaign AND #state IN ({_listed(MOVING)}))"
        f" OR (#kind = :payment AND #state IN ({_listed(PAYING)}))",
        ExpressionAttributeNames={"#kind": "kind", "#campaign": "campaign_id", "#state": "state"},
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
        ConsistentRead=True,
    )
    return sum(page["Count"] for page in pages)


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f":{state}" for state in states)


def _items(shelf: Shelf, *kinds: str) -> Iterator[dict[str, Any]]:
    names = {f"#a{place}": attribute for place, attribute in enumerate(_ATTRIBUTES)}
    values = {f":k{place}": {"S": kind} for place, kind in enumerate(kinds)}
    pages = shelf.client.get_paginator("scan").paginate(
        TableName=shelf.table_name,
        ProjectionExpression=", ".join(names),
        FilterExpression=f"#a{_ATTRIBUTES.index('kind')} IN ({', '.join(values)})",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        yield from (unpack(item) for item in page["Items"])
