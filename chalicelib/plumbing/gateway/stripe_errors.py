"""What Stripe's refusals, time-outs and 5xx are in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.plumbing.gateway.port import Misused, TryLater, Unknown

if TYPE_CHECKING:
    import stripe

_CONFLICT = 409
# Our account at Stripe holds too little to give back: that changes with the next sales.
_FUNDS_MISSING = frozenset({"balance_insufficient", "insufficient_funds"})
_FINISHED = frozenset({"payment_intent_unexpected_state", "setup_intent_unexpected_state"})
_METHOD_PARAMETERS = frozenset({"payment_method", "confirmation_token"})
# Stripe gives neither a code nor a parameter with these.
_USED_UP = ("It may not be used again", "must be attached to the customer")


class MethodAbsent(Misused):
    """There is no such method."""


class MethodUsedUp(Misused):
    """The method was used before without being saved, or for another customer."""


class Declined(Misused):
    """A decline: `problem` as Stripe tells it, `intent` the object that it happened to, if there is one."""

    def __init__(self, problem: dict[str, Any], intent: dict[str, Any] | None) -> None:
        super().__init__(problem.get("code"))
        self.problem = problem
        self.intent = intent


@contextmanager
def in_our_words() -> Iterator[None]:
    """Wrong keys and missing rights are raised as they are: nobody is to take them for an answer."""
    import stripe  # noqa: PLC0415 - it takes long, and only who talks to Stripe is to wait for it

    try:
        yield
    except stripe.CardError as error:
        problem = _body(error)
        raise Declined(problem, problem.get("payment_intent") or problem.get("setup_intent")) from error
    except stripe.RateLimitError as error:
        raise TryLater(str(error)) from error
    except stripe.IdempotencyError as error:
        raise Misused(str(error)) from error
    except stripe.InvalidRequestError as error:
        raise _refused(error) from error
    except stripe.APIConnectionError as error:
        raise Unknown(str(error)) from error
    except stripe.APIError as error:
        raise (TryLater if error.http_status == _CONFLICT else Unknown)(str(error)) from error


def _refused(error: "stripe.InvalidRequestError") -> Exception:
    if error.code in _FUNDS_MISSING:
        return TryLater(str(error))
    # Of a charge that is done nobody may hear that its card was refused.
    if error.param in _METHOD_PARAMETERS and error.code not in _FINISHED:
        return MethodAbsent(str(error))
    used_up = any(part in str(error) for part in _USED_UP)
    return (MethodUsedUp if used_up else Misused)(str(error))


def _body(error: "stripe.StripeError") -> dict[str, Any]:
    body = error.json_body
    return dict(body["error"]) if isinstance(body, dict) else {}
