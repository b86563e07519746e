"""For each refusal that a route declares, a request that must meet it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.rules import BatchFull
from chalicelib.campaigns import rules as campaigns
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.kernel import keys
from chalicelib.kernel.ids import CursorInvalid
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.door import Route
from chalicelib.preorders import rules as preorders
from chalicelib.room import store as room
from tests.cameras import batch_plan, new_campaign
from tests.doors import money
from tests.doors.asking import Asked, ask, by_name, key, name
from tests.doors.examples import (
    BALLOT,
    LINES,
    MISSING,
    OVERRULING,
    ballot,
    certified,
    choice,
    enter,
    example,
    join,
    own_drawn_entry,
    own_entry,
    own_preorder,
    ship_date,
    sold_out,
    taking_over,
    top_up,
)
from tests.doors.examples import answer as answered
from tests.doors.examples import waves as wave
from tests.doors.scene import Scene, first_page
from tests.hands import START

Case = Callable[[Scene], Asked]
QUOTE, PLACE = "POST /v1/campaigns/{campaign_id}/quote", "POST /v1/campaigns/{campaign_id}/preorders"
CAST = "PUT /v1/campaigns/{campaign_id}/ballot"
WAIT = "POST /v1/campaigns/{campaign_id}/waiting"
_WAVE = "/v1/campaigns/{campaign_id}/waves/{wave}"
ENTER = f"PUT {_WAVE}/entry"
CHANGE, CHOOSE = "PATCH /v1/preorders/{preorder_id}", "PUT /v1/preorders/{preorder_id}/choice"
_BATCH = "/v1/campaigns/{campaign_id}/batches/{number}"
TOP_UP, MOVE = f"POST {_BATCH}/top-up", f"POST {_BATCH}/ship-date"
REVISE = "PUT /v1/campaigns/{campaign_id}/ballot/features/{feature_id}"
LIST, LINES_OF = "GET /v1/campaigns/{campaign_id}/ballots", "GET /v1/campaigns/{campaign_id}/ballots/{bucket}"
OVERRULE = "POST /v1/campaigns/{campaign_id}/features/{feature_id}/overrule"
# Alike on every route that declares them: what is asked for is not there, or never was a place in a list.
MISSINGS = {campaigns.CampaignMissing.code, preorders.PreorderMissing.code, "order_missing", "payment_missing"}
# What is not there in something that is.
MISSING_IN = {"batch_missing": "number", "line_missing": "line", "wave_missing": "wave", "refund_missing": "number"}


def case(scene: Scene, route: Route, refusal: type[Refusal]) -> Asked:
    """The request. A KeyError means that a route has declared a refusal that nobody has tried yet."""
    if refusal.code in MISSINGS:
        asked = example(scene, route)
        return Asked(asked.who, {one: MISSING[one] for one in asked.ids}, asked.body, asked.headers)
    if refusal.code in MISSING_IN:
        asked, part = example(scene, route), MISSING_IN[refusal.code]
        return Asked(asked.who, {**asked.ids, part: MISSING[part]}, asked.body)
    if refusal is CursorInvalid:
        asked = example(scene, route)
        return Asked(asked.who, asked.ids, query="?cursor=yesterday")
    return CASES[name(route), refusal.code](scene)


def asked(who: str, state: str, body: Any = None, more: dict[str, str] | None = None, **changes: Any) -> Case:
    """This person asks about a campaign in this state, or about something in it."""
    return lambda scene: Asked(who, {"campaign_id": scene.campaign(state, **changes), **(more or {})}, body, key())


def late_opening(scene: Scene) -> Asked:
    soon = (scene.world.clock.now() + timedelta(minutes=1)).isoformat()
    campaign_id = scene.campaign("draft", voting_closes_at=soon)
    scene.world.clock.forward(minutes=2)
    return Asked("organiser", {"campaign_id": campaign_id})


def late_presale(scene: Scene) -> Asked:
    plan = batch_plan() | {"closes_at": (scene.world.clock.now() + timedelta(minutes=1)).isoformat()}
    campaign_id = scene.campaign("settled", batches=[plan])
    scene.world.clock.forward(minutes=2)
    return Asked("organiser", {"campaign_id": campaign_id})


def older_ballot(scene: Scene) -> Asked:
    newer = ballot(scene)
    assert ask(scene, by_name(CAST), newer).status == 200
    scene.world.clock.forward(seconds=-1)
    # With the same votes it would be taken for a repetition.
    return Asked(newer.who, newer.ids, {"votes": {"colour": ["blue"]}})


def older_vote(scene: Scene) -> Asked:
    """On one feature, from before the whole ballot."""
    newer = older_ballot(scene)
    return Asked("fan", {**newer.ids, "feature_id": "lens"}, VOTE)


def no_bucket(scene: Scene) -> Asked:
    asked = certified(scene)
    return Asked("nobody", {**asked.ids, "bucket": "64"})


def reused_key(scene: Scene) -> Asked:
    first = example(scene, by_name(PLACE))
    assert ask(scene, by_name(PLACE), first).status == 201
    return Asked(first.who, first.ids, {"lines": [LINES[0] | {"quantity": 2}]}, first.headers)


def without_key(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": scene.campaign("preselling")}, {"lines": LINES})


def locked_batch(scene: Scene) -> Asked:
    campaign_id = scene.campaign("preselling")
    preorder_id = scene.preorder(campaign_id)
    scene.set(keys.batch(campaign_id, 1), state="locked")
    batch = batches.get(scene.world.ports.table, campaign_id, 1)
    scene.set(room.key(campaign_id, first_page(batch, "sub-ada")), z=1)
    return Asked("fan", {"preorder_id": preorder_id})


def ended_preorder(scene: Scene) -> Asked:
    asked = own_preorder(scene)
    scene.set(keys.preorder("sub-ada", asked.ids["preorder_id"]), state="ordered")
    return asked


def second_answer(scene: Scene) -> Asked:
    first = answered(scene)
    assert ask(scene, by_name("POST /v1/manufacturing-orders/{order_id}/answer"), first).status == 200
    return Asked(first.who, first.ids, {"answer": "rejected"})


def reused_waiting_key(scene: Scene) -> Asked:
    first = join(scene)
    assert ask(scene, by_name(WAIT), first).status == 201
    return Asked("fan", first.ids, {"lines": LINES, "all_or_none": True}, first.headers)


def waiting_already(scene: Scene) -> Asked:
    return Asked("fan", own_entry(scene).ids, {"lines": LINES}, key())


def waiting_without_key(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": sold_out(scene)}, {"lines": LINES})


def entering(body: dict[str, Any], opens: int = 0, state: str = "preselling", **changes: Any) -> Case:
    """The fan enters the draw of such a wave, in a campaign in this state."""
    ladder = {"price_ladder": changes.pop("price_ladder")} if "price_ladder" in changes else {}
    drawn = wave(opens, draw=True, **changes)
    return asked("fan", state, {"lines": LINES, **body}, {"wave": "1"}, waves=drawn, **ladder)


def not_entered(scene: Scene) -> Asked:
    return Asked("fan", enter(scene).ids)


def drawn_already(scene: Scene) -> Asked:
    """The fan's own entry has become one of the waiting list."""
    first = enter(scene)
    entry_id = ask(scene, by_name(ENTER), first).json["entry_id"]
    scene.set(keys.draw_entry(first.ids["campaign_id"], 1, entry_id), kind="waiting_entry", state="waiting")
    return first


