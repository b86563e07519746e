"""Variants: one complete choice, always written the same way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns import variants
from chalicelib.campaigns.variants import VariantUnavailable
from tests import examples
from tests.strategies import campaigns, reordered
from tests.strategies import variants as variants_of

CAMPAIGN = examples.campaign()


@given(st.data(), campaigns())
def test_a_complete_variant_names_every_feature_in_the_campaigns_order(data, campaign):
    found = variants.complete(campaign, data.draw(variants_of(campaign)))
    assert list(found) == [feature.feature_id for feature in campaign.features]


@given(st.data(), campaigns())
def test_completing_twice_is_completing_once(data, campaign):
    once = variants.complete(campaign, data.draw(variants_of(campaign)))
    assert list(variants.complete(campaign, once).items()) == list(once.items())


@given(st.data(), campaigns())
def test_the_order_in_which_a_fan_chooses_does_not_count(data, campaign):
    chosen = data.draw(variants_of(campaign))
    one, other = (variants.complete(campaign, chosen), variants.complete(campaign, data.draw(reordered(chosen))))
    assert list(one.items()) == list(other.items())


@given(st.data(), campaigns())
def test_the_order_in_which_a_map_is_read_back_does_not_change_a_name(data, campaign):
    """DynamoDB does not keep the order of a map: the same variant must still be one line."""
    variant = variants.complete(campaign, data.draw(variants_of(campaign)))
    assert variants.name(data.draw(reordered(variant))) == variants.name(variant)


@given(st.data(), campaigns())
def test_two_variants_have_one_name_exactly_when_they_are_the_same(data, campaign):
    one, other = (variants.complete(campaign, data.draw(variants_of(campaign))) for _ in range(2))
    assert (variants.name(one) == variants.name(other)) == (one == other)


@given(st.data(), campaigns())
def test_only_what_has_one_option_left_may_be_left_out(data, campaign):
    chosen = data.draw(variants_of(campaign))
    left_out = data.draw(st.sampled_from(sorted(chosen)))
    shorter = {name: option for name, option in chosen.items() if name != left_out}
    if len(campaign.selectable[left_out]) == 1:
        assert variants.complete(campaign, shorter) == chosen
    else:
        with pytest.raises(VariantUnavailable):
            variants.complete(campaign, shorter)


@given(st.data(), campaigns())
def test_an_option_that_is_not_selectable_is_refused(data, campaign):
    chosen = data.draw(variants_of(campaign))
    feature = data.draw(st.sampled_from(campaign.features))
    lost = {option.option_id for option in feature.options} - set(campaign.selectable[feature.feature_id])
    option = data.draw(st.sampled_from([*sorted(lost), "no such option", ""]))
    with pytest.raises(VariantUnavailable):
        variants.complete(campaign, {**chosen, feature.feature_id: option})


@pytest.mark.parametrize("chosen", [{"lens": "wide", "size": "s"}, {"lens": "wide", "": "wide"}, {"Lens": "wide"}])
def test_a_feature_that_the_campaign_does_not_have_is_refused(chosen):
    with pytest.raises(VariantUnavailable, match="does not have"):
        variants.complete(CAMPAIGN, chosen)


def test_the_option_of_one_feature_is_no_option_of_another():
    with pytest.raises(VariantUnavailable, match="colour"):
        variants.complete(CAMPAIGN, {"colour": "wide", "lens": "wide"})


def test_nothing_is_selectable_before_the_result_is_certified():
    with pytest.raises(VariantUnavailable):
        variants.complete(examples.voting(), {"lens": "wide"})


def test_equal_parts_of_several_options_are_summed():
    parts = variants.parts(CAMPAIGN, {"colour": "red", "lens": "tele"})
    assert [(part.sku, part.quantity) for part in parts] == [("SCREW-M2", 8), ("SHELL-RED", 1)]


@given(st.data(), campaigns())
def test_no_part_is_lost_or_made_up(data, campaign):
    variant = variants.complete(campaign, data.draw(variants_of(campaign)))
    wanted = [part for option in variants.options(campaign, variant) for part in option.parts]
    found = variants.parts(campaign, variant)
    assert sum(part.quantity for part in found) == sum(part.quantity for part in wanted)
    assert [part.sku for part in found] == sorted({part.sku for part in wanted})


class TestCodes:
    """A variant in a few letters, as a claim says it."""

    @given(st.data(), campaigns())
    def test_a_variant_is_read_back_from_its_code(self, data, campaign):
        variant = variants.complete(campaign, data.draw(variants_of(campaign)))
        assert variants.read_code(campaign, variants.code(campaign, variant)) == variant

    @pytest.mark.parametrize(("many", "last"), [(36, "z"), (37, "24"), (200, "c7")])
    def test_many_options_take_two_digits(self, many, last):
        features = [feature.model_dump() for feature in CAMPAIGN.features]
        options = [{"option_id": f"o{number}", "label": "O", "parts": []} for number in range(many)]
        large = examples.campaign(features=[{**features[0], "options": options}, features[1]], selectable={})
        variant = {"colour": f"o{many - 1}", "lens": "macro"}
        assert variants.code(large, variant) == f"{last}2"
        assert variants.read_code(large, f"{last}2") == variant
