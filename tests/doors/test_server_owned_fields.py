"""A3: what the server decides is not taken from a client: whose it is, its state, its price, its id."""

from typing import Any

import pytest

from chalicelib.plumbing.door import ROUTES, Route
from tests.cameras import new_campaign
from tests.doors.asking import Asked, ask, by_name, key, name
from tests.doors.examples import LINES, example
from tests.doors.problem import faults
from tests.doors.scene import Scene

TAKING = [route for route in ROUTES if route.body]
PLACE = "POST /v1/campaigns/{campaign_id}/preorders"
OWNED: dict[str, Any] = {
    "organiser_id": "sub-mallory",
    "fan_id": "sub-mallory",
    "campaign_id": "01900000-0000-7000-8000-000000000001",
    "preorder_id": "01900000-0000-7000-8000-000000000001",
    "order_id": "01900000-0000-7000-8000-000000000001.1.1",
    "batch_number": 2,
    "state": "preselling",
    "role": "organiser",
    "sub": "sub-mallory",
    "selectable": {"colour": ["blue"]},
    "price": 1,
    "unit_price_minor": 1,
    "unit_price_most_minor": 1,
    "total_most_minor": 1,
    "final_total_minor": 1,
    "units": 1,
    "version": 99,
    "cast_at": "2020-01-01T00:00:00Z",
    "placed_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z",
    "closed_at": "2020-01-01T00:00:00Z",
    "voting_closed_at": "2099-01-01T00:00:00Z",
    "ballot_buckets": 1,
    "kind": "order",
    "pk": "C#x",
    "sk": "META",
    "gsi1pk": "CAMPAIGNS",
    "attempt": "x",
    "answers": [],
    "delivered_at": None,
    "__proto__": {},
}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_field_that_the_server_owns_is_refused_wherever_it_is_put(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    before = scene.stored()

    for owned, value in OWNED.items():
        if owned in asked.body:
            continue
        reply = ask(scene, route, Asked(asked.who, asked.ids, asked.body | {owned: value}, asked.headers))
        assert (reply.status, reply.code, faults(reply)) == (400, "body_invalid", ""), owned
        assert [error["where"] for error in reply.json["errors"]] == [owned]

    assert scene.stored() == before


@pytest.mark.parametrize("route", [by_name(PLACE), by_name("POST /v1/campaigns/{campaign_id}/quote")], ids=name)
def test_a_line_does_not_name_its_price(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    for priced in ("unit_price_minor", "unit_price_most_minor", "price", "surcharge_minor"):
        body = {"lines": [LINES[0] | {priced: 1}]}
        reply = ask(scene, route, Asked(asked.who, asked.ids, body, key()))
        assert (reply.status, reply.code) == (400, "body_invalid")


def test_who_asks_is_taken_from_the_token_and_from_no_header_or_query(scene: Scene) -> None:
    """A fan with every header and parameter that might name somebody else still orders as themself."""
    asked = example(scene, by_name(PLACE))
    names = {
        f"X-{word}": "sub-eve" for word in ("User", "User-Id", "Fan-Id", "Sub", "Forwarded-User", "Amzn-Oidc-Data")
    }
    query = "?fan_id=sub-eve&sub=sub-eve&organiser_id=sub-eve"

    reply = ask(scene, by_name(PLACE), Asked("fan", asked.ids, asked.body, {**asked.headers, **names}, query))

    assert reply.status == 201
    assert scene.person("fan").get(f"/v1/preorders/{reply.json['preorder_id']}").status == 200
    assert scene.person("other fan").get("/v1/preorders").json["items"] == []


def test_a_new_campaign_is_its_creators_and_a_draft_whatever_the_address_says(scene: Scene) -> None:
    path = "/v1/campaigns?state=preselling&organiser_id=sub-oscar&campaign_id=x"

    made = scene.person("organiser").post(path, new_campaign()).json

    assert (made["state"], made["selectable"]) == ("draft", None)
    assert scene.person("other organiser").post(f"/v1/campaigns/{made['campaign_id']}/cancel").status == 404
    assert scene.person("organiser").post(f"/v1/campaigns/{made['campaign_id']}/cancel").status == 200


def test_a_pre_order_costs_what_the_campaign_says_and_not_what_the_fan_accepts(scene: Scene) -> None:
    asked = example(scene, by_name(PLACE))
    body = {"lines": LINES, "accepts_total_minor": 10_000_000_000}

    made = ask(scene, by_name(PLACE), Asked("fan", asked.ids, body, key())).json

    assert (made["total_most_minor"], made["final_total_minor"]) == (10_000, None)
