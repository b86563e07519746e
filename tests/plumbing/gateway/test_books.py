"""The books by themselves: pure, plain, and told apart from what the port shows."""

import copy
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.plumbing.gateway import books
from chalicelib.plumbing.gateway.cards import CARDS
from chalicelib.plumbing.gateway.document import about_of, blank, events, instant, milliseconds, settled, settles_at
from chalicelib.plumbing.gateway.port import Amount, Charge, Found, Misused, Prepare, Refund, TryLater, Unknown
from tests.hands import START

ABOUT = "one.two_three.000"
SECOND = timedelta(seconds=1)
PREPARE = Prepare("p", ABOUT, "EUR", "card")
CHARGE = Charge("c", ABOUT, "all", Amount(500, "EUR"), "card")


def paid(card: str = "card"):
    return books.charge(blank(ABOUT), replace(CHARGE, method=card), START)


def test_nothing_is_done_to_the_document_that_was_given():
    before, charge = paid("card_disputed")
    asks = [
        lambda: books.prepare(before, PREPARE, START),
        lambda: books.charge(before, replace(CHARGE, key="d", method="card_busy"), START),
        lambda: books.charge(before, replace(CHARGE, key="e", method="card_error"), START),
        lambda: books.refund(before, Refund("r", ABOUT, 1, charge.reference, Amount(5, "EUR")), START),
        lambda: books.cancel(before, charge.reference, START),
        lambda: books.look_up(before, START + 60 * SECOND),
        lambda: settled(before, START + 60 * SECOND),
    ]
    for ask in asks:
        kept = copy.deepcopy(before)
        ask()
        assert before == kept


@pytest.mark.parametrize("card", CARDS)
def test_a_document_is_plain_json(card):
    document, _ = books.prepare(blank(ABOUT), replace(PREPARE, method=card), START)
    document, _ = books.charge(document, replace(CHARGE, method=card), START)
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize(
    "ask",
    [
        replace(CHARGE, key=""),
        replace(CHARGE, key="k" * 256),
        replace(CHARGE, about="another"),
        replace(CHARGE, amount=Amount(0, "EUR")),
        replace(CHARGE, amount=Amount(5, "eur")),
        replace(CHARGE, amount=Amount(5, "EURO")),
        replace(CHARGE, amount=Amount(5, "")),
    ],
)
def test_an_ask_that_is_wrong_by_itself_leaves_no_trace(ask):
    document, answer = books.charge(blank(ABOUT), ask, START)
    assert isinstance(answer, Misused)
    assert document == blank(ABOUT)


def test_a_refusal_is_kept_under_its_key_and_changes_nothing_else():
    before, _ = paid()
    wrong = replace(CHARGE, key="d", amount=Amount(5, "PLN"))
    after, answer = books.charge(before, wrong, START)
    again, repeated = books.charge(after, wrong, START + SECOND)
    assert [type(answer), str(answer)] == [type(repeated), str(repeated)] == [Misused, "A pre-order has one currency."]
    assert again == after
    assert {**after, "keys": before["keys"]} == before


def test_one_key_is_for_one_kind_of_ask():
    document, charge = paid()
    for ask, act in (
        (replace(PREPARE, key="c"), books.prepare),
        (Refund("c", ABOUT, 1, charge.reference, Amount(5, "EUR")), books.refund),
    ):
        after, answer = act(document, ask, START)
        assert isinstance(answer, Misused)
        assert after == document


def test_a_declined_method_is_not_saved_and_a_declined_charge_keeps_none():
    document, declined = books.prepare(blank(ABOUT), replace(PREPARE, method="card_declined"), START)
    assert declined.method is None
    assert [one["saved"] for one in document["methods"].values()] == [False]


def test_a_method_is_saved_only_when_its_holder_has_confirmed():
    document, waiting = books.prepare(blank(ABOUT), replace(PREPARE, method="card_authenticate"), START)
    charge = replace(CHARGE, method=waiting.method, customer=waiting.customer, off_session=True)
    assert isinstance(books.charge(document, charge, START)[1], Misused)
    document, _ = books.confirm(document, waiting.reference, START, approve=True)
    assert books.charge(document, charge, START)[1].result == "done"


def test_a_card_that_was_never_confirmed_is_asked_for_without_its_holder():
    charge = replace(CHARGE, method="card_authenticate", off_session=True)
    answer = books.charge(blank(ABOUT), charge, START)[1]
    assert (answer.result, answer.problem) == ("action_required", "authentication_required")


@pytest.mark.parametrize("card", ["card_declines_later", "card_expires_later"])
def test_a_card_that_is_refused_later_is_taken_while_its_holder_is_there(card):
    assert paid(card)[1].result == "done"


