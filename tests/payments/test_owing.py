"""What is owed back while a fan's bank has its say. Weak spots that whole histories have shown."""

from datetime import timedelta
from typing import Any

from chalicelib.payments import owing, rules, turns
from chalicelib.payments.answers import Heard, Movement, heard
from chalicelib.payments.model import Payment
from tests.hands import START
from tests.payments.test_answers import found
from tests.payments.test_rules import charge, paid, refund


def taken_back(*refunds: dict[str, Any], dispute: str = "d1", **more: Any) -> Payment:
    charges = (charge(500, lost_minor=500, dispute=dispute),)
    return paid(500, state="releasing", charges=charges, refunds=refunds, **more)


def kinds(told: Heard) -> list[str]:
    return [one.kind for one in told.movements]


def test_what_the_bank_has_given_back_is_not_owed_any_more_however_far_its_refund_was() -> None:
    for state in ("requested", "failed"):
        told = owing.settled(taken_back(refund(500, state)), START)
        assert ([one.state for one in told.payment.refunds], kinds(told)) == (["void"], ["refund_void"])


def test_what_is_void_is_taken_out_of_the_ledger_under_a_name_of_its_own() -> None:
    told = owing.settled(taken_back(refund(500), version=7), START)
    assert told.movements == (Movement("refund_void", 500, "refund-1-7", "released"),)


def test_one_that_had_failed_has_another_key_should_it_be_owed_again() -> None:
    """The provider keeps the answer to the old one; its refund that failed is not taken for the next one."""
    failed = refund(500, "failed", reference="r2", problem="card_expired", tries=2, failed=("r1",))
    [void] = owing.settled(taken_back(failed), START).payment.refunds
    assert (void.state, void.tries, void.failed) == ("void", 3, ("r1", "r2"))
    assert (void.reference, void.problem) == (None, None)
    [void] = owing.settled(taken_back(refund(500, "failed")), START).payment.refunds
    assert void.failed == ("",)


def test_only_the_refund_of_the_charge_that_the_bank_has_is_void() -> None:
    charges = (charge(500, lost_minor=500, dispute="d1"), charge(300, "c2", "balance"))
    of_both = (refund(300, of="c2"), refund(500, number=2))
    told = owing.settled(paid(800, state="releasing", charges=charges, refunds=of_both), START)
    assert [one.state for one in told.payment.refunds] == ["requested", "void"]


def test_a_refund_of_what_the_bank_has_left_is_owed_all_the_same() -> None:
    charges = (charge(500, lost_minor=200, dispute="d1"),)
    one = paid(500, state="releasing", charges=charges, refunds=(refund(300),), relieved_minor=200)
    assert owing.settled(one, START) == Heard(one)


def test_what_is_kept_too_much_is_promised_back_with_its_reason() -> None:
    later = START + timedelta(days=1)
    one = paid(500, due_minor=450)
    told = owing.settled(one, later)
    [owed] = told.payment.refunds
    assert (owed.amount_minor, owed.requested_at, owed.state) == (50, later, "requested")
    assert told.movements == (Movement("refund_requested", 50, "refund-1", "price_difference"),)
    assert owing.settled(paid(500), later).payment.refunds == ()


def test_who_has_nothing_to_get_back_is_left_as_they_are() -> None:
    one = paid(500)
    assert owing.settled(one, START).payment is one


def test_a_bank_that_has_taken_nothing_has_given_nothing_back() -> None:
    """Not even where too much was promised: that is for somebody to see, not to be undone and done for ever."""
    one = paid(500, state="releasing", refunds=(refund(500), refund(500, number=2)))
    assert owing.settled(one, START) == Heard(one)


def test_one_minor_unit_is_as_good_as_many() -> None:
    one = paid(1, state="releasing", charges=(charge(1, lost_minor=1, dispute="d1"),), refunds=(refund(1),))
    assert [each.state for each in owing.settled(one, START).payment.refunds] == ["void"]


def test_a_refund_that_is_on_its_way_stays_so() -> None:
    one = taken_back(refund(500, "pending", reference="r"))
    assert owing.settled(one, START) == Heard(one)


def test_once_the_bank_has_decided_for_us_it_is_owed_again() -> None:
    void = owing.settled(taken_back(refund(500)), START).payment
    void = owing.settled(void, START).payment
    won = heard(void, found("dispute", "cancelled", minor=500, reference="d1", charge="c1")).payment
    told = owing.settled(won, START + timedelta(days=60))
    assert told.payment.refunds[0].requested_at == START + timedelta(days=60), "its key is new: it is not looked up"
    assert ([one.state for one in told.payment.refunds], kinds(told)) == (["requested"], ["refund_requested"])
    assert told.movements[0].reference == f"refund-1-{won.version}", "the first promise is called refund-1"
    assert kinds(owing.settled(told.payment, START)) == ["relieved"]


def test_the_organiser_does_not_carry_what_was_owed_to_the_fan_anyway() -> None:
    told = owing.settled(taken_back(version=7), START)
    assert told.movements == (Movement("relieved", 500, "relief-7"),)
    assert owing.settled(told.payment, START) == Heard(told.payment)


def test_what_the_organiser_gives_back_of_a_disputed_charge_is_theirs_to_carry() -> None:
    charges = (charge(500, lost_minor=500, dispute="d1"),)
    one = paid(500, charges=charges, given_minor=100)
    assert [told.kind for told in owing.settled(one, START).movements] == []


def test_a_refund_that_the_provider_refuses_for_no_reason_that_we_know_has_failed() -> None:
    one = paid(500, state="releasing", refunds=(refund(500),))
    told = owing.refused(Heard(one), one.refunds[0])
    assert (told.payment.refunds[0].state, told.movements) == ("failed", ())
    assert told.payment.refunds[0].problem == "provider_error"


def test_one_that_is_refused_for_a_dispute_has_another_key_the_next_time() -> None:
    one = taken_back(refund(500))
    lost = Movement("disputed", 500, "d1")
    told = owing.refused(Heard(one, (lost,)), one.refunds[0])
    assert [(one.state, one.tries) for one in told.payment.refunds] == [("void", 2)]
    assert (told.movements[0], kinds(told)) == (lost, ["disputed", "refund_void"])


def test_a_dispute_that_was_won_says_nothing_of_the_next_one() -> None:
    one = taken_back(dispute="d2")
    assert heard(one, found("dispute", "cancelled", minor=500, reference="d1", charge="c1")) == Heard(one)


def test_who_has_not_got_all_of_it_back_is_not_released() -> None:
    """M5."""
    one = paid(501, state="releasing", refunds=(refund(500, "succeeded", reference="r"),))
    assert turns.moved_on(one, START).state == "releasing"


def test_a_refund_that_was_void_does_not_count_as_given_back() -> None:
    one = paid(500, state="releasing", refunds=(refund(500, "void"),))
    assert [owed.amount_minor for owed in rules.refunds_due(one, START, "released")] == [500]


def test_who_has_it_back_twice_is_released_all_the_same() -> None:
    one = taken_back(refund(500, "succeeded", reference="r"))
    assert turns.moved_on(one, START).state == "released"
