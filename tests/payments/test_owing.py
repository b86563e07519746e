"""What is owed back while a fan's bank has its say. Weak spots that whole histories have shown."""

from typing import Any

from chalicelib.payments import owing, turns
from chalicelib.payments.answers import Heard, heard
from chalicelib.payments.model import Payment
from tests.hands import START
from tests.payments.test_answers import found
from tests.payments.test_rules import charge, paid, refund


def taken_back(*refunds: dict[str, Any], dispute: str = "d1") -> Payment:
    charges = (charge(500, lost_minor=500, dispute=dispute),)
    return paid(500, state="releasing", charges=charges, refunds=refunds)


def kinds(told: Heard) -> list[str]:
    return [one.kind for one in told.movements]


def test_what_the_bank_has_given_back_is_not_owed_any_more_however_far_its_refund_was() -> None:
    for state in ("requested", "failed"):
        told = owing.settled(taken_back(refund(500, state)), START)
        assert ([one.state for one in told.payment.refunds], kinds(told)) == (["void"], ["refund_void"])


def test_a_refund_that_is_on_its_way_stays_so() -> None:
    one = taken_back(refund(500, "pending", reference="r"))
    assert owing.settled(one, START) == Heard(one)


def test_once_the_bank_has_decided_for_us_it_is_owed_again() -> None:
    void = owing.settled(taken_back(refund(500)), START).payment
    void = owing.settled(void, START).payment
    won = heard(void, found("dispute", "cancelled", minor=500, reference="d1", charge="c1")).payment
    told = owing.settled(won, START)
    assert ([one.state for one in told.payment.refunds], kinds(told)) == (["requested"], ["refund_requested"])
    assert told.movements[0].reference != "refund-1", "the first promise has that name in the ledger"
    assert kinds(owing.settled(told.payment, START)) == ["relieved"]


def test_the_organiser_does_not_carry_what_was_owed_to_the_fan_anyway() -> None:
    told = owing.settled(taken_back(), START)
    assert [(one.kind, one.minor) for one in told.movements] == [("relieved", 500)]
    assert owing.settled(told.payment, START) == Heard(told.payment)


def test_a_refund_that_the_provider_refuses_for_no_reason_that_we_know_has_failed() -> None:
    one = paid(500, state="releasing", refunds=(refund(500),))
    told = owing.refused(Heard(one), one.refunds[0])
    assert (told.payment.refunds[0].state, told.movements) == ("failed", ())


def test_one_that_is_refused_for_a_dispute_has_another_key_the_next_time() -> None:
    one = taken_back(refund(500))
    told = owing.refused(Heard(one), one.refunds[0])
    assert [(one.state, one.tries) for one in told.payment.refunds] == [("void", 2)]


def test_a_dispute_that_was_won_says_nothing_of_the_next_one() -> None:
    one = taken_back(dispute="d2")
    assert heard(one, found("dispute", "cancelled", minor=500, reference="d1", charge="c1")) == Heard(one)


def test_who_has_it_back_twice_is_released_all_the_same() -> None:
    one = taken_back(refund(500, "succeeded", reference="r"))
    assert turns.moved_on(one, START).state == "released"
