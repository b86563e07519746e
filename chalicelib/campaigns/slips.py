"""What is announced about ship dates: each date with its reason, and what fans may do when it slips."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Sent

Choice = Literal["wait", "refund"]
Why = Annotated[str, StringConstraints(min_length=10, max_length=1000, strip_whitespace=True)]


class SlipRule(Sent):
    """Agreed with the campaign: when a batch ships so many days later than was promised, its fans may choose between
    waiting and their money, within so many hours; `silence` is what counts for those who say nothing."""

    days: Annotated[int, Field(ge=1, le=365)]
    choice: bool = True
    silence: Choice = "wait"
    answer_hours: Annotated[int, Field(ge=1, le=720)] = 168


class ShipDate(Kept):
    """One move of a batch's ship date, published for good. `choice_until`: where the fans of the batch may choose, and
    until when; `silence`: what counts for those who do not."""

    ships_at: Instant
    was: Instant
    reason: str
    announced_at: Instant
    choice_until: Instant | None = None
    silence: Choice | None = None

    @property
    def slips(self) -> bool:
        """Moving a date to an earlier one keeps the promise."""
        return self.ships_at > self.was


class Chosen(Kept):
    """A fan's answer to one slip of the ship date."""

    slip: int
    choice: Choice
    chosen_at: Instant
