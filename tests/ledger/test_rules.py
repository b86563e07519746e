"""Double entry: each transaction is what its kind says, sums to zero, and nothing else can be made (M1, M9)."""

from collections import Counter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.money import MOST_MINOR
from chalicelib.ledger import rules
from chalicelib.ledger.model import Account, Entry, Kind, LedgerTransaction
from chalicelib.ledger.rules import ACCOUNTS, MOST_ENTRY_MINOR, SIDES, Unbalanced
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START
from tests.ledger.money import AMOUNTS, charged, entries, histories, occasion, of_batch

REFUND = occasion(number=2, reference=None)


def ordered(paid: int, total: int, fee: int) -> LedgerTransaction:
    return rules.ordered(of_batch(), paid_minor=paid, order_total_minor=total, fee_minor=fee)


class TestKinds:
    """Which account is debited and which credited."""

    def test_a_charge_lies_at_the_provider_and_is_the_fans(self):
        assert entries(charged(500)) == {"provider": 500, "fans": -500}

    def test_a_refund_is_promised_out_of_what_is_held_for_fans(self):
        made = rules.refund_requested(REFUND, 200, ordered=False)
        assert entries(made) == {"fans": 200, "refunds_due": -200}

    def test_a_refund_of_what_is_ordered_is_carried_by_the_organiser(self):
        made = rules.refund_requested(REFUND, 200, ordered=True)
        assert entries(made) == {"organiser": 200, "refunds_due": -200}

    @pytest.mark.parametrize("ordered", [False, True])
    def test_what_the_bank_has_given_back_is_not_promised_any_more(self, ordered):
        promise = rules.refund_requested(REFUND, 200, ordered=ordered)
        void = rules.refund_void(occasion(reference="refund-2-7"), 200, ordered=ordered)
        assert set(rules.balances([promise, void]).values()) == {0}
        assert entries(void)["refunds_due"] == 200
        assert (void.kind, void.transaction_id) == ("refund_void", f"{PREORDER_ID}/refund_void/refund-2-7")

    def test_the_organiser_is_relieved_of_what_was_owed_to_the_fan_anyway(self):
        made = rules.relieved(occasion(reference="relief-7"), 200)
        assert entries(made) == {"fans": 200, "organiser": -200}
        assert (made.kind, made.transaction_id) == ("relieved", f"{PREORDER_ID}/relieved/relief-7")

    def test_a_refund_that_arrives_leaves_the_provider(self):
        assert entries(rules.refunded(REFUND, 200)) == {"refunds_due": 200, "provider": -200}

    @pytest.mark.parametrize(
        ("paid", "total", "fee", "wanted"),
        [
            (1000, 700, 50, {"fans": 1000, "manufacturer": -700, "fees": -50, "organiser": -250}),
            (1000, 950, 50, {"fans": 1000, "manufacturer": -950, "fees": -50}),
            (1000, 990, 50, {"fans": 1000, "manufacturer": -990, "fees": -50, "organiser": 40}),
            (1000, 1000, 0, {"fans": 1000, "manufacturer": -1000}),
            (0, 300, 0, {"manufacturer": -300, "organiser": 300}),
            (300, 0, 0, {"fans": 300, "organiser": -300}),
        ],
    )
    def test_what_is_paid_for_an_order_is_shared_out_and_the_rest_is_the_organisers(self, paid, total, fee, wanted):
        assert entries(ordered(paid, total, fee)) == wanted

    def test_a_dispute_is_carried_by_the_organiser_until_it_is_won(self):
        lost = rules.disputed(occasion(reference="dp_1"), 500)
        won = rules.dispute_won(occasion(reference="dp_1"), 500)
        assert entries(lost) == {"provider": -500, "organiser": 500}
        assert set(rules.balances([lost, won]).values()) == {0}

    def test_what_it_is_for_is_written_with_it(self):
        made = charged(500, reason="deposit")
        assert made.transaction_id == f"{PREORDER_ID}/charged/ch_1"
        assert (made.campaign_id, made.preorder_id, made.batch_number) == (CAMPAIGN_ID, PREORDER_ID, 1)
        assert (made.kind, made.at, made.currency, made.reference) == ("charged", START, "EUR", "ch_1")
        assert made.reason == "deposit"

    def test_every_kind_has_its_sides(self):
        assert set(SIDES) == set(get_args(Kind))
        assert {account for sides in SIDES.values() for account in sides} == set(ACCOUNTS) - {"partner"}


