"""Announcements: what a listener hears of a campaign's life, on moto's bus with a rule and a queue behind it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.kernel import instants
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.bus import Bus
from infra.local.delivery import Delivery
from tests.cameras import batch_plan
from tests.conftest import ENVIRONMENT, groundswell
from tests.journeys.test_waiting import entry, joined, sold_out
from tests.races.quick_world import quickly_opened
from tests.world import World

Event = dict[str, Any]
BUS = ENVIRONMENT["EVENT_BUS"]
NOTE = "Call Olga at home."


class Listener:
    """A mail programme, an analytics store: it hears what a rule on the bus brings into its own queue."""

    def __init__(self) -> None:
        self._sqs, self._events = boto3.client("sqs"), boto3.client("events")
        self._queue = self._sqs.create_queue(QueueName="mail")["QueueUrl"]
        described = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        self._arn = described["Attributes"]["QueueArn"]

    def subscribe(self) -> None:
        pattern = json.dumps({"source": ["groundswell"]})
        self._events.put_rule(Name="mail", EventBusName=BUS, EventPattern=pattern)
        self._events.put_targets(Rule="mail", EventBusName=BUS, Targets=[{"Id": "mail", "Arn": self._arn}])

    def listen(self) -> list[Event]:
        """What has come since the last time, as EventBridge wraps it."""
        heard: list[Event] = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                heard.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return heard

    def details(self) -> list[Event]:
        return [event["detail"] for event in self.listen()]

    def ids(self) -> list[str]:
        return [detail["id"] for detail in self.details()]


@contextmanager
def through(world: World, client: Any) -> Iterator[None]:
    """The world announces through this client."""
    with ports_.using(replace(world.ports, bus=Bus(lambda: client, BUS))):
        yield


@pytest.fixture
def announced() -> Iterator[Callable[..., World]]:
    """Opens a world whose table is in memory and whose bus is moto's."""
    with ExitStack() as stack:

        def opened(delivery: Delivery | None = None) -> World:
            stack.enter_context(mock_aws())
            boto3.client("events").create_event_bus(Name=BUS)
            world = stack.enter_context(quickly_opened(groundswell, ENVIRONMENT, delivery))
            stack.enter_context(through(world, boto3.client("events")))
            return world

        yield opened


@pytest.fixture
def world(announced: Callable[..., World]) -> World:
    return announced()


@pytest.fixture
def listener(world: World) -> Listener:
    listener = Listener()
    listener.subscribe()
    return listener


def one_batch(world: World) -> str:
    """A pre-sale of one batch of 20; what led to it has settled."""
    campaign_id = world.presale(batches=[batch_plan()])
    world.settle_down()
    return campaign_id


def live(world: World) -> str:
    """A whole life, to the second answer of the manufacturer; answers the campaign's id."""
    campaign_id = one_batch(world)
    world.place("ada", campaign_id, 12)
    world.place("bob", campaign_id, 8)
    world.settle_down()
    path = f"/v1/manufacturing-orders/{campaign_id}.1.1/answer"
    for answer in ("received", "accepted"):
        world.clock.forward(minutes=1)
        assert world.maker().post(path, {"answer": answer, "note": NOTE}).status == 200
    world.organiser().post(f"/v1/campaigns/{campaign_id}/close")
    world.settle_down()
    return campaign_id


def life(campaign_id: str) -> list[str]:
    """The ids of all that a whole life announces, in the order in which it happens."""
    campaign = [f"{campaign_id}/{state}" for state in ("voting", "settled", "preselling")]
    batch = [f"{campaign_id}/1/{state}" for state in ("confirmed", "locked", "collecting", "ordered")]
    order = [f"{campaign_id}.1.1/{state}" for state in ("issued", "received", "accepted")]
    return [*campaign, *batch, *order, f"{campaign_id}/closed"]


def again(world: World) -> None:
    """Every record of the stream is delivered once more."""
    world.deliver(None)
    world.settle_down()


