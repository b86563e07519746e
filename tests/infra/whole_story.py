"""The story in which every function makes every call that it can make: from the first vote to an order that nobody
takes, with all endings between."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.bus import Bus
from chalicelib.plumbing.gateway.port import Amount, Charge
from chalicelib.plumbing.gateway.shelf import TableShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.queues import Queues
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.table import Table
from tests.cameras import batch_plan
from tests.hands import PROVIDER_SECRET, START
from tests.journeys.test_recount import counted, forgetting
from tests.journeys.test_stripe import on_stripe
from tests.permissions import Watched
from tests.races.quick_world import OneSecret, QuickWorld
from tests.world import World

FAR = "2035-01-01T00:00:00+00:00"
HOME = {"name": "Ada", "street": "Quay 5", "city": "Bremen", "postal_code": "28195", "country": "DE"}


class Listeners:
    """A bus that takes everything."""

    def put_events(self, **_: Any) -> dict[str, int]:
        return {"FailedEntryCount": 0}


class Forgetful(Queues):
    """Looks each queue's address up again, as every function must do for itself."""

    def send(self, queue: str, message: dict[str, str | int], *, delay_seconds: int = 0) -> None:
        self.addresses.clear()
        super().send(queue, message, delay_seconds=delay_seconds)


def watched(world: QuickWorld) -> Ports:
    """The world's ports, over clients whose calls are judged as boto3's are."""
    ports, settings = world.ports, world.settings
    return replace(
        ports,
        table=Table(Watched("dynamodb", world.dynamodb), settings.table_name, ports.clock, ports.ids),  # type: ignore[arg-type]
        queues=Forgetful(lambda: Watched("sqs", world.sqs)),  # type: ignore[arg-type,return-value]
        secrets=Secrets(lambda: Watched("secretsmanager", OneSecret()), ports.clock),  # type: ignore[arg-type,return-value]
        bus=Bus(lambda: Watched("events", Listeners()), settings.event_bus),
    )


def feed(world: World, name: str) -> None:
    """Only this handler gets what is its, until it has nothing left to do."""
    [source] = [source for source in world.pump.sources if source.name == name]
    while source.turn():
        pass


def from_vote_to_answered_order(world: QuickWorld) -> None:
    campaign_id = world.presale(ballots=2)
    assert world.place("ada", campaign_id, 12).status == 201
    assert world.place("bob", campaign_id, 8).status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    assert len(world.endpoint.calls) == 1


def voting_ends_by_the_clock(world: World) -> None:
    ends = world.clock.moment + timedelta(hours=1)
    world.voting(voting_closes_at=ends.isoformat())
    world.clock.moment = ends
    world.tick()


def the_clock_orders_one_batch_and_finds_another_short(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[batch_plan(), batch_plan(capacity=7)])
    world.place("ada", campaign_id, 20)
    world.place("bob", campaign_id, 6, key="k2")
    late = world.presale(batches=[batch_plan(minimum=2), batch_plan()])
    world.place("cyd", late, 1)
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    assert [batch["state"] for batch in world.batches(campaign_id)] == ["ordered", "ordered"]
    assert world.batches(late)[0]["state"] == "short"


