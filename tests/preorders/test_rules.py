"""How pre-orders are judged and priced."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.kernel.refusals import Refusal
from chalicelib.preorders import rules
from chalicelib.preorders.model import NewPreorder, NewQuote
from chalicelib.preorders.rules import (
    LimitReached,
    PreorderEnded,
    ShipsLater,
    TotalAboveAccepted,
    TotalTooLarge,
)
from tests import examples
from tests.hands import START
from tests.strategies import campaigns
from tests.strategies import variants as variants_of

CAMPAIGN = examples.campaign()
QUANTITIES = st.integers(1, 500)


def wanted(*lines):
    return NewQuote.model_validate({"lines": [{"variant": variant, "quantity": count} for variant, count in lines]})


@st.composite
def wishes(draw: st.DrawFn):
    """A campaign, and up to six lines of its variants, some of them the same."""
    campaign = draw(campaigns())
    lines = draw(st.lists(st.tuples(variants_of(campaign), QUANTITIES), min_size=1, max_size=6))
    return campaign, lines


class TestAccepting:
    """From what a fan sends to complete lines."""

    @given(wishes())
    def test_equal_variants_are_one_line_and_no_unit_is_lost(self, wish):
        """S4."""
        campaign, lines = wish
        found = rules.accept(campaign, wanted(*lines))
        names = [variants.name(line.variant) for line in found]
        assert len(set(names)) == len(names)
        assert rules.units_of(found) == sum(quantity for _, quantity in lines)

    @given(wishes(), st.randoms())
    def test_the_order_of_lines_does_not_change_what_is_wanted(self, wish, chance):
        campaign, lines = wish
        one = rules.accept(campaign, wanted(*lines))
        other = rules.accept(campaign, wanted(*chance.sample(lines, len(lines))))
        assert {variants.name(line.variant): line.quantity for line in one} == {
            variants.name(line.variant): line.quantity for line in other
        }

    @given(wishes(), st.integers(0, 3_000))
    def test_the_limit_is_judged_on_the_sum_over_all_lines(self, wish, limit):
        """S4."""
        campaign, lines = wish
        limited = campaign.model_copy(update={"limit_per_fan": limit})
        if sum(quantity for _, quantity in lines) <= limit:
            rules.accept(limited, wanted(*lines))
        else:
            with pytest.raises(LimitReached, match=str(limit)):
                rules.accept(limited, wanted(*lines))

    @pytest.mark.parametrize("state", ["draft", "voting", "settled", "closed", "cancelled"])
    def test_only_an_open_pre_sale_takes_orders(self, state):
        with pytest.raises(CampaignNotPreselling):
            rules.accept(examples.campaign(state=state), wanted(({"lens": "wide"}, 1)))

    def test_one_unavailable_variant_refuses_the_whole_request(self):
        with pytest.raises(VariantUnavailable):
            rules.accept(CAMPAIGN, wanted(({"lens": "wide"}, 1), ({"lens": "macro"}, 1)))


class TestQuoting:
    """What it costs."""

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_the_most_is_never_below_the_price_now_nor_below_any_final_price(self, wish, minimum, held):
        """M3: what is charged is never above what was shown, whatever units the batch locks with."""
        campaign, wanted_lines = wish
        lines = rules.accept(campaign, wanted(*wanted_lines))
        batch = examples.batch(minimum=minimum, capacity=10_000, held_units=held)
        found = rules.quote(campaign, batch, lines)
        assert found.total_now_minor <= found.total_most_minor
        for final_units in (minimum, held + minimum, 10_000):
            locked = batch.model_copy(update={"final_units": final_units})
            assert rules.final_total_minor(campaign, locked, lines) <= found.total_most_minor

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_totals_are_the_sums_of_their_lines(self, wish, minimum, held):
        campaign, lines = wish
        found = rules.quote(
            campaign, examples.batch(minimum=minimum, held_units=held), rules.accept(campaign, wanted(*lines))
        )
        assert found.units == sum(line.quantity for line in found.lines)
        assert found.total_now_minor == sum(line.quantity * line.unit_price_now_minor for line in found.lines)
        assert found.total_most_minor == sum(line.quantity * line.unit_price_most_minor for line in found.lines)

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_the_units_to_go_to_the_next_price_reach_it_and_one_less_does_not(self, wish, minimum, held):
        campaign, wanted_lines = wish
        lines = rules.accept(campaign, wanted(*wanted_lines))
        batch = examples.batch(minimum=minimum, capacity=10_000, held_units=held)
        found = rules.quote(campaign, batch, lines)
        assume(found.next_tier)
        count = held + found.units + found.next_tier.units_to_go
        assert found.next_tier.units_to_go > 0
        assert prices.tier(campaign.price_ladder, count).from_units == found.next_tier.from_units
        assert prices.tier(campaign.price_ladder, count - 1).from_units < found.next_tier.from_units

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_the_next_price_is_below_the_price_now(self, wish, minimum, held):
        campaign, wanted_lines = wish
        lines = rules.accept(campaign, wanted(*wanted_lines))
        found = rules.quote(campaign, examples.batch(minimum=minimum, capacity=10_000, held_units=held), lines)
        assume(found.next_tier)
        first = found.lines[0]
        surcharge = prices.surcharge_minor(campaign, first.variant)
        assert found.next_tier.unit_price_minor < first.unit_price_now_minor - surcharge

    @pytest.mark.parametrize(("capacity", "units"), [(19, None), (20, 10)])
    def test_a_price_that_the_batch_cannot_reach_is_not_promised(self, capacity, units):
        batch = examples.batch(held_units=9, capacity=capacity)
        found = rules.quote(CAMPAIGN, batch, (ClaimLine(variant=examples.VARIANT, quantity=1),))
        assert (found.next_tier and found.next_tier.units_to_go) == units

    def test_a_total_beyond_anything_that_can_be_paid_is_refused(self):
        dear = examples.campaign(price_ladder=[{"from_units": 1, "unit_price_minor": 10_000_000_000}])
        line = ClaimLine(variant=examples.VARIANT, quantity=1)
        assert rules.quote(dear, examples.batch(), (line,)).total_most_minor == 10_000_000_000
        with pytest.raises(TotalTooLarge):
            rules.quote(dear, examples.batch(), (line, line))

    @pytest.mark.parametrize(("accepts", "refusal"), [(30_000, None), (29_999, TotalAboveAccepted), (None, None)])
    def test_a_fan_never_promises_more_than_they_accept(self, accepts, refusal):
        assert refused({"accepts_total_minor": accepts}) is refusal

    @pytest.mark.parametrize(("days", "refusal"), [(0, None), (1, None), (-1, ShipsLater)])
    def test_a_fan_never_promises_to_wait_longer_than_they_accept(self, days, refusal):
        assert refused({"accepts_ships_at": examples.SHIPS + timedelta(days=days)}) is refusal

    def test_what_is_promised_is_what_was_quoted(self):
        """M3: frozen at acceptance."""
        lines = (ClaimLine(variant=examples.VARIANT, quantity=3),)
        quoted = rules.quote(CAMPAIGN, examples.batch(), lines)
        drawn = rules.drawn_up(
            quoted, campaign_id=examples.CAMPAIGN_ID, fan_id="sub-ada", preorder_id=examples.PREORDER_ID, at=START
        )
        assert drawn == examples.preorder()
        assert rules.payment_for(drawn, "card") == examples.payment()


def refused(terms: dict[str, object]) -> type[Refusal] | None:
    """What three units of the example are refused with under these terms."""
    quoted = rules.quote(CAMPAIGN, examples.batch(), (ClaimLine(variant=examples.VARIANT, quantity=3),))
    new = NewPreorder.model_validate({"lines": wanted(({"lens": "wide"}, 3)).lines, **terms})
    try:
        rules.check_accepted(new, quoted)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("state", ["placed", "secured"])
def test_a_live_pre_order_can_be_withdrawn(state):
    rules.check_withdrawable(examples.preorder(state=state))


@pytest.mark.parametrize(
    "state", ["locked", "paid", "ordered", "shipped", "delivered", "lapsed", "withdrawn", "dropped"]
)
def test_a_pre_order_that_is_locked_or_over_cannot(state):
    with pytest.raises(PreorderEnded, match=state):
        rules.check_withdrawable(examples.preorder(state=state))


@pytest.mark.parametrize(("state", "secured"), [("placed", False), ("secured", True), ("lapsed", False)])
def test_the_claim_of_a_pre_order_is_the_room_that_it_holds(state, *, secured):
    claim = examples.preorder(state=state).claim()
    assert claim == examples.claim(secured=secured)
