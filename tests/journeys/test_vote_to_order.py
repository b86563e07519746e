"""The main job, end to end: from a vote to a manufacturing order that is answered."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from tests.hands import SECRET
from tests.invariants import checks
from tests.world import World


def travel(world: World) -> None:
    campaign_id = world.presale(ballots=3)
    result = world.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
    assert result["ballots"] == 3
    assert result["features"][0]["kept"] == ["red"]

    assert world.place("ada", campaign_id, 12).status == 201
    assert world.place("bob", campaign_id, 8).status == 201
    world.settle_down()

    batch = world.batches(campaign_id)[0]
    assert (batch["state"], batch["final_units"], batch["final_unit_price_minor"]) == ("ordered", 20, 8_000)
    order = world.maker().get(f"/v1/manufacturing-orders/{batch['order_id']}").json
    assert [(line["variant"], line["quantity"]) for line in order["lines"]] == [({"colour": "red", "lens": "wide"}, 20)]
    assert order["total_minor"] == 160_000
    assert {part["sku"]: part["quantity"] for part in order["parts"]} == {
        "SHELL-RED": 20,
        "SCREW-M2": 80,
        "LENS-28": 20,
    }
    assert {order_id(call) for call in world.endpoint.calls} == {batch["order_id"]}

    answer = world.maker().post(f"/v1/manufacturing-orders/{batch['order_id']}/answer", {"answer": "received"})
    assert answer.json["state"] == "received"
    answer = world.maker().post(f"/v1/manufacturing-orders/{batch['order_id']}/answer", {"answer": "accepted"})
    assert answer.json["state"] == "accepted"
    preorders = world.fan("ada").get("/v1/preorders").json["items"]
    assert [(p["state"], p["final_total_minor"]) for p in preorders] == [("ordered", 96_000)]


def order_id(call: tuple[str, dict[str, str], bytes]) -> str:
    """Of one webhook, which must be addressed to the maker, and signed for what it carries (W3 from the other side)."""
    url, headers, body = call
    assert url == "https://maker.example/orders"
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert Webhook(SECRET).sign(headers["webhook-id"], sent_at, body.decode()) == headers["webhook-signature"]
    event = json.loads(body)
    assert event["type"] == "groundswell.manufacturing-order.issued"
    assert headers["webhook-id"] == event["id"] == event["subject"] == event["data"]["order_id"]
    return str(headers["webhook-id"])


def test_votes_become_an_order_that_the_manufacturer_answers(world: World) -> None:
    travel(world)


def test_the_same_on_moto(make_world: Callable[..., World]) -> None:
    moto = make_world()
    travel(moto)
    checks.everything(moto)
