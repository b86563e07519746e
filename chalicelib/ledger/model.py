"""The ledger: every movement of money of a campaign, double entry, in integer minor units of its one currency."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency
from chalicelib.kernel.words import Kept, Note

# provider: money that lies at the payment provider. fans: fans' money that we hold. refunds_due: promised back, not yet
# arrived. manufacturer: owed to the maker. organiser: its revenue, or what it carries. partner: of no transaction yet.
Account = Literal["provider", "fans", "refunds_due", "manufacturer", "organiser", "fees", "partner"]
Kind = Literal[
    "charged",
    "refund_requested",
    "refund_void",
    "refunded",
    "ordered",
    "disputed",
    "dispute_won",
    "relieved",
]
# Part of a key, so that its letters and its length are limited.
Reference = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$"), Field(description="the provider's")]


class Entry(Kept):
    """One account's side of a transaction."""

    account: Account
    amount_minor: Annotated[int, Field(strict=True, description="minor units of the currency: debit +, credit -")]


class LedgerTransaction(Kept):
    """A movement of money: entries that sum to zero. Written once, never changed."""

    transaction_id: str
    campaign_id: str
    kind: Kind
    at: Instant
    currency: Currency
    entries: tuple[Entry, ...]
    preorder_id: str | None = None
    batch_number: int | None = None
    reference: Reference | None = None
    reason: Note | None = None


class LedgerPage(Kept):
    """One page of a campaign's ledger, oldest first."""

    items: list[LedgerTransaction]
    next_cursor: str | None


class Balance(Kept):
    """What all entries of one account sum to."""

    account: Account
    balance_minor: Annotated[int, Field(description="minor units of the currency: debit +, credit -")]


class Balances(Kept):
    """Where a campaign's money stands, account by account."""

    currency: Currency
    balances: list[Balance]
    total_minor: Annotated[int, Field(description="0: each transaction sums to zero, and so do all of them")]
    transactions: int
