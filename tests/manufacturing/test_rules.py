"""How an order is drawn up, and how answers move it."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import prices, variants
from chalicelib.manufacturing import rules
from chalicelib.manufacturing.model import Answer, AnswerKind, NewAnswer, State
from chalicelib.manufacturing.rules import NEXT, AnswerOutOfOrder
from tests import examples
from tests.hands import START
from tests.strategies import campaigns, reordered
from tests.strategies import variants as variants_of

KINDS = get_args(AnswerKind)


@st.composite
def manifests(draw: st.DrawFn):
    """A campaign, and what the claims of a batch of it want: complete variants and quantities."""
    campaign = draw(campaigns())
    wanted = draw(st.lists(st.tuples(variants_of(campaign), st.integers(1, 50)), min_size=1, max_size=8))
    return campaign, [(variants.complete(campaign, variant), quantity) for variant, quantity in wanted]


class TestLines:
    """From claims to order lines."""

    @given(manifests(), st.integers(1, 5_000))
    def test_lines_are_the_sums_of_what_was_claimed(self, manifest, units):
        """O3: one line per variant, no unit lost or made up."""
        campaign, wanted = manifest
        found = rules.lines(campaign, wanted, batch_units=units)
        assert {variants.name(line.variant): line.quantity for line in found} == {
            variants.name(variant): sum(quantity for other, quantity in wanted if other == variant)
            for variant, _ in wanted
        }

    @given(manifests(), st.integers(1, 5_000), st.randoms())
    def test_the_order_of_claims_does_not_change_a_byte(self, manifest, units, chance):
        """B5, O2: replay gives the same bytes."""
        campaign, wanted = manifest
        shuffled = chance.sample(wanted, len(wanted))
        one, other = (rules.lines(campaign, some, batch_units=units) for some in (wanted, shuffled))
        assert [line.model_dump_json() for line in one] == [line.model_dump_json() for line in other]

    @given(st.data(), manifests(), st.integers(1, 5_000))
    def test_the_order_in_which_maps_are_read_back_does_not_change_a_byte(self, data, manifest, units):
        """B5, O3: DynamoDB does not keep the order of a map; one variant must still be one line."""
        campaign, wanted = manifest
        again = [(data.draw(reordered(variant)), quantity) for variant, quantity in wanted]
        one, other = (rules.lines(campaign, some, batch_units=units) for some in (wanted, again))
        assert [line.model_dump_json() for line in one] == [line.model_dump_json() for line in other]

    @given(manifests(), st.integers(1, 5_000))
    def test_every_line_is_priced_at_the_one_tier_of_the_batch(self, manifest, units):
        """O3: price x quantity to the minor unit."""
        campaign, wanted = manifest
        for line in rules.lines(campaign, wanted, batch_units=units):
            surcharge = prices.surcharge_minor(campaign, line.variant)
            assert line.unit_price_minor - surcharge == prices.tier(campaign.price_ladder, units).unit_price_minor

    @given(manifests())
    def test_lines_are_numbered_from_one(self, manifest):
        campaign, wanted = manifest
        found = rules.lines(campaign, wanted, batch_units=10)
        assert [line.line for line in found] == list(range(1, len(found) + 1))

    @given(manifests())
    def test_parts_are_those_of_every_unit(self, manifest):
        campaign, wanted = manifest
        found = rules.lines(campaign, wanted, batch_units=10)
        expected: dict[str, int] = {}
        for variant, quantity in wanted:
            for part in variants.parts(campaign, variant):
                expected[part.sku] = expected.get(part.sku, 0) + part.quantity * quantity
        assert {part.sku: part.quantity for part in rules.total_parts(found)} == expected

    def test_an_empty_batch_has_no_lines(self):
        assert rules.lines(examples.campaign(), [], batch_units=0) == ()
        assert rules.total_parts(()) == ()


def answer(kind: AnswerKind, note: str | None = None) -> NewAnswer:
    return NewAnswer(answer=kind, note=note)


class TestAnswers:
    """What a manufacturer may say when."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("state", get_args(State))
    def test_an_answer_is_recorded_where_it_may_follow_and_refused_elsewhere(self, state, kind):
        order = examples.head(state=state)
        if kind in NEXT.get(state, ()):
            assert rules.decide(order, answer(kind, "why"), START) == Answer(answer=kind, note="why", at=START)
        else:
            with pytest.raises(AnswerOutOfOrder):
                rules.decide(order, answer(kind, "why"), START)

    def test_an_order_is_answered_for_good_once(self):
        """F25: after acceptance or rejection nothing follows."""
        assert not {"accepted", "accepted_with_changes", "rejected"} & NEXT.keys()

    def test_nothing_comes_before_received_but_the_order_itself(self):
        assert [state for state, kinds in NEXT.items() if "received" in kinds] == ["issued"]

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_same_answer_again_changes_nothing(self, kind):
        """F25."""
        given_before = Answer(answer=kind, note="why", at=START)
        order = examples.head(state=kind, answers=(given_before,))
        assert rules.decide(order, answer(kind, "why"), START) is None

    def test_the_same_answer_with_another_note_is_another_answer(self):
        order = examples.head(state="rejected", answers=(Answer(answer="rejected", note="why", at=START),))
        with pytest.raises(AnswerOutOfOrder):
            rules.decide(order, answer("rejected", "because"), START)

    @given(st.lists(st.sampled_from(KINDS), max_size=10))
    def test_at_most_two_answers_are_ever_recorded(self, told):
        order = examples.head()
        for kind in told:
            try:
                given_now = rules.decide(order, answer(kind), START)
            except AnswerOutOfOrder:
                continue
            if given_now:
                order = order.model_copy(update={"state": kind, "answers": (*order.answers, given_now)})
        assert len(order.answers) <= 2
        assert order.state == (order.answers[-1].answer if order.answers else "issued")


class TestEnvelope:
    """What is sent to the manufacturer."""

    @pytest.mark.parametrize(
        "since",
        [
            {"state": "received", "answers": (Answer(answer="received", at=START),)},
            {"delivered_at": START, "delivery_attempts": 3},
            {"delivery_attempts": 2, "delivery_problem": "status_500"},
        ],
    )
    def test_a_resend_is_the_same_to_the_byte_whatever_has_happened_since(self, since):
        """O2."""
        first = rules.envelope(examples.order()).model_dump_json()
        assert rules.envelope(examples.order(**since)).model_dump_json() == first

    def test_a_resend_is_the_same_to_the_byte_in_whatever_order_maps_are_read_back(self):
        """O2: DynamoDB does not keep the order of a map."""
        again = examples.order(lines=(examples.line(variant={"lens": "wide", "colour": "red"}),))
        assert rules.envelope(again).model_dump_json() == rules.envelope(examples.order()).model_dump_json()

    def test_its_id_is_the_orders(self):
        found = rules.envelope(examples.order())
        assert found.id == found.subject == examples.ORDER_ID

    def test_it_does_not_say_who_the_organiser_is(self):
        assert "sub-olga" not in rules.envelope(examples.order()).model_dump_json()
