"""A1: for every route, everybody whom it is not for: refused, without effect, and not told whether the thing exists."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from chalicelib.plumbing.door import ROUTES, Route
from tests.doors.asking import Asked, ask, by_name, key, name
from tests.doors.examples import MISSING, example
from tests.doors.problem import faults
from tests.doors.scene import ROLES, Scene

PLACE = "POST /v1/campaigns/{campaign_id}/preorders"
PROTECTED = [route for route in ROUTES if route.roles]
PUBLIC = [route for route in ROUTES if not route.roles]
# A list of what belongs to something is refused like the thing itself.
LISTS = [route for route in PROTECTED if route.paged and "{" not in route.path]
# What belongs to one person of a role. A campaign belongs to its organiser, and is there for every fan; so does the
# money of each of its pre-orders.
OWNED = {
    "{preorder_id}": ("fan", "organiser"),
    "{order_id}": ("organiser", "manufacturer"),
    "{campaign_id}": ("organiser",),
}
Shared = Callable[[Route], Asked]


def is_theirs(route: Route, person: str) -> bool:
    """Whether this person has the role, and owns what the route is about."""
    role = ROLES[person]
    owned = any(role in owners for thing, owners in OWNED.items() if thing in route.path)
    return role in route.roles and not (owned and person.startswith("other "))


STRANGERS = [(route, person) for route in PROTECTED for person in ROLES if not is_theirs(route, person)]
OF_THE_ROLE = [(route, person) for route, person in STRANGERS if ROLES[person] in route.roles]
OF_NO_ROLE = [(route, person) for route, person in STRANGERS if ROLES[person] not in route.roles]


def title(value: object) -> str:
    return name(value) if isinstance(value, Route) else str(value)


@pytest.fixture(scope="module")
def shared(scene: Scene) -> Shared:
    """One request for each route that its owner could make; nobody in this module is let through to use it up."""
    return cache(lambda route: example(scene, route))


def test_the_matrix_has_strangers_of_both_kinds() -> None:
    assert len(OF_THE_ROLE) >= 10
    assert len(OF_NO_ROLE) >= 4 * len(PROTECTED)


@pytest.mark.parametrize(("route", "person"), OF_NO_ROLE, ids=title)
def test_another_role_is_refused_alike_for_what_exists_and_what_does_not(
    scene: Scene, shared: Shared, route: Route, person: str
) -> None:
    asked = shared(route)
    before = scene.stored()

    there = ask(scene, route, Asked(person, asked.ids, asked.body, asked.headers))
    missing = {one: MISSING[one] for one in asked.ids}
    nowhere = ask(scene, route, Asked(person, missing, asked.body, asked.headers))

    assert (there.status, there.code) == (403, "role_forbidden" if ROLES[person] else "token_refused")
    assert faults(there) == ""
    assert (nowhere.status, nowhere.text, nowhere.headers) == (there.status, there.text, there.headers)
    assert scene.stored() == before


@pytest.mark.parametrize(("route", "person"), OF_THE_ROLE, ids=title)
def test_what_is_anothers_is_answered_as_if_it_were_not_there(
    scene: Scene, shared: Shared, route: Route, person: str
) -> None:
    asked = shared(route)
    before = scene.stored()

    anothers = ask(scene, route, Asked(person, asked.ids, asked.body, asked.headers))
    missing = {one: MISSING[one] for one in asked.ids}
    nowhere = ask(scene, route, Asked(person, missing, asked.body, asked.headers))

    assert anothers.status == 404
    assert faults(anothers) == ""
    assert (nowhere.status, nowhere.text, nowhere.headers) == (anothers.status, anothers.text, anothers.headers)
    assert scene.stored() == before


@pytest.mark.parametrize("route", LISTS, ids=name)
def test_a_list_is_empty_for_those_who_own_nothing(scene: Scene, shared: Shared, route: Route) -> None:
    assert ask(scene, route, shared(route)).json["items"]
    for person in ROLES:
        if person.startswith("other ") and ROLES[person] in route.roles:
            assert ask(scene, route, Asked(person)).json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("route", PUBLIC, ids=name)
def test_a_public_route_answers_everybody_alike(scene: Scene, shared: Shared, route: Route) -> None:
    asked = shared(route)
    replies = [ask(scene, route, replace(asked, who=who)) for who in ROLES]

    assert {(reply.status, reply.text) for reply in replies} == {(route.status, replies[0].text)}


def test_a_fan_does_not_see_anothers_ballot(scene: Scene, shared: Shared) -> None:
    route = by_name("GET /v1/campaigns/{campaign_id}/ballot")

    reply = ask(scene, route, Asked("other fan", shared(route).ids))

    assert (reply.status, reply.code) == (404, "ballot_missing")


def test_anothers_idempotency_key_is_as_good_as_any(scene: Scene) -> None:
    """Two fans with the same key and body have two pre-orders, each their own."""
    body, header = example(scene, by_name(PLACE)), key()
    replies = [
        ask(scene, by_name(PLACE), Asked(person, body.ids, body.body, header)) for person in ("fan", "other fan")
    ]

    assert [reply.status for reply in replies] == [201, 201]
    mine, theirs = (reply.json["preorder_id"] for reply in replies)
    assert mine != theirs
    assert scene.person("other fan").get(f"/v1/preorders/{mine}").code == "preorder_missing"


def test_an_idempotency_key_of_one_campaign_is_fresh_in_another(scene: Scene) -> None:
    header, requests = key(), [example(scene, by_name(PLACE)) for _ in range(2)]

    replies = [ask(scene, by_name(PLACE), Asked("fan", asked.ids, asked.body, header)) for asked in requests]

    assert [reply.json["campaign_id"] for reply in replies] == [asked.ids["campaign_id"] for asked in requests]