def too_late(scene: Scene) -> Asked:
    mine = own_drawn_entry(scene)
    [over] = wave(-3, draw=True)
    scene.set(keys.campaign(mine.ids["campaign_id"]), waves=[{**over, "number": 1}])
    return mine


def many(quantity: int) -> dict[str, Any]:
    return {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}]}


def changing(body: Any, stored: dict[str, Any] | None = None, **changes: Any) -> Case:
    """The fan changes the pre-order of one unit, stored a little differently, in such a campaign."""

    def change(scene: Scene) -> Asked:
        preorder_id = scene.preorder(scene.campaign("preselling", **changes))
        if stored:
            scene.set(keys.preorder("sub-ada", preorder_id), **stored)
        return Asked("fan", {"preorder_id": preorder_id}, body)

    return change


def with_body(case: Case, body: Any) -> Case:
    """The same request, but this is sent."""

    def send(scene: Scene) -> Asked:
        asked = case(scene)
        return Asked(asked.who, asked.ids, body, asked.headers)

    return send


def beyond_authorised(scene: Scene) -> Asked:
    asked = changing(many(2) | ACCEPTING)(scene)
    scene.set(keys.payment(asked.ids["preorder_id"]), state="secured", plan="prepay")
    return asked


def topped_up(scene: Scene) -> Asked:
    first = top_up(scene)
    assert ask(scene, by_name(TOP_UP), first).status == 200
    return Asked(first.who, first.ids, many(2))


