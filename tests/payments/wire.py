"""The wire between us and the provider, on which the next call meets what a test has chosen; and what happens at the
provider's end without us."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ReadTimeoutError

from chalicelib.plumbing.gateway import intents
from chalicelib.plumbing.gateway.document import milliseconds, settled
from chalicelib.plumbing.gateway.port import Misused, TryLater, Unknown
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from tests.hands import PROVIDER_SECRET
from tests.races.quick_world import QuickWorld
from tests.simulation.gateway import FaultyGateway

# No call is longer on its way than this.
ARRIVES = timedelta(minutes=5)
DISPUTED = ("dispute", "pending")


class Wire(FaultyGateway):
    """The simulation's wire to the provider, on which the next call meets the trouble that a test has chosen."""

    def __init__(self, world: QuickWorld) -> None:
        self.world, self.shelf, self.clock = world, world.shelf, world.clock
        self.provider = SimulatedProvider(world.shelf, world.clock, lambda: PROVIDER_SECRET)
        self.asked, self.stands = [], []
        self.trouble = ""
        self.late: list[tuple[datetime, str, Callable[[], Any]]] = []
        self.seen: set[str] = set()
        self._unknown: dict[str, str] = {}

    def _called(self, name: str, about: str, act: Callable[[], Any], ask: Any = None) -> Any:
        trouble, self.trouble = self.trouble, ""
        self._note(name, about, ask, trouble)
        try:
            return self.world.engine.call("provider", lambda: self._answered(about, act, ask, trouble))
        except ReadTimeoutError:
            raise Unknown from None

    def _note(self, name: str, about: str, ask: Any, trouble: str) -> None:
        """Which trouble was met, and how one has come to know afterwards."""
        kind = name.partition(" ")[0] if ask else name
        if ask and self._unknown.get(about) == ask.key:
            self.seen.add(f"{kind} asked again under its key")
        elif about in self._unknown and name == "look up":
            self.seen.add("unknown, then looked up")
        if trouble:
            self.seen.add(f"{kind}: {trouble}")
        if trouble and ask:
            self._unknown[about] = ask.key

    def _answered(self, about: str, act: Callable[[], Any], ask: Any, trouble: str) -> Any:
        if trouble == "late":
            self.late.append((self.clock.now(), about, act))
        if trouble == "lost after":
            act()
            self._stands(about)
        if trouble in ("late", "lost before", "lost after"):
            raise Unknown
        return super()._answered(about, act, ask, trouble)

    def arrive(self, by: datetime) -> None:
        """The calls that cannot be on their way any more at that moment do what they ask for; nobody hears of it."""
        overdue = [one for one in self.late if one[0] + ARRIVES <= by]
        self.late = [one for one in self.late if one not in overdue]
        for _, about, act in overdue:
            with suppress(Unknown, TryLater, Misused):
                act()
            self._stands(about)

    def dispute(self, about: str) -> bool:
        """The bank takes a charge back, whatever was given back of it; answers whether there was one to take."""
        document, version = self.shelf.read(about)
        now = self.clock.now()
        after = settled(document, now) if document else {"things": {}, "coming": []}
        known = [*after["things"].values(), *(one["thing"] for one in after["coming"])]
        before = {one["charge"] for one in known if one["kind"] == "dispute"}
        free = [one for one in known if one["kind"] == "charge" and one["result"] == "done"]
        free = [one for one in free if one["reference"] not in before]
        if free:
            intents._foresee_dispute(after, free[0], milliseconds(now))
            self.shelf.write(about, {**after, "changed_at": milliseconds(now)}, version)
        return bool(free)

    def decide(self, about: str, *, won: bool) -> bool:
        """What becomes of an open dispute; answers whether there was one."""
        open_ones = [one for one in self.provider.look_up(about, None) if (one.kind, one.result) == DISPUTED]
        for one in open_ones:
            self.provider.close_dispute(one.reference, won=won)
        return bool(open_ones)
