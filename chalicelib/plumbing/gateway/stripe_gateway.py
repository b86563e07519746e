"""The gateway to Stripe: one Customer for each pre-order, so that everything about it can be listed at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.plumbing.gateway import signatures, stripe_asks, stripe_reading
from chalicelib.plumbing.gateway.port import Charge, Event, EventForged, Found, Misused, Prepare, Refund
from chalicelib.plumbing.gateway.stripe_amounts import to_stripe
from chalicelib.plumbing.gateway.stripe_connection import Connection
from chalicelib.plumbing.gateway.stripe_errors import Declined, MethodAbsent, MethodUsedUp, in_our_words
from chalicelib.plumbing.gateway.stripe_words import about_of, event_of, intent_found, problem_of, refund_found

if TYPE_CHECKING:
    import stripe

SIGNATURE = "stripe-signature"
_FINISHED = ("succeeded", "canceled")


class StripeGateway:
    """Implements Gateway. `api_key` and `event_secrets` are asked each time, so that they can be changed; while an
    endpoint's secret is rotated there are two of them."""

    def __init__(
        self,
        api_key: Callable[[], str],
        event_secrets: Callable[[], Sequence[str]],
        http_client: "stripe.HTTPClient | None" = None,
        api_base: str | None = None,
    ) -> None:
        self._event_secrets = event_secrets
        self._connection = Connection(api_key, http_client, api_base)

    def prepare(self, ask: Prepare) -> Found:
        customer = self._customer(ask)
        refused = Found("method", "", ask.about, "declined", ask.currency, customer=customer)

        def act() -> "stripe.SetupIntent":
            return self._connection.v1.setup_intents.create(stripe_asks.saving(ask, customer), _under(ask.key))

        return _answered(act, refused, ours=False)

    def charge(self, ask: Charge) -> Found:
        to_stripe(ask.amount)
        return self._go_on(ask, ask.charge) if ask.charge else self._begin(ask)

    def refund(self, ask: Refund) -> Found:
        asked = stripe_asks.refunding(ask)
        charge = self._charge(ask.charge)
        if (charge.about, charge.currency) != (ask.about, ask.amount.currency):
            raise Misused(f"{ask.charge} is no charge of {ask.about} in {ask.amount.currency}.")
        with in_our_words():
            return refund_found(self._connection.v1.refunds.create(asked, _under(ask.key)).to_dict())

    def cancel(self, found_reference: str, about: str) -> Found:
        with in_our_words():
            intents = stripe_reading.intents_of(self._connection.v1, found_reference)
            intent = intents.retrieve(found_reference).to_dict()
            if about_of(intent) != about:
                raise Misused(f"{found_reference} is not about {about}.")
            if intent["status"] in _FINISHED:
                return intent_found(intent)
            try:
                with in_our_words():
                    return intent_found(intents.cancel(found_reference).to_dict())
            except Misused:  # it has been finished meanwhile, or is about to be
                return intent_found(intents.retrieve(found_reference).to_dict())

    def look_up(self, about: str, customer: str | None) -> tuple[Found, ...]:
        """Without `customer` by Stripe's search, which hears of what is new within a minute, on a bad day within an
        hour: until then, nothing found proves nothing."""
        with in_our_words():
            v1 = self._connection.v1
            customers = [customer] if customer else stripe_reading.customers(v1, about)
            found = (thing for one in customers for thing in stripe_reading.everything(v1, one))
            return tuple(thing for thing in found if thing.about == about)

    def about(self, reference: str) -> str | None:
        try:
            with in_our_words():
                return stripe_reading.about(self._connection.v1, reference)
        except Misused:  # it is not there, or no reference at all
            return None

    def movements(self, since: datetime) -> Iterator[Found]:
        with in_our_words():
            yield from stripe_reading.movements(self._connection.v1, since)

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event | None:
        if SIGNATURE not in headers:
            raise EventForged
        signatures.verify(self._event_secrets(), headers[SIGNATURE], body, now)
        return event_of(body)

    def _begin(self, ask: Charge) -> Found:
        customer, (minor, currency) = self._customer(ask), ask.amount
        refused = Found("charge", "", ask.about, "declined", currency, minor, series=ask.series, customer=customer)

        def act() -> "stripe.PaymentIntent":
            return self._connection.v1.payment_intents.create(stripe_asks.charging(ask, customer), _under(ask.key))

        return _answered(act, refused, ours=ask.off_session)

    def _go_on(self, ask: Charge, reference: str) -> Found:
        """Stripe would confirm whatever intent it is told: that it is the right one is ours to see."""
        before = self._charge(reference)
        if (before.about, before.series, before.minor, before.currency) != (ask.about, ask.series, *ask.amount):
            raise Misused(f"{reference} is another charge than the one to go on with.")
        if ask.customer not in (None, before.customer):
            raise Misused(f"{reference} is a charge of another customer.")

        def act() -> "stripe.PaymentIntent":
            return self._connection.v1.payment_intents.confirm(reference, stripe_asks.going_on(ask), _under(ask.key))

        return _answered(act, replace(before, result="declined", action=None), ours=ask.off_session)

    def _charge(self, reference: str) -> Found:
        with in_our_words():
            return intent_found(self._connection.v1.payment_intents.retrieve(reference).to_dict())

    def _customer(self, ask: Prepare | Charge) -> str:
        """The ask's, or one made for it: under a key of the ask's own, so that asking twice makes one."""
        if ask.customer:
            return ask.customer
        made: Any = {"metadata": {"preorder": ask.about}}
        with in_our_words():
            return self._connection.v1.customers.create(made, _under(f"{ask.key}/customer")).id


def _answered(act: Callable[[], "stripe.SetupIntent | stripe.PaymentIntent"], refused: Found, *, ours: bool) -> Found:
    """A declined card is an answer: with the intent that it was tried for, or as `refused` where none was made. `ours`:
    the method comes from our records, where a used one has no place, and not from the page."""
    try:
        with in_our_words():
            return intent_found(act().to_dict())
    except Declined as declined:
        if declined.intent:
            return intent_found(declined.intent)
        return replace(refused, problem=problem_of(declined.problem))
    except MethodAbsent:
        return replace(refused, problem="method_invalid")
    except MethodUsedUp:
        if ours:
            raise
        return replace(refused, problem="method_invalid")


def _under(key: str) -> Any:
    return {"idempotency_key": key}
