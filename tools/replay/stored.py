"""Sums over stored items: scans of the table, page by page in bounded memory."""

from collections.abc import Iterator
from typing import Any

from chalicelib.plumbing.typed_json import unpack
from infra.local import claims
from infra.local.claims import Standing
from tools.replay.server import Shelf
from tools.replay.sums import GONE, MOVING, PAYING, OrderSums, VoteSums
from tools.replay.variants import Stock

_ORDER_KINDS = ("preorder", "batch", "payment", "order", "order_lines", "ledger")


def ballots(shelf: Shelf, campaign_id: str) -> VoteSums:
    """Every ballot of a campaign."""
    sums = VoteSums()
    for item in _items(shelf, "ballot"):
        if item["pk"].startswith(f"C#{campaign_id}#"):
            sums.add(item)
    return sums


def orders(shelf: Shelf, campaign_id: str, stock: Stock) -> OrderSums:
    """Everything of a campaign's pre-sale. What is placed is told by claims alone, so these are read first; payments
    know their pre-order only, so they are matched last."""
    sums = OrderSums(stock)
    standing: dict[str, Standing] = {}
    for page in _items(shelf, "page"):
        claims.gather(standing, page, campaign_id)
    for claim in standing.values():
        sums.add_claim(claim)
    payments: dict[str, tuple[str, int]] = {}
    preorders: dict[str, tuple[str, int]] = {}
    for item in _items(shelf, *_ORDER_KINDS):
        if item["kind"] == "payment":
            payments[item["preorder_id"]] = item["state"], _kept_minor(item)
        elif item["kind"] != "preorder":
            _add(sums, item, campaign_id)
        elif item["campaign_id"] == campaign_id and (shown := claims.shown(item, standing)):
            preorders[shown["preorder_id"]] = shown["state"], shown["batch_number"]
            sums.add_preorder(shown)
    for preorder_id, (state, number) in preorders.items():
        paid, kept = payments.get(preorder_id) or _never_asked(state)
        sums.add_payment(paid, number, kept)
    return sums


def _kept_minor(payment: dict[str, Any]) -> int:
    taken = sum(charge.get("minor", 0) for charge in payment.get("charges", ()))
    return int(taken - sum(refund["amount_minor"] for refund in payment.get("refunds", ())))


def _never_asked(state: str) -> tuple[str, int]:
    """A pre-order that ended before its payment was asked for has none to let go."""
    return ("released" if state in GONE else "missing"), 0


def _add(sums: OrderSums, item: dict[str, Any], campaign_id: str) -> None:
    order_of = f"M#{campaign_id}."
    match item["kind"]:
        case "batch" if item["campaign_id"] == campaign_id:
            sums.add_batch(item)
        case "ledger" if item["campaign_id"] == campaign_id:
            sums.add_movement(item)
        case "order" if item["campaign_id"] == campaign_id:
            sums.add_order(item)
        case "order_lines" if item["pk"].startswith(order_of):
            sums.add_order_lines(int(item["pk"].removeprefix(order_of).partition(".")[0]), item["lines"])


def moving(shelf: Shelf, campaign_id: str) -> int:
    """How many pre-orders of a campaign are not yet where their batch is, and payments (of any) still under way."""
    placed = {
        preorder_id
        for page in _items(shelf, "page")
        for preorder_id, claim in claims.of_page(page, campaign_id)
        if claim.state == "placed"
    }
    return len(placed) + _followers(shelf, campaign_id)


def _followers(shelf: Shelf, campaign_id: str) -> int:
    """Of what is placed, a claim alone tells."""
    states = tuple(state for state in MOVING if state != "placed")
    values = {":preorder": "preorder", ":payment": "payment", ":campaign": campaign_id}
    values |= {f":{state}": state for state in (*states, *PAYING)}
    pages = shelf.client.get_paginator("scan").paginate(
        TableName=shelf.table_name,
        Select="COUNT",
        FilterExpression=f"(#kind = :preorder AND #campaign = :campaign AND #state IN ({_listed(states)}))"
        f" OR (#kind = :payment AND #state IN ({_listed(PAYING)}))",
        ExpressionAttributeNames={"#kind": "kind", "#campaign": "campaign_id", "#state": "state"},
        ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
        ConsistentRead=True,
    )
    return sum(page["Count"] for page in pages)


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f":{state}" for state in states)


def _items(shelf: Shelf, *kinds: str) -> Iterator[dict[str, Any]]:
    """Whole items: the claims of a page are attributes with names of their own."""
    values = {f":k{place}": {"S": kind} for place, kind in enumerate(kinds)}
    pages = shelf.client.get_paginator("scan").paginate(
        TableName=shelf.table_name,
        FilterExpression=f"#kind IN ({', '.join(values)})",
        ExpressionAttributeNames={"#kind": "kind"},
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    for page in pages:
        yield from (unpack(item) for item in page["Items"])
