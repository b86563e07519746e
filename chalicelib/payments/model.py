"""Payments: how one pre-order's money stands, with us and at the provider."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency
from chalicelib.kernel.words import Kept

State = Literal[
    "requested",
    "action_required",
    "secured",
    "declined",
    "collecting",
    "overdue",
    "dropped",
    "paid",
    "releasing",
    "released",
]
RefundState = Literal["requested", "pending", "succeeded", "failed", "void"]
# The fan has it, or the bank has seen to that: nothing is open any more.
ARRIVED: tuple[RefundState, ...] = ("succeeded", "void")
PlanKind = Literal["save_card", "deposit", "prepay"]
# Which of a pre-order's charges: what is taken before it is secured, and what is still due at the lock.
Series = Literal["first", "balance"]


class Charge(Kept):
    """One charge at the provider. `minor`: what it took; 0 until it is done. `lost_minor`: what its holder has taken
    back in a dispute, and `dispute` which one that is. `cancelled`: it can take nothing any more."""

    reference: str
    series: Series
    minor: int = 0
    lost_minor: int = 0
    dispute: str | None = None
    cancelled: bool = False


class Refund(Kept):
    """One refund, by its number among those of the pre-order. It has arrived when the provider says so, not before; one
    that has failed is still owed, and may be tried again; one that is void is not, while the bank has its charge.
    `tries`: how often it was asked for. `asked_by`: of what is in an order, a digest of the organiser's key, or the
    rule by which it is given back. `failed`: the provider's references of earlier tries."""

    number: int
    charge: str
    amount_minor: int
    state: RefundState
    reason: str
    requested_at: Instant
    reference: str | None = None
    problem: str | None = None
    tries: int = 1
    asked_by: str = ""
    failed: tuple[str, ...] = ()


class Payment(Kept):
    """What is asked of the payment provider for one pre-order, and what it has told.

    `amount_most_minor`: what the fan has accepted, and the most that is taken; `authorised_minor`: what was accepted
    once, where the pre-order was made smaller since. `first_minor`: what is taken before
    the pre-order is secured. `due_minor`: what is to have been taken in all from the lock on. `given_minor`: of that,
    what the organiser gives back without more. `relieved_minor`: what was owed back anyway when the bank took it, so
    that the organiser does not carry it.

    `tries`: which try the present one is; with it goes the key. `asked_at`: since when it may be under way: a provider
    knows its key for a day from then. `answered`: the last try that the provider has answered. `again`: another one is
    wanted. `last`: after the next answer none comes any more.
    `look_at`: when somebody looks at it again. `claim`: where the pre-order has taken room, in the words of `room`.
    `version` counts every change: whoever tells what the provider said has read the payment as it is.
    """

    preorder_id: str
    fan_id: str
    state: State
    plan: PlanKind = "save_card"
    series: Series = "first"
    amount_most_minor: int
    first_minor: int = 0
    due_minor: int = 0
    given_minor: int = 0
    relieved_minor: int = 0
    currency: Currency
    payment_method: Annotated[str, Field(repr=False)]
    claim: str = ""
    customer: str | None = None
    saved_method: str | None = None
    charges: tuple[Charge, ...] = ()
    refunds: tuple[Refund, ...] = ()
    authorised_minor: int | None = None
    tries: int = 1
    answered: int = 0
    asked_at: Instant
    again: bool = False
    last: bool = False
    hold_until: Instant | None = None
    drop_at: Instant | None = None
    look_at: Instant | None = None
    reminder_hours: int = 48
    reminders: int = 0
    problem: str | None = None
    action: Annotated[str | None, Field(repr=False)] = None
    version: int = 0

    @property
    def secured_minor(self) -> int:
        """The most that can be charged without asking the fan again."""
        return max(self.authorised_minor or 0, self.amount_most_minor)

    @property
    def campaign_id(self) -> str:
        return self.preorder_id.partition(".")[0]

    @property
    def captured_minor(self) -> int:
        """All that was ever taken."""
        return sum(charge.minor for charge in self.charges)

    @property
    def lost_minor(self) -> int:
        """What the fan has got back through the bank."""
        return sum(charge.lost_minor for charge in self.charges)

    @property
    def refunded_minor(self) -> int:
        """What has arrived, as the provider says."""
        return sum(one.amount_minor for one in self.refunds if one.state == "succeeded")

    @property
    def promised_minor(self) -> int:
        """What has been given back, is on its way, or is still owed."""
        return sum(one.amount_minor for one in self.refunds if one.state != "void")

    @property
    def net_minor(self) -> int:
        """What is kept of the fan's money, once all that was promised back has arrived."""
        return self.captured_minor - self.promised_minor - self.lost_minor

    @property
    def at_risk(self) -> bool:
        """Whether a charge may be under way of which nothing has been heard."""
        return self.answered < self.tries and (self.series == "balance" or self.first_minor > 0)
