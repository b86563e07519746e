"""How badly the pump may treat its handlers: all of it is allowed by what AWS promises, and drawn from one seed.

```
one shard, in order:        1 2 3 4 5 6
cut in other batches:       [1] [2 3 4] [5 6]
delivered twice:            [1 2 3] [2 3] [4 5 6]      the poller lost its place and resumed from an older one
several shards:             a1 b1 b2 a2 b3 a3          any interleaving, but each item's changes keep their order
```
"""

import random
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Delivery:
    """`twice` and `late` are probabilities per batch, below 1. The default is kind: once, at once, in order."""

    seed: int = 0
    twice: float = 0.0
    late: float = 0.0
    cut: bool = False
    shards: int = 1
    chance: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not (0 <= self.twice < 1 and 0 <= self.late < 1 and self.shards >= 1):
            raise ValueError("twice and late lie in [0, 1), and there is at least one shard")
        object.__setattr__(self, "chance", random.Random(self.seed))  # noqa: S311 - to be repeated

    @classmethod
    def hostile(cls, seed: int) -> "Delivery":
        """All of it at once."""
        return cls(seed=seed, twice=0.3, late=0.3, cut=True, shards=3)

    def is_late(self) -> bool:
        return self.late > 0 and self.chance.random() < self.late

    def is_again(self) -> bool:
        return self.twice > 0 and self.chance.random() < self.twice

    def batch_size(self, most: int) -> int:
        return self.chance.randint(1, most) if self.cut else most

    def steps_back(self, most: int) -> int:
        """How many records a poller that lost its place delivers again."""
        return self.chance.randint(1, most) if most else 0

    def mixed(self, several: list[T]) -> list[T]:
        """The same in another order, where order is promised by nobody: messages of a queue, turns of shards."""
        if self.shards == 1:
            return several
        return self.chance.sample(several, len(several))
