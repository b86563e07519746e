"""Disputes that come before the order, or cross a refund: what the machine of test_machine.py has found, told short."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.plumbing import ports as ports_
from tests.invariants.money import money_is_where_it_belongs
from tests.payments.one_payment import BATCH_ENDS, Sale


@pytest.fixture
def deposit() -> Iterator[tuple[Sale, str]]:
    """Ada's deposit is taken."""
    sale = Sale("deposit", 6, 10_000, hasty=True)
    with ports_.using(sale.world.ports):
        preorder_id = sale.act(lambda: sale.world.place("ada", sale.campaign_id, 2)).json["preorder_id"]
        sale.catch_up(payments=True)
        yield sale, preorder_id


def comes_to_rest(sale: Sale) -> str:
    """The state of the only payment, days later."""
    for event_ in sale.events():
        sale.post(event_)
    for hours in (1, 25, 25):
        sale.forward(timedelta(hours=hours))
        sale.fire("look_after_payments")
        sale.catch_up(payments=True)
    [payment] = sale.of("payment")
    return str(payment["state"])


def test_a_refund_that_a_dispute_has_overtaken_is_no_dead_letter(deposit: tuple[Sale, str]) -> None:
    """L1, F20: the bank has taken the deposit back before we hear of it, and ada withdraws."""
    sale, preorder_id = deposit
    assert sale.wire.dispute(preorder_id)
    sale.world.fan("ada").delete(f"/v1/preorders/{preorder_id}")
    sale.catch_up(payments=True)
    assert comes_to_rest(sale) == "released"
    assert not any(sale.world.engine.dead.values())


def test_a_dispute_after_the_refund_does_not_keep_a_payment_open(deposit: tuple[Sale, str]) -> None:
    """L1, F20: ada withdraws, and disputes the deposit while the refund is on its way."""
    sale, preorder_id = deposit
    sale.world.fan("ada").delete(f"/v1/preorders/{preorder_id}")
    sale.catch_up(payments=True)
    assert sale.wire.dispute(preorder_id)
    assert comes_to_rest(sale) == "released"


def test_a_dispute_before_the_lock_leaves_no_money_of_fans_behind() -> None:
    """M9: ada has disputed her prepayment; seven units are made, cheaper than what was taken."""
    sale = Sale("prepay", 6, 333, hasty=True)
    with ports_.using(sale.world.ports):
        ids = [
            sale.act(lambda name=name, units=units: sale.world.place(name, sale.campaign_id, units)).json["preorder_id"]
            for name, units in (("ada", 2), ("bob", 5))
        ]
        sale.catch_up(payments=True)
        assert sale.wire.dispute(ids[0])
        sale.look(ids[0])
        sale.forward(BATCH_ENDS - sale.world.clock.now())
        sale.fire("close_batches")
        sale.catch_up(payments=True)
        assert sale.batch["state"] == "ordered"
        money_is_where_it_belongs(sale.world.items())