class TestIds:
    """The same transaction has the same id, whoever makes it; another has another."""

    @pytest.mark.parametrize(
        ("kind", "about", "wanted"),
        [
            ("charged", occasion(), f"{PREORDER_ID}/charged/ch_1"),
            ("refunded", occasion(number=2), f"{PREORDER_ID}/refunded/2"),
            ("refund_requested", REFUND, f"{PREORDER_ID}/refund_requested/2"),
            ("refund_requested", occasion(number=0, reference=None), f"{PREORDER_ID}/refund_requested/0"),
            ("ordered", of_batch(), f"{CAMPAIGN_ID}.1/ordered/1"),
            ("ordered", of_batch(batch_number=0), f"{CAMPAIGN_ID}.0/ordered/1"),
        ],
    )
    def test_an_id_says_what_the_transaction_is_for(self, kind, about, wanted):
        assert rules.transaction_id(kind, about) == wanted

    @pytest.mark.parametrize(
        "about",
        [
            occasion(reference=None),
            occasion(reference=""),
            of_batch(number=None),
            of_batch(batch_number=None),
            occasion(preorder_id=""),
        ],
    )
    def test_what_nothing_tells_from_others_has_no_id(self, about):
        with pytest.raises(Unbalanced, match="kind charged that nothing tells from others"):
            rules.transaction_id("charged", about)

    def test_neither_moment_nor_amount_makes_another_id(self):
        later = START.replace(year=2027)
        assert charged(1, at=later, reason="again").transaction_id == charged(2).transaction_id


def made_by_hand(kind: Kind = "charged", **amounts: object) -> LedgerTransaction:
    """Past every check."""
    parts = tuple(Entry.model_construct(account=account, amount_minor=minor) for account, minor in amounts.items())
    return charged().model_copy(update={"entries": parts, "kind": kind})


