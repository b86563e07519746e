"""Sums over orders whose batch was settled otherwise than placed, or topped up."""

from typing import Any

from tools.replay import comparing, retail
from tools.replay.presale import Presold
from tools.replay.shopping import Outcome
from tools.replay.sums import OrderSums
from tools.replay.variants import Stock

STOCK = Stock.of(["A", "B"])
LADDER = [{"from_units": 1, "unit_price_minor": 1000}]


def line(code: str, quantity: int) -> dict[str, Any]:
    return {"variant": STOCK.variant(code), "quantity": quantity}


def preorder(lines: list[Any], final_minor: int, **more: Any) -> dict[str, Any]:
    units = sum(one["quantity"] for one in lines)
    found = {"state": "ordered", "batch_number": 1, "units": units, "lines": lines, "fan_id": "f"}
    return {**found, "final_total_minor": final_minor, **more}


def batch(**more: Any) -> dict[str, Any]:
    found = {"number": 1, "state": "ordered", "order_id": "o", "capacity": 10, "held_units": 5}
    return {**found, "final_units": 7, "final_unit_price_minor": 1000, **more}


def sums(*preorders: dict[str, Any], **more: Any) -> OrderSums:
    """Two pre-orders of 5 units in all, and an order of five A and two B."""
    found = OrderSums(STOCK)
    for one in preorders or (preorder([line("A", 2)], 3000, settled_lines=[line("A", 3)]), preorder([line("B", 3)], 0)):
        found.add_preorder(one)
    found.add_batch(batch(**more))
    found.add_order({"state": "issued", "batch_number": 1, "units": 7, "total_minor": 7000})
    found.add_order_lines(1, [line("A", 5), line("B", 2)])
    return found


def differing(found: OrderSums) -> list[str]:
    file = retail.Orders()
    presold = Presold(Outcome(file.account), STOCK, "c", LADDER)
    figures = comparing.orders(file, presold, found, found, "stored")
    return [one.name for one in figures if not one.agrees and ("by batch" in one.name or "on order" in one.name)]


def settled() -> list[dict[str, Any]]:
    """Raised by one, and switched in part; what the organiser takes is two of A."""
    raised = preorder([line("A", 2)], 3000, settled_lines=[line("A", 3)])
    return [raised, preorder([line("B", 3)], 2000, settled_lines=[line("B", 2)])]


def test_order_lines_are_settled_lines_and_what_the_organiser_takes() -> None:
    assert differing(sums(*settled(), top_up=[line("A", 2)])) == []


def test_without_the_top_up_or_a_settlement_the_figures_differ() -> None:
    every = ["units locked, by batch", "units ordered, by batch", "units on order lines, by batch"]
    every += ["units on order lines, by product", "money ordered, by batch"]
    assert differing(sums(*settled())) == every
    placed = [{**one, "settled_lines": None} for one in settled()]
    assert differing(sums(*placed, top_up=[line("A", 2)])) == ["units on order lines, by product"]


def test_held_units_stay_those_that_were_placed() -> None:
    found = sums(*settled(), top_up=[line("A", 2)])
    assert (found.promised_units[1], found.made_units[1]) == (5, 7)


def test_a_batch_that_is_made_above_its_capacity_is_oversold() -> None:
    assert sums(*settled(), top_up=[line("A", 2)], capacity=6).oversold() == {1: 1}


def test_a_top_up_of_a_batch_that_is_not_made_counts_nowhere() -> None:
    found = sums(*settled(), top_up=[line("A", 2)], order_id=None, state="short")
    assert found.made_units[1] == 5
