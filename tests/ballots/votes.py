"""A vote that has ended, in a world in memory, and its recount message by message in a test's hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from chalicelib.ballots import counting, proof, store
from chalicelib.ballots.model import CastBallot, Result
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import instants
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.ports import Ports
from tests import examples
from tests.ballots import electorate, pure
from tests.hands import START
from tests.races.quick_world import QuickWorld
from tests.races.races import InHand

# A feature of every method: few buckets, so that they hold several ballots each.
CAMPAIGN = examples.voting(features=examples.one_of_each(), ballot_buckets=6, ballot_salt="salt")
FIRST: dict[str, Any] = {"campaign_id": CAMPAIGN.campaign_id}
Message = dict[str, Any]
Pick = Callable[[list[Message]], Message]


class Crash(BaseException):
    """The function is gone: nothing of it runs any more."""


@dataclass
class Vote:
    """What was cast, and where it lies."""

    world: QuickWorld
    ballots: list[CastBallot]

    @property
    def expected(self) -> Result:
        """The same from all ballots at once, without a table."""
        now = self.world.clock.now()
        return pure.certified(CAMPAIGN, self.ballots).model_copy(update={"certified_at": now})

    @property
    def result(self) -> Result | None:
        return store.find_result(self.world.ports.table, CAMPAIGN.campaign_id)

    def count(self, pick: Pick = lambda messages: messages.pop(0), ports: Ports | None = None) -> int:
        """Message after message until none is left; what fails comes again. Answers how many there were."""
        queue, told = InHand(FIRST), 0
        while queue.messages:
            message, told = pick(queue.messages), told + 1
            assert told < 5_000, "it never ends"
            try:
                counting.count(replace(ports or self.world.ports, queues=queue), message)  # type: ignore[arg-type]
            except (Crash, Busy):
                queue.messages.append(message)
            except Refusal:
                continue
        return told


def ended(world: QuickWorld, ballots: int = 40, seed: int = 1) -> Vote:
    """So many ballots cast and folded; voting has ended, and nobody has counted yet."""
    world.ports.table.commit(campaigns.creating(CAMPAIGN))
    cast = list(electors(ballots, seed))
    for ballot in cast:
        at = instants.text(ballot.cast_at)
        writing = store.casting(CAMPAIGN, ballot.voter_id, ballot.votes, cast_at=at, registered_at=None)
        world.ports.table.commit(writing)
    world.settle_down()
    world.clock.forward(seconds=1)
    closed_at = instants.text(world.clock.now())
    world.ports.table.commit(campaigns.closing_voting(CAMPAIGN.campaign_id, closed_at))
    return Vote(world, cast)


def electors(number: int, seed: int) -> Iterator[CastBallot]:
    """In the order of their voter ids, as a list of ballots has them."""
    chance = Random(seed)
    for voter in sorted(proof.voter_id("salt", f"fan-{fan}") for fan in range(number)):
        votes = electorate.ballot(chance, CAMPAIGN.features, voter)
        yield CastBallot(voter_id=voter, votes=votes, version=1, cast_at=START)
