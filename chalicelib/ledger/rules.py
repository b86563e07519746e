"""What a sound transaction is, and what transactions sum to. Pure. Debit is positive, credit negative."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from chalicelib.kernel.money import MOST_MINOR
from chalicelib.ledger.model import Account, Balance, Balances, Entry, Kind, LedgerTransaction

ACCOUNTS: tuple[Account, ...] = get_args(Account)
# Money in these is where it belongs; in the others it is somebody's who waits for it.
ACCOUNTED_FOR: tuple[Account, ...] = ("provider", "manufacturer", "fees", "organiser")
# An order is the sum of many pre-orders; this is still far below 2**53.
MOST_ENTRY_MINOR = MOST_MINOR * 100_000
# The accounts that a transaction of each kind may touch, and to which side: an amount turned round by mistake balances.
SIDES: Mapping[Kind, Mapping[Account, tuple[int, ...]]] = {
    "charged": {"provider": (1,), "fans": (-1,)},
    "refund_requested": {"fans": (1,), "organiser": (1,), "refunds_due": (-1,)},
    "refund_void": {"fans": (-1,), "organiser": (-1,), "refunds_due": (1,)},
    "refunded": {"refunds_due": (1,), "provider": (-1,)},
    "ordered": {"fans": (1,), "manufacturer": (-1,), "fees": (-1,), "organiser": (1, -1)},
    "disputed": {"provider": (-1,), "organiser": (1,)},
    "dispute_won": {"provider": (1,), "organiser": (-1,)},
    "relieved": {"fans": (1, -1), "organiser": (1, -1)},
}


class Unbalanced(Exception):  # noqa: N818 - an alarm, no refusal: whoever asked for it can do nothing about it
    """A transaction that must not be written, or a ledger in which one has been."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What a transaction is for.

    `at` is when it happened, and must be the same whenever the same transaction is made again: it is part of the key.
    `number`: which of the pre-order's refunds or of the batch's orders it is, where the provider has no name for it.
    """

    campaign_id: str
    currency: str
    at: datetime
    preorder_id: str | None = None
    batch_number: int | None = None
    number: int | None = None
    reference: str | None = None
    reason: str | None = None


def transaction_id(kind: Kind, occasion: Occasion) -> str:
    """The id, a function of what the transaction is for: `<pre-order, or batch>/<kind>/<number, or reference>`. Raises
    Unbalanced where it could not be told from another of its kind."""
    whose = occasion.preorder_id
    if whose is None and occasion.batch_number is not None:
        whose = f"{occasion.campaign_id}.{occasion.batch_number}"
    which = occasion.reference if occasion.number is None else str(occasion.number)
    if not whose or not which:
        raise Unbalanced(f"a transaction of kind {kind} that nothing tells from others")
    return f"{whose}/{kind}/{which}"


def charged(occasion: Occasion, amount_minor: int) -> LedgerTransaction:
    """The provider has taken this from a fan."""
    return _made("charged", occasion, provider=amount_minor, fans=-amount_minor)


def refund_requested(occasion: Occasion, amount_minor: int, *, ordered: bool) -> LedgerTransaction:
    """This is promised back to a fan. `ordered`: what was paid is in an order by now, so that the organiser carries
    it."""
    carrier: Account = "organiser" if ordered else "fans"
    return _made("refund_requested", occasion, **{carrier: amount_minor}, refunds_due=-amount_minor)


def refund_void(occasion: Occasion, amount_minor: int, *, ordered: bool) -> LedgerTransaction:
    """What was promised back is not: the fan's bank has given it back. `ordered`: as it was promised."""
    carrier: Account = "organiser" if ordered else "fans"
    return _made("refund_void", occasion, **{carrier: -amount_minor}, refunds_due=amount_minor)


def refunded(occasion: Occasion, amount_minor: int) -> LedgerTransaction:
    """A refund has arrived."""
    return _made("refunded", occasion, refunds_due=amount_minor, provider=-amount_minor)


def ordered(occasion: Occasion, *, paid_minor: int, order_total_minor: int, fee_minor: int) -> LedgerTransaction:
    """A batch is ordered: what its fans have paid is the maker's and the fees, and the rest the organiser's, who also
    adds what is missing."""
    rest_minor = order_total_minor + fee_minor - paid_minor
    return _made(
        "ordered", occasion, fans=paid_minor, manufacturer=-order_total_minor, fees=-fee_minor, organiser=rest_minor
    )


def disputed(occasion: Occasion, amount_minor: int) -> LedgerTransaction:
    """A fan's bank has taken a payment back; the organiser carries it."""
    return _made("disputed", occasion, provider=-amount_minor, organiser=amount_minor)


