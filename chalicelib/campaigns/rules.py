"""What may become of a campaign, and what makes one sound. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from chalicelib.campaigns import agreements, plans, waves
from chalicelib.campaigns.model import Campaign, Method, NewCampaign, NewOverruling, Overruling, State
from chalicelib.kernel import currencies
from chalicelib.kernel.refusals import Conflict, Invalid, Missing

NEXT: dict[str, tuple[State, State]] = {
    "open-voting": ("draft", "voting"),
    "open-presale": ("settled", "preselling"),
    "close": ("preselling", "closed"),
}
ENDS: tuple[State, ...] = ("closed", "cancelled")
# A ranked vote is counted pair by pair; thirty options are nine hundred counters in each part of the tally.
MOST_OPTIONS: dict[Method, int] = {"ranked": 30}
FEWEST_OPTIONS: dict[Method, int] = {"ranked": 2, "best_worst": 3}
# One bucket of ballots for so many voters: 64 carry a normal vote, 4,096 carry 100,000 ballots a second.
VOTERS_PER_BUCKET = 4_000
FEWEST_BUCKETS, MOST_BUCKETS = 64, 4_096
# Each names what was kept and what is: more of many long options would not fit beside the campaign.
MOST_OVERRULINGS = 10


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


class OverrulingInvalid(Invalid):
    """Refused: an overruling of an unknown feature, or that keeps what is none of its options."""


def check(new: NewCampaign, now: datetime) -> None:
    """Refuses with CampaignInvalid, in a sentence that names the contradiction."""
    problems = [*_money(new), *_names(new), *_methods(new), *_ladder(new), *_batches(new, now)]
    problems += [*_waves(new, now), *_agreements(new)]
    if new.voting_closes_at is not None and new.voting_closes_at <= now:
        problems.append("voting_closes_at lies in the past")
    if problems:
        raise CampaignInvalid(f"This campaign is not sound: {problems[0]}.")


def _money(new: NewCampaign) -> Iterable[str]:
    if not currencies.known(new.currency):
        yield f"{new.currency} is no currency of ISO 4217 that people pay in"


def _names(new: NewCampaign) -> Iterable[str]:
    if _repeats(feature.feature_id for feature in new.features):
        yield "two features have the same feature_id"
    for feature in new.features:
        if _repeats(option.option_id for option in feature.options):
            yield f"two options of {feature.feature_id} have the same option_id"
        if feature.keep > len(feature.options):
            yield f"{feature.feature_id} keeps more options than it has"


def _methods(new: NewCampaign) -> Iterable[str]:
    for feature in new.features:
        name, options = feature.feature_id, len(feature.options)
        if options > MOST_OPTIONS.get(feature.method, options):
            yield f"{name} has more than the {MOST_OPTIONS[feature.method]} options that a ranked vote takes"
        if options < FEWEST_OPTIONS.get(feature.method, 1):
            yield f"{name} needs {FEWEST_OPTIONS[feature.method]} options for its method"
        if feature.budget is not None and (feature.method != "approval" or feature.budget > options):
            yield f"{name} has a budget, which is for approvals, at most one for each option"
        if feature.keep_over_percent is not None and (feature.method in ("ranked", "best_worst") or feature.keep > 1):
            yield f"{name} keeps what is over a share: for plurality, approval and score, instead of `keep`"


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


def _waves(new: NewCampaign, now: datetime) -> Iterable[str]:
    offer = timedelta(hours=new.offer_hours)
    return waves.problems(new.waves, new.batches, limit=new.limit_per_fan, now=now, offer=offer)


def _agreements(new: NewCampaign) -> Iterable[str]:
    yield from agreements.known(new.run_minimums, new.features)
    yield from agreements.check(new.playbook)
    yield from agreements.fits(new.playbook, new.features, new.batches)
    undecided = agreements.longest(new.playbook) + plans.longest_wait(new.grace_days, new.on_drop_outs)
    if new.on_drop_outs and any(batch.closes_at + undecided >= batch.ships_at for batch in new.batches):
        yield "a batch may still be waiting for its money when it is to ship"


def _repeats(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)


def accepts_ballots(campaign: Campaign, now: datetime) -> bool:
    """Whether a ballot cast at this moment counts. The same rule lets ballots in and picks those that the recount
    sees."""
    ends = [end for end in (campaign.voting_closes_at, campaign.voting_closed_at) if end is not None]
    return campaign.state == "voting" and all(now < end for end in ends)


def ballot_buckets(expected_voters: int) -> int:
    """Over how many keys the ballots spread: a power of two, so that the load of a launch day has room."""
    wanted = max(1, expected_voters // VOTERS_PER_BUCKET)
    return max(FEWEST_BUCKETS, min(MOST_BUCKETS, 1 << (wanted - 1).bit_length()))


def overruled(campaign: Campaign, feature_id: str, new: NewOverruling, now: datetime) -> Overruling:
    """What is published when the organiser overrules a feature's result. Refuses with CampaignNotSettled,
    OverrulingInvalid."""
    selectable = campaign.selectable or {}
    if campaign.state != "settled":
        raise CampaignNotSettled("A result can be overruled once it is certified, and until the pre-sale opens.")
    if feature_id not in selectable or len(campaign.overrulings) >= MOST_OVERRULINGS:
        raise OverrulingInvalid("There is no such feature, or it has been overruled too often.")
    options = {option.option_id for f in campaign.features if f.feature_id == feature_id for option in f.options}
    if len(set(new.kept)) < len(new.kept) or not options.issuperset(new.kept):
        raise OverrulingInvalid(f"Keep options of {feature_id}, each once.")
    was = selectable[feature_id]
    return Overruling(feature_id=feature_id, was=was, kept=new.kept, reason=new.reason, overruled_at=now)


def check_owner(campaign: Campaign | None, organiser_id: str) -> Campaign:
    """The campaign if it is this organiser's. Refuses with CampaignMissing in both other cases, alike."""
    if campaign is None or campaign.organiser_id != organiser_id:
        raise CampaignMissing
    return campaign
