"""The screens of a best-worst feature: balanced for each fan, and the same whenever that fan asks.

A fan sees each option about three times, or all of them once where they fit on one screen. Each screen is filled with
the options that were shown least so far, of these with those that met the others of the screen least; what is equal
then stands in an order of the fan's own. So no fan's options differ by more than one showing, and over many fans every
pair meets about as often.
"""

import hashlib
from collections import Counter
from itertools import combinations

from chalicelib.ballots.model import MOST_SCREENS
from chalicelib.campaigns.model import Feature

PER_SCREEN = 4
SHOWINGS = 3


def design(feature: Feature, voter: str) -> tuple[tuple[str, ...], ...]:
    """The fan's screens, from nothing but the feature and the voter's id."""
    options = [option.option_id for option in feature.options]
    size = min(PER_SCREEN, len(options))
    shown: Counter[str] = Counter()
    met: Counter[frozenset[str]] = Counter()
    screens = []
    # What fits on one screen is asked once: the same screen again would say nothing new.
    wanted = 1 if size == len(options) else -(-SHOWINGS * len(options) // size)
    for number in range(min(MOST_SCREENS, wanted)):
        own = {option: _chance(feature.feature_id, voter, number, option) for option in options}
        screen = _fill(own, size, shown, met)
        shown.update(screen)
        met.update(map(frozenset, combinations(screen, 2)))
        screens.append(tuple(screen))
    return tuple(screens)


def _fill(own: dict[str, str], size: int, shown: Counter[str], met: Counter[frozenset[str]]) -> list[str]:
    screen: list[str] = []
    while len(screen) < size:

        def worth(option: str) -> tuple[int, int, str]:
            return shown[option], sum(met[frozenset((option, other))] for other in screen), own[option]

        screen.append(min((option for option in own if option not in screen), key=worth))
    return screen


def _chance(feature_id: str, voter: str, number: int, option: str) -> str:
    return hashlib.sha256(f"{voter}:{feature_id}:{number}:{option}".encode()).hexdigest()
