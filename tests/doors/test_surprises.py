"""What goes wrong behind a door: said plainly, without a word of what was sent or of what broke."""

import logging
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from chalicelib.kernel import keys
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.door import ROUTES, Route
from tests.doors.asking import Asked, ask, name
from tests.doors.examples import example
from tests.doors.scene import Scene, small_campaign

SECRET = "correct-horse-battery-staple"
ENDPOINT = "https://dynamodb.example"
Shared = Callable[[Route], Asked]
# What the settings say is answered without the store.
STORED = [route for route in ROUTES if name(route) != "GET /v1/payments/provider"]


def of(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": SECRET}}, "PutItem")


UNREACHABLE = [
    EndpointConnectionError(endpoint_url=ENDPOINT),
    ConnectTimeoutError(endpoint_url=ENDPOINT),
    ReadTimeoutError(endpoint_url=ENDPOINT),
    NoCredentialsError(),
    of("ProvisionedThroughputExceededException"),
    of("ResourceNotFoundException"),
    of("InternalServerError"),
    of("AccessDeniedException"),
]


class Failing:
    """A DynamoDB client of which every call ends like this."""

    def __init__(self, end: Exception) -> None:
        self._end = end

    def __getattr__(self, call: str) -> Any:
        def fail(**_: Any) -> Any:
            raise self._end

        return fail


@pytest.fixture(scope="module")
def shared(scene: Scene) -> Shared:
    """One request for each route; none in this module comes through."""
    return cache(lambda route: example(scene, route))


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that is logged, in the form in which it is logged."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(telemetry.log.registered_formatter)
    logger = logging.getLogger("groundswell")
    logger.addHandler(handler)
    yield text
    logger.removeHandler(handler)


@pytest.mark.parametrize("route", STORED, ids=name)
def test_a_surprise_is_a_500_that_tells_nothing_and_is_logged_once(
    scene: Scene, shared: Shared, log: StringIO, route: Route
) -> None:
    asked = shared(route)

    with ports_.using(scene.ports_over(Failing(RuntimeError(SECRET)))):
        reply = ask(scene, route, asked, Cookie="the-cookie-of-the-fan")

    assert (reply.status, reply.code) == (500, "internal")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert set(reply.json) == {"type", "title", "status", "code", "detail"}
    assert not any(word in reply.text for word in (SECRET, "RuntimeError", "Traceback", "chalicelib"))
    assert log.getvalue().count("a surprise") == 1
    assert "the-cookie-of-the-fan" not in log.getvalue()


@pytest.mark.parametrize("route", STORED, ids=name)
def test_a_store_that_cannot_be_reached_is_a_503_that_asks_to_come_again(
    scene: Scene, shared: Shared, log: StringIO, route: Route
) -> None:
    asked = shared(route)

    for end in UNREACHABLE:
        with ports_.using(scene.ports_over(Failing(end))):
            reply = ask(scene, route, asked)
        assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "unavailable", "2"), end
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.headers["cache-control"] == "no-store"
        assert not any(word in reply.text for word in (SECRET, ENDPOINT, "dynamodb"))
    assert log.getvalue().count("the store did not answer") == len(UNREACHABLE)


def test_the_words_of_a_request_are_in_no_log(scene: Scene, log: StringIO) -> None:
    """Title, story and token of a request that ended in a surprise, and of one that was refused."""
    words = small_campaign(title=SECRET, story=f"{SECRET} is the story")
    olga = scene.person("organiser")

    with ports_.using(scene.ports_over(Failing(RuntimeError("broken")))):
        surprised = olga.post("/v1/campaigns", words)
    refused = olga.post("/v1/campaigns", words | {"currency": SECRET})

    assert (surprised.status, refused.status) == (500, 400)
    assert "broken" in log.getvalue(), "the log says what happened"
    assert SECRET not in log.getvalue() + surprised.text + refused.text
    assert str(olga._token) not in log.getvalue()


def test_what_is_stored_and_cannot_be_read_is_a_surprise_that_repeats_none_of_it(scene: Scene, log: StringIO) -> None:
    campaign_id = scene.campaign("voting")
    scene.set(keys.campaign(campaign_id), state=SECRET, features=SECRET, title=[SECRET])

    reply = scene.world.anybody.get(f"/v1/campaigns/{campaign_id}")

    assert (reply.status, reply.code) == (500, "internal")
    assert "ValidationError" in log.getvalue()
    assert SECRET not in log.getvalue() + reply.text


def test_after_a_surprise_the_next_request_is_answered(scene: Scene) -> None:
    campaign_id = scene.campaign("voting")
    with ports_.using(scene.ports_over(Failing(RuntimeError("once")))):
        assert scene.world.anybody.get(f"/v1/campaigns/{campaign_id}").status == 500

    assert scene.world.anybody.get(f"/v1/campaigns/{campaign_id}").status == 200
