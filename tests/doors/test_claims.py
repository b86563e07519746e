"""A2: a token whose signature is good, but which is not an ID token of a person with this role in this app."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from chalicelib.plumbing.door import ROUTES, Route
from tests.doors.asking import Asked, ask, name
from tests.doors.examples import example
from tests.doors.problem import faults
from tests.doors.scene import ROLES, Scene
from tests.people import Reply, claims_of

PROTECTED = [route for route in ROUTES if route.roles]
WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "no token_use": {"token_use": None},
    "an access token": {"token_use": "access", "client_id": "app", "aud": None},
    "an access token with an audience": {"token_use": "access"},
    "token_use in capitals": {"token_use": "ID"},
    "another app's": {"aud": "another-app"},
    "several audiences": {"aud": ["app", "another-app"]},
    "no audience": {"aud": None},
    "an audience that begins alike": {"aud": "app2"},
    "nobody's": {"sub": None},
    "an empty subject": {"sub": ""},
}
GROUPS = {"fan": None, "organiser": ["organisers"], "manufacturer": ["manufacturers"]}
Shared = Callable[[Route], Asked]


@pytest.fixture(scope="module")
def shared(scene: Scene) -> Shared:
    return cache(lambda route: example(scene, route))


def owners_claims(asked: Asked, changes: dict[str, Any]) -> dict[str, Any]:
    """The claims of the one who may do this, changed; None takes a claim away."""
    person = {"fan": "ada", "organiser": "olga", "manufacturer": "maker"}[asked.who]
    maker = "maker" if asked.who == "manufacturer" else None
    claims = claims_of(person, groups=GROUPS[asked.who], manufacturer_id=maker) | changes
    return {claim: value for claim, value in claims.items() if value is not None}


def ask_as(scene: Scene, route: Route, asked: Asked, claims: dict[str, Any]) -> Reply:
    path = route.path.format(**asked.ids) + asked.query
    return scene.world.person(claims).call(route.method, path, asked.body, **asked.headers)


@pytest.mark.parametrize("route", PROTECTED, ids=name)
def test_a_token_that_is_no_id_token_of_this_app_opens_nothing(scene: Scene, shared: Shared, route: Route) -> None:
    """A2, on each route, for the very person who may."""
    asked = shared(route)
    before = scene.stored()

    replies = {why: ask_as(scene, route, asked, owners_claims(asked, claims)) for why, claims in WRONG_TOKENS.items()}

    assert {why: (reply.status, reply.code) for why, reply in replies.items()} == dict.fromkeys(
        WRONG_TOKENS, (403, "token_refused")
    )
    assert {why: faults(reply) for why, reply in replies.items()} == dict.fromkeys(WRONG_TOKENS, "")
    assert scene.stored() == before
    assert ask(scene, route, asked).status == route.status, "the same request, with the right token, is answered"


@pytest.mark.parametrize("groups", ["organisers2", "Organisers", "not-organisers", "organisers/x", "admins", ""])
def test_a_group_that_only_resembles_a_role_gives_none(scene: Scene, groups: str) -> None:
    claims = claims_of("mallory") | {"cognito:groups": groups}

    reply = scene.world.person(claims).post("/v1/campaigns", {})

    assert (reply.status, reply.code) == (403, "role_forbidden")


@pytest.mark.parametrize("groups", ["organisers", "[organisers]", "fans,organisers", "[fans organisers]"])
def test_groups_are_read_in_each_form_that_gateways_write(scene: Scene, groups: str) -> None:
    claims = claims_of("olga") | {"cognito:groups": groups}

    assert scene.world.person(claims).get("/v1/manufacturing-orders").status == 200


@pytest.mark.parametrize("claimed", [{}, {"custom:manufacturer_id": ""}])
def test_a_manufacturer_whom_nobody_has_assigned_sees_nothing(scene: Scene, claimed: dict[str, str]) -> None:
    claims = claims_of("maker", groups=["manufacturers"]) | claimed

    reply = scene.world.person(claims).get("/v1/manufacturing-orders")

    assert (reply.status, reply.code) == (403, "role_forbidden")


def test_a_fan_who_claims_a_manufacturers_id_stays_a_fan(scene: Scene) -> None:
    reply = scene.world.person(claims_of("mallory", manufacturer_id="maker")).get("/v1/manufacturing-orders")

    assert (reply.status, reply.code) == (403, "role_forbidden")


def test_an_organiser_whose_subject_is_a_manufacturers_id_sees_none_of_its_orders(scene: Scene) -> None:
    scene.order(scene.campaign("closed"))

    reply = scene.world.person(claims_of("x", groups=["organisers"]) | {"sub": "maker"}).get("/v1/manufacturing-orders")

    assert reply.json["items"] == []


def test_every_protected_route_stands_behind_the_gateways_authorizer(scene: Scene) -> None:
    app = scene.world.app
    assert all(app.routes[route.path][route.method].authorizer is not None for route in PROTECTED)
    assert set(ROLES.values()) - {None} >= {role for route in PROTECTED for role in route.roles}
