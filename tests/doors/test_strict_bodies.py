"""F28: whatever is in a body, the answer is a refusal with a code and a sentence, never a surprise; and nothing is
done."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from chalicelib.plumbing.door import ROUTES, Route
from tests.cameras import batch_plan
from tests.doors import hostile
from tests.doors.asking import Asked, ask, name
from tests.doors.examples import LINES, example
from tests.doors.problem import faults
from tests.doors.scene import Scene
from tests.hands import START

TAKING = [route for route in ROUTES if route.body]
LEFT_OPEN = [{**LINES[0], "up_to": 2, "second_choice": {"lens": "tele"}}]
HOME = {"name": "Ada", "street": "Quay 5", "city": "Bremen", "postal_code": "28195", "country": "DE", "region": "HB"}
WAVE = {
    "title": "Friends",
    "opens_at": START.isoformat(),
    "closes_at": (START + timedelta(days=2)).isoformat(),
    "units": 5,
    "regions": ["DE"],
    "access_code": "for-friends",
    "limit_per_fan": 2,
    "draw": False,
}
ASKED = {"country": "DE", "access_code": "for-friends", "only_if_unit_price_at_most_minor": 10_000, "may_split": False}
ACCEPTED = {"accepts_total_minor": 30_000, "accepts_ships_at": (START + timedelta(days=100)).isoformat()}
# Every field of every body, so that each can be spoilt.
WHOLE: dict[str, dict[str, Any]] = {
    "NewCampaign": {
        "title": "Pocket camera",
        "story": "Small.",
        "currency": "EUR",
        "manufacturer_id": "maker",
        "limit_per_fan": 20,
        "voting_closes_at": (START + timedelta(days=1)).isoformat(),
        "tally_shown": "after_voting",
        "eligibility": {"verified_email": True, "earlier_customer": False, "account_days": 30},
        "expected_voters": 1_000,
        "features": [
            {
                "feature_id": "colour",
                "title": "Colour",
                "method": "approval",
                "keep": 1,
                "keep_over_percent": 50,
                "quorum": 10,
                "budget": 1,
                "options": [
                    {"option_id": "red", "label": "Red", "surcharge_minor": 1, "parts": [{"sku": "RED", "quantity": 1}]}
                ],
            }
        ],
        "price_ladder": [{"from_units": 1, "unit_price_minor": 100}],
        "batches": [batch_plan()],
        "waves": [WAVE],
        "run_minimums": [
            {"kind": "option", "feature_id": "colour", "option_id": "red", "units": 2},
            {"kind": "part", "sku": "RED", "units": 3},
            {"kind": "variant", "units": 2},
        ],
        "playbook": [
            {"kind": "extend", "days": 10},
            {"kind": "top_up", "hours": 48},
            {"kind": "next_tier", "minimum": 3},
            {"kind": "refund"},
        ],
        "on_slip": {"days": 14, "choice": True, "silence": "wait", "answer_hours": 48},
        "offer_hours": 24,
        "notice_hours": 24,
        "limit_per_household": 5,
        "payment_plan": {"kind": "deposit", "percent": 20},
        "payment_hold_minutes": 15,
        "reminder_hours": 48,
        "grace_days": 7,
        "on_drop_outs": {"longer_grace_days": 3, "top_up_hours": 48},
    },
    "NewBallot": {"votes": {"colour": ["red"], "lens": ["wide"]}},
    "NewVote": {"vote": ["wide"]},
    "NewOverruling": {"kept": ["blue"], "reason": "The red dye is sold out."},
    "NewTopUp": {"lines": LINES},
    "NewShipDate": {"ships_at": (START + timedelta(days=90)).isoformat(), "reason": "The lens maker is late."},
    "NewQuote": {"lines": LEFT_OPEN, **ASKED},
    "NewPreorder": {
        "lines": LEFT_OPEN,
        **ASKED,
        **ACCEPTED,
        "address": HOME,
        "payment_method": "card",
        "other_payment_method": "card",
    },
    "PreorderChanges": {"lines": LEFT_OPEN, "address": HOME, "accepts_total_minor": 30_000},
    "NewChoice": {"choice": "wait"},
    "NewEntry": {"lines": LINES, "all_or_none": True, "country": "DE", "access_code": "for-friends", **ACCEPTED},
    "NewMethod": {"payment_method": "card"},
    "Confirmation": {"action": "seti_1_secret_2", "approve": True},
    "NewRefund": {"amount_minor": 500, "reason": "A scratch on the box."},
    "NewAnswer": {"answer": "received", "note": "Yes."},
}
# What nobody can make up: the payment provider has given it.
GIVEN = ("action",)
MAY_BE_NONE = ("surcharge_minor", "unit_price_minor", "accepts_total_minor", "unit_price_at_most_minor", "account_days")
YES_OR_NO = ("verified_email", "earlier_customer", "draw", "choice", "all_or_none", "may_split", "approve")
# What is among the wrong numbers, but right in these places: a price may be none, and an account may be new.
RIGHT = (
    *(f"{name}: {none}" for name in MAY_BE_NONE for none in ("0", "-0")),
    *(f"{name}: null" for name in ("accepts_total_minor", "account_days", "keep_over_percent", "quorum", "budget")),
    *(f"{name}: null" for name in ("longer_grace_days", "top_up_hours")),
    *(f"{name}: null" for name in ("up_to", "only_if_unit_price_at_most_minor", "limit_per_household")),
    "waves.0.limit_per_fan: null",
    *(f"{name}: {said}" for name in YES_OR_NO for said in ("true", "false")),
)
# The same as left out.
RIGHT_SHAPES = ("address: null", "on_slip: null", "on_drop_outs: null", "second_choice: null")
Refuse = Callable[[Route, Iterable[tuple[str, bytes]]], dict[str, str]]


@pytest.fixture(scope="module")
def refuse(scene: Scene) -> Refuse:
    """Sends every body to the route; answers which of them were not soundly refused, or had an effect."""
    shared = cache(lambda route: example(scene, route))

    def send(route: Route, bodies: Iterable[tuple[str, bytes]]) -> dict[str, str]:
        asked = shared(route)
        before = scene.stored()
        found = {}
        for why, body in bodies:
            reply = ask(scene, route, Asked(asked.who, asked.ids, body, asked.headers))
            if fault := faults(reply):
                found[why] = f"{fault}: {reply.text[:200]}"
        return found if scene.stored() == before else {**found, "the table": "has changed"}

    return send


def whole(route: Route) -> dict[str, Any]:
    assert route.body is not None
    return WHOLE[route.body.__name__]


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_the_whole_body_has_every_field(route: Route) -> None:
    assert route.body is not None
    assert set(whole(route)) == set(route.body.model_fields)


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_the_whole_body_by_itself_is_taken(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    given = {field: value for field, value in asked.body.items() if field in GIVEN}

    assert ask(scene, route, Asked(asked.who, asked.ids, whole(route) | given, asked.headers)).status == route.status


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_number_that_is_no_whole_number_in_its_range_is_refused(refuse: Refuse, route: Route) -> None:
    bodies = ((why, body) for why, body in hostile.wrong_numbers(whole(route)) if not why.endswith(RIGHT))

    assert refuse(route, bodies) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_text_that_is_none_and_a_name_with_strange_letters_are_refused(refuse: Refuse, route: Route) -> None:
    assert refuse(route, hostile.wrong_texts(whole(route))) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_an_unknown_field_is_refused_at_every_depth(refuse: Refuse, route: Route) -> None:
    assert refuse(route, hostile.unknown_fields(whole(route))) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_field_named_twice_is_refused_at_every_depth(refuse: Refuse, route: Route) -> None:
    assert refuse(route, hostile.repeated_fields(whole(route))) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_part_of_another_shape_is_refused(refuse: Refuse, route: Route) -> None:
    right = (*RIGHT_SHAPES, "lines: null") if route.method == "PATCH" else RIGHT_SHAPES
    bodies = ((why, body) for why, body in hostile.wrong_shapes(whole(route)) if not why.endswith(right))

    assert refuse(route, bodies) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_what_is_no_body_at_all_is_refused(refuse: Refuse, route: Route) -> None:
    # A body that changes nothing is refused with a code of its own.
    right = ("an empty object",) if route.method == "PATCH" else ()
    bodies = ((why, body) for why, body in hostile.NOT_A_BODY.items() if why not in right)

    assert refuse(route, bodies) == {}


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_body_over_64_kb_is_refused_as_too_large(scene: Scene, refuse: Refuse, route: Route) -> None:
    bodies = dict(hostile.too_large(whole(route)))

    assert refuse(route, bodies.items()) == {}
    asked = example(scene, route)
    for body in bodies.values():
        reply = ask(scene, route, Asked(asked.who, asked.ids, body, asked.headers))
        assert (reply.status, reply.code) == (413, "body_too_large")


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_body_that_is_not_said_to_be_json_is_refused(scene: Scene, route: Route) -> None:
    asked = example(scene, route)
    before = scene.stored()

    for media_type in hostile.MEDIA_TYPES:
        reply = ask(scene, route, asked, **{"Content-Type": media_type})
        assert (reply.code, faults(reply)) == ("media_type_unsupported", ""), media_type

    assert scene.stored() == before


@pytest.mark.parametrize(
    "media_type", ["application/json;charset=utf-8", "Application/JSON", " application/json ; x=1"]
)
def test_json_by_another_spelling_of_its_name_is_taken(scene: Scene, media_type: str) -> None:
    for route in TAKING:
        assert ask(scene, route, example(scene, route), **{"Content-Type": media_type}).status == route.status


@pytest.mark.parametrize("route", TAKING, ids=name)
def test_a_refusal_names_the_field_but_does_not_repeat_what_was_in_it(scene: Scene, route: Route) -> None:
    asked = example(scene, route)

    reply = ask(scene, route, Asked(asked.who, asked.ids, {**whole(route), "known": "hunter2"}, asked.headers))

    assert reply.json["errors"][0]["where"] == "known"
    assert "hunter2" not in reply.text
