"""Our asks as Stripe's parameters. Pure: the same ask makes the same parameters, or its key would be refused."""

from typing import Any

from chalicelib.plumbing.gateway.port import Charge, Prepare, Refund
from chalicelib.plumbing.gateway.stripe_amounts import to_stripe

# The library types each call's parameters; what it takes is checked by the tests instead.
Parameters = Any

# Holds and deadlines are of minutes and days: methods that settle later, or send their holder away, do not fit them.
_CARDS_ONLY: Parameters = {"allowed_payment_method_types": ["card"]}


def saving(ask: Prepare, of_customer: str) -> Parameters:
    """A SetupIntent knows no currency, so it is noted."""
    return {
        "customer": of_customer,
        "confirm": True,
        "usage": "off_session",
        "use_stripe_sdk": True,
        "metadata": {"preorder": ask.about, "currency": ask.currency},
        **_CARDS_ONLY,
        **_method(ask.method),
    }


def charging(ask: Charge, of_customer: str) -> Parameters:
    return {
        "amount": to_stripe(ask.amount),
        "currency": ask.amount.currency.lower(),
        "customer": of_customer,
        "confirm": True,
        "metadata": {"preorder": ask.about, "series": ask.series},
        **_CARDS_ONLY,
        **_trying(ask),
    }


def going_on(ask: Charge) -> Parameters:
    """Stripe refuses to charge off session what is to be saved, also when only an earlier try was to save it."""
    return {**_trying(ask), **({"setup_future_usage": ""} if ask.off_session else {})}


def refunding(ask: Refund) -> Parameters:
    return {
        "payment_intent": ask.charge,
        "amount": to_stripe(ask.amount),
        "metadata": {"preorder": ask.about, "number": str(ask.number)},
        "expand": ["payment_intent"],
    }


def _trying(ask: Charge) -> Parameters:
    """On session the page's element asks the holder; without the SDK's flag it would need an address to return to."""
    if ask.off_session:
        return {"off_session": True, **_method(ask.method)}
    saved = {"setup_future_usage": "off_session"} if ask.save else {}
    return {"use_stripe_sdk": True, **saved, **_method(ask.method)}


def _method(token: str) -> Parameters:
    return {"confirmation_token" if token.startswith("ctoken_") else "payment_method": token}
