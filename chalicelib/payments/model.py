"""Payments: how one pre-order's money stands."""

from typing import Literal

from chalicelib.kernel.money import Currency
from chalicelib.kernel.words import Kept

State = Literal["requested", "secured", "declined", "releasing", "released"]


class Payment(Kept):
    """What is asked of the payment provider for one pre-order: at most this amount, and its state there.

    `claim`: where the pre-order has taken room, in the words of `room`. `authorised_minor`: what was secured, where the
    pre-order was made smaller since."""

    preorder_id: str
    fan_id: str
    state: State
    amount_most_minor: int
    currency: Currency
    payment_method: str
    claim: str = ""
    provider_reference: str | None = None
    authorised_minor: int | None = None

    @property
    def secured_minor(self) -> int:
        """The most that can be charged without asking again."""
        return self.authorised_minor or self.amount_most_minor
