"""What a container remembers between requests, for a stated time: what would otherwise be read again each time."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.plumbing.clock import Clock

# A container that serves more than this forgets all and begins anew: its memory stays bounded.
MOST = 200


@dataclass
class Memory:
    """Things by name. Nothing may be wrong because it is gone, and nobody else learns what is remembered here."""

    clock: Clock
    known: dict[Hashable, tuple[datetime, Any]] = field(default_factory=dict, repr=False)

    def recall(self, name: Hashable, *, seconds: float) -> Any | None:
        """What was kept under this name at most so many seconds ago, or None."""
        kept = self.known.get(name)
        # The time of day: while a container is frozen, a monotonic clock may stand still.
        if kept is None or not timedelta() <= self.clock.now() - kept[0] < timedelta(seconds=seconds):
            return None
        return kept[1]

    def keep(self, name: Hashable, thing: Any, *, since: datetime) -> None:
        """Keeps it; `since` is a moment before it was read, for that is how old it may be."""
        if len(self.known) >= MOST:
            self.known.clear()
        self.known[name] = since, thing

    def forget(self, name: Hashable) -> None:
        self.known.pop(name, None)
