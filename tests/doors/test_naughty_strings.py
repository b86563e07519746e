"""F28: the Big List of Naughty Strings in every place that takes text: refused or kept to the letter, never a
surprise."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.door import ROUTES, Route
from infra.local.gateway import Gateway
from tests.doors import money, wsgi
from tests.doors.asking import Asked, ask, by_name, key
from tests.doors.examples import LINES, MISSING
from tests.doors.scene import Scene, options, small_campaign
from tests.people import Reply, claims_of

LIST = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
SOURCE = "https://github.com/minimaxir/big-list-of-naughty-strings"
pytestmark = pytest.mark.skipif(not LIST.exists(), reason=f"no {LIST.name} in {LIST.parent}: see {SOURCE}")

STRINGS: list[str] = json.loads(LIST.read_text()) if LIST.exists() else []
LABELS = [text for text in STRINGS if 1 <= len(text) <= 200]
PERSON: dict[str, dict[str, Any]] = {"fan": claims_of("ada"), "organiser": claims_of("olga", groups=["organisers"])}
PERSON["manufacturer"] = claims_of("maker", groups=["manufacturers"], manufacturer_id="maker")
WITH_PATH = [route for route in ROUTES if "{" in route.path]
Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def send(scene: Scene) -> Ask:
    """Through the gateway, whose authorizer lets the route's first role in."""
    gates = {role: Gateway(scene.world.app, verify=lambda _, role=role: PERSON[role]) for role in PERSON}

    def ask(route: Route, path: str, **sent: Any) -> Reply:
        return wsgi.send(gates[(*route.roles, "fan")[0]], route.method, path, **sent)

    return ask