class TestCheck:
    """What must never be written, however it was made."""

    @pytest.mark.parametrize(
        ("made", "problem"),
        [
            (made_by_hand(), "has fewer than two entries"),
            (made_by_hand(provider=0), "has fewer than two entries"),
            (made_by_hand(provider=5, fans=-4), "does not sum to zero"),
            (made_by_hand(provider=5, fans=-6), "does not sum to zero"),
            (made_by_hand("ordered", fans=5, manufacturer=-5, fees=0), "has an entry of nothing, or of too much"),
            (
                made_by_hand(provider=MOST_ENTRY_MINOR + 1, fans=-MOST_ENTRY_MINOR - 1),
                "has an entry of nothing, or of too much",
            ),
            (made_by_hand(provider=-5, fans=5), "has an entry that is on no side of kind charged"),
            (made_by_hand(provider=5, organiser=-5), "has an entry that is on no side of kind charged"),
            (made_by_hand(provider=5, partner=-5), "has an entry that is on no side of kind charged"),
            (made_by_hand("refunded", provider=5, refunds_due=-5), "has an entry that is on no side of kind refunded"),
            (made_by_hand(provider=5.0, fans=-5.0), "has an amount that is no whole number"),
            (made_by_hand(provider=True, fans=-1), "has an amount that is no whole number"),
            (made_by_hand(provider="5", fans="-5"), "has an amount that is no whole number"),
        ],
    )
    def test_an_unsound_transaction_is_an_alarm_that_names_it(self, made, problem):
        with pytest.raises(Unbalanced, match=f"^{PREORDER_ID}/charged/ch_1 {problem}$"):
            rules.check(made)

    def test_an_account_is_touched_once(self):
        twice = (*charged(5).entries, *charged(7).entries)
        with pytest.raises(Unbalanced, match=r"ch_1 touches an account twice$"):
            rules.check(charged().model_copy(update={"entries": twice}))

    def test_the_largest_entry_may_be_written(self):
        rules.check(made_by_hand(provider=MOST_ENTRY_MINOR, fans=-MOST_ENTRY_MINOR))
        rules.check(made_by_hand(provider=1, fans=-1))

    def test_every_amount_can_be_counted_by_javascript(self):
        assert 10_000 * MOST_MINOR <= MOST_ENTRY_MINOR < 2**53

    @pytest.mark.parametrize("amount", [0, -1, -500, MOST_ENTRY_MINOR + 1])
    @pytest.mark.parametrize(
        "make",
        [
            lambda amount: rules.charged(occasion(), amount),
            lambda amount: rules.refund_requested(REFUND, amount, ordered=False),
            lambda amount: rules.refund_requested(REFUND, amount, ordered=True),
            lambda amount: rules.refunded(REFUND, amount),
            lambda amount: rules.disputed(occasion(), amount),
            lambda amount: rules.dispute_won(occasion(), amount),
        ],
    )
    def test_no_transaction_of_nothing_of_less_or_of_too_much_can_be_made(self, make, amount):
        with pytest.raises(Unbalanced):
            make(amount)

    @pytest.mark.parametrize(("paid", "total", "fee"), [(0, 0, 0), (-1, 5, 0), (5, -1, 0), (5, 5, -1)])
    def test_no_order_of_nothing_or_of_less_can_be_made(self, paid, total, fee):
        with pytest.raises(Unbalanced):
            ordered(paid, total, fee)

    def test_an_amount_that_is_no_whole_number_is_no_entry(self):
        for amount in (1.0, "1", True, 1.5):
            with pytest.raises(ValueError, match="amount_minor"):
                Entry.model_validate({"account": "fans", "amount_minor": amount})


class TestAnySequence:
    """Whatever happens, in whatever order."""

    @given(histories())
    def test_each_transaction_and_all_of_them_sum_to_zero(self, history):
        for transaction in history:
            rules.check(transaction)
            assert sum(entries(transaction).values()) == 0
        assert sum(rules.balances(history).values()) == 0

    @given(histories())
    def test_each_account_is_what_its_kinds_make_of_it(self, history):
        def moved(kind: Kind, account: Account) -> int:
            """What the transactions of this kind have moved over this account."""
            return sum(entries(one).get(account, 0) for one in history if one.kind == kind)

        captured, refunded = moved("charged", "provider"), -moved("refunded", "provider")
        lost, won = -moved("disputed", "provider"), moved("dispute_won", "provider")
        promised = -moved("refund_requested", "refunds_due") - moved("refund_void", "refunds_due")
        carried = moved("refund_requested", "organiser") + moved("refund_void", "organiser")
        relief = moved("relieved", "fans")
        found = rules.balances(history)
        assert found["provider"] == captured - refunded - lost + won
        assert found["refunds_due"] == refunded - promised
        assert found["fans"] == moved("ordered", "fans") + promised - carried - captured + relief
        assert found["organiser"] == moved("ordered", "organiser") + carried + lost - won - relief
        assert found["manufacturer"] <= 0
        assert found["fees"] <= 0
        assert found["partner"] == 0

    @given(histories(), st.randoms())
    def test_the_order_of_transactions_changes_no_balance(self, history, chance):
        mixed = list(history)
        chance.shuffle(mixed)
        assert rules.balances(mixed) == rules.balances(history)

    @given(histories())
    def test_the_summary_says_the_same_account_by_account(self, history):
        told = rules.summary("EUR", iter(history))
        assert {one.account: one.balance_minor for one in told.balances} == rules.balances(history)
        assert [one.account for one in told.balances] == list(ACCOUNTS)
        assert (told.currency, told.total_minor, told.transactions) == ("EUR", 0, len(history))

    @given(histories())
    def test_the_batches_remainders_are_what_the_campaign_still_owes_fans(self, history):
        found = rules.balances(history)
        owed = -(found["fans"] + found["refunds_due"] + found["partner"])
        assert sum(rules.remainders_minor(history).values()) == owed

    @given(histories())
    def test_two_transactions_have_two_ids(self, history):
        assert max(Counter(one.transaction_id for one in history).values(), default=1) == 1


