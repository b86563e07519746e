"""Casts the ballots of an election: one fan for each, all in one campaign with three features of the same candidates:
first choices, approvals, and the whole ranking."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tools.replay import campaigns
from tools.replay.abif import APPROVED, FEATURES, FIRST, RANKED, Ballots, Election
from tools.replay.session import Session

MOST_CANDIDATES = 30
_METHODS = {FIRST: ("First choice", "plurality"), APPROVED: ("Approved", "approval"), RANKED: ("Ranking", "ranked")}
Counts = dict[str, dict[str, int]]
Numbered = tuple[int, Ballots]


@dataclass
class Voted:
    """What became of the ballots. `expected`: the file's own count, by feature and option, without what was refused."""

    campaign_id: str = ""
    expected: Counts = field(default_factory=dict)
    tally: Any = None
    result: Any = None


def replay(session: Session, title: str, election: Election) -> Voted:
    """The whole vote, to the certified result. With nothing to vote on there is no request at all."""
    if not election.sent:
        return Voted()
    if len(election.labels) > MOST_CANDIDATES:
        raise ValueError(f"A feature takes {MOST_CANDIDATES} options; the file has {len(election.labels)} candidates.")
    options = slugs(election.labels)
    campaign = campaigns.open_voting(session, title, _features(election, options), units=1, largest=1)
    campaign_id = str(campaign["campaign_id"])
    booth = Booth(session, campaign_id, election, options)
    booth.cast_all()
    tally = await_tally(session, campaign_id, election.sent)
    campaigns.settle(session, campaign_id, election.sent)
    result = session.calls.must("GET", f"/v1/campaigns/{campaign_id}/result")
    return Voted(campaign_id, booth.expected(), tally, result)


def slugs(candidates: Iterable[str]) -> dict[str, str]:
    """An option id for each candidate, each a different one."""
    found: dict[str, str] = {}
    for candidate in candidates:
        base = re.sub(r"[^A-Za-z0-9_-]+", "-", candidate).strip("-_")[:34] or "candidate"
        slug, number = base, 1
        while slug in found.values():
            number += 1
            slug = f"{base}-{number}"
        found[candidate] = slug
    return found


def _features(election: Election, options: dict[str, str]) -> list[dict[str, Any]]:
    """As a NewCampaign takes them; the winner of each is fixed."""
    listed = [{"option_id": options[name], "label": label[:200]} for name, label in election.labels.items()]
    return [
        {"feature_id": feature_id, "title": title, "method": method, "keep": 1, "options": listed}
        for feature_id, (title, method) in _METHODS.items()
    ]


def await_tally(session: Session, campaign_id: str, ballots: int) -> Any:
    """The live tally once it has seen every ballot and stands still; as it stands when it does not move any more."""
    tally: Any = None

    def look() -> tuple[bool, Any]:
        nonlocal tally
        before, tally = tally, session.calls.must("GET", f"/v1/campaigns/{campaign_id}/tally")
        return tally["ballots"] >= ballots and tally == before, tally["as_of"]

    session.wait(look)
    return tally


@dataclass
class Booth:
    """Where the ballots of one election are cast."""

    session: Session
    campaign_id: str
    election: Election
    options: dict[str, str]
    _refused: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in FEATURES})
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cast_all(self) -> None:
        """Every ballot by its own fan; refused ones change their class in the account."""
        shares = [self._share(place) for place in range(self.session.workers)]
        with self.session.progress(self.election.sent, "ballots", "ballots") as bar:
            self.session.spread(shares, self._cast, bar)
        self.election.account.check()

    def _share(self, place: int) -> Iterator[Numbered]:
        return islice(enumerate(self.election.each(), start=1), place, None, self.session.workers)

    def _cast(self, numbered: Numbered) -> None:
        number, ballots = numbered
        votes = ballots.votes(self.options)
        token = self.session.token_of(f"Voter {number}", "fan")
        path = f"/v1/campaigns/{self.campaign_id}/ballot"
        answer = self.session.calls("PUT", path, token=token, body={"votes": votes})
        if answer.ok:
            return
        with self._lock:
            self.election.account.move("sent", f"refused_{answer.code}", 1)
            for feature_id, chosen in ballots.backed.items():
                self._refused[feature_id].update(chosen)

    def expected(self) -> Counts:
        """What the count must be, by feature and option."""
        counts, refused = self.election.counts, self._refused
        return {
            feature: {slug: counts[feature][name] - refused[feature][name] for name, slug in self.options.items()}
            for feature in _METHODS
        }
