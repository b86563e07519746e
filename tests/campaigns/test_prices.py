"""The price ladder: more units never cost more a piece, and the tier of the minimum is the most that anybody pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.model import Tier
from tests import examples
from tests.strategies import campaigns, ladders
from tests.strategies import variants as variants_of

UNITS = st.integers(0, 20_000)
LADDER = (
    Tier(from_units=1, unit_price_minor=10_000),
    Tier(from_units=10, unit_price_minor=9_000),
    Tier(from_units=20, unit_price_minor=8_000),
)


@pytest.mark.parametrize(
    ("units", "price"), [(0, 10_000), (1, 10_000), (9, 10_000), (10, 9_000), (19, 9_000), (20, 8_000), (10**6, 8_000)]
)
def test_a_tier_begins_at_its_first_unit(units, price):
    assert prices.tier(LADDER, units).unit_price_minor == price


@pytest.mark.parametrize(("units", "start"), [(1, 10), (9, 10), (10, 20), (19, 20), (20, None), (10**6, None)])
def test_the_next_tier_is_one_that_is_not_reached_yet(units, start):
    step = prices.next_tier(LADDER, units)
    assert (step and step.from_units) == start


@given(ladders(), UNITS, UNITS)
def test_more_units_never_cost_more_a_piece(ladder, one, other):
    fewer, more = sorted([one, other])
    assert prices.tier(ladder, more).unit_price_minor <= prices.tier(ladder, fewer).unit_price_minor


@given(ladders(), UNITS, UNITS)
def test_no_batch_that_reaches_its_minimum_costs_more_than_the_tier_of_the_minimum(ladder, minimum, beyond):
    """M3: never above what was shown."""
    most = prices.tier(ladder, minimum).unit_price_minor
    assert prices.tier(ladder, minimum + beyond).unit_price_minor <= most


@given(ladders(), UNITS)
def test_the_tier_is_the_last_one_that_the_units_reach(ladder, units):
    found = prices.tier(ladder, units)
    beyond = ladder[ladder.index(found) + 1 :]
    assert found.from_units <= max(units, 1)
    assert all(step.from_units > units for step in beyond)


@given(ladders(), UNITS)
def test_the_next_tier_is_reached_by_exactly_the_units_that_it_wants(ladder, units):
    step = prices.next_tier(ladder, units)
    if step is None:
        assert prices.tier(ladder, units) == prices.tier(ladder, 10**7)
    else:
        assert prices.tier(ladder, step.from_units) == step
        assert prices.tier(ladder, step.from_units - 1) == prices.tier(ladder, units)


@given(st.data(), campaigns(), UNITS)
def test_a_unit_costs_its_tier_and_the_surcharges_of_its_options(data, campaign, units):
    variant = variants.complete(campaign, data.draw(variants_of(campaign)))
    surcharges = {
        (feature.feature_id, option.option_id): option.surcharge_minor
        for feature in campaign.features
        for option in feature.options
    }
    expected = prices.tier(campaign.price_ladder, units).unit_price_minor + sum(
        surcharges[chosen] for chosen in variant.items()
    )
    assert prices.unit_price_minor(campaign, variant, units) == expected


def test_the_surcharge_of_the_example_is_that_of_its_lens():
    assert prices.surcharge_minor(examples.campaign(), {"colour": "red", "lens": "tele"}) == 500


@pytest.mark.parametrize(
    ("minimum", "units", "most"),
    [
        (5, 20, 19_000),  # 19 units at 9,000 instead of 8,000; 9 at 10,000 would be 18,000
        (15, 20, 19_000),
        (20, 20, 0),
        (5, 19, 9_000),
        (10, 19, 0),
        (5, 9, 0),
    ],
)
def test_what_drop_outs_can_cost_the_organiser_is_the_dearest_step_down(minimum, units, most):
    assert prices.carried_most_minor(LADDER, minimum, units) == most


@given(ladders(), st.integers(1, 200), st.integers(1, 200))
def test_no_number_of_drop_outs_costs_more_than_was_told(ladder, minimum, units):
    """Tried one by one: whoever is left keeps the price of all."""
    settled = prices.tier(ladder, units).unit_price_minor
    costs = [(prices.tier(ladder, left).unit_price_minor - settled) * left for left in range(minimum, units)]
    assert prices.carried_most_minor(ladder, minimum, units) == max(costs, default=0)
