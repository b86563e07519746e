"""How a payment moves. Forward only: a late or repeated message changes nothing."""

from chalicelib.kernel.refusals import Conflict
from chalicelib.payments.model import State

NEXT: dict[State, tuple[State, ...]] = {
    "requested": ("secured", "declined", "releasing"),
    "secured": ("releasing",),
    "declined": (),
    "releasing": ("released",),
    "released": (),
}


class PaymentMoved(Conflict):
    """Refused: the payment is no longer in the state that was read."""

    sentence = "The payment has moved on."
