"""schemathesis reads our own description and asks each operation, in each role, what the description allows."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.plumbing.door import ROUTES, Route
from infra.local import tokens
from infra.local.gateway import Gateway
from tests.doors import money
from tests.doors.asking import name
from tests.doors.scene import Scene

EXAMPLES, EXAMPLES_OF_THE_WRONG_ROLE = 15, 3
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    content_type_conformance,
    response_headers_conformance,
]
# Each operation in each of its roles; an operation of one role also in a wrong one; a public one as nobody.
ASKED = [(route, role) for route in ROUTES for role in (route.roles or ("nobody",))]
ASKED += [(route, "fan" if "fan" not in route.roles else "organiser") for route in ROUTES if len(route.roles) == 1]
OWNERS = {"fan": "sub-ada", "organiser": "sub-olga"}
quick = partial(
    settings,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(behind_gateway: tuple[Scene, Gateway]) -> Iterator[Any]:
    """The description, as the API itself gives it, over the gateway without a socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield schemathesis.openapi.from_wsgi("/openapi.json", behind_gateway[1])


@pytest.fixture
def things(behind_gateway: tuple[Scene, Gateway], route: Route) -> dict[str, str]:
    """Something that exists for each parameter of the route's path."""
    scene, _ = behind_gateway
    preorder_id = made_for(route)(scene)
    campaign_id = preorder_id.partition(".")[0]
    money.reconciled(scene, campaign_id)
    return {
        "campaign_id": campaign_id,
        "preorder_id": preorder_id,
        "order_id": scene.order(campaign_id),
        "feature_id": "lens",
        "bucket": "0",
        "number": "1",
        "line": "1",
        "wave": "1",
    }


def made_for(route: Route) -> Callable[[Scene], str]:
    """What makes a pre-order with which the route can do something."""
    if "/refunds" in route.path:
        return money.with_failed_refund
    return money.overdue if "/payment" in route.path else lambda scene: scene.preorder(scene.campaign("preselling"))


def token(role: tokens.Role | Literal["nobody"]) -> dict[str, str]:
    if role == "nobody":
        return {}
    claims = tokens.claims("Somebody", role, "maker" if role == "manufacturer" else None)
    return {"Authorization": tokens.sign(claims | {"sub": OWNERS.get(role, "sub-maker")})}


def title(value: object) -> str:
    return name(value) if isinstance(value, Route) else str(value)


@pytest.mark.parametrize(("route", "role"), ASKED, ids=title)
def test_the_answers_are_as_described(described: Any, things: dict[str, str], route: Route, role: Any) -> None:
    operation = described[route.path][route.method]
    headers = token(role)

    @quick(max_examples=EXAMPLES if role in (*route.roles, "nobody") else EXAMPLES_OF_THE_WRONG_ROLE)
    @given(case=operation.as_strategy(), exists=st.booleans())
    def check(case: Any, *, exists: bool) -> None:
        """One request; half of them about things that are there."""
        if exists:
            case.path_parameters = {one: things[one] for one in case.path_parameters or {}}
        case.call_and_validate(headers=headers, checks=CHECKS)

    check()
