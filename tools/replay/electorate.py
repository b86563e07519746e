"""A crowd of voters made up from a seed: every method in one campaign; some vote again, some change one feature.

What each voter ends with follows from the seed and the voter's number alone, so that a crowd of any size is counted
without being remembered.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.local.recount import backed
from tools.replay.session import Session

Votes = dict[str, Any]
METHODS = {"colour": "plurality", "lens": "approval", "grip": "score", "name": "ranked", "extra": "best_worst"}
OPTIONS = {"colour": 4, "lens": 6, "grip": 3, "name": 6, "extra": 8}
# Of a hundred voters: who votes a second time, who then changes one feature, who answers the best-worst screens.
AGAIN, ONE_FEATURE, SCREENS = 15, 10, 5
# And of a hundred features, how many a voter says something on.
SAID = 90


def features() -> list[dict[str, Any]]:
    """As a NewCampaign takes them: winners, some kept, a share to reach."""
    rules: dict[str, dict[str, Any]] = {"lens": {"budget": 3, "keep_over_percent": 40}, "extra": {"keep": 3}}
    return [
        {
            "feature_id": feature_id,
            "title": feature_id.capitalize(),
            "method": method,
            "options": [{"option_id": one, "label": one} for one in _options(feature_id)],
            **rules.get(feature_id, {}),
        }
        for feature_id, method in METHODS.items()
    ]


def _options(feature_id: str) -> list[str]:
    return [f"{feature_id}-{number}" for number in range(OPTIONS[feature_id])]


@dataclass(frozen=True)
class Voter:
    """One voter: the ballots that follow each other, and the feature that is changed at the end, if one is."""

    number: int
    ballots: tuple[Votes, ...]
    change: tuple[str, Any] | None
    answers_screens: bool

    @property
    def last(self) -> Votes:
        """What counts in the end, without the screens."""
        return {**self.ballots[-1], **dict([self.change] if self.change else [])}


def voter(seed: int, number: int) -> Voter:
    """The voter of this number, the same whenever asked for."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - a crowd from a seed
    times = 2 if chance.randrange(100) < AGAIN else 1
    ballots = tuple(_ballot(chance) for _ in range(times))
    feature = chance.choice(("colour", "lens", "grip", "name"))
    change = (feature, _vote(feature, chance)) if chance.randrange(100) < ONE_FEATURE else None
    return Voter(number, ballots, change, chance.randrange(100) < SCREENS)


def _ballot(chance: random.Random) -> Votes:
    """One to four features, never none."""
    chosen = [name for name in ("colour", "lens", "grip", "name") if chance.randrange(100) < SAID] or ["colour"]
    return {name: _vote(name, chance) for name in chosen}


def _vote(feature_id: str, chance: random.Random) -> Any:
    """Tastes differ: the first options are liked best."""
    options = _options(feature_id)
    liked = sorted(options, key=lambda one: chance.gauss(options.index(one), 3))
    match METHODS[feature_id]:
        case "plurality":
            return liked[:1]
        case "approval":
            return liked[: chance.randrange(4)]
        case "score":
            return {one: max(0, 5 - place * chance.randint(1, 3)) for place, one in enumerate(liked)}
    named = liked[: chance.randint(1, len(liked))]
    cut = chance.randint(1, len(named))
    return [[one] for one in named[:cut]] + ([named[cut:]] if named[cut:] else [])


def screen_answers(screens: list[list[str]], chance: random.Random) -> list[dict[str, Any]]:
    """Best and worst of each screen, by the same taste."""
    found = []
    for shown in screens:
        liked = sorted(shown, key=lambda one: chance.gauss(_options("extra").index(one), 3))
        found.append({"shown": shown, "best": liked[0], "worst": liked[-1]})
    return found


@dataclass
class Polling:
    """Casts the ballots of a crowd in one campaign. `counts`: what the votes that were sent must add up to."""

    session: Session
    campaign_id: str
    seed: int
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in METHODS})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cast_all(self, number: int) -> None:
        """Every voter, each by one thread from the first ballot to the last."""
        shares = [self._share(place, number) for place in range(self.session.workers)]
        with self.session.progress(number, "voters", "voters") as bar:
            self.session.spread(shares, self._cast, bar)
        for one in range(number):
            for name, vote in voter(self.seed, one).last.items():
                self.counts[name].update(backed(vote))

    def _share(self, place: int, number: int) -> Iterator[Voter]:
        return (voter(self.seed, one) for one in range(place, number, self.session.workers))

    def _cast(self, who: Voter) -> None:
        token = self.session.token_of(f"Elector {who.number}", "fan")
        path = f"/v1/campaigns/{self.campaign_id}/ballot"
        for votes in who.ballots:
            self.session.calls.must("PUT", path, token=token, body={"votes": votes})
        if who.change:
            feature_id, vote = who.change
            self.session.calls.must("PUT", f"{path}/features/{feature_id}", token=token, body={"vote": vote})
        if who.answers_screens:
            self._answer(who, path, token)

    def _answer(self, who: Voter, path: str, token: str) -> None:
        [asked] = self.session.calls.must("GET", f"{path}/screens", token=token)["features"]
        vote = screen_answers(asked["screens"], random.Random(f"{self.seed}:{who.number}:screens"))  # noqa: S311
        self.session.calls.must("PUT", f"{path}/features/extra", token=token, body={"vote": vote})
        with self._lock:
            self.counts["extra"].update(backed(vote))