@pytest.mark.parametrize("card", ["card_authenticate", "card_declined"])
def test_what_was_cancelled_has_neither_a_problem_nor_a_method(card):
    document, unfinished = books.charge(blank(ABOUT), replace(CHARGE, method=card, off_session=True), START)
    assert unfinished.problem
    cancelled = books.cancel(document, unfinished.reference, START)[1]
    assert cancelled == replace(unfinished, result="cancelled", problem=None, method=None)


@pytest.mark.parametrize("card", ["card_times_out", "card_error"])
def test_a_card_whose_charges_are_not_answered_is_saved_like_any_other(card):
    document, saved = books.prepare(blank(ABOUT), replace(PREPARE, method=card), START)
    assert saved.result == "done"
    charge = replace(CHARGE, method=saved.method, customer=saved.customer, off_session=True)
    assert isinstance(books.charge(document, charge, START)[1], Unknown)


def test_what_time_brings_is_told_in_the_order_of_its_moments():
    document, charge = paid("card_disputed")
    asking = Refund("r", ABOUT, 1, charge.reference, Amount(5, "EUR"))
    document, _ = books.refund(document, asking, START + SECOND)
    happened = [(one.kind, one.created_at - START) for one in events(settled(document, START + 60 * SECOND))]
    assert happened[1:] == [
        ("refund.created", SECOND),
        ("refund.updated", 6 * SECOND),
        ("charge.dispute.created", 10 * SECOND),
    ]
    document, _ = books.refund(document, replace(asking, key="s"), START + 7 * SECOND)
    kinds = [one.kind for one in events(settled(document, START + 60 * SECOND))]
    assert kinds[-2:] == ["charge.dispute.created", "refund.updated"]


def test_a_lost_answer_is_lost_for_each_new_key_and_the_money_taken_each_time():
    document, answer = paid("card_times_out")
    assert isinstance(answer, Unknown)
    ask = replace(CHARGE, key="d", method="card_times_out")
    document, answer = books.charge(document, ask, START)
    assert isinstance(answer, Unknown)
    assert [one.result for one in books.look_up(document, START)] == ["done", "done"]
    assert isinstance(books.charge(document, ask, START)[1], Found)


def test_a_provider_that_is_busy_is_so_once_for_saving_and_once_for_charging():
    document = blank(ABOUT)
    saving, charging = replace(PREPARE, method="card_busy"), replace(CHARGE, method="card_busy")
    answers = []
    for _ in range(2):
        document, saved = books.prepare(document, saving, START)
        document, charge = books.charge(document, charging, START)
        answers += [saved, charge]
    assert [isinstance(one, TryLater) for one in answers] == [True, True, False, False]


def test_a_refund_is_under_way_for_five_seconds_to_the_millisecond():
    document, charge = paid()
    document, refund = books.refund(document, Refund("r", ABOUT, 1, charge.reference, Amount(5, "EUR")), START)

    def result_at(moment):
        return next(one.result for one in books.look_up(document, moment) if one.reference == refund.reference)

    assert result_at(START + 5 * SECOND - SECOND / 1000) == "pending"
    assert result_at(START + 5 * SECOND) == "done"
    assert settles_at(document) == START + 5 * SECOND


def test_references_say_what_they_are_about():
    document, _ = paid("card_disputed")
    for one in books.look_up(document, START + 20 * SECOND):
        assert about_of(one.reference) == ABOUT
    prefixes = [one.reference.partition("_")[0] for one in books.look_up(document, START + 20 * SECOND)]
    assert prefixes == ["pi", "dp"]


def test_a_dispute_is_closed_once():
    document, _ = paid("card_disputed")
    dispute = books.look_up(document, START + 20 * SECOND)[-1]
    document, lost = books.close_dispute(document, dispute.reference, START + 20 * SECOND, won=False)
    document, again = books.close_dispute(document, dispute.reference, START + 30 * SECOND, won=True)
    assert (lost.result, again) == ("done", lost)
    assert [one.kind for one in events(document)][-2:] == ["charge.dispute.created", "charge.dispute.closed"]
    assert isinstance(books.close_dispute(document, "pi_x_1", START, won=True)[1], Misused)


def test_keys_that_nobody_needs_any_more_are_forgotten():
    document, _ = paid()
    assert list(settled(document, START + timedelta(hours=24) - SECOND / 1000)["keys"]) == ["c"]
    assert settled(document, START + timedelta(hours=24))["keys"] == {}


def test_milliseconds_there_and_back():
    assert instant(milliseconds(START + SECOND / 1000)) == START + SECOND / 1000
