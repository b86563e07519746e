"""An independent program counts the same: votelib's Schulze and its single transferable vote for one seat.

Ties are skipped, since each program breaks them in its own way; how many elections are left to compare is asserted.
"""

from collections import Counter
from random import Random

from votelib.convert import RankedToCondorcetVotes
from votelib.evaluate.condorcet import Schulze
from votelib.evaluate.sequential import TransferableVoteSelector

from tests import examples
from tests.ballots import pure
from tests.ballots.pure import strictly

NAMES = "abcdef"
FEATURE = examples.feature("ranked", NAMES)
ELECTIONS = 200
Profile = Counter[tuple[str, ...]]


def elections(seed: int, *, camps: tuple[int, int]) -> list[Profile]:
    """Ballots that rank all options, of so many camps: from a few that fall into circles to many that do not."""
    chance, found = Random(seed), []
    for _ in range(ELECTIONS):
        minds = [chance.sample(NAMES, len(NAMES)) for _ in range(chance.randint(*camps))]
        found.append(Counter({tuple(mind): chance.randint(1, 200) for mind in minds}))
    return found


def decided(profile: Profile):
    return pure.decided(FEATURE, [(times, strictly(*order)) for order, times in profile.items()])


def test_schulze_ranks_as_the_referee_does():
    compared, unlike_plurality = 0, 0
    for profile in elections(1, camps=(3, 9)):
        found = decided(profile)
        if any(tie.where == "ranking" for tie in found.ties):
            continue
        referee = Schulze().evaluate(RankedToCondorcetVotes().convert(profile), len(NAMES))
        assert list(found.ranking) == referee, profile
        compared += 1
        unlike_plurality += found.ranking[0] != max(NAMES, key=lambda name: found.counts[name])
    assert compared > ELECTIONS * 0.8, compared
    assert unlike_plurality > ELECTIONS * 0.1, "these elections are too easy to tell methods apart"


def test_the_runoff_ends_with_the_referees_winner():
    compared, unlike_schulze = 0, 0
    selector = TransferableVoteSelector(transferer="Gregory", quota_function="droop")
    for profile in elections(2, camps=(12, 40)):
        found = decided(profile)
        if any(tie.where != "ranking" for tie in found.ties):
            continue
        assert [(found.runoff or ())[0]] == selector.evaluate(profile, 1), profile
        compared += 1
        unlike_schulze += (found.runoff or ())[0] != found.ranking[0]
    assert compared > ELECTIONS * 0.8, compared
    assert unlike_schulze > ELECTIONS * 0.02, "these elections are too easy to tell methods apart"
