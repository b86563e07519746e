"""A world in which a test finds what it needs at once.

Things are put where they are stored, in the state that is wanted; how they get there is told by the journeys.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from chalicelib.ballots import store as ballots
from chalicelib.ballots.model import BallotList, Result
from chalicelib.batches import store as batches
from chalicelib.campaigns import rules
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import ids, keys
from chalicelib.kernel.keys import Key
from chalicelib.manufacturing import store as orders
from chalicelib.manufacturing.model import Line, OrderHead
from chalicelib.payments import store as payments
from chalicelib.payments.model import Payment
from chalicelib.plumbing.expressions import exists
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing
from chalicelib.preorders import store as preorders
from chalicelib.preorders.model import Preorder, PreorderLine
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
            for number, plan in enumerate(campaign.batches, start=1):
                self.world.ports.table.commit(batches.opening(campaign, number, plan))
        return campaign_id

    def certify(self, campaign_id: str) -> None:
        """Gives the campaign a result and the head of its list of ballots."""
        now, buckets, root = self.world.clock.now(), rules.FEWEST_BUCKETS, "f" * 64
        result = Result(campaign_id=campaign_id, ballots=0, seed="s", root=root, certified_at=now, features=())
        listed = BallotList(campaign_id=campaign_id, ballots=0, buckets=buckets, chains=(root,) * buckets, root=root)
        for write in (*ballots.certifying(result), ballots.sealing(listed)):
            self.world.ports.table.commit(write)

    def preorder(self, campaign_id: str, fan: str = "ada") -> str:
        """A pre-order of one unit; its id. Written item by item: moto copies the whole table for a transaction."""
        ports, line = self.world.ports, PreorderLine(variant=VARIANT, quantity=1, unit_price_most_minor=10_000)
        now, preorder_id = ports.clock.now(), ports.ids.new()
        preorder = Preorder(
            preorder_id=preorder_id,
            campaign_id=campaign_id,
            fan_id=f"sub-{fan}",
            batch_number=1,
            state="placed",
            lines=(line,),
            units=1,
            currency="EUR",
            total_most_minor=10_000,
            placed_at=now,
            ships_at=now,
        )
        payment = Payment(
            preorder_id=preorder_id,
            fan_id=preorder.fan_id,
            state="requested",
            amount_most_minor=10_000,
            currency="EUR",
            payment_method="card",
        )
        campaign = campaigns.get(ports.table, campaign_id)
        for write in [
            preorders.counting(campaign, preorder.fan_id, 1),
            batches.holding(batches.get(ports.table, campaign_id, 1), 1, now),
            batches.claiming(preorder.claim()),
            preorders.placing(preorder),
            payments.requesting(payment),
        ]:
            ports.table.commit(write)
        return preorder_id

    def order(self, campaign_id: str, number: int = 1) -> str:
        """A manufacturing order of the organiser's, to the manufacturer; its id."""
        order_id, now = ids.order_id(campaign_id, number, revision=1), self.world.clock.now()
        line = Line(line=1, variant={"colour": "red"}, quantity=5, unit_price_minor=9_000, parts=())
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
        """The whole table as one text, attempt ids and all. Read where moto keeps it: its Scan takes 100 times as
        long."""
        return json.dumps([item.to_json() for item in self._table().all_items()], sort_keys=True)

    def _table(self) -> Any:
        [account] = [found for found in dynamodb_backends.values() if found]
        return account["us-east-1"].tables[self.world.settings.table_name]

    def ports_over(self, client: Any) -> Ports:
        """The world's ports, but with another client under the table."""
        ports = self.world.ports
        table = Table(client, ports.settings.table_name, ports.clock, ports.ids)
        return replace(ports, table=table)
