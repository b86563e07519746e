"""What the provider says of money that comes back: refunds, and what a bank takes back (M5, M6)."""

import pytest

from chalicelib.payments.answers import Heard, Movement, heard
from tests.payments.test_answers import found
from tests.payments.test_rules import charge, paid, refund


class TestRefunds:
    """Refunds are back when the provider says so."""

    def test_one_that_has_arrived_counts_once(self):
        """M6."""
        one = paid(refunds=(refund(500, "pending", reference="r1"),), state="releasing")
        arrived = found("refund", minor=500, reference="r1", charge="c1", series="1")
        told = heard(one, arrived)
        assert (told.payment.refunded_minor, told.movements) == (500, (Movement("refunded", 500, "r1"),))
        again = heard(told.payment, arrived)
        assert (again.payment, again.movements) == (told.payment, ())

    def test_one_whose_answer_was_lost_is_known_by_its_number(self):
        one = paid(refunds=(refund(500), refund(500, number=2)), state="releasing")
        told = heard(one, found("refund", "pending", 500, reference="r2", charge="c1", series="2"))
        assert [(each.reference, each.state) for each in told.payment.refunds] == [
            (None, "requested"),
            ("r2", "pending"),
        ]

    @pytest.mark.parametrize("result", ["failed", "cancelled"])
    def test_one_that_has_failed_stays_owed_and_says_why(self, result):
        one = paid(refunds=(refund(500, "pending", reference="r1"),), state="releasing")
        failed = found("refund", result, 500, reference="r1", charge="c1", series="1", problem="card_expired")
        told = heard(one, failed)
        assert (told.payment.refunds[0].state, told.payment.refunds[0].problem) == ("failed", "card_expired")
        assert (told.payment.promised_minor, told.movements) == (500, ())

    def test_an_earlier_try_that_failed_is_not_the_present_one(self):
        one = paid(refunds=(refund(500, tries=2, failed=("r1",)),), state="releasing")
        told = heard(one, found("refund", "failed", 500, reference="r1", charge="c1", series="1"))
        assert told.payment == one

    @pytest.mark.parametrize("result", ["failed", "cancelled"])
    def test_one_that_is_void_and_has_failed_stays_void(self, result):
        one = paid(500, refunds=(refund(500, "void", tries=2),), state="releasing")
        assert heard(one, found("refund", result, 500, reference="r1", charge="c1", series="1")) == Heard(one)

    @pytest.mark.parametrize(("result", "kinds"), [("pending", ["requested"]), ("done", ["requested", "refunded"])])
    def test_one_that_is_taken_for_void_and_goes_through_is_promised_again_first(self, result, kinds):
        """M1: its promise was taken out of the ledger; each has a name of its own there."""
        one = paid(500, refunds=(refund(500, "void"),), state="releasing", version=7)
        told = heard(one, found("refund", result, 500, reference="r1", charge="c1", series="1"))
        promise = Movement("refund_requested", 500, "refund-1-7", "released")
        assert told.movements == (promise, Movement("refunded", 500, "r1"))[: len(kinds)]

    def test_somebody_elses_is_none_of_ours(self):
        assert heard(paid(), found("refund", reference="r9", charge="c9", series="1")).payment == paid()


class TestDisputes:
    """A bank takes back what was paid."""

    def test_what_is_taken_back_is_lost_once_and_comes_back_when_it_is_won(self):
        dispute = {"minor": 30_000, "reference": "d1", "charge": "c1"}
        lost = heard(paid(), found("dispute", "pending", **dispute))
        assert lost.payment.charges[0].dispute == "d1"
        assert (lost.payment.lost_minor, lost.movements) == (30_000, (Movement("disputed", 30_000, "d1"),))
        assert heard(lost.payment, found("dispute", "done", **dispute)).movements == ()
        for result in ("cancelled", "failed"):
            won = heard(lost.payment, found("dispute", result, **dispute))
            assert (won.payment.lost_minor, won.movements) == (0, (Movement("dispute_won", 30_000, "d1"),))

    def test_only_the_charge_that_it_is_about_has_lost_anything(self):
        one = paid(charges=(charge(4_000), charge(26_000, "c2", "balance")))
        lost = heard(one, found("dispute", "pending", reference="d1", charge="c2")).payment
        assert [(each.reference, each.lost_minor) for each in lost.charges] == [("c1", 0), ("c2", 26_000)]

    def test_of_a_charge_that_we_do_not_know_it_is_nothing(self):
        assert heard(paid(), found("dispute", reference="d1", charge="c9")).payment == paid()
