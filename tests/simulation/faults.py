"""What goes wrong in a history, and when. A seed draws which kinds of faults there are and how often (swarm testing),
then each fault as its site comes up: the n-th decision about an actor. All that is drawn is recorded; a recorded plan
can be played again, and shrunk.
"""

import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tests.simulation import features, reversals

Site = Literal["call", "answer", "batch", "clock", "record", "lock", "provider", "mail"]
# What each decision can be, by what it is about. In brackets: the faults of docs that it stands for.
KINDS: dict[Site, tuple[str, ...]] = {
    # A call that a handler makes of the table, a queue, the bus, the manufacturer.
    "call": (
        "pause",  # 20 ms: others run in between
        "wait",  # 2 s
        "freeze",  # longer than any timeout: its work is delivered again, and it goes on later (F7)
        "in flight",  # a transaction is under way while others run (F14)
        "throttle",  # its partition takes nothing for a moment (F1)
        "throttle long",  # for longer than the SDK tries
        "refuse",  # not connected, nothing happened (F2)
        "refuse all",  # nor on the SDK's own tries
        "lose",  # committed, and the answer lost (F3)
        "lose all",  # and those to the SDK's own tries (F4)
        "die before",  # F5
        "die after",
        "stale",  # an eventually consistent read is half a second behind (F15)
        "stale long",  # or a minute
    ),
    "answer": ("answer 500", "answer lost"),  # of the manufacturer (F23)
    "batch": ("late", "later", "cut", "again", "mixed"),  # what a poller hands over (F8, F9, F12)
    "clock": ("fast", "slow"),  # ten minutes wrong (F17)
    # What fails each time that it is touched, until somebody has looked and drives it again (F11).
    "record": (
        "poison record",  # of the stream
        "lose record",  # gone before anybody read it: older than the stream keeps it (F10)
        "split",  # behind this record the shard is two; they are read once it is through (F9)
        "split early",  # or beside it
    ),
    "lock": ("poison pre-order",),  # one of a batch that has just been decided
    # Of a call of the payment provider, beside what befalls every call (F18).
    "provider": (
        "provider busy",  # 409 or 429: nothing was done
        "provider error",  # 5xx without effect, kept under its key for a day
        "provider error done",  # the same, and the money has moved
        "provider late",  # its time is up, and it takes effect two seconds later
        "provider later",  # or five minutes
    ),
    "mail": ("mail lost", "mail late", "mail later", "mail again"),  # of the provider's events (F19)
}
OF_MONEY: tuple[Site, ...] = ("provider", "mail")
RATES = (0.003, 0.01, 0.03, 0.1)
# What lets others run in between harms nobody, and is what races are made of: it comes more often. So does what befalls
# the provider, which is asked little.
IN_BETWEEN, OFTEN = ("pause", "in flight"), (0.02, 0.1, 0.3)
# Each in one history of seven or twenty, and seldom there: what is poisoned is tried often.
SELDOM = {
    "poison record": (0.15, 0.02),
    "poison pre-order": (0.15, 0.5),
    "lose record": (0.07, 0.05),
    "split": (0.15, 0.03),
    "split early": (0.07, 0.03),
}


class Fault(NamedTuple):
    """At the n-th decision about this actor: this."""

    actor: str
    number: int
    kind: str