def dispute_won(occasion: Occasion, amount_minor: int) -> LedgerTransaction:
    """The bank has given back what was disputed."""
    return _made("dispute_won", occasion, provider=amount_minor, organiser=-amount_minor)


def relieved(occasion: Occasion, amount_minor: int) -> LedgerTransaction:
    """Of what a bank has taken back so much was owed to the fan anyway, and is not the organiser's to carry; less than
    nothing: no longer."""
    return _made("relieved", occasion, fans=amount_minor, organiser=-amount_minor)


def _made(kind: Kind, occasion: Occasion, **amounts: int) -> LedgerTransaction:
    made = LedgerTransaction(
        transaction_id=transaction_id(kind, occasion),
        campaign_id=occasion.campaign_id,
        kind=kind,
        at=occasion.at,
        currency=occasion.currency,
        entries=tuple(
            Entry.model_validate({"account": account, "amount_minor": amount})
            for account, amount in amounts.items()
            if amount != 0
        ),
        preorder_id=occasion.preorder_id,
        batch_number=occasion.batch_number,
        reference=occasion.reference,
        reason=occasion.reason,
    )
    check(made)
    return made


def check(transaction: LedgerTransaction) -> None:
    """Raises Unbalanced, with what is wrong, unless the transaction may be written (M1)."""
    problem = next(_problems(transaction), None)
    if problem:
        raise Unbalanced(f"{transaction.transaction_id} {problem}")


def _problems(transaction: LedgerTransaction) -> Iterator[str]:
    entries, sides = transaction.entries, SIDES[transaction.kind]
    if any(type(entry.amount_minor) is not int for entry in entries):
        yield "has an amount that is no whole number"
        return
    if len(entries) < 2:  # noqa: PLR2004 - that is what double entry means
        yield "has fewer than two entries"
    if len({entry.account for entry in entries}) < len(entries):
        yield "touches an account twice"
    if any(not 0 < abs(entry.amount_minor) <= MOST_ENTRY_MINOR for entry in entries):
        yield "has an entry of nothing, or of too much"
    if any(_side(entry) not in sides.get(entry.account, ()) for entry in entries):
        yield f"has an entry that is on no side of kind {transaction.kind}"
    if sum(entry.amount_minor for entry in entries) != 0:
        yield "does not sum to zero"


def _side(entry: Entry) -> int:
    return 1 if entry.amount_minor > 0 else -1


def balances(transactions: Iterable[LedgerTransaction]) -> dict[Account, int]:
    """What each account's entries sum to, every account named. Raises Unbalanced for transactions in two currencies."""
    found: dict[Account, int] = dict.fromkeys(ACCOUNTS, 0)
    for transaction in _in_one_currency(transactions):
        _add(found, transaction)
    return found


def summary(currency: str, transactions: Iterable[LedgerTransaction]) -> Balances:
    """The same in the order of the accounts, with their total and how many transactions there are. Raises Unbalanced
    for one in another currency."""
    found: dict[Account, int] = dict.fromkeys(ACCOUNTS, 0)
    many = 0
    for transaction in _in_one_currency(transactions, currency):
        _add(found, transaction)
        many += 1
    each = [Balance(account=account, balance_minor=minor) for account, minor in found.items()]
    return Balances(currency=currency, balances=each, total_minor=sum(found.values()), transactions=many)


def _add(found: dict[Account, int], transaction: LedgerTransaction) -> None:
    for entry in transaction.entries:
        found[entry.account] += entry.amount_minor


def remainders_minor(
    transactions: Iterable[LedgerTransaction], moved: Mapping[str, int] | None = None
) -> dict[int | None, int]:
    """M9 for every batch of a campaign: captured - refunded - manufacturer - fees - organiser. It is what is still held
    for fans or promised back to them: 0 once the batch is over. None: of no batch.

    `moved`: the batches in which pre-orders are now that have changed theirs. What was written of them before names the
    old one, and is never changed. Raises Unbalanced for transactions in two currencies.
    """
    batch_of, found = moved or {}, dict[int | None, int]()
    for transaction in _in_one_currency(transactions):
        number = batch_of.get(transaction.preorder_id or "", transaction.batch_number)
        gone = (entry.amount_minor for entry in transaction.entries if entry.account in ACCOUNTED_FOR)
        found[number] = found.get(number, 0) + sum(gone)
    return found


def _in_one_currency(
    transactions: Iterable[LedgerTransaction], currency: str | None = None
) -> Iterator[LedgerTransaction]:
    for transaction in transactions:
        currency = currency or transaction.currency
        if transaction.currency != currency:
            raise Unbalanced(f"{transaction.transaction_id} is in {transaction.currency}, not in {currency}")
        yield transaction
