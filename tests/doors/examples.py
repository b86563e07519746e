"""One request for each route that is answered as hoped. A new route without one makes the tests of all doors fail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.playbook import Play
from chalicelib.kernel import ids, instants, keys
from chalicelib.ledger import rules as ledger_rules
from chalicelib.ledger import store as ledger_store
from chalicelib.plumbing.door import Route
from tests.cameras import new_campaign
from tests.doors import money
from tests.doors.asking import Asked, ask, by_name, key, name
from tests.doors.scene import Scene, options
from tests.hands import START

LINES = [{"variant": {"lens": "wide"}, "quantity": 1}]
BALLOT = {"votes": {"colour": ["red"], "lens": ["wide"]}}
MISSING = {
    "campaign_id": "01900000-0000-7000-8000-ffffffffffff",
    "preorder_id": "01900000-0000-7000-8000-ffffffffffff.0123456789abcdef.000",
    "order_id": "01900000-0000-7000-8000-ffffffffffff.1.1",
    "feature_id": "nowhere",
    "bucket": "4096",
    "number": "9",
    "line": "9",
    "wave": "9",
}
OVERRULING = {"kept": ["blue"], "reason": "The red dye is sold out."}


def example(scene: Scene, route: Route) -> Asked:
    """A request that the route will answer as hoped, with all that it needs made for it."""
    return EXAMPLES[name(route)](scene)


def public(state: str) -> Callable[[Scene], Asked]:
    """Anybody asks about a campaign in this state."""
    return lambda scene: Asked("nobody", {"campaign_id": scene.campaign(state)})


def move(state: str) -> Callable[[Scene], Asked]:
    """The organiser moves a campaign on from this state."""
    return lambda scene: Asked("organiser", {"campaign_id": scene.campaign(state)})


def ballot(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": scene.campaign("voting")}, BALLOT)


def own_ballot(scene: Scene) -> Asked:
    asked = ballot(scene)
    assert ask(scene, by_name("PUT /v1/campaigns/{campaign_id}/ballot"), asked).status == 200
    return Asked("fan", asked.ids)


def one_feature(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": scene.campaign("voting"), "feature_id": "lens"}, {"vote": ["tele"]})


def screens(scene: Scene) -> Asked:
    """Of a campaign that asks for the best and the worst."""
    feature = {"feature_id": "lens", "title": "Lens", "method": "best_worst", "options": options(*"abcde")}
    return Asked("fan", {"campaign_id": scene.campaign("voting", features=[feature])})


def own_campaign(scene: Scene) -> Asked:
    return Asked("organiser", own_ballot(scene).ids)


def certified(scene: Scene) -> Asked:
    """A campaign of one ballot, whose result and list are published."""
    asked = own_ballot(scene)
    scene.certify(asked.ids["campaign_id"])
    return Asked("nobody", asked.ids)


def lines(scene: Scene) -> Asked:
    """The bucket in which the one ballot lies."""
    asked = certified(scene)
    campaign_id = asked.ids["campaign_id"]
    [bucket] = [item["pk"][-4:] for item in scene.world.items("ballot") if item["pk"].startswith(f"C#{campaign_id}#")]
    return Asked("nobody", {**asked.ids, "bucket": str(int(bucket))})


def overruling(scene: Scene) -> Asked:
    return Asked("organiser", {"campaign_id": scene.campaign("settled"), "feature_id": "colour"}, OVERRULING)


def quote(scene: Scene) -> Asked:
    return Asked("nobody", {"campaign_id": scene.campaign("preselling")}, {"lines": LINES})


def place(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": scene.campaign("preselling")}, {"lines": LINES}, key())


def own_preorder(scene: Scene) -> Asked:
    return Asked("fan", {"preorder_id": scene.preorder(scene.campaign("preselling"))})


def own_order(scene: Scene) -> Asked:
    return Asked("manufacturer", {"order_id": scene.order(scene.campaign("closed"))})


def answer(scene: Scene) -> Asked:
    return Asked("manufacturer", own_order(scene).ids, {"answer": "accepted_with_changes", "note": "In March."})


def sold_out(scene: Scene, **changes: Any) -> str:
    """A campaign in whose pre-sale no room is left, by its counters."""
    campaign_id = scene.campaign("preselling", **changes)
    for batch in batches.list_all(scene.world.ports.table, campaign_id):
        scene.set(keys.batch(campaign_id, batch.number), groups={"1.0": f"1,{batch.capacity},0,0"}, counted=1)
    return campaign_id


def join(scene: Scene) -> Asked:
    return Asked("fan", {"campaign_id": sold_out(scene)}, {"lines": LINES}, key())


def own_entry(scene: Scene) -> Asked:
    asked = join(scene)
    assert ask(scene, by_name("POST /v1/campaigns/{campaign_id}/waiting"), asked).status == 201
    return Asked("fan", asked.ids)


def waves(opens: int = 0, **changes: Any) -> list[dict[str, Any]]:
    """One wave, open from so many days on."""
    times = {"opens_at": START + timedelta(days=opens), "closes_at": START + timedelta(days=opens + 2)}
    return [{"title": "First", "units": 2, **{name: at.isoformat() for name, at in times.items()}, **changes}]


def enter(scene: Scene) -> Asked:
    campaign_id = scene.campaign("preselling", waves=waves(draw=True))
    return Asked("fan", {"campaign_id": campaign_id, "wave": "1"}, {"lines": LINES})


def own_drawn_entry(scene: Scene) -> Asked:
    asked = enter(scene)
    assert ask(scene, by_name("PUT /v1/campaigns/{campaign_id}/waves/{wave}/entry"), asked).status == 200
    return Asked("fan", asked.ids)


def draw(scene: Scene) -> Asked:
    """Of a wave that nobody has entered: its list stands."""
    asked = enter(scene)
    scene.set(keys.draw(asked.ids["campaign_id"], 1), state="listed", list_hash="f" * 64)
    return Asked("nobody", asked.ids)


def changed_preorder(scene: Scene) -> Asked:
    return Asked("fan", own_preorder(scene).ids, {"lines": [{"variant": {"lens": "tele"}, "quantity": 1}]})


def ship_date(scene: Scene) -> Asked:
    """Two weeks later, in a campaign whose fans may then choose."""
    rule = {"days": 14, "silence": "wait", "answer_hours": 48}
    body = {"ships_at": instants.text(START + timedelta(days=90)), "reason": "The lens maker is late."}
    return Asked("organiser", {"campaign_id": scene.campaign("preselling", on_slip=rule), "number": "1"}, body)


def top_up(scene: Scene, **changes: Any) -> Asked:
    """Of a batch that is over and waits for what the playbook lets the organiser promise."""
    playbook = {"playbook": [{"kind": "top_up", "hours": 48}]}
    campaign_id, now = scene.campaign("preselling", **playbook, **changes), scene.world.clock.now()
    until = now + timedelta(hours=48)
    play = Play(index=0, kind="top_up", due_at=now, sentence="playbook.top_up", waiting_until=until)
    turn = play.model_dump(mode="json", exclude_none=True)
    cut = {"sealed": True, "taken_units": 20, "back_units": 20}
    scene.set(keys.batch(campaign_id, 1), **cut, played=[turn], waiting_until=instants.text(until))
    return Asked("organiser", {"campaign_id": campaign_id, "number": "1"}, {"lines": LINES})


def taking_over(scene: Scene) -> Asked:
    """Of a locked batch in which one has paid for 4 of 8 units, and the others could not be charged."""
    campaign_id, now = scene.campaign("preselling", on_drop_outs={"top_up_hours": 48}), scene.world.clock.now()
    until = instants.text(now + timedelta(hours=48))
    figures = {"held_units": 4, "secured_units": 4, "collected_units": 4, "final_units": 8, "missing_units": 2}
    scene.set(keys.batch(campaign_id, 1), state="collecting", sealed=True, top_up_until=until, **figures)
    return Asked("organiser", {"campaign_id": campaign_id, "number": "1"}, {"lines": LINES})


def slips(scene: Scene) -> Asked:
    asked = ship_date(scene)
    assert ask(scene, by_name("POST /v1/campaigns/{campaign_id}/batches/{number}/ship-date"), asked).status == 200
    return Asked("organiser", asked.ids)


def choice(scene: Scene) -> Asked:
    """The pre-order was placed before the date slipped."""
    asked = ship_date(scene)
    preorder_id = scene.preorder(asked.ids["campaign_id"])
    assert ask(scene, by_name("POST /v1/campaigns/{campaign_id}/batches/{number}/ship-date"), asked).status == 200
    return Asked("fan", {"preorder_id": preorder_id}, {"choice": "wait"})


def demand(scene: Scene) -> Asked:
    return Asked("organiser", {"campaign_id": scene.campaign("preselling")})


def behind_line(scene: Scene) -> Asked:
    """One pre-order of the line's variant is secured."""
    campaign_id = scene.campaign("closed")
    scene.preorder(campaign_id)
    scene.secure(campaign_id)
    return Asked("organiser", {"order_id": scene.order(campaign_id), "line": "1"})


