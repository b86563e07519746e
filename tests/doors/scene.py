"""A world in which a test finds what it needs at once.

Things are put where they are stored, in the state that is wanted; how they get there is told by the journeys.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from chalicelib.ballots import store as ballots
from chalicelib.ballots.model import BallotList, Result
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.campaigns import draws, rules
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import ids, keys
from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy
from chalicelib.manufacturing import store as orders
from chalicelib.manufacturing.model import Line, OrderHead
from chalicelib.payments import store as payments
from chalicelib.plumbing.expressions import exists
from chalicelib.plumbing.gateway.shelf import TableShelf
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing
from chalicelib.preorders import quoting
from chalicelib.preorders import rules as promises
from chalicelib.preorders import store as preorders
from chalicelib.preorders.model import NewPreorder
from chalicelib.room import store as room
from chalicelib.room.model import Spot
from chalicelib.room.rules import path
from chalicelib.room.seeking import Seeker
from tests.cameras import batch_plan, new_campaign
from tests.people import Person
from tests.world import World

VARIANT = {"colour": "red", "lens": "wide"}
SELECTABLE = {"colour": ["red"], "lens": ["wide", "tele"]}
ROLES = {
    "nobody": None,
    "fan": "fan",
    "other fan": "fan",
    "organiser": "organiser",
    "other organiser": "organiser",
    "manufacturer": "manufacturer",
    "other manufacturer": "manufacturer",
}


def small_campaign(**changes: Any) -> dict[str, Any]:
    """The world's campaign without its parts: moto takes its time for each attribute."""
    features = [
        {"feature_id": "colour", "title": "Colour", "method": "plurality", "options": options("red", "blue")},
        {"feature_id": "lens", "title": "Lens", "method": "approval", "options": options("wide", "tele", "macro")},
    ]
    return new_campaign(**{"features": features, "batches": [batch_plan()], **changes})


def options(*names: str) -> list[dict[str, str]]:
    return [{"option_id": name, "label": name} for name in names]


def first_page(batch: Batch, fan_id: str) -> Spot:
    """Where a fan's first pre-orders take their room."""
    return next(path(batch.shelf(), fan_id))


def _is_refused(item: dict[str, Any]) -> bool:
    return item.get("kind") == {"S": "preorder"} and item["state"] == {"S": "refused"}


