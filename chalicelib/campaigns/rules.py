"""What may become of a campaign, and what makes one sound. Pure."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from chalicelib.campaigns.model import Campaign, NewCampaign, State
from chalicelib.kernel.refusals import Conflict, Invalid, Missing

NEXT: dict[str, tuple[State, State]] = {
    "open-voting": ("draft", "voting"),
    "open-presale": ("settled", "preselling"),
    "close": ("preselling", "closed"),
}
ENDS: tuple[State, ...] = ("closed", "cancelled")


class CampaignMissing(Missing):
    """Refused: no such campaign, or not yours to change."""

    sentence = "There is no such campaign."


class CampaignInvalid(Invalid):
    """Refused: the parts of a campaign contradict each other."""


class CampaignNotDraft(Conflict):
    """Refused: voting can be opened once, from a draft."""

    sentence = "Voting can only be opened on a draft."


class CampaignNotSettled(Conflict):
    """Refused: the pre-sale opens once the result is certified."""

    sentence = "The pre-sale can only be opened on a settled campaign: its result must be certified first."


class CampaignNotPreselling(Conflict):
    """Refused: there is no pre-sale to close or to order from."""

    sentence = "This campaign has no open pre-sale."


class CampaignEnded(Conflict):
    """Refused: a closed or cancelled campaign stays so."""

    sentence = "This campaign has already ended."


class VotingClosed(Conflict):
    """Refused: voting is not open, by the server's clock and the campaign's state."""

    sentence = "Voting is not open."


def check(new: NewCampaign, now: datetime) -> None:
    """Refuses with CampaignInvalid, in a sentence that names the contradiction."""
    problems = [*_names(new), *_ladder(new), *_batches(new, now)]
    if new.voting_closes_at is not None and new.voting_closes_at <= now:
        problems.append("voting_closes_at lies in the past")
    if problems:
        raise CampaignInvalid(f"This campaign is not sound: {problems[0]}.")


def _names(new: NewCampaign) -> Iterable[str]:
    if _repeats(feature.feature_id for feature in new.features):
        yield "two features have the same feature_id"
    for feature in new.features:
        if _repeats(option.option_id for option in feature.options):
            yield f"two options of {feature.feature_id} have the same option_id"
        if feature.keep > len(feature.options):
            yield f"{feature.feature_id} keeps more options than it has"


def _ladder(new: NewCampaign) -> Iterable[str]:
    ladder = new.price_ladder
    if ladder[0].from_units != 1:
        yield "the price ladder must begin at 1 unit"
    for lower, upper in pairwise(ladder):
        if upper.from_units <= lower.from_units or upper.unit_price_minor >= lower.unit_price_minor:
            yield "each tier of the price ladder must need more units and cost less than the one before"


def _batches(new: NewCampaign, now: datetime) -> Iterable[str]:
    for batch in new.batches:
        if batch.minimum > batch.capacity:
            yield "a batch's minimum is above its capacity"
        if batch.closes_at <= now or batch.ships_at <= batch.closes_at:
            yield "a batch must close in the future and ship after it closes"


def _repeats(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)


def accepts_ballots(campaign: Campaign, now: datetime) -> bool:
    """Whether a ballot cast at this moment counts. The same rule lets ballots in and picks those that the recount
    sees."""
    ends = [end for end in (campaign.voting_closes_at, campaign.voting_closed_at) if end is not None]
    return campaign.state == "voting" and all(now < end for end in ends)


def check_owner(campaign: Campaign | None, organiser_id: str) -> Campaign:
    """The campaign if it is this organiser's. Refuses with CampaignMissing in both other cases, alike."""
    if campaign is None or campaign.organiser_id != organiser_id:
        raise CampaignMissing
    return campaign