def charged(scene: Scene, campaign_id: str, number: int = 0) -> str:
    """A charge in the ledger of a campaign; its id."""
    preorder_id, now = ids.preorder_id(campaign_id, "sub-ada", 0), scene.world.clock.now()
    occasion = ledger_rules.Occasion(
        campaign_id=campaign_id, currency="EUR", at=now, preorder_id=preorder_id, reference=f"ch_{number}"
    )
    made = ledger_rules.charged(occasion, 500)
    scene.world.ports.table.commit(ledger_store.writing(made))
    return made.transaction_id


def ledger(scene: Scene) -> Asked:
    """Of a campaign in which one fan has paid."""
    campaign_id = scene.campaign("preselling")
    charged(scene, campaign_id)
    return Asked("organiser", {"campaign_id": campaign_id})


def campaign_list(scene: Scene) -> Asked:
    scene.campaign("voting")
    return Asked("nobody", query="?limit=2")


def preorder_list(scene: Scene) -> Asked:
    own_preorder(scene)
    return Asked("fan", query="?limit=2")


def order_list(scene: Scene) -> Asked:
    own_order(scene)
    return Asked("organiser", query="?limit=2")


EXAMPLES: dict[str, Callable[[Scene], Asked]] = {
    **money.EXAMPLES,
    "POST /v1/campaigns": lambda _: Asked("organiser", body=new_campaign()),
    "GET /v1/campaigns": campaign_list,
    "GET /v1/campaigns/{campaign_id}": public("preselling"),
    "POST /v1/campaigns/{campaign_id}/open-voting": move("draft"),
    "POST /v1/campaigns/{campaign_id}/settle": move("voting"),
    "POST /v1/campaigns/{campaign_id}/open-presale": move("settled"),
    "POST /v1/campaigns/{campaign_id}/close": move("preselling"),
    "POST /v1/campaigns/{campaign_id}/cancel": move("preselling"),
    "PUT /v1/campaigns/{campaign_id}/ballot": ballot,
    "GET /v1/campaigns/{campaign_id}/ballot": own_ballot,
    "PUT /v1/campaigns/{campaign_id}/ballot/features/{feature_id}": one_feature,
    "GET /v1/campaigns/{campaign_id}/ballot/screens": screens,
    "GET /v1/campaigns/{campaign_id}/ballot/tally": own_ballot,
    "GET /v1/campaigns/{campaign_id}/tally": public("voting"),
    "GET /v1/campaigns/{campaign_id}/insight": own_campaign,
    "GET /v1/campaigns/{campaign_id}/result": certified,
    "GET /v1/campaigns/{campaign_id}/ballots": certified,
    "GET /v1/campaigns/{campaign_id}/ballots/{bucket}": lines,
    "POST /v1/campaigns/{campaign_id}/features/{feature_id}/overrule": overruling,
    "GET /v1/campaigns/{campaign_id}/batches": public("preselling"),
    "POST /v1/campaigns/{campaign_id}/quote": quote,
    "POST /v1/campaigns/{campaign_id}/preorders": place,
    "POST /v1/campaigns/{campaign_id}/waiting": join,
    "GET /v1/campaigns/{campaign_id}/waiting": own_entry,
    "DELETE /v1/campaigns/{campaign_id}/waiting": own_entry,
    "PUT /v1/campaigns/{campaign_id}/waves/{wave}/entry": enter,
    "GET /v1/campaigns/{campaign_id}/waves/{wave}/entry": own_drawn_entry,
    "DELETE /v1/campaigns/{campaign_id}/waves/{wave}/entry": own_drawn_entry,
    "GET /v1/campaigns/{campaign_id}/waves/{wave}/draw": draw,
    "GET /v1/preorders": preorder_list,
    "GET /v1/preorders/{preorder_id}": own_preorder,
    "DELETE /v1/preorders/{preorder_id}": own_preorder,
    "PATCH /v1/preorders/{preorder_id}": changed_preorder,
    "PUT /v1/preorders/{preorder_id}/choice": choice,
    "GET /v1/preorders/{preorder_id}/thread": own_preorder,
    "GET /v1/campaigns/{campaign_id}/demand": demand,
    "GET /v1/campaigns/{campaign_id}/ledger": ledger,
    "GET /v1/campaigns/{campaign_id}/ledger.csv": ledger,
    "GET /v1/campaigns/{campaign_id}/ledger/balances": ledger,
    "POST /v1/campaigns/{campaign_id}/batches/{number}/top-up": top_up,
    "POST /v1/campaigns/{campaign_id}/batches/{number}/ship-date": ship_date,
    "GET /v1/campaigns/{campaign_id}/batches/{number}/slips": slips,
    "GET /v1/manufacturing-orders/{order_id}/lines/{line}/preorders": behind_line,
    "GET /v1/manufacturing-orders": order_list,
    "GET /v1/manufacturing-orders/{order_id}": own_order,
    "POST /v1/manufacturing-orders/{order_id}/answer": answer,
}
