"""Every figure of a run twice: recounted from the items in the table, and as the API and the manufacturer tell it.

The recount trusts no counter: ballots are counted ballot by ballot, units and order lines pre-order by pre-order, and
once more claim by claim.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import urllib3

from infra.local import claims, outcomes
from infra.local.api import Api
from infra.local.claims import Standing

Figures = dict[str, Any]
Item = dict[str, Any]
# States of a pre-order that take room in its batch, and those whose units count for the minimum and the order.
_HOLDING = ("placed", "secured", "locked", "paid", "ordered")
_COUNTING = ("secured", "locked", "paid", "ordered")
_COLLECTED = ("paid", "ordered")


@dataclass(frozen=True)
class Disagreement:
    """One figure that is not the same on both sides."""

    figure: str
    stored: Any
    told: Any


def stored_items(table_client: Any, table_name: str) -> list[Item]:
    """Every item of the table, read strongly consistent. A scan: for a local table only."""
    from chalicelib.plumbing.typed_json import unpack  # noqa: PLC0415 - after the settings have been exported

    pages = table_client.get_paginator("scan").paginate(TableName=table_name, ConsistentRead=True)
    return [unpack(item) for page in pages for item in page["Items"]]


def recounted(every: Iterable[Item], campaign_id: str) -> Figures:
    """The figures from the items of one campaign."""
    items = list(every)
    mine = [item for item in items if item.get("campaign_id") == campaign_id]
    cast = [item for item in items if item.get("kind") == "ballot"]
    ballots = [item for item in cast if item["pk"].startswith(f"C#{campaign_id}#")]
    standing = _standing(items, campaign_id)
    stored = (claims.shown(item, standing) for item in mine if item.get("kind") == "preorder")
    preorders = [preorder for preorder in stored if preorder is not None]
    campaign = next((item for item in mine if item.get("kind") == "campaign"), {})
    figures: Figures = {"ballots": len(ballots), "votes": _votes(ballots)}
    for batch in _sorted(item for item in mine if item.get("kind") == "batch"):
        number = batch["number"]
        inside = [preorder for preorder in preorders if preorder["batch_number"] == number]
        counted = [preorder for preorder in inside if preorder["state"] in _COUNTING]
        here = [claim for claim in standing.values() if claim.batch_number == number]
        figures |= {
            f"batch {number} state": batch["state"],
            f"batch {number} held units": sum(one["units"] for one in inside if one["state"] in _HOLDING),
            f"batch {number} held units by claims": sum(claim.held for claim in here),
            f"batch {number} secured units": sum(preorder["units"] for preorder in counted),
            f"batch {number} collected units": sum(one["units"] for one in inside if one["state"] in _COLLECTED),
            f"batch {number} collected units by claims": sum(claim.collected for claim in here),
        }
        if batch.get("order_id"):
            figures |= _ordered(campaign, batch, counted)
    return figures | outcomes.stored(items, campaign_id)


def _standing(items: Iterable[Item], campaign_id: str) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for item in items:
        if item.get("kind") == "page":
            claims.gather(found, item, campaign_id)
    return found


def told(  # noqa: PLR0913 - each source of what is told
    api: Api,
    campaign_id: str,
    *,
    organiser_token: str,
    received: dict[str, Any] | None = None,
    entries: Iterable[Item] = (),
    preorders: Iterable[Item] = (),
) -> Figures:
    """The same figures as the API tells them, and the manufacturer's copy of each order if `received` is given.
    `entries`, `preorders`: what fans were told of their own, as far as it changed without their doing."""
    tally = api.must("GET", f"/v1/campaigns/{campaign_id}/tally")
    votes = {feature["feature_id"]: feature["counts"] for feature in tally["features"]}
    figures: Figures = {"ballots": tally["ballots"], "votes": _without_zeros(votes)}
    for batch in api.must("GET", f"/v1/campaigns/{campaign_id}/batches")["items"]:
        number = batch["number"]
        figures |= {
            f"batch {number} state": batch["state"],
            f"batch {number} held units": batch["held_units"],
            f"batch {number} held units by claims": batch["held_units"],
            f"batch {number} secured units": batch["secured_units"],
            f"batch {number} collected units": batch["collected_units"],
            f"batch {number} collected units by claims": batch["collected_units"],
        }
        if batch["order_id"]:
            order = api.must("GET", f"/v1/manufacturing-orders/{batch['order_id']}", token=organiser_token)
            figures |= _order_figures(number, order, received)
    return figures | outcomes.figures(entries, preorders)


def received_by(manufacturer_url: str) -> dict[str, Any]:
    """What the sample manufacturer received and believed, by webhook id."""
    answer = urllib3.request("GET", manufacturer_url, timeout=5.0)
    received: dict[str, Any] = answer.json()["received"]
    return received


def disagreements(stored: Figures, said: Figures) -> list[Disagreement]:
    """Every figure that only one side has or that differs; of a figure in parts only the parts that differ."""
    return [
        Disagreement(figure, *_apart(stored.get(figure), said.get(figure)))
        for figure in sorted({*stored, *said})
        if stored.get(figure) != said.get(figure)
    ]


def _apart(stored: Any, told: Any) -> tuple[Any, Any]:
    if not (isinstance(stored, dict) and isinstance(told, dict)):
        return stored, told
    parts = sorted(part for part in {*stored, *told} if stored.get(part) != told.get(part))
    return tuple({part: side.get(part) for part in parts} for side in (stored, told))  # type: ignore[return-value]


def _ordered(campaign: Item, batch: Item, counted: list[Item]) -> Figures:
    lines: Counter[str] = Counter()
    extra = claims.topped_up(batch)
    for line in chain(extra, *(claims.made(preorder) for preorder in counted)):
        lines[_name(line["variant"])] += line["quantity"]
    name = f"batch {batch['number']} order"
    paid = sum(preorder.get("final_total_minor", 0) for preorder in counted)
    return {
        f"{name} lines": dict(lines),
        f"{name} units": sum(lines.values()),
        f"{name} total": paid + sum(outcomes.line_minor(campaign, batch, line) for line in extra),
        f"{name} lines at the manufacturer": dict(lines),
    }


def _order_figures(number: int, order: dict[str, Any], received: dict[str, Any] | None) -> Figures:
    name, lines = f"batch {number} order", _lines(order)
    copy = next(
        (one["order"] for one in (received or {}).values() if one["order"]["order_id"] == order["order_id"]), None
    )
    at_maker = lines if received is None else _lines(copy) if copy else None
    return {
        f"{name} lines": lines,
        f"{name} units": order["units"],
        f"{name} total": sum(line["quantity"] * line["unit_price_minor"] for line in order["lines"]),
        f"{name} lines at the manufacturer": at_maker,
    }


def _lines(order: dict[str, Any]) -> dict[str, int]:
    return {_name(line["variant"]): line["quantity"] for line in order["lines"]}


def _name(variant: dict[str, str]) -> str:
    return ", ".join(f"{feature}={option}" for feature, option in sorted(variant.items()))


def _votes(ballots: Iterable[Item]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for ballot in ballots:
        for feature_id, vote in ballot["votes"].items():
            counts.setdefault(feature_id, Counter()).update(backed(vote))
    return _without_zeros({feature_id: dict(found) for feature_id, found in counts.items()})


def backed(vote: Any) -> Counter[str]:
    """What one vote adds to the counts of its feature, in whichever form the feature's method has."""
    if isinstance(vote, dict):
        return Counter(vote)
    if vote and isinstance(vote[0], dict):
        found = Counter(screen["best"] for screen in vote)
        found.subtract(screen["worst"] for screen in vote)
        return found
    return Counter(vote[0] if vote and isinstance(vote[0], list) else vote)


def _without_zeros(votes: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    found = {feature: {option: n for option, n in counts.items() if n} for feature, counts in votes.items()}
    return {feature: counts for feature, counts in found.items() if counts}


def _sorted(batches: Iterable[Item]) -> list[Item]:
    return sorted(batches, key=lambda batch: int(batch["number"]))
