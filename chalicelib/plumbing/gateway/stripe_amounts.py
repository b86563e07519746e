"""How Stripe writes amounts, where it differs from ISO 4217 (its page "Supported currencies", read in 2026)."""

from chalicelib.kernel import currencies
from chalicelib.plumbing.gateway.port import Amount, Misused

# They have no decimals any more, but are still written with two, which are always 00.
_WITH_CENTS = frozenset({"ISK", "UGX"})
# It has two decimals by ISO and none for Stripe.
_WITHOUT_CENTS = frozenset({"MGA"})
# Their third decimal has to be 0. HUF and TWD are whole in payouts only, so charges need no care.
_IN_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_UNKNOWN_TO_STRIPE = frozenset({"UYI", "IQD", "LYD", "CLF", "UYW"})


def to_stripe(amount: Amount) -> int:
    """What Stripe's `amount` has to be. Raises Misused for what it cannot take; its least and greatest amounts are left
    to Stripe, which refuses them as Misused too."""
    _check_currency(amount.currency)
    if amount.minor <= 0:
        raise Misused(f"An amount has to be above 0, not {amount.minor} {amount.currency}.")
    if amount.currency in _WITH_CENTS:
        return amount.minor * 100
    if amount.currency in _WITHOUT_CENTS:
        return _whole(amount.minor, 100, amount.currency) // 100
    return _whole(amount.minor, 10, amount.currency) if amount.currency in _IN_TENS else amount.minor


def from_stripe(amount: int, currency: str) -> Amount:
    """The amount in ISO's minor units; `currency` as Stripe writes it, in small letters. Raises Misused for an amount
    that has no such form."""
    code = currency.upper()
    _check_currency(code)
    if code in _WITH_CENTS:
        return Amount(_whole(amount, 100, code) // 100, code)
    return Amount(amount * 100 if code in _WITHOUT_CENTS else amount, code)


def _check_currency(code: str) -> None:
    if not currencies.known(code) or code in _UNKNOWN_TO_STRIPE:
        raise Misused(f"Stripe takes no {code}: choose another currency for the campaign.")


def _whole(number: int, step: int, code: str) -> int:
    if number % step:
        raise Misused(f"Stripe takes {code} only in steps of {step}, which {number} is not: round the price.")
    return number