@dataclass(frozen=True)
class Options:
    """What a seed's history is like. Printed, so that a failure says what it needs."""

    seed: int
    rates: dict[str, float]
    shards: int
    # When the faults end, in minutes.
    heal_minute: int
    # What the campaign and its fans can do beside the plain (`features`).
    features: frozenset[str] = frozenset()
    # Everybody at once, in one container (`rush`).
    rush: bool = False
    # What goes back beside what the rules give back (`reversals`).
    reversals: frozenset[str] = frozenset()

    @classmethod
    def drawn(cls, seed: int, also: frozenset[str] = frozenset()) -> "Options":
        """`also`: features or reversals that it has whatever the seed says."""
        chance = random.Random(f"options {seed}")
        kinds = [kind for site, some in KINDS.items() for kind in some if kind not in SELDOM and site not in OF_MONEY]
        rates = {kind: chance.choice(RATES) for kind in kinds if chance.random() < 0.35}
        rates |= {kind: chance.choice(OFTEN) for kind in IN_BETWEEN if chance.random() < 0.7}
        rates |= {kind: rate for kind, (often, rate) in SELDOM.items() if chance.random() < often}
        money = random.Random(f"money faults {seed}")
        of_money = [kind for site in OF_MONEY for kind in KINDS[site]]
        rates |= {kind: money.choice(OFTEN) for kind in of_money if money.random() < 0.35}
        back = also & {reversals.REFUNDS, reversals.DISPUTES}
        found, back = features.drawn(seed) | also - back, reversals.drawn(seed) | back
        shards, heal_minute = chance.randint(1, 3), chance.choice(features.heal_minutes(found))
        if back:
            heal_minute = reversals.heal_minute(seed, heal_minute)
        return cls(seed, rates, shards, heal_minute, found, reversals=back)

    @classmethod
    def rushed(cls, seed: int) -> "Options":
        """A race for few pages, by requests that pause or freeze anywhere."""
        return cls(seed, {"pause": 0.3, "freeze": 0.15}, shards=1, heal_minute=15, rush=True)

    def __str__(self) -> str:
        told = ", ".join(f"{kind} {rate:.1%}" for kind, rate in sorted(self.rates.items())) or "none"
        more = f" with {', '.join(sorted(self.features | self.reversals))}" if self.features | self.reversals else ""
        return f"seed {self.seed}{more}: {self.shards} shards, faults until minute {self.heal_minute}: {told}"


@dataclass
class Faults:
    """Decides at each site. With a plan it only repeats what the plan has; without, it draws and records."""

    options: Options
    plan: frozenset[Fault] | None = None
    active: bool = True
    met: list[Fault] = field(default_factory=list)
    _numbers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"faults {self.options.seed}")
        self._planned = {(fault.actor, fault.number): fault.kind for fault in self.plan or ()}
        self._drawn = {site: [(k, self.options.rates.get(k, 0.0)) for k in kinds] for site, kinds in KINDS.items()}
        self._any = {site: sum(rate for _, rate in kinds) for site, kinds in self._drawn.items()}

    def decide(self, site: Site, actor: str) -> str:
        """The kind of fault here, or an empty text."""
        number = self._numbers[actor]
        self._numbers[actor] = number + 1
        if not self.active:
            return ""
        kind = self._draw(site) if self.plan is None else self._planned.get((actor, number), "")
        if kind and (self.plan is None or kind in KINDS[site]):
            self.met.append(Fault(actor, number, kind))
            return kind
        return ""

    def here(self, actor: str) -> random.Random:
        """Chance that belongs to the last decision about an actor, however the history came there."""
        return random.Random(f"{self.options.seed} {actor} {self._numbers[actor]}")

    def roll(self, actor: str) -> int:
        """As `here`, quickly: one number."""
        return zlib.crc32(f"{self.options.seed} {actor} {self._numbers[actor]}".encode())

    def _draw(self, site: Site) -> str:
        roll = self.chance.random()
        if roll >= self._any[site]:
            return ""
        for kind, rate in self._drawn[site]:
            if roll < rate:
                return kind
            roll -= rate
        return ""


def shrink(plan: Iterable[Fault], fails: Callable[[frozenset[Fault]], bool]) -> list[Fault]:
    """A plan that still fails and of which nothing can be left out: large parts are tried first, then smaller ones."""
    kept = list(plan)
    size = len(kept)
    while size:
        start, before = 0, len(kept)
        while start < len(kept):
            without = kept[:start] + kept[start + size :]
            if fails(frozenset(without)):
                kept = without
            else:
                start += size
        if len(kept) == before or size > 1:
            size //= 2
    return kept
