"""What one fan's invoices send, and how refusals of it are accounted for, against an API made of a few lines."""

from typing import Any

from tests.hands import HandClock
from tests.tools.conftest import token_of
from tests.tools.test_retail import HEADER, row
from tools.replay import retail
from tools.replay.calls import Calls
from tools.replay.session import Session
from tools.replay.shopping import Outcome, Shop
from tools.replay.variants import Stock


class Till:
    """Does whatever it is asked, but for what it is told to refuse: `POST <idempotency key>`, `DELETE <pre-order>`."""

    stock: Stock

    def __init__(self, refused: dict[str, str] | None) -> None:
        self.refused = refused or {}
        self.sent: list[tuple[str, dict[str, int] | None]] = []

    def __call__(
        self, method: str, path: str, *, token: str | None = None, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        assert token
        name = key or path.rpartition("/")[2]
        units = {self.stock.code(line["variant"]): line["quantity"] for line in body["lines"]} if body else None
        self.sent.append((f"{method} {name}", units))
        if f"{method} {name}" in self.refused:
            return 409, {"code": self.refused[f"{method} {name}"]}
        return 201, {"preorder_id": name}


def shop(*rows: str, refused: dict[str, str] | None = None) -> tuple[Till, Outcome]:
    orders = retail.read([HEADER, *rows])
    api = Till(refused)
    api.stock = Stock.of(orders.codes)
    session = Session(Calls(api), token_of, HandClock(), "maker", quiet=True)
    counter = Shop(session, "campaign", api.stock, Outcome(orders.account))
    for invoice in orders.invoices:
        counter.take(invoice)
    orders.account.check()
    return api, counter.outcome


def test_a_long_invoice_becomes_several_pre_orders_with_keys_of_their_own() -> None:
    api, outcome = shop(*(row("300", f"{code:05d}", 1) for code in range(120)))
    assert [(name, len(units or {})) for name, units in api.sent] == [
        ("POST 300", 50),
        ("POST 300.2", 50),
        ("POST 300.3", 20),
    ]
    assert outcome.account.classes["preordered"] == 120


def test_a_cancellation_withdraws_the_latest_that_holds_enough_and_places_the_rest_again() -> None:
    api, outcome = shop(
        row("1", "11111", 5),
        row("2", "11111", 9),
        row("2", "22222", 1),
        row("3", "11111", 2),
        row("C4", "11111", -4),
    )
    assert api.sent[3:] == [("DELETE 2", None), ("POST C4.rest1", {"11111": 5, "22222": 1})]
    assert (outcome.placed, outcome.withdrawn, outcome.units_withdrawn) == (4, 1, {"11111": 4})


def test_lines_of_one_cancellation_that_fall_on_one_pre_order_withdraw_it_once() -> None:
    rows = [row("1", "11111", 5), row("1", "22222", 1), row("C2", "11111", -5), row("C2", "22222", -1)]
    api, outcome = shop(*rows)
    assert api.sent[1:] == [("DELETE 1", None)]
    assert outcome.account.classes["withdrawn"] == 2


def test_a_rest_is_what_the_next_cancellation_finds() -> None:
    rows = [row("1", "11111", 5), row("C2", "11111", -2), row("C3", "11111", -3), row("C4", "11111", -1)]
    api, outcome = shop(*rows)
    assert [name for name, _ in api.sent] == ["POST 1", "DELETE 1", "POST C2.rest0", "DELETE C2.rest0"]
    assert outcome.account.classes["cancellation_unmatched"] == 1


def test_another_fan_s_pre_order_is_never_withdrawn() -> None:
    api, outcome = shop(row("1", "11111", 5, customer="1"), row("C2", "11111", -5, customer="2"))
    assert len(api.sent) == 1
    assert outcome.account.classes["cancellation_unmatched"] == 1


def test_refusals_are_named_by_their_codes_and_their_units_are_kept_apart() -> None:
    refused = {"POST 2": "limit_reached", "DELETE 1": "batch_locked", "POST C5.rest0": "batch_full"}
    _, outcome = shop(
        row("1", "11111", 5, customer="1"),
        row("2", "11111", 7, customer="1"),
        row("C3", "11111", -5, customer="1"),
        row("4", "22222", 8, customer="2"),
        row("C5", "22222", -1, customer="2"),
        refused=refused,
    )
    assert {name: number for name, number in outcome.account.classes.items() if number} == {
        "preordered": 2,
        "refused_limit_reached": 1,
        "cancellation_batch_locked": 1,
        "withdrawn": 1,
    }
    assert outcome.units_refused == {"11111": 7, "22222": 7}
    assert outcome.rests_refused == {"batch_full": 1}
