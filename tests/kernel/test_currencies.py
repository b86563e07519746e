"""Currencies are those of ISO 4217; what else is known of them, CLDR, differs where its numbers are for the eye."""

import json
import shutil
import subprocess

import pytest

from chalicelib.kernel import currencies

# Currencies whose minor unit is so small that nobody writes it any more: CLDR, which says how amounts are shown, has
# dropped it, and ISO 4217, which says how they are counted, has not.
SHOWN_WITHOUT = {
    *("AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP"),
    *("MGA", "MMK", "PKR", "RSD", "SOS", "SYP", "YER"),
}
BY_CLDR = """
const shown = (currency) => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
console.log(JSON.stringify(Object.fromEntries(
  Intl.supportedValuesOf('currency').map((code) => [code, shown(code).maximumFractionDigits]))))
"""


@pytest.fixture(scope="module")
def by_cldr() -> dict[str, int]:
    node = shutil.which("node")
    if not node:
        pytest.skip("Node is not installed: the page is not built here either")
    return json.loads(subprocess.run([node, "-e", BY_CLDR], check=True, capture_output=True, timeout=60).stdout)


@pytest.mark.parametrize(
    ("code", "decimals"),
    [
        ("EUR", 2),
        ("PLN", 2),
        ("JPY", 0),
        ("ISK", 0),
        ("UGX", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("UYW", 4),
        ("MGA", 2),
    ],
)
def test_a_currency_has_its_decimals(code: str, decimals: int):
    assert currencies.known(code)
    assert currencies.exponent(code) == decimals


@pytest.mark.parametrize("code", ["XAU", "XDR", "XXX", "XTS", "BGN", "HRK", "DEM", "ZWL", "eur", "EURO", "", " EUR"])
def test_metals_test_codes_and_what_is_past_are_no_currencies(code: str):
    assert not currencies.known(code)
    with pytest.raises(LookupError):
        currencies.exponent(code)


def test_the_list_is_whole():
    """178 codes of list one, less 13 that have no minor unit."""
    assert len(currencies.all_codes()) == 165
    assert all(len(code) == 3 and code.isupper() for code in currencies.all_codes())


def test_another_list_agrees_where_it_counts_the_same(by_cldr: dict[str, int]):
    ours = {code: currencies.exponent(code) for code in currencies.all_codes() if code in by_cldr}
    assert len(ours) > 150
    differing = {code for code, decimals in ours.items() if by_cldr[code] != decimals}
    assert differing <= SHOWN_WITHOUT
    assert {by_cldr[code] for code in differing} == {0}
