"""One price for all: nobody above the own cap, nobody left out who would pay it, and of such prices that of most units.

The referee tries every set of bids at every tier.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches.clearing import Bid, clear
from chalicelib.campaigns import prices
from chalicelib.campaigns.model import Tier
from tests.batches import brute

PRICES = [100, 90, 80, 70, 60]
CAPS = st.none() | st.sampled_from([*PRICES, 50, 65, 95])
MINIMUMS = st.integers(1, 9)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Tiers close to each other, so that a few bids reach many of them."""
    starts = [1, *sorted(draw(st.sets(st.integers(2, 14), max_size=4)))]
    return tuple(Tier(from_units=start, unit_price_minor=price) for start, price in zip(starts, PRICES, strict=False))


@st.composite
def bids(draw: st.DrawFn) -> list[Bid]:
    wanted = draw(st.lists(st.tuples(st.integers(1, 4), CAPS), max_size=6))
    return [Bid(f"p{number}", units, cap) for number, (units, cap) in enumerate(wanted)]


LADDER = tuple(Tier(from_units=start, unit_price_minor=price) for start, price in [(1, 100), (5, 90), (10, 80)])


def price(found: list[Bid], ladder: tuple[Tier, ...] = LADDER, minimum: int = 1) -> int | None:
    cleared = clear(found, ladder, minimum=minimum)
    return cleared and cleared.unit_price_minor


@given(bids(), ladders(), MINIMUMS)
def test_of_all_fair_clearings_that_of_most_units_is_taken_then_the_cheapest(
    some: list[Bid], ladder: tuple[Tier, ...], minimum: int
):
    fair = list(brute.clearings(some, ladder, minimum))
    cleared = clear(some, ladder, minimum=minimum)
    if not fair:
        assert cleared is None
    else:
        units, at, ids = max(fair, key=lambda one: (one[0], -one[1]))
        assert cleared is not None
        assert (cleared.units, cleared.unit_price_minor, frozenset(cleared.taken)) == (units, at, ids)
        assert at == min(one[1] for one in fair), "the lowest price is that of most units"


@given(bids(), ladders(), MINIMUMS)
def test_nobody_pays_more_than_the_own_cap_and_everybody_who_would_pay_is_taken(
    some: list[Bid], ladder: tuple[Tier, ...], minimum: int
):
    cleared = clear(some, ladder, minimum=minimum)
    if cleared is not None:
        at = cleared.unit_price_minor
        assert at == prices.tier(ladder, cleared.units).unit_price_minor
        assert {bid.preorder_id for bid in some if bid.cap_minor is None or bid.cap_minor >= at} == {*cleared.taken}
        assert sorted([*cleared.taken, *cleared.left]) == sorted(bid.preorder_id for bid in some)
        assert cleared.units == sum(bid.units for bid in some if bid.preorder_id in cleared.taken) >= minimum


@given(st.data(), bids(), ladders(), MINIMUMS)
def test_the_order_of_the_bids_does_not_count(
    data: st.DataObject, some: list[Bid], ladder: tuple[Tier, ...], minimum: int
):
    other = data.draw(st.permutations(some))
    assert clear(other, ladder, minimum=minimum) == clear(some, ladder, minimum=minimum)


@given(bids(), ladders(), MINIMUMS, st.integers(1, 4), CAPS)
def test_one_more_bid_never_raises_the_price(
    some: list[Bid], ladder: tuple[Tier, ...], minimum: int, units: int, cap: int | None
):
    """Whatever its cap: more fans are good news for all who are in."""
    before, after = price(some, ladder, minimum), price([*some, Bid("new", units, cap)], ladder, minimum)
    assert before is None or (after is not None and after <= before)


@given(st.data(), bids().filter(bool), ladders(), MINIMUMS, st.sampled_from([*PRICES, 50]), CAPS)
def test_naming_another_cap_than_the_true_one_never_gains(  # noqa: PLR0917 - hypothesis passes them
    data: st.DataObject, some: list[Bid], ladder: tuple[Tier, ...], minimum: int, worth: int, told: int | None
):
    """A fan to whom a unit is worth so much gains what is left of it after the price, and nothing without a place."""
    mine = data.draw(st.integers(0, len(some) - 1))

    def gain(cap: int | None) -> int:
        said = [*some[:mine], some[mine]._replace(cap_minor=cap), *some[mine + 1 :]]
        cleared = clear(said, ladder, minimum=minimum)
        taken = cleared is not None and some[mine].preorder_id in cleared.taken
        return worth - cleared.unit_price_minor if cleared and taken else 0

    assert gain(told) <= gain(worth)


def test_a_cap_waits_for_the_price_that_it_allows():
    others = [Bid("a", 4), Bid("b", 5)]
    assert price(others) == 90
    assert price([*others, Bid("c", 1, 80)]) == 80
    assert price([*others, Bid("c", 1, 79)]) == 90


def test_caps_that_need_each_other_are_taken_together():
    """None of them would bring the price down alone."""
    assert price([Bid(name, 2, 80) for name in "abcde"]) == 80
    assert price([Bid(name, 2, 80) for name in "abcd"]) is None


@pytest.mark.parametrize(("minimum", "expected"), [(5, 90), (9, 90), (10, None)])
def test_a_price_holds_only_with_the_minimum(minimum: int, expected: int | None):
    assert price([Bid("a", 9), Bid("b", 3, 70)], minimum=minimum) == expected


def test_who_is_left_is_told():
    cleared = clear([Bid("b", 3, 70), Bid("a", 9)], LADDER, minimum=1)
    assert cleared is not None
    assert (cleared.taken, cleared.left, cleared.units) == (("a",), ("b",), 9)


def test_many_bids_are_no_search():
    """Twenty tiers and twenty caps: what each price brings is looked up, not tried."""
    ladder = tuple(Tier(from_units=1 + 1_800 * step, unit_price_minor=2_000 - 50 * step) for step in range(20))
    some = [Bid(f"{number:06}", 1 + number % 3, 2_000 - 50 * (number % 20)) for number in range(20_000)]
    cleared = clear(some, ladder, minimum=1)
    assert cleared is not None
    at = cleared.unit_price_minor
    assert cleared.units == sum(bid.units for bid in some if bid.cap_minor is not None and bid.cap_minor >= at)
    assert at == prices.tier(ladder, cleared.units).unit_price_minor
