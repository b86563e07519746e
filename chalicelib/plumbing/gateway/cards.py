"""The simulated provider's test cards: what each one does. Their names are the tokens that a page would get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chalicelib.plumbing.gateway.port import Problem, Result

Outcome = tuple[Result, Problem | None]


@dataclass(frozen=True, kw_only=True)
class Card:
    """`refused`: at once, when it is saved or charged. `refused_later`: charged while its holder is not there.
    `confirms`: when the bank asks its holder. `stumbles`: how the provider first fails to answer."""

    refused: Problem | None = None
    refused_later: Problem | None = None
    confirms: Literal["never", "once", "always"] = "never"
    refunds_fail: bool = False
    disputed: bool = False
    stumbles: Literal["busy", "error", "times_out"] | None = None


CARDS: Mapping[str, Card] = {
    "card": Card(),
    "card_declined": Card(refused="card_declined"),
    "card_insufficient_funds": Card(refused="insufficient_funds"),
    "card_expired": Card(refused="card_expired"),
    "card_authenticate": Card(confirms="once"),
    "card_authenticate_always": Card(confirms="always"),
    "card_declines_later": Card(refused_later="insufficient_funds"),
    "card_expires_later": Card(refused_later="card_expired"),
    "card_refund_fails": Card(refunds_fail=True),
    "card_disputed": Card(disputed=True),
    # The first call of each charge takes effect, and its answer is lost.
    "card_times_out": Card(stumbles="times_out"),
    # The first charge of a pre-order takes no effect, and its key has a 5xx for an answer.
    "card_error": Card(stumbles="error"),
    # The first saving and the first charge of a pre-order are turned away.
    "card_busy": Card(stumbles="busy"),
}


def saved(card: Card, *, confirmed: bool) -> Outcome:
    """What comes of saving a card. `confirmed`: its holder has confirmed it with the bank before."""
    return charged(card, confirmed=confirmed, off_session=False)


def charged(card: Card, *, confirmed: bool, off_session: bool) -> Outcome:
    """What comes of charging a card; see `saved`."""
    refused = card.refused or (card.refused_later if off_session else None)
    if refused:
        return "declined", refused
    if card.confirms == "never" or (card.confirms == "once" and confirmed):
        return "done", None
    return "action_required", "authentication_required" if off_session else None
