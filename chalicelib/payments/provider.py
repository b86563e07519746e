"""The payment port: what we ask of a provider. Every call carries our own key, so that asking twice acts once."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.payments.model import Payment

DECLINED_METHOD = "card_declined"


@dataclass(frozen=True)
class Outcome:
    """What the provider said."""

    secured: bool
    reference: str


class Provider(Protocol):
    """A payment provider."""

    def secure(self, payment: Payment) -> Outcome:
        """Saves the payment method for at most the payment's amount. Idempotent by pre-order id."""

    def release(self, payment: Payment) -> None:
        """Lets go of whatever was secured. Idempotent, also when nothing was."""


class SimulatedProvider:
    """A provider without money: secures everything but the method `card_declined`. It keeps nothing, so it is
    idempotent by nature."""

    def secure(self, payment: Payment) -> Outcome:
        return Outcome(secured=payment.payment_method != DECLINED_METHOD, reference=f"sim_{payment.preorder_id}")

    def release(self, payment: Payment) -> None:
        """Nothing is held, so nothing is to be let go."""


def named(name: str) -> Provider:
    """The provider that the settings name. Raises LookupError for one that does not exist: the function must not
    start."""
    return {"simulated": SimulatedProvider}[name]()
