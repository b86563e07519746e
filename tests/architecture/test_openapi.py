"""The committed description of the API is the one that the models make."""

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

import app as _app  # noqa: F401 - registers every route
from chalicelib.plumbing import openapi
from chalicelib.plumbing.door import ROUTES
from tests.architecture.tree import ROOT

COMMITTED = ROOT / "docs" / "openapi.json"


def test_the_committed_description_is_fresh():
    """`make openapi` writes it anew."""
    assert COMMITTED.read_text() == openapi.text()


def test_it_is_valid_openapi_3_1():
    document = json.loads(openapi.text())
    assert document["openapi"].startswith("3.1.")
    validate(document, cls=OpenAPIV31SpecValidator)


def test_every_operation_has_a_name_of_its_own():
    operations = [operation for path in openapi.document()["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_says_in_a_sentence_what_it_does(route):
    assert route.summary
    assert not route.summary.endswith(".")


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.roles], ids=lambda route: f"{route.method} {route.path}"
)
def test_every_route_for_a_role_says_so(route):
    operation = openapi.document()["paths"][route.path][route.method.lower()]
    assert operation["security"] == [{"token": []}]
    assert {"401", "403"} <= operation["responses"].keys()