@dataclass(frozen=True)
class Scene:
    """A world, and short ways to people and things in it. `fan`, `organiser` and `manufacturer` own what there is."""

    world: World

    def __post_init__(self) -> None:
        # No pump runs here, and moto copies all records of the stream for each transaction.
        self._table().stream_shard = None

    def person(self, name: str) -> Person:
        """One of ROLES."""
        other = name.startswith("other ")
        match ROLES[name]:
            case "fan":
                return self.world.fan("eve" if other else "ada")
            case "organiser":
                return self.world.organiser("oscar" if other else "olga")
            case "manufacturer":
                return self.world.maker("rival" if other else "maker")
        return self.world.anybody

    def campaign(self, state: str, **changes: Any) -> str:
        """A campaign of the organiser's in this state; its id."""
        campaign_id = self.world.campaign(**small_campaign(**changes))
        settled = state in ("settled", "preselling", "closed")
        if state != "draft":
            put = {"state": state, "gsi1pk": campaigns.LISTED, "gsi1sk": campaign_id}
            self.set(keys.campaign(campaign_id), **put, **({"selectable": SELECTABLE} if settled else {}))
        if state in ("preselling", "closed"):
            campaign = campaigns.get(self.world.ports.table, campaign_id)
            opening = [batches.opening(campaign, number, plan) for number, plan in enumerate(campaign.batches, start=1)]
            opening += draws.opening(campaign, draws.seeds(campaign, self.world.ids), drain=timedelta(0))
            for write in opening:
                self.world.ports.table.commit(write)
        return campaign_id

    def certify(self, campaign_id: str) -> None:
        """Gives the campaign a result and the head of its list of ballots."""
        now, buckets, root = self.world.clock.now(), rules.FEWEST_BUCKETS, "f" * 64
        result = Result(campaign_id=campaign_id, ballots=0, seed="s", root=root, certified_at=now, features=())
        listed = BallotList(campaign_id=campaign_id, ballots=0, buckets=buckets, chains=(root,) * buckets, root=root)
        for write in (*ballots.certifying(result), ballots.sealing(listed)):
            self.world.ports.table.commit(write)

    def preorder(self, campaign_id: str, fan: str = "ada") -> str:
        """A placed pre-order of one unit; its id. Written item by item: moto copies the whole table for a
        transaction."""
        table, now, fan_id = self.world.ports.table, self.world.ports.clock.now(), f"sub-{fan}"
        campaign, batch = campaigns.get(table, campaign_id), batches.get(table, campaign_id, 1)
        place = len(preorders.list_in_campaign(table, fan_id, campaign_id))
        wanted = NewPreorder.model_validate({"lines": [{"variant": VARIANT, "quantity": 1}]})
        lines = (ClaimLine(variant=VARIANT, quantity=1),)
        first = promises.promised(campaign, fan_id, wanted, lines, key=f"k{place}", path="1.1", at=now)
        promise = first.model_copy(update={"preorder_id": ids.preorder_id(campaign_id, fan_id, place)})
        table.commit(preorders.promising(promise))
        seeker = Seeker(self.world.ports, campaign_id, batch.shelf(), fan_id)
        pieces = seeker.claim(ids.preorder_ref(promise.preorder_id), promises.wants(campaign, lines), 1)
        placed = quoting.as_placed(promise, campaign, batch)
        table.commit(payments.requesting(quoting.payment_for(campaign, placed, promise, pieces)))
        return promise.preorder_id

    def payment(self, preorder_id: str, **changes: Any) -> None:
        """Changes a stored payment behind everybody's back, and where it is listed."""
        found = payments.get(self.world.ports.table, preorder_id)
        self.world.ports.table.commit(payments.revising(found, found.model_copy(update=changes)))

    def secure(self, campaign_id: str) -> None:
        """Secures every claim in the first batch of the campaign."""
        table = self.world.ports.table
        for sheet in room.every_sheet(table, campaign_id, batches.get(table, campaign_id, 1).shelf()):
            for claim in sheet.claims.values():
                table.commit(room.securing(campaign_id, sheet.spot, claim, refusal=Busy))

    def order(self, campaign_id: str, number: int = 1) -> str:
        """A manufacturing order of the organiser's, to the manufacturer; its id."""
        order_id, now = ids.order_id(campaign_id, number, revision=1), self.world.clock.now()
        line = Line(line=1, variant=VARIANT, quantity=5, unit_price_minor=9_000, parts=())
        head = OrderHead(
            order_id=order_id,
            campaign_id=campaign_id,
            batch_number=number,
            revision=1,
            manufacturer_id="maker",
            organiser_id="sub-olga",
            state="issued",
            currency="EUR",
            units=5,
            total_minor=45_000,
            line_count=1,
            parts=(),
            ships_at=now,
            issued_at=now,
        )
        for write in [*orders.writing_lines(order_id, (line,)), orders.issuing(head)]:
            self.world.ports.table.commit(write)
        return order_id

    def set(self, key: Key, **put: Any) -> None:
        """Changes a stored item behind everybody's back."""
        self.world.ports.table.commit(changing(key, put=put, provided=[exists()]))

    def stored(self) -> str:
        """The whole table as one text, attempt ids and all, but without promises that were refused: they hold nothing.
        Read where moto keeps it: its Scan takes 100 times as long."""
        items = [item.to_json() for item in self._table().all_items()]
        return json.dumps([item for item in items if not _is_refused(item["Attributes"])], sort_keys=True)

    def _table(self) -> Any:
        [account] = [found for found in dynamodb_backends.values() if found]
        return account["us-east-1"].tables[self.world.settings.table_name]

    def ports_over(self, client: Any) -> Ports:
        """The world's ports, but with another client under the table, and under the provider's books."""
        ports = self.world.ports
        table = Table(client, ports.settings.table_name, ports.clock, ports.ids)
        provider = replace(self.world.provider, shelf=TableShelf(table))
        return replace(ports, table=table, connect_gateway=lambda: provider)