def a_payment_comes_after_its_batch_was_decided(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    world.place("dan", campaign_id, 7)
    feed(world, "react")
    world.clock.forward(days=31)
    world.pump.tick()
    for name in ("react", "follow", "pay", "react"):
        feed(world, name)
    assert world.fan("dan").get("/v1/preorders").json["items"][0]["reason"] == "minimum_missed"
    world.settle_down()


def a_fan_comes_back_and_withdraws_before_the_payment_is_heard_of(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    assert world.place("gil", campaign_id, 2).status == 201
    second = world.place("gil", campaign_id, 1, key="k2").json["preorder_id"]
    for name in ("react", "pay"):
        feed(world, name)
    assert world.fan("gil").delete(f"/v1/preorders/{second}").status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["held_units"] == 2


def the_organiser_closes_before_the_end(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    world.place("eve", campaign_id, 7)
    world.settle_down()
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/close").status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def a_place_becomes_free_for_the_waiting_list(world: QuickWorld) -> None:
    """One takes it, one lets it go by, one declines, one leaves."""
    campaign_id = world.presale(batches=[plan_from(world, capacity=8)])
    world.place("ida", campaign_id, 4)
    world.settle_down()
    world.place("jan", campaign_id, 4, key="k2", payment_method="card_declined")
    feed(world, "react")
    path, wanted = f"/v1/campaigns/{campaign_id}/waiting", {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    for name in ("kim", "lea", "mia", "noa", "oda"):
        assert world.fan(name).post(path, wanted, Idempotency_Key="w").status == 201
    assert world.fan("oda").delete(path).json["state"] == "left"
    world.settle_down()
    assert world.place("kim", campaign_id).status == 201
    assert world.fan("lea").delete(path).json["state"] == "left"
    world.clock.forward(days=1)
    world.tick()
    assert [world.fan(name).get(path).json["state"] for name in ("kim", "mia")] == ["taken", "lapsed"]


def a_fan_changes_what_nobody_has_heard_of_yet(world: QuickWorld) -> None:
    """Then a second time, and the organiser asks who of the voters has pre-ordered."""
    campaign_id = world.presale(batches=[plan_from(world)])
    preorder_id = world.place("pia", campaign_id, 2).json["preorder_id"]
    for quantity in (1, 2):
        body = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], "accepts_total_minor": 20_000}
        assert world.fan("pia").call("PATCH", f"/v1/preorders/{preorder_id}", body).status == 200
    world.settle_down()
    assert world.organiser().get(f"/v1/campaigns/{campaign_id}/demand").json["fans"] == 1


def a_ship_date_slips_and_not_everybody_answers(world: QuickWorld) -> None:
    """One takes the money and one says nothing, which is the same here."""
    rule = {"days": 14, "silence": "refund", "answer_hours": 48}
    campaign_id = world.presale(batches=[plan_from(world)], on_slip=rule, limit_per_household=20)
    for name in ("qin", "rob"):
        assert world.place(name, campaign_id, 3, address=HOME).status == 201
    world.settle_down()
    path, later = f"/v1/campaigns/{campaign_id}/batches/1", world.clock.moment + timedelta(days=90)
    body = {"ships_at": later.isoformat(), "reason": "The lens maker is late."}
    assert world.organiser().post(f"{path}/ship-date", body).status == 200
    [chosen] = world.fan("qin").get("/v1/preorders").json["items"]
    assert world.fan("qin").put(f"/v1/preorders/{chosen['preorder_id']}/choice", {"choice": "refund"}).status == 200
    world.clock.forward(hours=49)
    world.tick()
    [silent] = world.fan("rob").get("/v1/preorders").json["items"]
    assert (silent["state"], world.batches(campaign_id)[0]["held_units"]) == ("withdrawn", 0)


def a_batch_is_noticed_topped_up_and_settled(world: QuickWorld) -> None:
    """It misses its minimum by one unit, which the organiser takes; a line that was left open is settled."""
    playbook = [{"kind": "top_up", "hours": 48}]
    campaign_id = world.presale(batches=[plan_from(world, minimum=7)], playbook=playbook, limit_per_household=20)
    line = {"variant": {"lens": "wide"}, "quantity": 5, "up_to": 6, "second_choice": {"lens": "tele"}}
    path = f"/v1/campaigns/{campaign_id}"
    body = {"lines": [line], "address": HOME}
    assert world.fan("sam").post(f"{path}/preorders", body, Idempotency_Key="k").status == 201
    world.settle_down()
    world.clock.forward(days=29, hours=12)
    world.tick()
    world.clock.forward(hours=13)
    world.tick()
    organiser, taken = world.organiser(), {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    assert organiser.post(f"{path}/batches/1/top-up", taken).status == 200
    world.settle_down()
    world.tick()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def too_few_pay_and_the_organiser_takes_over(world: QuickWorld) -> None:
    """They have longer to pay first, and are told; one leaves, and what is missing is topped up."""
    rule = {"longer_grace_days": 2, "top_up_hours": 48}
    campaign_id = world.presale(batches=[plan_from(world)], on_drop_outs=rule)
    for name, units, card in (("vic", 4, "card"), ("wes", 2, "card_declines_later")):
        assert world.place(name, campaign_id, units, payment_method=card).status == 201
    world.settle_down()
    for days in (31, 7.1, 2.1):
        world.clock.forward(days=days)
        world.tick()
    assert world.batch(campaign_id)["missing_units"] == 1
    taken = {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/batches/1/top-up", taken).status == 200
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"


def a_full_batch_is_settled_at_once(world: QuickWorld) -> None:
    """And what does not fit into the price that a fan has named is given back to its household."""
    campaign_id = world.presale(batches=[plan_from(world)], limit_per_household=20)
    lines = [{"variant": {"lens": "wide"}, "quantity": 10, "second_choice": {"lens": "tele"}}]
    path = f"/v1/campaigns/{campaign_id}/preorders"
    for name, more in (("tom", {}), ("uma", {"only_if_unit_price_at_most_minor": 8_000})):
        body = {"lines": lines, "address": HOME, **more}
        assert world.fan(name).post(path, body, Idempotency_Key="k").status == 201
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    short = world.presale(batches=[plan_from(world)], limit_per_household=20)
    assert world.place("tom", short, 1, key="k2", address=HOME).status == 201
    world.settle_down()
    assert world.organiser().post(f"/v1/campaigns/{short}/close").status == 200
    world.settle_down()
    assert world.batches(short)[0]["state"] == "short"


def the_clock_opens_a_batch_again_and_settles_another(world: QuickWorld) -> None:
    """What is open again can be left; what was left open is settled where it is cut."""
    again = world.presale(batches=[plan_from(world)], playbook=[{"kind": "extend", "days": 10}])
    gone = world.place("vic", again, 1).json["preorder_id"]
    campaign_id = world.presale(batches=[plan_from(world, minimum=6)])
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": 5, "up_to": 6}]}
    reply = world.fan("wim").post(f"/v1/campaigns/{campaign_id}/preorders", body, Idempotency_Key="k")
    assert reply.status == 201
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    assert world.fan("vic").delete(f"/v1/preorders/{gone}").status == 200
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    world.settle_down()


def a_missed_batch_rolls_into_the_next_one(world: QuickWorld) -> None:
    plans = [plan_from(world), {**plan_from(world), "closes_at": plan_from(world)["ships_at"], "ships_at": FAR}]
    campaign_id = world.presale(batches=plans, playbook=[{"kind": "roll"}])
    assert world.place("xia", campaign_id, 2).status == 201
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    assert [batch["secured_units"] for batch in world.batches(campaign_id)] == [0, 2]


def counters_have_lost_a_page_and_get_it_back(world: QuickWorld) -> None:
    campaign_id = world.presale(batches=[plan_from(world)])
    assert world.place("yve", campaign_id, 3).status == 201
    world.settle_down()
    forgetting(world, campaign_id)
    world.tick()
    assert counted(world, campaign_id) == (0, 0)
    world.clock.forward(minutes=5)
    world.tick()
    assert counted(world, campaign_id) == (3, 3)


def a_wave_is_drawn(world: QuickWorld) -> None:
    """Of three one takes what was drawn, one lets it go by, and one waits."""
    soon = [(world.clock.moment + timedelta(hours=hours)).isoformat() for hours in (0, 1)]
    wave = {"title": "By lot", "opens_at": soon[0], "closes_at": soon[1], "units": 4, "draw": True}
    rest = {**wave, "opens_at": soon[1], "closes_at": FAR, "units": 1, "draw": False}
    campaign_id = world.presale(batches=[plan_from(world)], waves=[wave, rest])
    path, line = f"/v1/campaigns/{campaign_id}/waves/1/entry", {"variant": {"lens": "wide"}, "quantity": 2}
    names = ("zac", "zea", "zoe")
    for name in names:
        assert world.fan(name).put(path, {"lines": [line]}).status == 200
    for minutes in (60, 5):
        world.clock.forward(minutes=minutes)
        world.tick()
    entries = {name: world.fan(name).get(path).json for name in names}
    taking, late, waiting = sorted(entries, key=lambda name: entries[name]["rank"])
    assert world.place(taking, campaign_id, 2).status == 201
    assert world.fan(waiting).delete(path).json["state"] == "left"
    world.clock.forward(days=1)
    world.tick()
    assert [world.fan(name).get(path).json["state"] for name in (taking, late)] == ["taken", "lapsed"]


def one_sends_another_card_and_one_is_dropped(world: QuickWorld) -> None:
    """The provider tells of all of it, and its books are compared with ours."""
    campaign_id = world.presale(batches=[plan_from(world)], payment_plan={"kind": "deposit", "percent": 20})
    cards = {"abe": "card", "bea": "card_declines_later", "cas": "card_declines_later"}
    placed = {name: world.place(name, campaign_id, 6, payment_method=card) for name, card in cards.items()}
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    mended = f"/v1/preorders/{placed['bea'].json['preorder_id']}/payment"
    assert world.fan("bea").put(mended, {"payment_method": "card"}).status == 200
    world.settle_down()
    world.clock.forward(days=8)
    world.tick()
    world.clock.forward(seconds=61)
    for event in world.provider.events(world.clock.moment - timedelta(days=9)):
        headers, body = world.provider.signed(event, world.clock.now())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        assert world.anybody.call("POST", "/v1/payments/events", body, **named).status == 200
    world.settle_down()
    world.tick()
    states = {name: world.fan(name).get("/v1/preorders").json["items"][0]["state"] for name in cards}
    assert states == {"abe": "ordered", "bea": "ordered", "cas": "dropped"}


def the_clock_orders_what_is_collected(world: QuickWorld) -> None:
    """Whoever counted its last page was the last to be heard of; one has left it for the price."""
    campaign_id = world.presale(batches=[plan_from(world)])
    assert world.place("dot", campaign_id, 6).status == 201
    assert world.place("eli", campaign_id, 1, only_if_unit_price_at_most_minor=8_500).status == 201
    world.settle_down()
    world.clock.forward(days=31)
    world.pump.tick()
    sources = [source for source in world.pump.sources if source.name in ("react", "pay", "follow")]
    while (batch := world.batch(campaign_id)).get("collected_units", 0) < 6 or batch["secured_units"] > 6:
        turns = [source.turn() for source in sources]
        assert any(turns)
    world.clock.forward(days=8)
    [clock] = [schedule for schedule in world.pump.schedules if schedule.name == "close_batches"]
    clock.fire()
    assert world.batch(campaign_id)["state"] == "ordered"
    world.settle_down()


def the_simulated_provider_keeps_its_books_in_the_table(world: QuickWorld) -> None:
    """One confirms at the bank; then somebody charges behind our back, which the comparison finds."""
    before = world.gateway
    provider = SimulatedProvider(TableShelf(ports_.current().table), world.clock, lambda: PROVIDER_SECRET)
    world.gateway = provider
    campaign_id = world.presale(batches=[plan_from(world)])
    placed = world.place("kim", campaign_id, 6, payment_method="card_authenticate").json["preorder_id"]
    world.settle_down()
    path = f"/v1/preorders/{placed}/payment"
    sent = {"action": world.fan("kim").get(path).json["action"], "approve": True}
    assert world.anybody.post("/v1/payments/simulated/confirm", sent).status == 200
    assert world.fan("kim").post(f"{path}/look").status == 200
    world.settle_down()
    provider.charge(Charge("stray", placed, "first", Amount(500, "EUR"), "card"))
    world.clock.forward(minutes=20)
    world.tick()
    world.gateway = before


def stripe_is_asked_and_tells(world: QuickWorld) -> None:
    secrets = ports_.current().secrets
    before, kept = world.gateway, secrets.connect
    secrets.known.clear()
    wire = on_stripe(world, secrets)
    campaign_id = world.presale(batches=[plan_from(world)])
    assert world.place("leo", campaign_id, 6).status == 201
    world.settle_down()
    for event in world.provider.events(world.clock.moment):
        headers, body = wire.signed(event, world.clock.now())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        secrets.known.clear()
        assert world.anybody.call("POST", "/v1/payments/events", body, **named).status == 200
    world.settle_down()
    secrets.known.clear()
    world.tick()
    world.gateway, secrets.connect = before, kept
    secrets.known.clear()


def the_manufacturer_is_gone(world: World) -> None:
    """The last of the story: its message would come back for ever."""
    campaign_id = world.presale(batches=[plan_from(world, capacity=5)])
    world.place("fay", campaign_id, 5)
    world.endpoint.replies = [410]
    for name in ("react", "pay", "react", "follow", "react", "pay", "react"):
        feed(world, name)
    [deliver] = [source for source in world.pump.sources if source.name == "deliver"]
    assert deliver.turn() == 1
    assert world.items("manufacturer")[0]["enabled"] is False


def plan_from(world: World, **changes: Any) -> dict[str, Any]:
    """A batch that closes 30 days from now, wherever the story has come to."""
    return batch_plan(days=(world.clock.moment - START).days + 30, **changes)


STORY = (
    from_vote_to_answered_order,
    voting_ends_by_the_clock,
    the_clock_orders_one_batch_and_finds_another_short,
    a_payment_comes_after_its_batch_was_decided,
    a_fan_comes_back_and_withdraws_before_the_payment_is_heard_of,
    the_organiser_closes_before_the_end,
    a_place_becomes_free_for_the_waiting_list,
    a_fan_changes_what_nobody_has_heard_of_yet,
    a_ship_date_slips_and_not_everybody_answers,
    a_batch_is_noticed_topped_up_and_settled,
    too_few_pay_and_the_organiser_takes_over,
    a_full_batch_is_settled_at_once,
    the_clock_opens_a_batch_again_and_settles_another,
    a_missed_batch_rolls_into_the_next_one,
    counters_have_lost_a_page_and_get_it_back,
    a_wave_is_drawn,
    one_sends_another_card_and_one_is_dropped,
    the_clock_orders_what_is_collected,
    the_simulated_provider_keeps_its_books_in_the_table,
    stripe_is_asked_and_tells,
    the_manufacturer_is_gone,
)