class Empty:
    """A DynamoDB client in whose table nothing is: quicker than moto, where what is there does not matter."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def query(self, **_: Any) -> dict[str, Any]:
        return {"Items": []}


@pytest.fixture
def empty(scene: Scene) -> Iterator[None]:
    with ports_.using(scene.ports_over(Empty())):
        yield


@pytest.fixture
def no_table(scene: Scene) -> Iterator[None]:
    with ports_.using(scene.ports_over(None)):
        yield


def surprised(replies: Iterable[tuple[str, Reply]]) -> dict[str, str]:
    """What was answered with a 5xx, by what was sent."""
    return {sent: f"{reply.status} {reply.text[:200]}" for sent, reply in replies if reply.status >= 500}


def packed(texts: Iterable[str], most: int) -> list[str]:
    """The texts joined line by line into as few as fit."""
    found = [""]
    for text in texts:
        if len(found[-1]) + 1 + len(text) > most:
            found.append("")
        found[-1] += f"\n{text}"
    return found


def chunks(texts: list[str], size: int) -> list[list[str]]:
    return [texts[at : at + size] for at in range(0, len(texts), size)]


def test_the_list_is_whole() -> None:
    assert len(STRINGS) == 485


def test_every_string_as_a_label_or_a_part_comes_back_to_the_letter(scene: Scene) -> None:
    """200 options to a feature, a feature to a campaign."""
    for texts in chunks(LABELS, 200):
        sent = [
            {"option_id": f"o{number}", "label": text, "parts": [{"sku": text[:64], "quantity": 1}]}
            for number, text in enumerate(texts)
        ]
        feature = {"feature_id": "f", "title": "T", "method": "approval", "options": sent}
        campaign_id = scene.world.campaign(**small_campaign(features=[feature]))
        shown = scene.world.anybody.get(f"/v1/campaigns/{campaign_id}").json["features"][0]["options"]
        assert [one["label"] for one in shown] == texts
        assert [one["parts"][0]["sku"] for one in shown] == [text[:64] for text in texts]


def test_every_string_as_a_title_or_a_story_comes_back_to_the_letter(scene: Scene) -> None:
    stories, titles = packed(STRINGS, 5_000), packed(LABELS, 200)
    for place, texts in enumerate(chunks(LABELS, 20)):
        features = [
            {"feature_id": f"f{number}", "title": text, "method": "approval", "options": options("a")}
            for number, text in enumerate(texts)
        ]
        sent = {"title": titles[place], "story": stories[place % len(stories)], "features": features}
        campaign_id = scene.world.campaign(**small_campaign(**sent))
        shown = scene.world.anybody.get(f"/v1/campaigns/{campaign_id}").json
        assert (shown["title"], shown["story"]) == (sent["title"], sent["story"])
        assert [feature["title"] for feature in shown["features"]] == texts


def test_every_string_as_a_note_comes_back_to_the_letter(scene: Scene) -> None:
    campaign_id, maker = scene.campaign("closed"), scene.person("manufacturer")
    for number, note in enumerate(packed(STRINGS, 2_000), start=1):
        path = f"/v1/manufacturing-orders/{scene.order(campaign_id, number)}"
        assert maker.post(f"{path}/answer", {"answer": "rejected", "note": note}).status == 200
        assert maker.get(path).json["answers"][0]["note"] == note


def test_every_string_as_a_name_is_refused_or_kept_to_the_letter(scene: Scene) -> None:
    """Slugs, currencies, methods: where a text names something."""
    voting, selling = (scene.campaign(state) for state in ("voting", "preselling"))
    fan, olga, replies = scene.person("fan"), scene.person("organiser"), []
    for text in STRINGS:
        features = [{"feature_id": text, "title": "T", "method": "approval", "options": options(text)}]
        made = olga.post("/v1/campaigns", small_campaign(manufacturer_id=text, features=features))
        if made.status == 201:
            assert made.json["manufacturer_id"] == made.json["features"][0]["feature_id"] == text
        line = {"variant": {text: text}, "quantity": 1}
        replies += [
            (text, made),
            (text, olga.post("/v1/campaigns", small_campaign(currency=text))),
            (text, fan.put(f"/v1/campaigns/{voting}/ballot", {"votes": {text: [text]}})),
            (text, fan.post(f"/v1/campaigns/{selling}/quote", {"lines": [line]})),
            (text, fan.post(f"/v1/campaigns/{selling}/quote", {text: text})),
        ]

    assert surprised(replies) == {}
    assert {reply.status for _, reply in replies} <= {201, 400}


def test_every_string_as_a_whole_body_is_refused(scene: Scene) -> None:
    path = f"/v1/campaigns/{scene.campaign('voting')}/ballot"

    replies = [(text, scene.person("fan").call("PUT", path, text.encode())) for text in STRINGS]

    assert {text: reply.status for text, reply in replies if reply.status != 400} == {}


def test_every_string_in_a_path_is_a_thing_that_is_missing(send: Ask, no_table: None) -> None:
    """All of them where things are shown; the other routes share them out. The table is not even asked."""
    shows = [route for route in WITH_PATH if route.method == "GET"]
    replies = [(text, send(route, filled(route, text))) for route in shows for text in STRINGS if text]
    assert {text: reply.text for text, reply in replies if reply.status != 404} == {}

    others = [route for route in WITH_PATH if route.method != "GET"]
    shared = [(text, others[place % len(others)]) for place, text in enumerate(STRINGS)]
    assert surprised((text, send(route, filled(route, text), body=b"{}")) for text, route in shared) == {}


def filled(route: Route, text: str) -> str:
    return route.path.format(**dict.fromkeys(MISSING, wsgi.segment(text)))


@pytest.mark.parametrize("parameter", ["limit", "cursor", "another"])
def test_every_string_in_a_query_is_refused_or_ignored(send: Ask, empty: None, parameter: str) -> None:
    route = by_name("GET /v1/preorders")

    replies = [(text, send(route, route.path, query={parameter: text})) for text in STRINGS]

    assert surprised(replies) == {}
    assert {reply.code for _, reply in replies} <= {"ok", f"{parameter}_invalid"}


def test_every_string_in_a_header_is_ignored(send: Ask, empty: None) -> None:
    route = by_name("GET /v1/campaigns")
    names = ("Accept", "Cookie", "Host", "If-None-Match", "Range", "User-Agent", "X-Forwarded-For", "X-Amzn-Trace-Id")

    replies = [(text, send(route, route.path, headers=dict.fromkeys(names, text))) for text in STRINGS]

    assert {text: reply.text for text, reply in replies if reply.status != 200} == {}


def test_every_string_as_a_media_type_is_refused(send: Ask) -> None:
    route = by_name("PUT /v1/campaigns/{campaign_id}/ballot")

    replies = [(text, send(route, filled(route, "x"), headers={"Content-Type": text}, body=b"{}")) for text in STRINGS]

    assert {reply.code for text, reply in replies if text} == {"media_type_unsupported"}


def test_every_string_as_a_token_is_refused(scene: Scene, issuer: Path) -> None:
    gateway = Gateway(scene.world.app)

    replies = [(text, wsgi.send(gateway, "GET", "/v1/preorders", headers={"Authorization": text})) for text in STRINGS]

    assert {text: reply.text for text, reply in replies if reply.status != 401} == {}


def test_every_string_as_an_idempotency_key_is_refused_or_heard(scene: Scene, send: Ask, empty: None) -> None:
    route, body = by_name("POST /v1/campaigns/{campaign_id}/preorders"), json.dumps({"lines": LINES}).encode()
    path = route.path.format(**MISSING)

    replies = [(text, send(route, path, headers={"Idempotency-Key": text}, body=body)) for text in STRINGS]

    assert {reply.code for _, reply in replies} == {"idempotency_key_missing", "campaign_missing"}


def test_every_string_as_a_signature_of_an_event_is_forged(send: Ask, no_table: None) -> None:
    route = by_name(money.EVENTS)

    replies = [(text, send(route, route.path, headers={"Payment-Signature": text}, body=b"{}")) for text in STRINGS]

    assert {text: reply.text for text, reply in replies if reply.code != "event_forged"} == {}


def test_every_string_as_a_card_or_as_a_bank_s_token_is_refused_or_heard(scene: Scene) -> None:
    card, bank, mine = by_name(money.SEND), by_name(money.CONFIRM), money.another_card(scene)

    cards = [(text, ask(scene, card, replace(mine, body={"payment_method": text}))) for text in STRINGS]
    tokens = [(text, ask(scene, bank, Asked("nobody", body={"action": text, "approve": True}))) for text in STRINGS]

    assert {reply.code for _, reply in cards} == {"ok", "body_invalid"}
    assert {reply.code for _, reply in tokens} == {"not_simulated", "body_invalid"}


def test_every_string_as_the_reason_of_a_refund_comes_back_to_the_letter(scene: Scene) -> None:
    asked, reasons = (
        money.give(scene),
        [f"<{text}>" for text in packed((one for one in STRINGS if len(one) < 490), 490)],
    )

    for reason in reasons:
        body = {"amount_minor": 1, "reason": reason}
        told = ask(scene, by_name(money.GIVE), replace(asked, body=body, headers=key()))
        assert (told.status, told.json["refunds"][-1]["reason"]) == (201, reason)


@pytest.mark.parametrize("key", ["-1e1_000", "#!@$%^&*()", "{{{0}}}", "../../etc/passwd%00", "~" * 64])
def test_a_strange_idempotency_key_is_as_good_as_any(scene: Scene, key: str) -> None:
    campaign_id = scene.campaign("preselling")

    first, again = (scene.world.place("ada", campaign_id, key=key) for _ in range(2))

    assert (first.status, again.status, again.text) == (201, 201, first.text)
