"""What is taken from a fan when, and how long anybody waits for money. Pure.

All amounts are of one pre-order. Whatever the plan: what is taken in the end is the price settled at the lock, and
never more than was shown.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field
from pydantic.config import JsonDict

from chalicelib.kernel.words import Sent

# How long room is held for a payment that its fan has to confirm.
HOLD_MINUTES = 15
# How often whoever could not be charged is told, and for how long it can be mended.
REMINDER_HOURS, GRACE_DAYS = 48, 7
# How long a batch that has lost its minimum by drop-outs may wait at most.
MOST_LONGER_DAYS, MOST_TOP_UP_HOURS = 14, 336
HoldMinutes = Annotated[int, Field(ge=5, le=1440)]
ReminderHours = Annotated[int, Field(ge=1, le=336)]
GraceDays = Annotated[int, Field(ge=1, le=30)]


class DropOutRule(Sent):
    """Announced with the campaign: what is tried when too little of a locked batch is paid for at the end of the grace,
    before everybody gets everything back. Once so many more days to pay; then, once those who have not paid are gone,
    so many hours for the organiser to take over the units that are missing."""

    longer_grace_days: Annotated[int, Field(ge=1, le=MOST_LONGER_DAYS)] | None = None
    top_up_hours: Annotated[int, Field(ge=1, le=MOST_TOP_UP_HOURS)] | None = None


class SaveCard(Sent):
    """Nothing is taken now; the whole price when the batch is locked."""

    kind: Literal["save_card"]


class Deposit(Sent):
    """So much of the most that it can cost now, rounded up to a whole minor unit; the rest when the batch is locked."""

    kind: Literal["deposit"]
    percent: Annotated[int, Field(ge=1, le=99)]


class Prepay(Sent):
    """The most that it can cost now; what is too much goes back when the batch is locked."""

    kind: Literal["prepay"]


PaymentPlan = Annotated[SaveCard | Deposit | Prepay, Field(discriminator="kind")]
SAVED_CARD: JsonDict = {"kind": "save_card"}


def save_card() -> SaveCard:
    """What an organiser gets who says nothing."""
    return SaveCard(kind="save_card")


def longest_wait(grace_days: int, rule: DropOutRule | None) -> timedelta:
    """How long after its lock a batch may wait for its money, if our clock is on time."""
    longer = DropOutRule() if rule is None else rule
    return timedelta(days=grace_days + (longer.longer_grace_days or 0), hours=longer.top_up_hours or 0)


def due_now_minor(plan: PaymentPlan, total_most_minor: int) -> int:
    """What is taken before a pre-order is secured."""
    if isinstance(plan, Deposit):
        return -(-total_most_minor * plan.percent // 100)
    return total_most_minor if isinstance(plan, Prepay) else 0
