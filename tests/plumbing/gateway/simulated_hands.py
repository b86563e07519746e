"""The simulated provider, and everybody around it in a test's hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.gateway.shelf import MemoryShelf, Shelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from tests.hands import START, HandClock

SECRET = "hush-1 hush-0"


@dataclass
class Simulated:
    """Implements Provided of the contract."""

    shelf: Shelf = field(default_factory=MemoryShelf)
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.gateway = SimulatedProvider(self.shelf, self.clock, lambda: SECRET)

    def now(self) -> datetime:
        return self.clock.now()

    def forward(self, duration: timedelta) -> None:
        self.clock.moment += duration

    def token(self, card: str) -> str:
        return card

    def confirm(self, action: str, *, approve: bool) -> None:
        self.gateway.confirm(action, approve=approve)

    def close_dispute(self, reference: str, *, won: bool) -> None:
        self.gateway.close_dispute(reference, won=won)

    def events(self) -> Sequence[Event]:
        return self.gateway.events(START)

    def signed(self, event: Event, at: datetime) -> tuple[dict[str, str], bytes]:
        return self.gateway.signed(event, at)
