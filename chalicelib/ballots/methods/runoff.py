"""Instant runoff: in each round the option with the fewest ballots leaves, until one is left.

With equal ranks a ballot counts in full for every option of its best group: the generalisation that keeps the method's
properties. Source: Delemazure and Peters, *Generalizing Instant Runoff Voting to Allow for Indifferences*, 2024.

Each round needs all ballots again, so that a count keeps one number an option, however many ballots there are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chalicelib.ballots.model import Round, Tie


def backed(vote: Any, standing: Collection[str]) -> list[str]:
    """The options for which a ranked vote counts while these are standing; none when it is exhausted."""
    for group in vote:
        found = [option for option in group if option in standing]
        if found:
            return found
    return []


def add(counts: dict[str, int], vote: Any, times: int) -> bool:
    """Adds a vote to a round's counts, whose keys are those standing. Answers whether it counts for any."""
    found = backed(vote, counts)
    for option in found:
        counts[option] += times
    return bool(found)


def close(counts: Mapping[str, int], exhausted: int, *, draw: Sequence[str], number: int) -> tuple[Round, Tie | None]:
    """The end of a round: the option with the fewest leaves, of equals the last in the draw."""
    fewest = min(counts.values())
    lowest = tuple(option for option in draw if counts.get(option) == fewest)
    tie = Tie(where=f"round {number}", options=lowest, decisive=False) if len(lowest) > 1 else None
    return Round(counts=dict(counts), exhausted=exhausted, eliminated=lowest[-1]), tie


def order(options: Sequence[str], rounds: Sequence[Round]) -> tuple[str, ...]:
    """The last one standing, then the others, the last to leave first."""
    gone = [one.eliminated for one in rounds]
    return (*(option for option in options if option not in gone), *reversed(gone))