def texts(value: Any) -> Iterator[str]:
    """Every name and value within, as text."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (name, *texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


def test_a_life_is_announced_step_by_step(world: World, listener: Listener) -> None:
    campaign_id = live(world)
    assert listener.ids() == life(campaign_id)


def test_the_same_on_moto(make_world: Callable[..., World]) -> None:
    moto, listener = make_world(), Listener()
    listener.subscribe()
    campaign_id = live(moto)
    assert listener.ids() == life(campaign_id)


def test_counts_that_move_are_no_news(world: World, listener: Listener) -> None:
    campaign_id = one_batch(world)
    world.place("ada", campaign_id, 6)
    world.settle_down()
    assert listener.ids()[-1] == f"{campaign_id}/1/confirmed"
    world.place("bob", campaign_id, 2)
    world.settle_down()
    assert world.batches(campaign_id)[0]["secured_units"] == 8
    assert listener.ids() == []


def test_an_announcement_is_a_cloud_event(world: World, listener: Listener) -> None:
    campaign_id = live(world)
    [event] = [event for event in listener.listen() if event["detail-type"] == "batch.locked"]
    batch = world.batches(campaign_id)[0]
    assert event["source"] == "groundswell"
    assert event["time"][:19] == batch["locked_at"][:19]
    assert event["detail"] == {
        "specversion": "1.0",
        "id": f"{campaign_id}/1/locked",
        "source": "/groundswell/test",
        "type": "groundswell.batch.locked",
        "subject": f"{campaign_id}/1",
        "time": batch["locked_at"],
        "datacontenttype": "application/json",
        "data": {
            "campaign_id": campaign_id,
            "number": 1,
            "state": "locked",
            "minimum": 5,
            "capacity": 20,
            "closes_at": batch["closes_at"],
            "ships_at": batch["ships_at"],
            "final_units": 20,
            "final_unit_price_minor": 8_000,
        },
    }


def test_its_time_is_that_of_the_change_and_not_of_the_telling(world: World, listener: Listener) -> None:
    begun = world.clock.now()
    campaign_id = live(world)
    world.clock.forward(days=1)
    listener.listen()
    again(world)
    times = {detail["id"]: detail["time"] for detail in listener.details()}
    order = world.maker().get(f"/v1/manufacturing-orders/{campaign_id}.1.1").json
    campaign = world.anybody.get(f"/v1/campaigns/{campaign_id}").json
    assert times[f"{campaign_id}/voting"] == instants.text(begun)
    assert times[f"{campaign_id}/closed"] == campaign["closed_at"]
    assert times[f"{campaign_id}/1/confirmed"] == world.batches(campaign_id)[0]["confirmed_at"]
    assert times[f"{campaign_id}.1.1/issued"] == order["issued_at"]
    for given in order["answers"]:
        assert times[f"{campaign_id}.1.1/{given['answer']}"] == given["at"]


def test_told_again_it_is_the_same(world: World, listener: Listener) -> None:
    live(world)
    once = listener.details()
    world.clock.forward(days=1)
    again(world)
    assert listener.details() == once


def test_up_down_and_up_over_the_minimum_is_one_announcement(world: World, listener: Listener) -> None:
    """B2: what moves in between, as the ship date may, cannot make two of it."""
    campaign_id = one_batch(world)
    listener.listen()
    first = world.place("ada", campaign_id, 5).json["preorder_id"]
    world.settle_down()
    world.clock.forward(hours=1)
    world.fan("ada").delete(f"/v1/preorders/{first}")
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "open"
    world.clock.forward(hours=1)
    world.place("bob", campaign_id, 9)
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "confirmed"
    [up] = listener.details()
    assert up["id"] == f"{campaign_id}/1/confirmed"


@pytest.mark.parametrize("seed", range(5))
def test_under_hostile_delivery_nothing_is_missing_and_nothing_is_invented(
    announced: Callable[..., World], seed: int
) -> None:
    world, listener = announced(Delivery.hostile(seed)), Listener()
    listener.subscribe()
    campaign_id = live(world)
    heard = {json.dumps(detail, sort_keys=True) for detail in listener.details()}
    assert sorted(json.loads(text)["id"] for text in heard) == sorted(life(campaign_id))


def test_ends_are_announced(world: World, listener: Listener) -> None:
    missed, cancelled = one_batch(world), one_batch(world)
    world.place("ada", missed, 4)
    world.settle_down()
    world.organiser().post(f"/v1/campaigns/{cancelled}/cancel")
    world.settle_down()
    world.clock.forward(days=31)
    world.tick()
    ends = {detail["id"]: detail for detail in listener.details() if detail["type"].endswith(("short", "cancelled"))}
    assert ends.keys() == {f"{missed}/1/short", f"{cancelled}/1/cancelled", f"{cancelled}/cancelled"}
    short = ends[f"{missed}/1/short"]
    assert (short["time"], short["data"]["final_units"]) == (world.batches(missed)[0]["ended_at"], 4)


def test_a_draft_that_is_thrown_away_was_never_anybodys_news(world: World, listener: Listener) -> None:
    campaign_id = world.campaign()
    world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel")
    world.settle_down()
    assert listener.ids() == []


def test_nothing_private_is_announced(world: World, listener: Listener) -> None:
    """No fan, no organiser, no pre-order, no word from the manufacturer to the organiser."""
    live(world)
    people = {item[name] for item in world.items() for name in ("fan_id", "organiser_id") if name in item}
    assert people >= {"sub-ada", "sub-bob", "sub-olga"}
    voters = {item["sk"] for item in world.items("ballot")}
    assert voters
    private = people | voters | {item["preorder_id"] for item in world.items("preorder")} | {"sub-", NOTE, "@", "http"}
    heard = [text for detail in listener.details() for text in texts(detail)]
    assert len(heard) > 100
    assert [text for text in heard if any(secret in text for secret in private)] == []


def test_an_offer_of_the_waiting_list_names_the_one_it_is_for(world: World, listener: Listener) -> None:
    """Once, also when its record comes again; what becomes of it is no news."""
    campaign_id, _ = sold_out(world)
    joined(world, campaign_id, {"cyd": 5, "dan": 5})
    world.settle_down()
    again(world)
    told = {text(detail) for detail in listener.details() if detail["type"] == "groundswell.waiting.offered"}
    own = entry(world, "cyd", campaign_id)
    [only] = [json.loads(one) for one in told]
    assert only["id"] == f"{campaign_id}/1/waiting/{own['entry_id']}/offered"
    assert only["subject"] == f"{campaign_id}/1"
    assert only["data"] == {
        "campaign_id": campaign_id,
        "batch_number": 1,
        "entry_id": own["entry_id"],
        "fan_id": "sub-cyd",
        "units": 5,
        "until": own["offer"]["until"],
    }
    world.clock.forward(days=2)
    world.tick()
    assert [detail["data"]["fan_id"] for detail in listener.details() if "waiting" in detail["type"]] == ["sub-dan"]


def text(detail: Any) -> str:
    return json.dumps(detail, sort_keys=True)


def test_a_stranger_could_have_read_it(world: World, listener: Listener) -> None:
    """Each fact of a campaign or a batch stands in what the API answers without a token, with the same value."""
    campaign_id = live(world)
    shown = {
        campaign_id: world.anybody.get(f"/v1/campaigns/{campaign_id}").json,
        f"{campaign_id}/1": world.batches(campaign_id)[0],
    }
    told = [detail for detail in listener.details() if not detail["type"].startswith("groundswell.order.")]
    assert len(told) == 8
    for detail in told:
        facts = {name: value for name, value in detail["data"].items() if name != "state"}
        assert facts.items() <= shown[detail["subject"]].items()


class Moody:
    """The bus on a bad day: it says no so often, in answers with status 200, and then takes what it is given."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self._events = refusals, boto3.client("events")

    def put_events(self, **request: Any) -> Any:
        if not self.refusals:
            return self._events.put_events(**request)
        self.refusals -= 1
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "not today"}]}


