"""Claims as stored pages tell them: which room is taken, and for which pre-order. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from chalicelib.kernel import ids
from chalicelib.room import store
from chalicelib.room.model import ClaimState

Item = dict[str, Any]


class Standing(NamedTuple):
    """What one pre-order has on its pages, its pieces put together."""

    batch_number: int
    fan_id: str
    state: ClaimState
    units: int

    @property
    def held(self) -> int:
        """Units that are not given back."""
        return 0 if self.state == "back" else self.units

    @property
    def collected(self) -> int:
        """Units that are paid for."""
        return self.units if self.state == "collected" else 0


def of_page(item: Item, campaign_id: str) -> Iterable[tuple[str, Standing]]:
    """(pre-order, what it has on this page); nothing on a page of another campaign."""
    campaign, spot = store.spot_of(item)
    if campaign != campaign_id:
        return
    for ref, claim in store.sheet(spot, item).claims.items():
        yield ids.of_ref(campaign_id, ref), Standing(spot.batch_number, claim.fan_id, claim.state, claim.units)


def gather(found: dict[str, Standing], item: Item, campaign_id: str) -> None:
    """Adds a page to what is known by pre-order."""
    for preorder_id, piece in of_page(item, campaign_id):
        known = found.get(preorder_id, piece._replace(units=0))
        found[preorder_id] = known._replace(units=known.units + piece.units)


def shown(preorder: Item, claims: Mapping[str, Standing]) -> Item | None:
    """A stored pre-order with the state and the batch that its fan sees; None for one that never got room."""
    claim = claims.get(preorder["preorder_id"])
    if preorder["state"] == "refused" or (preorder["state"] == "wanted" and (claim is None or claim.state == "back")):
        return None
    state = "placed" if preorder["state"] == "wanted" else preorder["state"]
    return {"batch_number": claim.batch_number if claim else None, **preorder, "state": state}


def made(preorder: Mapping[str, Any]) -> list[Item]:
    """The lines that are made of a pre-order: as settled at the lock, where that is not as they were placed."""
    lines: list[Item] = preorder.get("settled_lines") or preorder["lines"]
    return lines


def topped_up(batch: Mapping[str, Any]) -> list[Item]:
    """What the organiser takes of a batch that is made; of another one nothing comes."""
    lines: list[Item] = batch.get("top_up") or []
    return lines if batch.get("order_id") else []
