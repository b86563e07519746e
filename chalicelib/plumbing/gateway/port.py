"""The gateway: what we ask of a payment provider, and in which words it answers.

Every ask that could move money carries a key of ours. Within a day the same key and the same ask get the same answer,
whatever happened to the first one. After a day a provider forgets its keys: look up before asking again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from chalicelib.kernel.refusals import Forbidden

# For how long a provider knows a key; asked with less than an hour of it left, we look up instead.
KEY_LIFE = timedelta(hours=24)
KEY_SAFE = KEY_LIFE - timedelta(hours=1)
# How old or how far ahead of our clock a signed event may be.
EVENT_TOLERANCE = timedelta(seconds=300)


class Unknown(Exception):  # noqa: N818 - a fact: neither a success nor a failure
    """No answer, or one that does not say whether it took effect: a time-out, a lost connection, a 5xx."""


class TryLater(Exception):  # noqa: N818 - a fact, like a refusal, but of somebody else's
    """Nothing was done: too many requests, or the same key is being worked on."""


class Misused(Exception):  # noqa: N818 - an alarm: we have asked for what makes no sense
    """The provider refuses the ask itself: another ask under the same key, an object that is not there, more refunded
    than was charged. Asking again cannot help."""


class EventForged(Forbidden):
    """Refused: an event that the provider has not signed, or not within five minutes of now."""

    sentence = "The signature of this event does not hold."


# done: the method is saved, the money is charged or refunded. declined: nothing was taken; another method may be.
# action_required: the holder has to confirm with the bank. pending: the provider has not finished, and will tell.
# failed: a refund that did not arrive. cancelled: it can never be done any more.
Result = Literal["done", "declined", "action_required", "pending", "failed", "cancelled"]
Kind = Literal["method", "charge", "refund", "dispute"]
# Why a charge was declined, in our words; a provider's own reasons are mapped to them.
Problem = Literal[
    "card_declined",
    "insufficient_funds",
    "card_expired",
    "authentication_required",
    "authentication_failed",
    "method_invalid",
    "provider_error",
]


class Amount(NamedTuple):
    """Minor units of one ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Prepare:
    """Save a payment method for charges to come, taking nothing. `about`: the pre-order. `method`: the token that the
    page has got from the provider's own element. `customer`: of an earlier ask about the same pre-order."""

    key: str
    about: str
    currency: str
    method: str
    customer: str | None = None


@dataclass(frozen=True)
class Charge:
    """Take an amount. `charge`: the reference of an earlier try for the same amount, which is gone on with, so that at
    most one of them can succeed. `method`: a token of the page or a saved one. `series`: which of a pre-order's charges
    it is. `off_session`: its holder is not there to confirm. `save`: keep the method for later."""

    key: str
    about: str
    series: str
    amount: Amount
    method: str
    customer: str | None = None
    charge: str | None = None
    off_session: bool = False
    save: bool = False


@dataclass(frozen=True)
class Refund:
    """Give back so much of a charge. `number`: which of a pre-order's refunds it is."""

    key: str
    about: str
    number: int
    charge: str
    amount: Amount


@dataclass(frozen=True)
class Found:
    """One thing at the provider, as it stands there: also the answer to an ask for it.

    `minor`: taken, given back or disputed when it is done; asked for before. `action`: what the page hands to the
    provider's element so that the holder can confirm; for nobody else's eyes. `charge`: of a refund or a dispute.
    """

    kind: Kind
    reference: str
    about: str
    result: Result
    currency: str
    minor: int = 0
    series: str = ""
    problem: Problem | None = None
    customer: str | None = None
    method: str | None = None
    charge: str | None = None
    action: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """Something has happened to what is `about` a pre-order: a reason to look it up, never a fact by itself. `about` is
    empty where the provider does not say it: then `reference` is to be looked up."""

    event_id: str
    kind: str
    reference: str
    about: str
    created_at: datetime


class Gateway(Protocol):
    """A payment provider. Every method may raise Unknown, TryLater or Misused; a declined card is an answer."""

    def prepare(self, ask: Prepare) -> Found:
        """Saves a payment method: done, declined or action_required."""

    def charge(self, ask: Charge) -> Found:
        """Takes an amount: done, declined, action_required or pending."""

    def refund(self, ask: Refund) -> Found:
        """Gives back: done, pending or failed. Misused beyond what was charged."""

    def cancel(self, found_reference: str, about: str) -> Found:
        """Makes an unfinished method or charge impossible for good; answers it as it stands then, which may be done.
        Idempotent."""

    def look_up(self, about: str, customer: str | None) -> tuple[Found, ...]:
        """Everything about a pre-order, as it stands."""

    def about(self, reference: str) -> str | None:
        """The pre-order that a thing at the provider is about; None for what is none of ours."""

    def movements(self, since: datetime) -> Iterator[Found]:
        """Every charge, refund and dispute that was made since then, whatever its result."""

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event | None:
        """What a message to the webhook door says, or None for a kind that is of no concern. `headers`: names in lower
        case. `body`: as received, to the byte. Refuses with EventForged."""
