"""Sums over what the API tells: the organiser about batches and orders, each fan about the fan's own pre-orders."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tools.replay.session import Session
from tools.replay.sums import OrderSums, VoteSums
from tools.replay.variants import Stock


def ballots(counted: Any) -> VoteSums:
    """From a result or a tally."""
    votes = {feature["feature_id"]: Counter(feature["counts"]) for feature in counted["features"]}
    return VoteSums(counted["ballots"], votes)


def orders(session: Session, campaign_id: str, stock: Stock) -> OrderSums:
    """Batches, and manufacturing orders with their lines."""
    sums = OrderSums(stock)
    for batch in session.calls.must("GET", f"/v1/campaigns/{campaign_id}/batches")["items"]:
        sums.add_batch(batch)
        if batch["order_id"] is not None:
            path = f"/v1/manufacturing-orders/{batch['order_id']}"
            order = session.calls.must("GET", path, token=session.organiser)
            sums.add_order(order)
            sums.add_order_lines(batch["number"], order["lines"])
    return sums


def add_preorders(session: Session, sums: OrderSums, campaign_id: str, customers: Iterable[str]) -> None:
    """Every fan's own list, added to the sums."""
    for customer in customers:
        token = session.token_of(f"Customer {customer}", "fan")
        for preorder in session.calls.pages("/v1/preorders", token=token):
            if preorder["campaign_id"] == campaign_id:
                sums.add_preorder({**preorder, "fan_id": customer})
