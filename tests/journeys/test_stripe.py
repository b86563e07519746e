"""The same stories with Stripe's own library in between: what we ask goes over its wire to the strict books, and what
it tells comes signed as Stripe signs."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.plumbing.gateway import chosen
from chalicelib.plumbing.secrets import Secrets
from tests import permissions
from tests.hands import START
from tests.invariants import checks
from tests.journeys.conftest import OpenWorld
from tests.journeys.test_money import (
    DEPOSIT,
    PLANS,
    first_batch,
    moved,
    over,
    payment,
    placed,
    preorder,
    put_card,
    rest,
    sale,
)
from tests.people import Reply
from tests.plumbing.gateway.stripe_wire import API_KEY, EVENT_SECRET, StripeWire
from tests.races.quick_world import QuickWorld


@pytest.fixture
def wire(world: QuickWorld) -> StripeWire:
    return on_stripe(world)


class TwoSecrets:
    """What an operator has put into the secret store."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        kept = {"groundswell/test/payments": API_KEY, "groundswell/test/payments-events": f"old {EVENT_SECRET}"}
        return {"SecretString": kept[SecretId]}


def on_stripe(world: QuickWorld, secrets: Secrets | None = None) -> StripeWire:
    wire, secrets = StripeWire(world.provider), secrets or world.ports.secrets
    secrets.connect = lambda: permissions.Watched("secretsmanager", TwoSecrets())  # type: ignore[assignment,return-value]
    world.gateway = chosen.stripe(world.settings, secrets, wire)
    return wire


def tell_all(world: QuickWorld, wire: StripeWire) -> list[Reply]:
    """Stripe posts everything that has happened."""
    replies = []
    for event in world.provider.events(START - timedelta(days=1)):
        headers, body = wire.signed(event, world.clock.now())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        replies.append(world.anybody.call("POST", "/v1/payments/events", body, **named))
    world.settle_down()
    return replies


def wait(world: QuickWorld) -> None:
    """The clocks of every minute tick; the comparison of every day may fail, and comes again."""
    for _ in range(3):
        world.clock.forward(seconds=61)
        for schedule in world.pump.schedules:
            if schedule.name in ("close_batches", "look_after_payments"):
                schedule.fire()
        world.settle_down()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan["kind"])
def test_whatever_the_plan_the_settled_price_is_paid_through_stripe(
    world: QuickWorld, wire: StripeWire, plan: dict[str, Any]
) -> None:
    campaign_id = sale(world, payment_plan=plan)
    placed(world, "ada", campaign_id, 6)
    gone = placed(world, "bob", campaign_id, 4)
    assert preorder(world, "ada")[0] == "secured"
    world.fan("bob").delete(f"/v1/preorders/{gone}")
    over(world)
    rest(world)
    assert (first_batch(world, campaign_id)["state"], preorder(world, "ada")[0]) == ("ordered", "ordered")
    taken, back = moved(world, "ada")
    assert taken - back == 60_000
    assert {reply.status for reply in tell_all(world, wire)} == {200}
    assert moved(world, "ada") == (taken, back)


def test_a_card_that_needs_its_holder_and_one_that_is_mended(world: QuickWorld, wire: StripeWire) -> None:
    campaign_id = sale(world, payment_plan=DEPOSIT)
    placed(world, "ada", campaign_id, 6, "card_authenticate")
    late = placed(world, "bob", campaign_id, 3, "card_declines_later")
    world.provider.confirm(payment(world, "ada")["action"], approve=True)
    tell_all(world, wire)
    assert preorder(world, "ada")[0] == "secured"
    over(world)
    assert (payment(world, "bob")["state"], payment(world, "bob")["problem"]) == ("overdue", "insufficient_funds")
    assert put_card(world, "bob", late, "card").status == 200
    world.settle_down()
    assert first_batch(world, campaign_id)["state"] == "ordered"


def test_whichever_answer_of_stripe_is_lost_everybody_pays_once(open_world: OpenWorld) -> None:
    """F3, F18, M3: for each request of the story, done and its answer lost."""
    for at in count():
        with open_world(None) as world:
            wire = on_stripe(world)
            wire.line.faults.extend([None] * at + ["lost"])
            campaign_id = sale(world, payment_plan=DEPOSIT)
            placed(world, "ada", campaign_id, 6)
            wait(world)
            world.clock.forward(days=31)
            wait(world)
            assert (first_batch(world, campaign_id)["state"], moved(world, "ada")) == ("ordered", (60_000, 0)), at
            checks.everything(world)
            if wire.line.faults:
                break
    assert at >= 3
