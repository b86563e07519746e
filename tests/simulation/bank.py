"""What happens at the provider without us: banks ask fans, and the provider tells of what has happened, once or more,
late, in any order, or not at all (F19)."""

from typing import TYPE_CHECKING

from chalicelib.payments import events
from chalicelib.plumbing.gateway.document import Document, instant
from chalicelib.plumbing.gateway.port import Event
from chalicelib.plumbing.ports import Ports
from tests.hands import START
from tests.simulation.containers import API_MS, Function
from tests.simulation.features import MINUTE_MS
from tests.simulation.scheduler import End

if TYPE_CHECKING:
    from tests.simulation.world import World

SOON_MS = 100
MAIL_MS = {"mail late": 20 * MINUTE_MS, "mail later": 26 * 60 * MINUTE_MS}
AGAIN_MS = 90 * MINUTE_MS
# A provider posts again what was not taken.
POSTS, POST_AGAIN_MS = 4, 20 * MINUTE_MS


class Bank:
    """The provider's mail, and what it hears from fans."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.door = Function(world, API_MS)
        self._mailed: set[str] = set()
        world.gateway.stands.append(self._mail)

    def confirm(self, about: str, action: str, *, approve: bool) -> None:
        self.world.tell("bank", f"{'approves' if approve else 'denies'} {about.partition('.')[2]}")
        self.world.gateway.confirm(about, action, approve=approve)

    def dispute(self, about: str, charge: str) -> str | None:
        """A fan says that this charge was none: answers the dispute, unless there is one."""
        found = self.world.gateway.dispute(about, charge)
        self.world.tell("bank", f"takes back {charge}" if found else f"will not take {charge} back again")
        return found

    def close(self, about: str, dispute: str, *, won: bool) -> None:
        self.world.tell("bank", f"decides {dispute}: {'won' if won else 'lost'}")
        self.world.gateway.close_dispute(about, dispute, won=won)

    def _mail(self, about: str, document: Document) -> None:
        """Lays down when each event is posted, also those that only time will bring."""
        for one in [*document["events"], *(coming["event"] for coming in document["coming"])]:
            if one["event_id"] in self._mailed:
                continue
            self._mailed.add(one["event_id"])
            # As Stripe's, an event of a dispute does not say about which pre-order it is.
            named = "" if ".dispute." in one["kind"] else about
            event = Event(one["event_id"], one["kind"], one["reference"], named, instant(one["at"]))
            at_ms = int((event.created_at - START).total_seconds() * 1000) + SOON_MS
            trouble = self.world.faults.decide("mail", "mail")
            if trouble == "mail again":
                self._post(event, at_ms + AGAIN_MS)
            if trouble != "mail lost":
                self._post(event, at_ms + MAIL_MS.get(trouble, 0))

    def _post(self, event: Event, at_ms: int, posts: int = POSTS) -> None:
        """Signed anew each time."""

        def act(ports: Ports) -> None:
            headers, body = self.world.gateway.provider.signed(event, self.world.gateway.clock.now())
            events.take(ports, headers, body)

        def ended(end: End) -> None:
            if end.how != "done" and posts:
                self._post(event, self.world.scheduler.now_ms + POST_AGAIN_MS, posts - 1)

        self.world.scheduler.at(at_ms, lambda: self.door.invoke("mail", act, ended))
