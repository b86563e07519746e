"""The doors of payments: what each of them keeps from whom, beside what every door does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.kernel import money_keys
from chalicelib.payments.model import RefundState
from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing.gateway import signatures
from chalicelib.plumbing.gateway.port import Event
from tests.doors import money
from tests.doors.asking import Asked, ask, by_name, key
from tests.doors.problem import faults
from tests.doors.scene import Scene
from tests.people import Reply

PROVIDER = "GET /v1/payments/provider"


@contextmanager
def settings(scene: Scene, **changes: Any) -> Iterator[None]:
    """As on a stage that is set up like this."""
    ports = scene.world.ports
    with ports_.using(replace(ports, settings=ports.settings.model_copy(update=changes))):
        yield


def rung(scene: Scene) -> int:
    """How many messages wait for the worker of payments."""
    sqs, queue = boto3.client("sqs"), scene.world.settings.payments_queue
    address = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["ApproximateNumberOfMessages"])
    return int(told["Attributes"]["ApproximateNumberOfMessages"])


def post(scene: Scene, sent: Asked) -> Reply:
    return ask(scene, by_name(money.EVENTS), sent)


def posted(scene: Scene, event: Event, moments: timedelta = timedelta(0)) -> Asked:
    """The event, as the provider signs it so much earlier or later."""
    headers, body = scene.world.provider.signed(event, scene.world.clock.now() + moments)
    return Asked("nobody", body=body, headers={"Payment-Signature": headers["payment-signature"]})


def event(scene: Scene, number: int = 0) -> Event:
    return Event(f"evt_{scene.world.ids.new()}", "refund.updated", f"re_{number}", "", scene.world.clock.now())


def test_a_stage_without_a_real_provider_says_so(scene: Scene) -> None:
    told = ask(scene, by_name(PROVIDER), Asked("nobody")).json

    assert told == {"provider": "simulated", "publishable_key": None}


def test_a_stage_with_a_real_provider_tells_its_key_for_pages_and_has_no_bank_s_page(scene: Scene) -> None:
    confirmation = money.confirmation(scene)
    before = scene.stored()

    with settings(scene, payment_provider="stripe", payment_publishable_key="pk_1"):
        told = ask(scene, by_name(PROVIDER), Asked("nobody")).json
        refused = ask(scene, by_name(money.CONFIRM), confirmation)

    assert told == {"provider": "stripe", "publishable_key": "pk_1"}
    assert (refused.status, refused.code, faults(refused)) == (404, "not_simulated", "")
    assert scene.stored() == before


def test_an_event_that_comes_again_before_it_was_heard_rings_again_but_is_kept_once(scene: Scene) -> None:
    sent, rings = posted(scene, event(scene)), rung(scene)

    assert post(scene, sent).status == 200
    kept = scene.stored()
    assert post(scene, sent).status == 200

    assert scene.stored() == kept
    assert rung(scene) == rings + 2


@pytest.mark.parametrize("state", ["heard", "unknown", "parked"])
def test_an_event_that_was_heard_is_answered_and_does_nothing(scene: Scene, state: str) -> None:
    told = event(scene)
    sent = posted(scene, told)
    post(scene, sent)
    scene.set(money_keys.provider_event(told.event_id), state=state)
    kept, rings = scene.stored(), rung(scene)

    assert post(scene, sent).status == 200

    assert (scene.stored(), rung(scene)) == (kept, rings)


def test_a_kind_of_event_that_is_of_no_concern_is_answered_and_not_kept(scene: Scene) -> None:
    before, rings = scene.stored(), rung(scene)

    assert post(scene, posted(scene, replace(event(scene), kind="customer.created"))).status == 200

    assert (scene.stored(), rung(scene)) == (before, rings)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_an_event_of_another_time_is_forged(scene: Scene, seconds: int) -> None:
    before, rings = scene.stored(), rung(scene)

    reply = post(scene, posted(scene, event(scene), timedelta(seconds=seconds)))

    assert (reply.status, reply.code, faults(reply)) == (403, "event_forged", "")
    assert (scene.stored(), rung(scene)) == (before, rings)


@pytest.mark.parametrize(
    "header", ["", "x", "t=1", "v1=00", "t=,v1=", "t=-1,v1=" + "0" * 64, "t=1e3,v1=" + "0" * 64, "\x00", "٣" * 9]
)
def test_a_signature_that_is_none_is_forged(scene: Scene, header: str) -> None:
    sent = posted(scene, event(scene))

    reply = post(scene, replace(sent, headers={"Payment-Signature": header}))

    assert (reply.status, reply.code, faults(reply)) == (403, "event_forged", "")


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", b"\xff\xfe", b'{"id": "x"}', b"{" * 5_000])
def test_what_is_signed_and_no_event_is_forged(scene: Scene, body: bytes) -> None:
    header = signatures.sign(scene.world.provider.secret(), body, scene.world.clock.now())

    reply = post(scene, Asked("nobody", body=body, headers={"Payment-Signature": header}))

    assert (reply.status, reply.code, faults(reply)) == (403, "event_forged", "")


def test_a_signed_event_stands_whatever_media_type_it_is_sent_with(scene: Scene) -> None:
    """Its signature is over its bytes."""
    sent = posted(scene, event(scene))

    replies = [ask(scene, by_name(money.EVENTS), sent, **{"Content-Type": one}) for one in ("text/plain", "")]

    assert [reply.status for reply in replies] == [200, 200]


@pytest.mark.parametrize(("make", "route"), [(money.give, money.GIVE), (money.once_more, money.AGAIN)])
def test_what_the_fan_confirms_with_is_told_to_the_fan_alone(
    scene: Scene, make: Callable[[Scene], Asked], route: str
) -> None:
    asked = make(scene)
    preorder_id = asked.ids["preorder_id"]
    scene.payment(preorder_id, action="seti_1_secret_2", payment_method="pm_of_ada", saved_method="pm_saved")

    told = ask(scene, by_name(route), asked)
    own = ask(scene, by_name(f"GET {money.PAYMENT}"), Asked("fan", {"preorder_id": preorder_id}))

    assert (told.json["action"], own.json["action"]) == (None, "seti_1_secret_2")
    assert not any(secret in told.text + own.text for secret in ("pm_of_ada", "pm_saved", "pi_"))


def test_refunds_of_one_minor_unit_may_take_all_that_was_paid_and_not_one_more(scene: Scene) -> None:
    """M4: in one go or in parts, and each part by its own key."""
    asked = money.give(scene)
    give = by_name(money.GIVE)

    def refund(minor: int) -> str:
        body = money.REFUND | {"amount_minor": minor}
        return ask(scene, give, Asked("organiser", asked.ids, body, key())).code

    assert [refund(1), refund(money.PRICE - 1), refund(1)] == ["ok", "ok", "refund_too_large"]


def test_a_refund_that_is_sent_again_is_one(scene: Scene) -> None:
    asked = money.give(scene)
    first = ask(scene, by_name(money.GIVE), asked)
    after = scene.stored()

    again = ask(scene, by_name(money.GIVE), asked)

    assert (again.status, again.json) == (201, first.json)
    assert scene.stored() == after


@pytest.mark.parametrize("number", ["0", "2", "01", "+1", "1.0", "٣", "1%20", "x" * 500])
def test_a_number_that_is_no_refund_s_is_a_refund_that_is_missing(scene: Scene, number: str) -> None:
    asked = money.once_more(scene)

    reply = ask(scene, by_name(money.AGAIN), Asked("organiser", {**asked.ids, "number": number}))

    assert (reply.status, reply.code, faults(reply)) == (404, "refund_missing", "")


def test_open_refunds_are_those_that_have_not_arrived(scene: Scene) -> None:
    """One by one: beside one that has arrived another may be on its way."""
    campaign_id = scene.campaign("preselling")
    states: tuple[tuple[RefundState, ...], ...] = (
        ("succeeded", "requested"),
        ("pending",),
        ("failed",),
        ("succeeded",),
    )
    made = [scene.preorder(campaign_id) for _ in states]
    for preorder_id, each in zip(made, states, strict=True):
        money.refunding(scene, preorder_id, *each)

    told = ask(scene, by_name(f"GET {money.OPEN}"), Asked("organiser", {"campaign_id": campaign_id})).json["items"]

    shown = [(one["preorder_id"], one["number"], one["state"]) for one in told]
    assert shown == [(made[0], 2, "requested"), (made[1], 1, "pending"), (made[2], 1, "failed")]


def test_saying_that_the_bank_was_told_wakes_the_worker_and_changes_nothing(scene: Scene) -> None:
    asked = money.own(scene)
    before, rings = scene.stored(), rung(scene)

    assert ask(scene, by_name(f"POST {money.PAYMENT}/look"), asked).json["state"] == "overdue"

    assert (scene.stored(), rung(scene)) == (before, rings + 1)


def test_the_same_card_sent_twice_is_one_try(scene: Scene) -> None:
    asked = money.another_card(scene)
    first = ask(scene, by_name(money.SEND), asked)
    after = scene.stored()

    assert ask(scene, by_name(money.SEND), asked).json == first.json

    assert scene.stored() == after
