"""Stripe on the wire of the tests, and everybody around it in a test's hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway
from tests.hands import START, HandClock
from tests.plumbing.gateway.stripe_wire import API_KEY, EVENT_SECRET, StripeWire


@dataclass
class OnTheWire:
    """Implements Provided of the contract."""

    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.stripe = SimulatedProvider(MemoryShelf(), self.clock, lambda: "hush")
        self.wire = StripeWire(self.stripe)
        self.gateway = StripeGateway(lambda: API_KEY, lambda: [EVENT_SECRET], self.wire)

    def now(self) -> datetime:
        return self.clock.now()

    def forward(self, duration: timedelta) -> None:
        self.clock.moment += duration

    def token(self, card: str) -> str:
        return card

    def confirm(self, action: str, *, approve: bool) -> None:
        self.stripe.confirm(action, approve=approve)

    def close_dispute(self, reference: str, *, won: bool) -> None:
        self.stripe.close_dispute(reference, won=won)

    def events(self) -> Sequence[Event]:
        return self.stripe.events(START)

    def signed(self, event: Event, at: datetime) -> tuple[dict[str, str], bytes]:
        return self.wire.signed(event, at)
