"""Reads ranked ballots in ABIF, the aggregated ballot information format.

```
# a comment                    {"title": "metadata"}
=Memph:[Memphis, TN]           a candidate's id and label
42:Memph>Nash=Chat/133,Knox    so many equal ballots: `>` is better than; `=` and `,` leave the order open; /n rates
7:                             blank
```
Ratings are counted and not used: they have no common scale. What stands in square brackets is one name, whatever it
contains.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, NamedTuple

from tools.replay.accounts import Account

FIRST, APPROVED, RANKED = "first_choice", "approved", "ranking"
FEATURES = (FIRST, APPROVED, RANKED)
_LINE = re.compile(r"\s*(\d{1,12})\s*:(.*)")
_DEFINITION = re.compile(r"=\s*(\[[^\]]+\]|\"[^\"]+\"|[^:\[\]]+?)\s*:\s*(.*)")
_NAME = r"(?:\[[^\]]+\]|\"[^\"]+\"|[^>=,/\[\]\"]+)"
_PLACE = re.compile(rf"\s*({_NAME})\s*(?:/\s*(-?\d+(?:\.\d+)?)\s*)?([>=,]|$)")


class Unreadable(ValueError):  # noqa: N818 - a fact about the line
    """A line that is nothing that ABIF knows."""


class Ballots(NamedTuple):
    """So many equal ballots: groups of candidates, best group first."""

    number: int
    groups: tuple[tuple[str, ...], ...]

    @property
    def ranked(self) -> tuple[str, ...]:
        """Every candidate that they name."""
        return tuple(name for group in self.groups for name in group)

    @property
    def backed(self) -> dict[str, tuple[str, ...]]:
        """Whom a ballot is counted for, by feature: in a ranking its first group. A tied first choice is no plurality
        vote: it is left out."""
        first = {FIRST: self.groups[0]} if len(self.groups[0]) == 1 else {}
        return {**first, APPROVED: self.ranked, RANKED: self.groups[0]}

    def votes(self, options: Mapping[str, str]) -> dict[str, Any]:
        """As Groundswell takes them, with the option ids of the candidates."""
        chosen: dict[str, Any] = {name: [options[one] for one in names] for name, names in self.backed.items()}
        return {**chosen, RANKED: [[options[one] for one in group] for group in self.groups]}


@dataclass
class Election:
    """What a file says. `counts` is its own count of what the API must answer, kept while reading."""

    labels: dict[str, str] = field(default_factory=dict)
    ballots: list[Ballots] = field(default_factory=list)
    account: Account = field(default_factory=lambda: Account("ballots"))
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in FEATURES})
    tied_first: int = 0
    ratings: int = 0
    unreadable: list[int] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """How many ballots there are to cast."""
        return self.account.classes["sent"]

    def each(self) -> Iterator[Ballots]:
        """One by one: a line of ten million equal ballots stays one object."""
        for line in self.ballots:
            yield from repeat(line, line.number)


def read(lines: Iterable[str], *, limit: int | None = None) -> Election:
    """The whole file. With a limit, the lines' numbers are scaled down in proportion to so many ballots in all."""
    election = Election()
    found: list[Ballots] = []
    for place, line in enumerate(lines, start=1):
        try:
            _read_line(line.strip(), election, found)
        except Unreadable:
            election.unreadable.append(place)
    for ballots in scaled(found, limit):
        _take(ballots, election)
    election.account.check()
    return election


def _read_line(line: str, election: Election, found: list[Ballots]) -> None:
    line = _uncommented(line)
    if not line or line.startswith("{"):
        return
    if definition := _DEFINITION.fullmatch(line):
        name, label = _bare(definition[1]), _bare(definition[2])
        election.labels[name] = label or name
        return
    counted = _LINE.fullmatch(line)
    if not counted:
        raise Unreadable(line)
    groups, ratings = _groups(counted[2].strip())
    election.ratings += ratings
    found.append(Ballots(int(counted[1]), groups))


def _uncommented(line: str) -> str:
    """Without what follows a `#` outside brackets."""
    depth = 0
    for place, letter in enumerate(line):
        depth += (letter in "[{") - (letter in "]}")
        if letter == "#" and depth <= 0:
            return line[:place].rstrip()
    return line


def _groups(preference: str) -> tuple[tuple[tuple[str, ...], ...], int]:
    """The groups of one preference, best first, and how many ratings it had."""
    groups: list[list[str]] = []
    at, ratings, better = 0, 0, True
    while at < len(preference):
        place = _PLACE.match(preference, at)
        if place is None or (place[3] and place.end() == len(preference)):
            raise Unreadable(preference)
        groups += [[]] if better else []
        groups[-1].append(_bare(place[1]))
        ratings += place[2] is not None
        at, better = place.end(), place[3] == ">"
    return tuple(map(tuple, groups)), ratings


def _bare(name: str) -> str:
    return name.strip().strip('[]"').strip()


def _take(ballots: Ballots, election: Election) -> None:
    """Into the account, and if they can be cast, into the counts."""
    election.account.read += ballots.number
    if not ballots.groups:
        return election.account.note("blank", ballots.number)
    if len(set(ballots.ranked)) < len(ballots.ranked):
        return election.account.note("candidate_repeated", ballots.number)
    for name in ballots.ranked:
        election.labels.setdefault(name, name)
    for feature_id, names in ballots.backed.items():
        election.counts[feature_id].update(dict.fromkeys(names, ballots.number))
    election.tied_first += 0 if FIRST in ballots.backed else ballots.number
    election.ballots.append(ballots)
    return election.account.note("sent", ballots.number)


def scaled(found: list[Ballots], limit: int | None) -> list[Ballots]:
    """In proportion, by largest remainders, so that the numbers add up to the limit exactly."""
    whole = sum(ballots.number for ballots in found)
    if limit is None or limit >= whole:
        return found
    shares = [divmod(ballots.number * limit, whole) for ballots in found]
    wanting = limit - sum(share for share, _ in shares)
    favoured = set(sorted(range(len(found)), key=lambda place: -shares[place][1])[:wanting])
    return [
        ballots._replace(number=share + (place in favoured))
        for place, (ballots, (share, _)) in enumerate(zip(found, shares, strict=True))
        if share + (place in favoured)
    ]
