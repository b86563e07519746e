"""Every refusal that a route declares, met: its status, its code, its sentence, and that nothing was done."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.door import ROUTES, Route
from chalicelib.plumbing.problems import status_of
from tests.doors.asking import ask, name
from tests.doors.examples import example
from tests.doors.problem import faults
from tests.doors.refused import CASES, case
from tests.doors.scene import Scene

DECLARED = [(route, refusal) for route in ROUTES for refusal in route.refusals]
# The quote is asked for with POST, since it has a body, but holds nothing; a look only wakes the worker.
WRITING = [route for route in ROUTES if route.method != "GET" and not route.path.endswith(("/quote", "/look"))]


def title(value: object) -> str:
    return name(value) if isinstance(value, Route) else value.code if isinstance(value, type) else str(value)


class Contended:
    """A DynamoDB client whose writes always meet somebody else's."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, call: str) -> Any:
        if call in ("get_item", "batch_get_item", "query"):
            return getattr(self._client, call)
        return self._lose

    def _lose(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "TransactionConflictException", "Message": "conflict"}}, "write")


@pytest.mark.parametrize(("route", "refusal"), DECLARED, ids=title)
def test_a_declared_refusal_is_met_and_has_no_effect(scene: Scene, route: Route, refusal: type[Refusal]) -> None:
    asked = case(scene, route, refusal)
    before = scene.stored()

    reply = ask(scene, route, asked)

    assert (reply.status, reply.code) == (status_of(refusal), refusal.code), reply.text
    assert faults(reply) == ""
    assert scene.stored() == before


def test_no_request_is_kept_for_a_refusal_that_is_declared_no_more() -> None:
    assert set(CASES) <= {(name(route), refusal.code) for route, refusal in DECLARED}


@pytest.mark.parametrize("route", WRITING, ids=name)
def test_a_writer_who_always_comes_second_is_asked_to_come_again(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    before = scene.stored()

    with ports_.using(scene.ports_over(Contended(scene.world.dynamodb))):
        reply = ask(scene, route, asked)

    assert (reply.status, reply.code, reply.headers["retry-after"]) == (409, "busy", "1")
    assert faults(reply) == ""
    assert scene.stored() == before
    assert ask(scene, route, asked).status == route.status
