"""Sound movements of money, for tests of the ledger: one of each kind, and any number of any."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from chalicelib.kernel import ids
from chalicelib.kernel.money import MOST_MINOR
from chalicelib.ledger import rules
from chalicelib.ledger.model import Account, LedgerTransaction
from chalicelib.ledger.rules import Occasion
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START


def occasion(**changes: Any) -> Occasion:
    """The first charge of the example's pre-order."""
    whose = {"campaign_id": CAMPAIGN_ID, "preorder_id": PREORDER_ID, "batch_number": 1}
    return Occasion(**{**whose, "currency": "EUR", "at": START, "reference": "ch_1", **changes})


def of_batch(**changes: Any) -> Occasion:
    """The first order of the first batch."""
    return occasion(**{"preorder_id": None, "reference": None, "number": 1, **changes})


def charged(amount_minor: int = 500, **changes: Any) -> LedgerTransaction:
    return rules.charged(occasion(**changes), amount_minor)


def entries(transaction: LedgerTransaction) -> dict[Account, int]:
    return {entry.account: entry.amount_minor for entry in transaction.entries}


AMOUNTS = st.integers(1, MOST_MINOR)
MOMENTS = st.integers(0, 40_000).map(lambda milliseconds: START + timedelta(milliseconds=milliseconds))


@st.composite
def histories(draw: st.DrawFn) -> list[LedgerTransaction]:
    """Any movements of a campaign with a few pre-orders and batches, each sound, in any order, each of its own id."""
    return [draw(movements(number)) for number in range(draw(st.integers(0, 12)))]


@st.composite
def movements(draw: st.DrawFn, number: int, moments: st.SearchStrategy[datetime] = MOMENTS) -> LedgerTransaction:
    """One sound transaction; `number` is its own."""
    about = occasion(
        at=draw(moments),
        preorder_id=ids.preorder_id(CAMPAIGN_ID, "sub-ada", draw(st.integers(0, 3))),
        batch_number=draw(st.none() | st.integers(1, 3)),
        reference=draw(st.text("abc_/#", max_size=4)) + str(number),
        reason=draw(st.none() | st.text(max_size=20)),
    )
    amount = draw(AMOUNTS)
    made = {
        "charged": lambda: rules.charged(about, amount),
        "refund_requested": lambda: rules.refund_requested(about, amount, ordered=draw(st.booleans())),
        "refund_void": lambda: rules.refund_void(about, amount, ordered=draw(st.booleans())),
        "refunded": lambda: rules.refunded(about, amount),
        "disputed": lambda: rules.disputed(about, amount),
        "dispute_won": lambda: rules.dispute_won(about, amount),
        "relieved": lambda: rules.relieved(about, draw(st.sampled_from([amount, -amount]))),
        "ordered": lambda: rules.ordered(
            of_batch(at=about.at, batch_number=about.batch_number or 1, number=number),
            paid_minor=amount,
            order_total_minor=draw(AMOUNTS),
            fee_minor=draw(st.just(0) | AMOUNTS),
        ),
    }
    return made[draw(st.sampled_from(sorted(made)))]()
