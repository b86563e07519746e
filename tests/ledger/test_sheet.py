"""The ledger as CSV: what stands in it is read back to the letter, and no cell is taken for a formula."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import instants
from chalicelib.ledger import rules, sheet
from chalicelib.ledger.model import LedgerTransaction
from tests.examples import PREORDER_ID
from tests.ledger.money import charged, histories, of_batch

HEADER = "transaction_id,at,kind,account,amount_minor,currency,preorder_id,batch_number,reference,reason\r\n"
FORMULAS = ("=", "+", "-", "@")
HOSTILE = [
    '=HYPERLINK("https://evil.example","click")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    " =1+1",
    "\r\n=1+1",
    "\ufeff=1",
    "\uff1d1+1",
    "\uff20SUM(1)",
    "-5",
    '"=1+1',
    'He said "no", twice',
    "a,b;c\td",
    "first\nsecond\r\nthird\rfourth",
    "'=1",
    '","=1+1","',
    "",
    "\x00=1",
    "žluťoučký 🎸",
]


def rows(transactions: list[LedgerTransaction]) -> list[dict[str, str]]:
    """As a strict reader of RFC 4180 sees them."""
    return list(csv.DictReader(StringIO(sheet.text(transactions), newline=""), strict=True))


def test_there_is_one_row_for_each_entry():
    text = sheet.text([charged(500, reason="deposit")])
    about = f"{PREORDER_ID}/charged/ch_1,2026-11-21T12:00:00.000Z,charged"
    end = f"EUR,{PREORDER_ID},1,ch_1,deposit\r\n"
    assert text == f"{HEADER}{about},provider,500,{end}{about},fans,-500,{end}"


def test_what_is_not_known_is_an_empty_cell():
    made = rules.ordered(of_batch(), paid_minor=5, order_total_minor=5, fee_minor=0)
    assert [(row["preorder_id"], row["reference"], row["reason"]) for row in rows([made])] == [("", "", "")] * 2


def test_an_empty_ledger_is_a_header():
    assert sheet.text([]) == HEADER


@pytest.mark.parametrize("words", HOSTILE, ids=repr)
def test_a_hostile_reason_is_one_cell_that_is_no_formula(words: str):
    [first, second] = rows([charged(500, reason=words)])
    assert first["reason"] in (words, f"'{words}")
    assert not first["reason"].lstrip("\t\r\n \x00\ufeff").startswith((*FORMULAS, "\uff1d", "\uff20"))
    assert (first["amount_minor"], second["amount_minor"]) == ("500", "-500")
    assert len(first) == 10


@pytest.mark.parametrize("reference", ["=1+1", "+ch", "-ch", "@ch", '"', ",", '=","'])
def test_a_hostile_reference_is_no_formula_either(reference: str):
    [row, _] = rows([charged(reference=reference)])
    assert row["reference"] == (f"'{reference}" if reference.startswith(FORMULAS) else reference)
    assert row["transaction_id"] == f"{PREORDER_ID}/charged/{reference}"


@pytest.mark.parametrize("words", ["1=1", "deposit - first", "a@b.example", "'", "x\n=1"])
def test_what_is_no_formula_is_left_as_it_is(words: str):
    assert rows([charged(reason=words)])[0]["reason"] == words


@given(histories())
def test_every_entry_is_read_back_and_only_numbers_begin_like_formulas(history: list[LedgerTransaction]):
    found = rows(history)
    wanted = [(one, entry) for one in history for entry in one.entries]
    assert len(found) == len(wanted)
    for row, (one, entry) in zip(found, wanted, strict=True):
        assert (row["transaction_id"], row["account"], int(row["amount_minor"])) == (
            one.transaction_id,
            entry.account,
            entry.amount_minor,
        )
        assert (row["at"], row["kind"], row["currency"]) == (instants.text(one.at), one.kind, one.currency)
        assert row["batch_number"] == ("" if one.batch_number is None else str(one.batch_number))
        texts = [cell for name, cell in row.items() if name != "amount_minor"]
        assert not any(cell.startswith(FORMULAS) for cell in texts)


@given(st.text(max_size=50))
def test_any_reason_is_one_cell_of_one_row(words: str):
    found = rows([charged(reason=words)])
    assert len(found) == 2
    assert found[0]["reason"] in (words, f"'{words}")
