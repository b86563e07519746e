"""Ballots: what a fan says, the live count of it, and the certified one. The forms and their meaning are public:
docs/BALLOTS.md."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.campaigns.model import Method
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.words import Kept, Sent, Slug

MOST_OPTIONS = 200
MOST_SCREENS = 15


class Screen(Sent):
    """One answered screen of a best-worst feature: what was shown, and the best and the worst of it."""

    shown: Annotated[tuple[Slug, ...], Field(min_length=2, max_length=4)]
    best: Slug
    worst: Slug


Chosen = Annotated[tuple[Slug, ...], Field(max_length=MOST_OPTIONS)]
Points = Annotated[dict[Slug, Annotated[int, Field(ge=0, le=5)]], Field(min_length=1, max_length=MOST_OPTIONS)]
Groups = Annotated[
    tuple[Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MOST_OPTIONS)], ...],
    Field(min_length=1, max_length=MOST_OPTIONS),
]
Screens = Annotated[tuple[Screen, ...], Field(min_length=1, max_length=MOST_SCREENS)]
Vote = Chosen | Points | Groups | Screens
# feature_id -> the vote in the form of the feature's method
Votes = dict[Slug, Vote]
# The same as plain JSON, as stored and counted.
PlainVotes = dict[str, Any]
# feature_id -> the method's counters, in the order that the method lays down
Counts = dict[str, list[int]]


class NewBallot(Sent):
    """What a fan sends. It replaces the fan's earlier ballot as a whole; a feature left out is a feature not voted
    on."""

    votes: Annotated[Votes, Field(min_length=1, max_length=20)]


class NewVote(Sent):
    """What a fan sends for one feature; the rest of the ballot stays."""

    vote: Vote


class CastBallot(Kept):
    """A ballot as stored: of a voter id, not of a person."""

    voter_id: str
    votes: PlainVotes
    version: int
    cast_at: Instant
    registered_at: Instant | None = None


class Ballot(Kept):
    """One fan's ballot in one campaign. `version` grows with each casting; `receipt` finds this version in the
    published list."""

    campaign_id: str
    voter_id: str
    votes: Votes
    version: int
    cast_at: Instant
    receipt: str


class FeatureScreens(Kept):
    """The screens of one best-worst feature, for one fan."""

    feature_id: str
    screens: tuple[tuple[str, ...], ...]


class ScreenSet(Kept):
    """A fan's own screens: the same whenever they are asked for."""

    campaign_id: str
    features: tuple[FeatureScreens, ...]


class FeatureTally(Kept):
    """The count of one feature: `counts` is what its method ranks by or shows first, the rest what the method adds."""

    feature_id: str
    method: Method
    voters: int
    counts: dict[str, int]
    pairs: dict[str, dict[str, int]] | None = None
    best: dict[str, int] | None = None
    worst: dict[str, int] | None = None
    shown: dict[str, int] | None = None


class Tally(Kept):
    """The live count: correct, but possibly seconds behind. `as_of` is the last change that it has seen; `hidden` says
    until when the organiser keeps the counts back."""

    campaign_id: str
    ballots: int
    features: tuple[FeatureTally, ...]
    as_of: Instant | None
    hidden: Literal["until_voted", "until_closed"] | None = None


class Round(Kept):
    """One round of an instant runoff: the ballots behind each option still standing, those behind none, and who
    leaves."""

    counts: dict[str, int]
    exhausted: int
    eliminated: str


class Tie(Kept):
    """Where the draw was asked: equals in the order in which it put them. `decisive`: some of them are kept, others
    not."""

    where: str
    options: tuple[str, ...]
    decisive: bool


class FeatureResult(FeatureTally):
    """One feature decided: all options from best to last, those kept and by which rule, and every tie."""

    ranking: tuple[str, ...]
    kept: tuple[str, ...]
    decided_by: Literal["keep", "over_percent", "no_quorum"]
    ties: tuple[Tie, ...] = ()
    borda: dict[str, int] | None = None
    rounds: tuple[Round, ...] | None = None
    runoff: tuple[str, ...] | None = None


class Result(Kept):
    """The certified count, made from all ballots after voting has ended, and written once. `root` seals the published
    list of ballots."""

    campaign_id: str
    ballots: int
    seed: str
    root: str
    certified_at: Instant
    features: tuple[FeatureResult, ...]


class BallotList(Kept):
    """The head of the published list: the end of each bucket's chain of receipts, and the root over all."""

    campaign_id: str
    ballots: int
    buckets: int
    chains: tuple[str, ...]
    root: str


class Line(Kept):
    """One published ballot."""

    voter_id: str
    version: int
    votes: Votes
    receipt: str


class LinePage(Kept):
    """Some lines of one bucket, in the order of their chain."""

    items: tuple[Line, ...]
    next_cursor: str | None
