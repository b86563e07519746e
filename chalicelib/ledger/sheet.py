"""The ledger as CSV (RFC 4180), for bookkeeping and spreadsheets: one row for each entry. Pure."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from chalicelib.kernel import instants
from chalicelib.ledger.model import LedgerTransaction

COLUMNS = (
    *("transaction_id", "at", "kind", "account", "amount_minor", "currency"),
    *("preorder_id", "batch_number", "reference", "reason"),
)
# A spreadsheet takes a cell that begins so for a formula, also in the wide letters of East Asian keyboards; it passes
# over what cannot be seen before them.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_UNSEEN = "".join(map(chr, range(0x21))) + "\x7f\xa0\ufeff\u200b"


def text(transactions: Iterable[LedgerTransaction]) -> str:
    """The header row, always, and a row for each entry. A text that a spreadsheet could take for a formula begins with
    an apostrophe; numbers are left as they are."""
    file = StringIO()
    sheet = csv.writer(file, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for transaction in transactions:
        sheet.writerows(_rows(transaction))
    return file.getvalue()


def _rows(transaction: LedgerTransaction) -> Iterator[list[str | int]]:
    what = (transaction.transaction_id, instants.text(transaction.at), transaction.kind)
    whose = (transaction.preorder_id, transaction.batch_number, transaction.reference, transaction.reason)
    for entry in transaction.entries:
        cells = (*what, entry.account, entry.amount_minor, transaction.currency, *whose)
        yield [_cell(value) for value in cells]


def _cell(value: str | int | None) -> str | int:
    if isinstance(value, int):
        return value
    shown = value or ""
    return f"'{shown}" if shown.lstrip(_UNSEEN).startswith(_FORMULA) else shown
