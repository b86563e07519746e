"""What befell fans without their doing: places offered to those who waited, and what a lock made of pre-orders."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from chalicelib.room import store
from chalicelib.room.model import Spot

Item = dict[str, Any]
Figures = dict[str, Any]
Place = tuple[str, Spot]


def figures(entries: Iterable[Item], preorders: Iterable[Item]) -> Figures:
    """How many entries of the waiting list are in which state, how many lines moved for which run, and how many
    pre-orders were let go for which reason; of items as of answers."""
    moves: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for preorder in preorders:
        moves.update(f"{move['kind']} {move['run'] and 'for '}{move['run']}".strip() for move in _moves(preorder))
        left.update([preorder["reason"]] if preorder.get("reason") else [])
    waited = Counter(str(entry["state"]) for entry in entries)
    return {"waiting list": dict(waited), "moves": dict(moves), "left": dict(left)}


def stored(every: Iterable[Item], campaign_id: str) -> Figures:
    """The figures from the items of one campaign. An offer whose page is full was taken: its entry says so later."""
    items = list(every)
    taken = {store.spot_of(item): int(item.get("n", 0)) for item in items if item.get("kind") == "page"}
    mine = [item for item in items if item.get("campaign_id") == campaign_id]
    entries = [item for item in mine if item.get("kind") == "waiting_entry"]
    preorders = [item for item in mine if item.get("kind") == "preorder"]
    return figures(({**entry, "state": _state(entry, taken)} for entry in entries), preorders)


def touched(every: Iterable[Item], campaign_id: str) -> set[str]:
    """Ids of the stored pre-orders that moved or were let go."""
    mine = (item for item in every if item.get("kind") == "preorder" and item["campaign_id"] == campaign_id)
    return {str(one["preorder_id"]) for one in mine if one.get("moves") or one.get("reason")}


def line_minor(campaign: Item, batch: Item, line: Item) -> int:
    """What a line that the organiser takes costs: the batch's one price, and the surcharges of its options."""
    chosen = set(line["variant"].items())
    surcharges = sum(
        option.get("surcharge_minor", 0)
        for feature in campaign["features"]
        for option in feature["options"]
        if (feature["feature_id"], option["option_id"]) in chosen
    )
    total: int = line["quantity"] * (batch["final_unit_price_minor"] + surcharges)
    return total


def _moves(preorder: Item) -> Iterable[Item]:
    found: Iterable[Item] = preorder.get("moves") or ()
    return found


def _state(entry: Item, taken: dict[Place, int]) -> str:
    offer = entry.get("offer")
    if entry["state"] == "offered" and offer:
        place = entry["campaign_id"], Spot(offer["batch_number"], offer["book"], offer["page"])
        return "taken" if taken.get(place, 0) >= offer["units"] else "offered"
    return str(entry["state"])
