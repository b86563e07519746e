"""How pre-orders are judged and priced."""

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.batches.model import ClaimLine
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.plans import HOLD_MINUTES, due_now_minor
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.campaigns.variants import VariantUnavailable
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Refusal
from chalicelib.preorders import quoting, rules
from chalicelib.preorders.model import NewPreorder, NewQuote
from chalicelib.preorders.rules import (
    LimitReached,
    PreorderEnded,
    ShipsLater,
    TotalAboveAccepted,
    TotalTooLarge,
)
from chalicelib.room.model import Piece, Spot
from tests import examples
from tests.hands import START
from tests.strategies import PLANS, campaigns
from tests.strategies import variants as variants_of

CAMPAIGN = examples.campaign()
QUANTITIES = st.integers(1, 500)
ASKED = examples.payment(claim="1.1.0*3", hold_until=START + timedelta(minutes=HOLD_MINUTES))

SAVE_CARD, PREPAY = {"kind": "save_card"}, {"kind": "prepay"}


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
        found = quoting.quote(campaign, batch, lines)
        assert found.total_now_minor <= found.total_most_minor
        for final_units in (minimum, held + minimum, 10_000):
            locked = batch.model_copy(update={"final_units": final_units})
            assert quoting.final_total_minor(campaign, locked, lines) <= found.total_most_minor

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_totals_are_the_sums_of_their_lines(self, wish, minimum, held):
        campaign, lines = wish
        found = quoting.quote(
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
        found = quoting.quote(campaign, batch, lines)
        assume(found.next_tier)
        count = held + found.units + found.next_tier.units_to_go
        assert found.next_tier.units_to_go > 0
        assert prices.tier(campaign.price_ladder, count).from_units == found.next_tier.from_units
        assert prices.tier(campaign.price_ladder, count - 1).from_units < found.next_tier.from_units

    @given(wishes(), st.integers(1, 2_000), st.integers(0, 3_000))
    def test_the_next_price_is_below_the_price_now(self, wish, minimum, held):
        campaign, wanted_lines = wish
        lines = rules.accept(campaign, wanted(*wanted_lines))
        found = quoting.quote(campaign, examples.batch(minimum=minimum, capacity=10_000, held_units=held), lines)
        assume(found.next_tier)
        first = found.lines[0]
        surcharge = prices.surcharge_minor(campaign, first.variant)
        assert found.next_tier.unit_price_minor < first.unit_price_now_minor - surcharge

    @pytest.mark.parametrize(("capacity", "units"), [(19, None), (20, 10)])
    def test_a_price_that_the_batch_cannot_reach_is_not_promised(self, capacity, units):
        batch = examples.batch(held_units=9, capacity=capacity)
        found = quoting.quote(CAMPAIGN, batch, (ClaimLine(variant=examples.VARIANT, quantity=1),))
        assert (found.next_tier and found.next_tier.units_to_go) == units

    def test_a_total_beyond_anything_that_can_be_paid_is_refused(self):
        dear = examples.campaign(price_ladder=[{"from_units": 1, "unit_price_minor": 10_000_000_000}])
        line = ClaimLine(variant=examples.VARIANT, quantity=1)
        assert quoting.quote(dear, examples.batch(), (line,)).total_most_minor == 10_000_000_000
        with pytest.raises(TotalTooLarge):
            quoting.quote(dear, examples.batch(), (line, line))

    @pytest.mark.parametrize(("accepts", "refusal"), [(30_000, None), (29_999, TotalAboveAccepted), (None, None)])
    def test_a_fan_never_promises_more_than_they_accept(self, accepts, refusal):
        assert refused({"accepts_total_minor": accepts}) is refusal

    @pytest.mark.parametrize(("days", "refusal"), [(0, None), (1, None), (-1, ShipsLater)])
    def test_a_fan_never_promises_to_wait_longer_than_they_accept(self, days, refusal):
        assert refused({"accepts_ships_at": examples.SHIPS + timedelta(days=days)}) is refusal

    @given(wishes(), st.integers(1, 2_000))
    def test_the_first_answer_is_the_same_whatever_the_batch_has_become(self, wish, minimum):
        """F29: it is worked out anew each time, so nothing in it may follow the counters."""
        campaign, wanted_lines = wish
        lines = rules.accept(campaign, wanted(*wanted_lines))
        new = NewPreorder.model_validate({"lines": wanted(*wanted_lines).lines})
        written = rules.promised(campaign, "sub-ada", new, lines, key="k1", path="1.1", at=START)
        batch = examples.batch(minimum=minimum, capacity=10_000)
        later = batch.model_copy(update={"held_units": 9_000, "secured_units": 9_000, "state": "locked"})
        assert quoting.as_placed(written, campaign, batch) == quoting.as_placed(written, campaign, later)

    def test_what_is_promised_is_what_was_quoted(self):
        """M3: frozen at acceptance."""
        placed = quoting.as_placed(examples.promise(), CAMPAIGN, examples.batch())
        pieces = (Piece(Spot(1, 1, 0), 3),)
        assert placed == examples.preorder()
        assert quoting.payment_for(CAMPAIGN, placed, examples.promise(), pieces) == ASKED
        secured = quoting.as_secured(examples.promise(), placed, pieces)
        assert (secured.state, secured.total_most_minor, secured.pieces) == ("secured", 30_000, "1.1.0*3")
        assert [line.unit_price_most_minor for line in secured.lines] == [10_000]

    @pytest.mark.parametrize(
        ("plan", "first"), [(SAVE_CARD, 0), ({"kind": "deposit", "percent": 33}, 9_900), (PREPAY, 30_000)]
    )
    def test_what_is_due_now_is_asked_for_at_once(self, plan, first):
        """M2, M4: the frozen total is the most of all that is taken."""
        campaign = examples.campaign(payment_plan=plan, payment_hold_minutes=5)
        placed = quoting.as_placed(examples.promise(), campaign, examples.batch())
        asked = quoting.payment_for(campaign, placed, examples.promise(), ())
        assert (asked.plan, asked.first_minor, asked.amount_most_minor) == (plan["kind"], first, 30_000)
        assert (asked.series, asked.due_minor, asked.state) == ("first", 0, "requested")
        assert asked.hold_until == START + timedelta(minutes=5)

    @given(wishes(), PLANS)
    def test_what_is_due_now_and_later_is_the_most_that_it_can_cost(self, wish, plan):
        """M2: no plan takes more, and none takes anything twice."""
        campaign, wanted_lines = wish
        campaign = campaign.model_copy(update={"payment_plan": plan})
        quoted = quoting.quote(campaign, examples.batch(), rules.accept(campaign, wanted(*wanted_lines)))
        assert quoted.due_now_minor == due_now_minor(plan, quoted.total_most_minor)
        assert quoted.due_now_minor + quoted.due_later_most_minor == quoted.total_most_minor
        assert min(quoted.due_now_minor, quoted.due_later_most_minor) >= 0

    @given(wishes(), PLANS, st.data())
    def test_of_a_split_pre_order_each_part_is_due_by_itself(self, wish, plan, data):
        """Each is a pre-order of its own: what is due of both is the sum, each rounded up by itself."""
        campaign, wanted_lines = wish
        campaign = campaign.model_copy(update={"payment_plan": plan})
        lines = rules.accept(campaign, wanted(*wanted_lines))
        assume(len(lines) > 1)
        cut = data.draw(st.integers(1, len(lines) - 1))
        shares = [(examples.batch(), lines[:cut]), (examples.batch(number=2), lines[cut:])]
        quoted = quoting.quote_parts(campaign, shares)
        assert quoted.due_now_minor == sum(due_now_minor(plan, one.total_most_minor) for one in quoted.parts)
        assert quoted.due_now_minor + quoted.due_later_most_minor == quoted.total_most_minor


def refused(terms: dict[str, object]) -> type[Refusal] | None:
    """What three units of the example are refused with under these terms."""
    quoted = quoting.quote(CAMPAIGN, examples.batch(), (ClaimLine(variant=examples.VARIANT, quantity=3),))
    new = NewPreorder.model_validate({"lines": wanted(({"lens": "wide"}, 3)).lines, **terms})
    try:
        quoting.check_accepted(quoted, total_minor=new.accepts_total_minor, ships_at=new.accepts_ships_at)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("state", ["placed", "secured"])
def test_a_live_pre_order_can_be_withdrawn(state):
    rules.check_withdrawable(state)


@pytest.mark.parametrize(
    "state", ["locked", "paid", "ordered", "shipped", "delivered", "lapsed", "withdrawn", "dropped"]
)
def test_a_pre_order_that_is_locked_or_over_cannot(state):
    with pytest.raises(PreorderEnded, match=state):
        rules.check_withdrawable(state)


class TestPromising:
    """What is written down before room is taken."""

    new = NewPreorder.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": 3}]})

    def promised(self, **changes):
        lines = rules.accept(CAMPAIGN, self.new)
        return rules.promised(
            CAMPAIGN, "sub-ada", self.new, lines, **{"key": "k1", "path": "1.1", "at": START, **changes}
        )

    def test_it_holds_nothing_and_says_all_that_is_needed_to_go_on(self):
        found = self.promised()
        assert (found.state, found.pieces, found.batch_number) == ("wanted", "", None)
        assert (found.preorder_id, found.units, found.path) == (examples.PREORDER_ID, 3, "1.1")
        assert [line.variant for line in found.lines] == [examples.VARIANT]

    def test_the_text_of_a_key_is_not_kept(self):
        assert "k1" not in self.promised(key="k1").model_dump_json().replace("sub-ada", "")
        assert len(self.promised(key="x" * 64).digest) == len(self.promised(key="#").digest) == 32

    @given(st.text(max_size=64), st.text(max_size=64))
    def test_keys_never_meet_unless_equal(self, one, other):
        assert (ids.key_digest(one) == ids.key_digest(other)) == (one == other)

    def test_the_claim_says_what_is_wanted_in_the_codes_of_the_campaign(self):
        lines = rules.accept(CAMPAIGN, wanted(({"lens": "wide"}, 2), ({"lens": "tele"}, 1)))
        assert rules.wants(CAMPAIGN, lines) == "00*2/01*1"


class TestLimit:
    """Units of one fan over all pre-orders of a campaign."""

    campaign = examples.campaign(limit_per_fan=5)

    @pytest.mark.parametrize("state", ["wanted", "secured", "locked", "ordered"])
    def test_what_is_wanted_or_alive_counts(self, state):
        """S4: the room of what is wanted may be taken at this very moment."""
        others = [examples.promise(state=state, units=3)]
        rules.check_limit(self.campaign, others, 2)
        with pytest.raises(LimitReached, match="5"):
            rules.check_limit(self.campaign, others, 3)

    @pytest.mark.parametrize("state", rules.OVER)
    def test_what_is_over_does_not(self, state):
        rules.check_limit(self.campaign, [examples.promise(state=state, units=5)] * 3, 5)

    @given(st.lists(st.integers(1, 4), max_size=4), st.integers(1, 5))
    def test_it_is_the_sum_that_counts(self, others, units):
        promises = [examples.promise(units=one) for one in others]
        if sum(others) + units <= 5:
            rules.check_limit(self.campaign, promises, units)
        else:
            with pytest.raises(LimitReached):
                rules.check_limit(self.campaign, promises, units)


STALE = rules.LONGEST_REQUEST + timedelta(milliseconds=1)


@pytest.mark.parametrize(("age", "stale"), [(timedelta(), False), (rules.LONGEST_REQUEST, False), (STALE, True)])
def test_a_promise_is_stale_once_no_request_can_still_be_at_it(age, *, stale):
    assert rules.is_stale(examples.promise(), START + age) == stale
    assert not rules.is_stale(examples.promise(state="secured"), START + age)


def test_a_promise_is_renewed_long_before_it_is_stale():
    """Who goes on with it must not be taken for nobody."""
    half = rules.LONGEST_REQUEST / 2
    assert not rules.is_ageing(examples.promise(), START + half)
    assert rules.is_ageing(examples.promise(), START + half + timedelta(milliseconds=1))