class TestCurrencies:
    """One to a campaign."""

    def test_balances_are_of_one_currency(self):
        both = [charged(5), charged(5, currency="PLN")]
        for read in (rules.balances, rules.remainders_minor, lambda them: rules.summary("EUR", them)):
            with pytest.raises(Unbalanced, match=f"{PREORDER_ID}/charged/ch_1 is in PLN, not in EUR"):
                read(both)

    def test_a_campaign_has_transactions_of_its_own_currency_only(self):
        with pytest.raises(Unbalanced, match="is in EUR, not in PLN"):
            rules.summary("PLN", [charged()])

    @pytest.mark.parametrize("number", [0, 1, 3])
    def test_the_summary_says_how_many_transactions_there_are(self, number):
        told = rules.summary("EUR", [charged(reference=f"ch_{place}") for place in range(number)])
        assert told.transactions == number

    def test_a_total_that_is_not_zero_is_told_as_it_is(self):
        assert rules.summary("EUR", [made_by_hand(provider=5, fans=-4)]).total_minor == 1

    def test_a_ledger_without_a_transaction_has_every_account(self):
        assert rules.balances([]) == dict.fromkeys(ACCOUNTS, 0)


class TestRemainders:
    """M9: captured - refunded - manufacturer - fees - organiser = 0 for a batch that is over."""

    @given(st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1, max_size=8), AMOUNTS, st.just(0) | AMOUNTS)
    def test_a_batch_that_is_ordered_or_paid_back_has_none(self, fans, total, fee):
        """Some fans are in the order, the others are refunded, and after it one more."""
        history = [charged(amount, reference=f"ch_{place}") for place, (amount, _) in enumerate(fans)]
        for place, (amount, stays) in enumerate(fans):
            if not stays:
                about = occasion(number=place)
                history += [rules.refund_requested(about, amount, ordered=False), rules.refunded(about, amount)]
        paid = sum(amount for amount, stays in fans if stays)
        history.append(ordered(paid, total, fee))
        late = occasion(number=99)
        history += [rules.refund_requested(late, 7, ordered=True), rules.refunded(late, 7)]
        history.append(rules.disputed(occasion(reference="dp_1"), 9))
        assert rules.remainders_minor(history) == {1: 0}

    def test_what_is_held_or_promised_back_is_left(self):
        held = charged(500)
        promised = rules.refund_requested(REFUND, 200, ordered=False)
        assert rules.remainders_minor([held]) == {1: 500}
        assert rules.remainders_minor([held, promised]) == {1: 500}
        assert rules.remainders_minor([held, promised, rules.refunded(REFUND, 200)]) == {1: 300}

    def test_each_batch_is_counted_by_itself(self):
        history = [charged(500), charged(70, batch_number=2), charged(3, batch_number=None)]
        assert rules.remainders_minor(history) == {1: 500, 2: 70, None: 3}

    def test_a_pre_order_that_moved_is_counted_where_it_is_now(self):
        history = [
            charged(500),
            rules.ordered(of_batch(batch_number=2), paid_minor=500, order_total_minor=400, fee_minor=0),
        ]
        assert rules.remainders_minor(history) == {1: 500, 2: -500}
        assert rules.remainders_minor(history, {PREORDER_ID: 2}) == {2: 0}
