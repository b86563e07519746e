"""Ballots: what a fan says, the live count of it, and the certified one."""

from typing import Annotated

from pydantic import Field

from chalicelib.campaigns.model import Method
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Sent, Slug

# feature_id -> the chosen option_ids
Votes = dict[Slug, tuple[Slug, ...]]
# feature_id -> option_id -> ballots that chose it
Counts = dict[str, dict[str, int]]


class NewBallot(Sent):
    """What a fan sends. It replaces the fan's earlier ballot as a whole; a feature left out is a feature not voted
    on."""

    votes: Annotated[Votes, Field(min_length=1, max_length=20)]


class Ballot(Kept):
    """One fan's ballot in one campaign. `version` grows with each casting."""

    campaign_id: str
    fan_id: Annotated[str, Field(exclude=True)]
    votes: Votes
    version: int
    cast_at: Instant


class FeatureTally(Kept):
    """How many ballots chose each option."""

    feature_id: str
    counts: dict[str, int]


class Tally(Kept):
    """The live count: correct, but possibly seconds behind. `as_of` is the last change that it has seen."""

    campaign_id: str
    ballots: int
    features: tuple[FeatureTally, ...]
    as_of: Instant | None


class FeatureResult(Kept):
    """One feature decided: all options from best to last, those kept, and how a tie was broken, if one was."""

    feature_id: str
    method: Method
    counts: dict[str, int]
    ranking: tuple[str, ...]
    kept: tuple[str, ...]
    tie_note: str | None = None


class Result(Kept):
    """The certified count, made from all ballots after voting has ended, and written once."""

    campaign_id: str
    ballots: int
    seed: str
    certified_at: Instant
    features: tuple[FeatureResult, ...]
