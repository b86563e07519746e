"""Order files: every row gets one class, and the good ones become invoices."""

import gzip
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import DATA
from tools.replay import retail
from tools.replay.accounts import Account, Unaccounted
from tools.replay.variants import FEATURES, Stock

HEADER = ",".join(retail.COLUMNS)


def row(
    invoice: str = "536365",
    code: str = "85123A",
    quantity: object = 6,
    *,
    price: object = "2.55",
    customer: str = "17850.0",
    description: str = "LANTERN",
) -> str:
    return f"{invoice},{code},{description},{quantity},2010-12-01 08:26:00,{price},{customer},United Kingdom"


def read(*rows: str, **options: int) -> retail.Orders:
    return retail.read([HEADER, *rows], **options)


@pytest.mark.parametrize(
    ("dirty", "name"),
    [
        (row(quantity="six"), "unreadable"),
        (row(price="NaN"), "unreadable"),
        ("536365,85123A,too short", "unreadable"),
        (row(customer=""), "missing_customer"),
        *(
            (row(code=code), "not_a_product")
            for code in ("POST", "D", "M", "BANK CHARGES", "gift_0001_40", "DOT", "C2")
        ),
        (row(code="DCGS0076"), "not_a_product"),
        (row(quantity=-6), "non_positive_quantity"),
        (row(quantity=0), "non_positive_quantity"),
        (row(invoice="C536379", quantity=1), "positive_cancellation"),
        (row(price="0.0"), "zero_price"),
        (row(price="-11062.06"), "zero_price"),
        (row(quantity=100_001), "quantity_beyond_limit"),
        (row(invoice="C536379", quantity=-100_001), "quantity_beyond_limit"),
    ],
)
def test_a_dirty_row_is_named_and_nothing_of_it_is_ordered(dirty: str, name: str) -> None:
    orders = read(dirty, row(code="71053"))
    assert orders.account.classes == {name: 1, "sent": 1}
    assert orders.ordered == {"71053": 6}
    assert not orders.cancelled


def test_only_a_row_equal_in_every_column_is_a_duplicate() -> None:
    orders = read(row(), row(), row(quantity=2), row(description="LAMP"), row(invoice="536366"))
    assert orders.account.classes == {"sent": 4, "duplicate": 1}
    assert [invoice.lines["85123A"][1:] for invoice in orders.invoices] == [(14, 3), (6, 1)]


def test_the_first_reason_that_applies_names_the_row() -> None:
    assert read(row(customer="", code="POST", quantity=0)).account.classes == {"missing_customer": 1}


def test_a_cancellation_takes_units_back() -> None:
    orders = read(row(), row(invoice="C536379", quantity=-2))
    assert orders.account.classes == {"sent": 1, "cancelling": 1}
    assert [(invoice.customer, invoice.cancels) for invoice in orders.invoices] == [("17850", False), ("17850", True)]
    assert (orders.ordered, orders.cancelled) == ({"85123A": 6}, {"85123A": 2})


def test_codes_that_differ_in_case_only_are_one_product() -> None:
    assert read(row(code="84997b"), row(code="84997B")).ordered == {"84997B": 12}


def test_a_limit_takes_the_first_rows() -> None:
    assert read(row(), row(code="71053"), limit=1).account.read == 1


def test_each_customer_becomes_so_many_fans_who_order_the_same() -> None:
    orders = read(row(quantity=2), row(customer="9", code="71053"), row(quantity=0))
    many = orders.times(3)
    many.account.check()
    assert (many.account.read, many.account.classes["sent"]) == (9, 6)
    assert many.ordered == {code: units * 3 for code, units in orders.ordered.items()}
    assert len(many.customers) == 6
    assert sorted(len(invoice.lines) for invoice in many.invoices) == [1] * 6
    assert orders.times(1) == orders


def test_another_file_is_refused() -> None:
    with pytest.raises(retail.NotOrders):
        retail.read(["name,price", "lamp,3"])


FIELD = st.sampled_from(["", "C1", "1", "85123A", "POST", "-3", "0", "7", "2.5", "100001", "x"])


@given(st.lists(st.lists(FIELD, min_size=6, max_size=9).map(",".join), max_size=30))
def test_rows_read_are_the_sum_of_their_classes(rows: list[str]) -> None:
    orders = read(*rows)
    assert orders.account.read == len(rows) == sum(orders.account.classes.values())
    used = orders.account.classes["sent"] + orders.account.classes["cancelling"]
    assert used == sum(line.rows for invoice in orders.invoices for line in invoice.lines.values())


def test_an_account_that_does_not_add_up_is_an_alarm() -> None:
    with pytest.raises(Unaccounted):
        Account("rows", read=2, classes=Counter(sent=1)).check()
    with pytest.raises(Unaccounted):
        Account("rows", read=0, classes=Counter(sent=1, lost=-1)).check()


@given(st.sets(st.text(alphabet="0123456789AB", min_size=1, max_size=7), min_size=1, max_size=80))
def test_a_stock_code_and_its_variant_name_each_other(codes: set[str]) -> None:
    stock = Stock.of(codes)
    options = {feature["feature_id"]: {one["option_id"] for one in feature["options"]} for feature in stock.features()}
    for code in codes:
        variant = stock.variant(code)
        assert stock.code(variant) == code
        assert all(variant[feature] in options[feature] for feature in FEATURES)
    assert len({tuple(stock.variant(code).values()) for code in codes}) == len(codes)


def test_the_real_file_is_accounted_for_row_by_row() -> None:
    path = DATA / "retail" / "online_retail_2010-12_2011-09.csv.gz"
    if not path.exists():
        pytest.skip(f"no orders to read: {path} is missing")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        orders = retail.read(lines)
    assert orders.account.read == 370_931
    assert orders.account.classes == {
        "sent": 262_637,
        "missing_customer": 98_056,
        "cancelling": 6_063,
        "duplicate": 2_813,
        "not_a_product": 1_342,
        "zero_price": 20,
    }
    assert Stock.of(orders.codes).options == 16