def no_date_any_more(scene: Scene) -> Asked:
    asked = ship_date(scene)
    scene.set(keys.batch(asked.ids["campaign_id"], 1), state="short")
    return asked


def withdrawn_choice(scene: Scene) -> Asked:
    asked = choice(scene)
    assert ask(scene, by_name("DELETE /v1/preorders/{preorder_id}"), asked).status == 200
    return asked


VOTE = {"vote": ["tele"]}
LENS, FIRST_BUCKET = {"feature_id": "lens"}, {"bucket": "0"}
# ada has an account, but no order yet.
CUSTOMERS: dict[str, Any] = {"eligibility": {"earlier_customer": True}}
_DEAR = [{"from_units": 1, "unit_price_minor": 10_000_000_000}]
ACCEPTING = {"accepts_total_minor": 10_000_000_000}
MACRO = {"lines": [{"variant": {"lens": "macro"}, "quantity": 1}]}
FEWER_THAN_WANTED = {"lines": [{"variant": {"lens": "wide"}, "quantity": 2, "up_to": 1}]}
HOME = {"name": "Ada", "street": "Quay 5", "city": "Bremen", "postal_code": "28195", "country": "DE"}
# Each offer is refused alike by the quote and by the pre-order.
_OFFERS: dict[str, tuple[str, Any, dict[str, Any]]] = {
    campaigns.CampaignNotPreselling.code: ("settled", {"lines": LINES}, {}),
    VariantUnavailable.code: ("preselling", MACRO, {}),
    preorders.LimitReached.code: ("preselling", many(21), {}),
    preorders.TotalTooLarge.code: ("preselling", many(2), {"price_ladder": _DEAR}),
    BatchFull.code: ("preselling", many(21), {"limit_per_fan": 100}),
    "wish_invalid": ("preselling", FEWER_THAN_WANTED, {}),
    "cap_below_every_price": ("preselling", {"lines": LINES, "only_if_unit_price_at_most_minor": 1}, {}),
    "wave_not_open": ("preselling", {"lines": LINES}, {"waves": wave(opens=1)}),
    "access_code_wrong": ("preselling", {"lines": LINES, "access_code": "x"}, {"waves": wave(access_code="friends")}),
    "region_not_served": ("preselling", {"lines": LINES, "country": "FR"}, {"waves": wave(regions=["DE"])}),
    "wave_drawn": ("preselling", {"lines": LINES}, {"waves": wave(draw=True)}),
}
_WAITED = (campaigns.CampaignNotPreselling.code, VariantUnavailable.code, preorders.LimitReached.code)
CASES: dict[tuple[str, str], Case] = {
    **money.CASES,
    ("POST /v1/campaigns", "campaign_invalid"): lambda _: Asked(
        "organiser", body=new_campaign(features=[feature | {"keep": 9} for feature in new_campaign()["features"]])
    ),
    ("POST /v1/campaigns/{campaign_id}/open-voting", "campaign_not_draft"): asked("organiser", "voting"),
    ("POST /v1/campaigns/{campaign_id}/open-voting", "campaign_invalid"): late_opening,
    ("POST /v1/campaigns/{campaign_id}/settle", "voting_closed"): asked("organiser", "draft"),
    ("POST /v1/campaigns/{campaign_id}/open-presale", "campaign_not_settled"): asked("organiser", "voting"),
    ("POST /v1/campaigns/{campaign_id}/open-presale", "campaign_invalid"): late_presale,
    ("POST /v1/campaigns/{campaign_id}/close", "campaign_not_preselling"): asked("organiser", "settled"),
    ("POST /v1/campaigns/{campaign_id}/cancel", "campaign_ended"): asked("organiser", "closed"),
    (CAST, "voting_closed"): asked("fan", "settled", BALLOT),
    (CAST, "ballot_invalid"): asked("fan", "voting", {"votes": {"colour": ["red", "blue"]}}),
    (CAST, "ballot_superseded"): older_ballot,
    (CAST, "voter_ineligible"): asked("fan", "voting", BALLOT, **CUSTOMERS),
    (REVISE, "voting_closed"): asked("fan", "settled", VOTE, LENS),
    (REVISE, "ballot_invalid"): asked("fan", "voting", {"vote": ["zoom"]}, LENS),
    (REVISE, "ballot_superseded"): older_vote,
    (REVISE, "voter_ineligible"): asked("fan", "voting", VOTE, LENS, **CUSTOMERS),
    ("GET /v1/campaigns/{campaign_id}/ballot", "ballot_missing"): asked("fan", "voting"),
    ("GET /v1/campaigns/{campaign_id}/ballot/screens", "voting_closed"): asked("fan", "settled"),
    ("GET /v1/campaigns/{campaign_id}/result", "result_missing"): asked("nobody", "voting"),
    (LIST, "result_missing"): asked("nobody", "voting"),
    (LINES_OF, "result_missing"): asked("nobody", "voting", None, FIRST_BUCKET),
    (LINES_OF, "bucket_missing"): no_bucket,
    (OVERRULE, "campaign_not_settled"): asked("organiser", "preselling", OVERRULING, {"feature_id": "colour"}),
    (OVERRULE, "overruling_invalid"): asked("organiser", "settled", OVERRULING, LENS),
    **{(QUOTE, code): asked("nobody", state, body, **more) for code, (state, body, more) in _OFFERS.items()},
    **{(PLACE, code): asked("fan", state, body, **more) for code, (state, body, more) in _OFFERS.items()},
    **{(WAIT, code): asked("fan", *_OFFERS[code][:2]) for code in _WAITED},
    (WAIT, "idempotency_key_missing"): waiting_without_key,
    (WAIT, "idempotency_key_reused"): reused_waiting_key,
    (WAIT, "already_waiting"): waiting_already,
    (WAIT, "room_left"): asked("fan", "preselling", {"lines": LINES}),
    (WAIT, "total_too_large"): asked("fan", "preselling", many(2), price_ladder=_DEAR),
    (WAIT, "wave_not_open"): asked("fan", "preselling", {"lines": LINES}, waves=wave(opens=1)),
    (WAIT, "access_code_wrong"): asked("fan", "preselling", {"lines": LINES}, waves=wave(access_code="for-friends")),
    (WAIT, "region_not_served"): asked("fan", "preselling", {"lines": LINES}, waves=wave(regions=["DE"])),
    (WAIT, "wave_drawn"): asked("fan", "preselling", {"lines": LINES}, waves=wave(draw=True)),
    (ENTER, campaigns.CampaignNotPreselling.code): entering({}, state="settled"),
    (ENTER, VariantUnavailable.code): entering(MACRO),
    (ENTER, preorders.LimitReached.code): entering(many(3), limit_per_fan=2),
    (ENTER, preorders.TotalTooLarge.code): entering(many(2), price_ladder=_DEAR),
    (ENTER, "total_above_accepted"): entering({"accepts_total_minor": 1}),
    (ENTER, "ships_later"): entering({"accepts_ships_at": START.isoformat()}),
    (ENTER, "wave_not_open"): entering({}, opens=1),
    (ENTER, "access_code_wrong"): entering({}, access_code="for-friends"),
    (ENTER, "region_not_served"): entering({"country": "FR"}, regions=["DE"]),
    (ENTER, "entries_closed"): drawn_already,
    (f"GET {_WAVE}/entry", "entry_missing"): not_entered,
    (f"DELETE {_WAVE}/entry", "entry_missing"): not_entered,
    (f"DELETE {_WAVE}/entry", "entries_closed"): too_late,
    (f"GET {_WAVE}/draw", "draw_not_held"): not_entered,
    ("GET /v1/campaigns/{campaign_id}/waiting", "entry_missing"): asked("fan", "preselling"),
    ("DELETE /v1/campaigns/{campaign_id}/waiting", "entry_missing"): asked("fan", "preselling"),
    (PLACE, "idempotency_key_missing"): without_key,
    (PLACE, "idempotency_key_reused"): reused_key,
    (PLACE, "total_above_accepted"): asked("fan", "preselling", {"lines": LINES, "accepts_total_minor": 1}),
    (PLACE, "ships_later"): asked("fan", "preselling", {"lines": LINES, "accepts_ships_at": START.isoformat()}),
    (PLACE, "address_missing"): asked("fan", "preselling", {"lines": LINES}, limit_per_household=5),
    (PLACE, "household_limit_reached"): asked("fan", "preselling", many(6) | {"address": HOME}, limit_per_household=5),
    (CHANGE, "preorder_ended"): with_body(ended_preorder, many(2)),
    (CHANGE, "batch_locked"): with_body(locked_batch, many(2)),
    (CHANGE, "batch_full"): changing(many(21) | ACCEPTING, limit_per_fan=100),
    (CHANGE, "variant_unavailable"): changing(MACRO),
    (CHANGE, "limit_reached"): changing(many(3) | ACCEPTING, limit_per_fan=2),
    (CHANGE, "total_above_accepted"): changing(many(2)),
    (CHANGE, "total_too_large"): changing(many(2), price_ladder=_DEAR),
    (CHANGE, "wish_invalid"): changing(FEWER_THAN_WANTED),
    (CHANGE, "nothing_to_change"): with_body(own_preorder, ACCEPTING),
    (CHANGE, "beyond_authorised"): beyond_authorised,
    (CHANGE, "household_limit_reached"): changing(many(4) | ACCEPTING, {"household": "h"}, limit_per_household=2),
    (CHOOSE, "preorder_ended"): withdrawn_choice,
    (CHOOSE, "nothing_to_choose"): with_body(own_preorder, {"choice": "wait"}),
    (TOP_UP, "top_up_not_due"): asked("organiser", "preselling", {"lines": LINES}, {"number": "1"}),
    (TOP_UP, "top_up_too_large"): with_body(top_up, many(21)),
    (TOP_UP, "topped_up"): topped_up,
    (TOP_UP, "top_up_too_small"): with_body(taking_over, many(1)),
    (TOP_UP, "variant_not_made"): with_body(taking_over, many(2)),
    (TOP_UP, "variant_unavailable"): with_body(top_up, MACRO),
    (MOVE, "ship_date_invalid"): with_body(ship_date, {"ships_at": START.isoformat(), "reason": "Earlier than ever."}),
    (MOVE, "ship_date_fixed"): no_date_any_more,
    ("DELETE /v1/preorders/{preorder_id}", "preorder_ended"): ended_preorder,
    ("DELETE /v1/preorders/{preorder_id}", "batch_locked"): locked_batch,
    ("POST /v1/manufacturing-orders/{order_id}/answer", "answer_out_of_order"): second_answer,
}