def test_what_the_bus_refuses_comes_back(world: World, listener: Listener) -> None:
    moody = Moody(refusals=4)
    with through(world, moody):
        campaign_id = live(world)
    assert moody.refusals == 0
    assert world.pump.parked == []
    assert set(listener.ids()) == set(life(campaign_id))


def test_a_bus_that_is_gone_stops_no_batch(world: World, listener: Listener) -> None:
    """The records come back until they are given up; brought back later, they are announced as if nothing had been."""
    campaign_id = one_batch(world)
    assert listener.ids() == life(campaign_id)[:3]
    events = boto3.client("events")
    events.remove_targets(Rule="mail", EventBusName=BUS, Ids=["mail"])
    events.delete_rule(Name="mail", EventBusName=BUS)
    events.delete_event_bus(Name=BUS)
    world.place("ada", campaign_id, 20)
    world.settle_down()
    assert world.batches(campaign_id)[0]["state"] == "ordered"
    assert world.fan("ada").get("/v1/preorders").json["items"][0]["state"] == "ordered"
    assert world.endpoint.calls
    assert {parked.record["dynamodb"]["NewImage"]["kind"]["S"] for parked in world.pump.parked} == {"batch", "order"}
    events.create_event_bus(Name=BUS)
    listener.subscribe()
    again(world)
    assert listener.ids() == life(campaign_id)[:8]


def test_all_are_woken_before_anything_is_announced(world: World, listener: Listener) -> None:
    """Of one event, what comes after the news has been acted on by the time at which the bus is asked."""
    campaign_id = world.voting()
    assert world.organiser().post(f"/v1/campaigns/{campaign_id}/settle").status == 200
    [react] = [source for source in world.pump.sources if source.name == "react"]
    waiting: list[int] = []

    def put_events(**_: Any) -> Any:
        waiting.append(len(world.engine.queues[ENVIRONMENT["COUNTING_QUEUE"]]))
        return {"FailedEntryCount": 0}

    with through(world, SimpleNamespace(put_events=put_events)):
        react.turn()
    assert waiting == [1]


def test_a_silent_bus_is_asked_once_an_event(world: World, listener: Listener) -> None:
    """Each time it costs a time-out; a hundred of them would be more than the function has."""
    moody = Moody(refusals=1000)
    for _ in range(3):
        world.voting()
    [react] = [source for source in world.pump.sources if source.name == "react"]
    with through(world, moody):
        react.turn()
    assert moody.refusals == 999


def test_a_stage_without_a_bus_announces_nothing(world: World, listener: Listener) -> None:
    asked: list[str] = []
    with ports_.using(replace(world.ports, bus=Bus(lambda: asked.append("for a client"), ""))):
        live(world)
    assert asked == []
    assert listener.ids() == []
