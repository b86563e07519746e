"""The description says what the doors do. That the answers fit it is shown by the fuzzing; this is about the rest."""

import json
from typing import Any

import pytest

from chalicelib.plumbing import docs_page, openapi, problems
from chalicelib.plumbing.door import ROUTES, Route
from tests.doors.asking import name
from tests.doors.test_refusals import WRITING

TAKING = [route for route in ROUTES if route.body]
PUBLIC_READS = [route for route in ROUTES if route.method == "GET" and not route.roles]


def operation(route: Route) -> Any:
    return openapi.document()["paths"][route.path][route.method.lower()]


def open_objects(schema: Any, schemas: Any, seen: set[str]) -> set[str]:
    """The names of the schemas that can be reached from here and take fields that they do not name."""
    if isinstance(schema, list):
        return {found for part in schema for found in open_objects(part, schemas, seen)}
    if not isinstance(schema, dict):
        return set()
    reached = str(schema.get("$ref", "")).rpartition("/")[2]
    if reached and reached not in seen:
        seen.add(reached)
        is_open = "properties" in schemas[reached] and schemas[reached].get("additionalProperties") is not False
        return ({reached} if is_open else set()) | open_objects(schemas[reached], schemas, seen)
    return {found for part in schema.values() for found in open_objects(part, schemas, seen)}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_the_description_refuses_unknown_fields_as_the_door_does(route: Route) -> None:
    schemas = openapi.document()["components"]["schemas"]

    assert open_objects(operation(route)["requestBody"], schemas, set()) == set()


@pytest.mark.parametrize("route", PUBLIC_READS, ids=name)
def test_the_description_tells_of_the_answer_to_a_known_tag(route: Route) -> None:
    assert "304" in operation(route)["responses"]


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_the_description_names_each_code_that_the_route_declares(route: Route) -> None:
    told = " ".join(answer["description"] for answer in operation(route)["responses"].values())

    assert {refusal.code for refusal in route.refusals} <= set(told.replace(",", " ").split())
    assert ("401" in operation(route)["responses"]) == bool(route.roles)


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_the_description_tells_of_a_store_that_is_away(route: Route) -> None:
    assert "unavailable" in operation(route)["responses"]["503"]["description"]


def test_below_a_gateways_stage_the_addresses_begin_with_it() -> None:
    behind = {"stage": "api", "path": "/api/v1/campaigns"}
    assert problems.prefix(behind) == "/api"
    assert problems.prefix({"stage": "api", "path": "/v1/campaigns"}) == ""
    assert json.loads(openapi.text(problems.prefix(behind)))["servers"] == [{"url": "/api"}]


def test_every_code_of_a_problem_has_an_anchor_in_the_description() -> None:
    page = docs_page.render(openapi.document())
    for code in ("batch_full", "campaign_missing", "body_invalid", "unavailable"):
        assert f'id="{code}"' in page


@pytest.mark.parametrize("route", WRITING, ids=name)
def test_the_description_tells_of_a_writer_who_comes_second(route: Route) -> None:
    assert "busy" in operation(route)["responses"]["409"]["description"]
