"""What a fan may send about a pre-order that is there."""

from typing import Annotated

from pydantic import Field

from chalicelib.campaigns.slips import Choice
from chalicelib.kernel.money import Minor
from chalicelib.kernel.words import Sent
from chalicelib.preorders.addresses import Address
from chalicelib.preorders.model import WantedLine


class PreorderChanges(Sent):
    """What a fan changes of a pre-order: what is left out stays. `lines` are all that is wanted from now on. Without
    `accepts_total_minor` it may not cost more than before."""

    lines: Annotated[tuple[WantedLine, ...], Field(min_length=1, max_length=50)] | None = None
    address: Address | None = None
    accepts_total_minor: Minor | None = None


class NewChoice(Sent):
    """What a fan answers when the ship date has slipped."""

    choice: Choice
