"""Amounts as Stripe writes them, both ways, against its own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import currencies
from chalicelib.kernel.money import MOST_MINOR
from chalicelib.plumbing.gateway.port import Amount, Misused
from chalicelib.plumbing.gateway.stripe_amounts import from_stripe, to_stripe

# Stripe's page "Supported currencies" says of each of these how it is written.
ZERO_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
}
WITH_CENTS = {"ISK", "UGX"}
THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}
NOT_TAKEN = {"CLF", "IQD", "LYD", "UYI", "UYW"}
TAKEN = sorted(set(currencies.all_codes()) - NOT_TAKEN)


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1000, "EUR", 1000),
        (500, "JPY", 500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (500, "MGA", 5),
        (5120, "KWD", 5120),
        (1045, "HUF", 1045),
        (80045, "TWD", 80045),
    ],
)
def test_stripes_own_examples(minor: int, currency: str, written: int):
    assert to_stripe(Amount(minor, currency)) == written
    assert from_stripe(written, currency.lower()) == Amount(minor, currency)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (Amount(5124, "KWD"), "steps of 10, which 5124 is not"),
        (Amount(501, "MGA"), "steps of 100, which 501 is not"),
        (Amount(500, "CLF"), "takes no CLF"),
        (Amount(500, "XAU"), "takes no XAU"),
        (Amount(500, "eur"), "takes no eur"),
        (Amount(0, "EUR"), "above 0, not 0 EUR"),
        (Amount(-1, "EUR"), "above 0, not -1 EUR"),
    ],
)
def test_what_stripe_cannot_take_is_told_in_a_sentence(amount: Amount, told: str):
    with pytest.raises(Misused, match=told):
        to_stripe(amount)


@pytest.mark.parametrize(("written", "currency"), [(550, "isk"), (1, "ugx"), (500, "xau"), (500, "lyd")])
def test_what_stripe_cannot_have_written_is_an_alarm(written: int, currency: str):
    with pytest.raises(Misused):
        from_stripe(written, currency)


@given(st.sampled_from(TAKEN), st.integers(1, MOST_MINOR))
def test_every_amount_that_goes_out_comes_back_the_same(code: str, minor: int):
    step = 100 if code == "MGA" else 10 if code in THREE_DECIMALS else 1
    amount = Amount(minor * step, code)
    assert from_stripe(to_stripe(amount), code.lower()) == amount


@given(st.sampled_from(TAKEN), st.integers(1, MOST_MINOR))
def test_every_amount_that_comes_in_goes_out_the_same(code: str, number: int):
    written = number * (100 if code in WITH_CENTS else 10 if code in THREE_DECIMALS else 1)
    assert to_stripe(from_stripe(written, code.lower())) == written


@given(st.sampled_from(TAKEN), st.integers(1, 10_000))
def test_whole_units_are_worth_the_same_in_both(code: str, units: int):
    """Five of a currency are five of it, whatever either side's smallest unit is."""
    stripes_decimals = 0 if code in ZERO_DECIMALS else 3 if code in THREE_DECIMALS else 2
    assert to_stripe(Amount(units * 10 ** currencies.exponent(code), code)) == units * 10**stripes_decimals


@pytest.mark.parametrize("code", currencies.all_codes())
def test_every_currency_is_either_written_or_refused(code: str):
    if code in NOT_TAKEN:
        with pytest.raises(Misused):
            to_stripe(Amount(1000, code))
    else:
        assert to_stripe(Amount(1000, code)) > 0
