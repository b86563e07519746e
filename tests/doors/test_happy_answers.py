"""What each route answers when all is well: status, shape, headers."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema
import pytest

from chalicelib.plumbing.door import ROUTES, Route, TextAnswer
from tests.doors import listing
from tests.doors.asking import ask, name
from tests.doors.examples import EXAMPLES, example
from tests.doors.scene import Scene
from tests.people import Reply

Happy = Callable[[Route], Reply]

PUBLIC_READS = [route for route in ROUTES if route.method == "GET" and not route.roles]
TEXTS = [route for route in ROUTES if issubclass(route.answer, TextAnswer)]
JSON = [route for route in ROUTES if route not in TEXTS]
OTHERS = [route for route in ROUTES if route not in PUBLIC_READS]
# What is stored beside what is shown: whose it is, and how it is laid out.
HIDDEN = (
    *("organiser_id", "fan_id", "sub-ada", "sub-olga", "registered_at"),
    *("ballot_salt", "ballot_buckets", "fingerprint", "gsi1pk", "attempt"),
)


@pytest.fixture(scope="module")
def happy(scene: Scene) -> Happy:
    """The answer to the example of a route, asked for once."""
    return cache(lambda route: ask(scene, route, example(scene, route)))


def test_every_route_has_an_example() -> None:
    assert {name(route) for route in ROUTES} == set(EXAMPLES)


@pytest.mark.parametrize("route", JSON, ids=name)
def test_the_answer_has_the_stated_status_and_exactly_the_stated_shape(happy: Happy, route: Route) -> None:
    reply = happy(route)

    assert (reply.status, reply.headers["content-type"]) == (route.status, "application/json"), reply.text
    schema = closed(route.answer.model_json_schema(mode="serialization"))
    jsonschema.validate(reply.json, schema)
    assert [word for word in HIDDEN if f'"{word}"' in reply.text] == []


@pytest.mark.parametrize("route", TEXTS, ids=name)
def test_a_text_has_the_stated_status_and_media_type_and_is_no_json(happy: Happy, route: Route) -> None:
    reply = happy(route)

    assert (reply.status, reply.headers["content-type"]) == (route.status, route.answer.media_type), reply.text
    assert not reply.text.startswith(("{", "[", '"'))
    assert [word for word in HIDDEN if word in reply.text] == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.paged], ids=name)
def test_a_list_shows_what_there_is(happy: Happy, route: Route) -> None:
    assert listing.items(happy(route))


@pytest.mark.parametrize("route", PUBLIC_READS, ids=name)
def test_a_public_read_may_be_kept_for_seconds_and_asked_for_again_by_its_tag(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    first = ask(scene, route, asked)

    assert first.headers["cache-control"].startswith("public, max-age=")
    assert ask(scene, route, asked, **{"If-None-Match": '"another"'}).json == first.json
    for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}'):
        again = ask(scene, route, asked, **{"If-None-Match": known})
        assert (again.status, again.text) == (304, "")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]


def test_the_tag_changes_with_what_is_shown(scene: Scene) -> None:
    campaign_id = scene.campaign("draft")
    before = scene.world.anybody.get(f"/v1/campaigns/{campaign_id}").headers["etag"]
    scene.person("organiser").post(f"/v1/campaigns/{campaign_id}/open-voting")

    after = scene.world.anybody.get(f"/v1/campaigns/{campaign_id}", If_None_Match=before)

    assert after.status == 200
    assert after.headers["etag"] != before


@pytest.mark.parametrize("route", OTHERS, ids=name)
def test_everything_else_is_kept_nowhere(happy: Happy, route: Route) -> None:
    reply = happy(route)

    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers


@pytest.mark.parametrize(("path", "media_type"), [("/openapi.json", "application/json"), ("/docs", "text/html")])
def test_the_description_is_public(scene: Scene, path: str, media_type: str) -> None:
    reply = scene.world.anybody.get(path)

    assert reply.status == 200
    assert reply.headers["content-type"].startswith(media_type)
    assert all(route.path in reply.text for route in ROUTES)


def closed(schema: Any) -> Any:
    """The same JSON Schema, but an object may have no other fields than the stated ones."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {word: closed(part) for word, part in schema.items()}
    if "properties" in found:
        found.setdefault("additionalProperties", False)
    return found
