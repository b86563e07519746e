"""The payment provider of a history: the simulated one on its own clock, behind a wire on which calls are lost, die,
come late, or are answered with an error that is kept under their key (F18)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.plumbing.gateway import books, intents
from chalicelib.plumbing.gateway.document import Document, blank, come_to, milliseconds, settled
from chalicelib.plumbing.gateway.port import Charge, Event, Found, Misused, Prepare, Refund, TryLater, Unknown
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from tests.hands import PROVIDER_SECRET, START
from tests.simulation.scheduler import Scheduler

if TYPE_CHECKING:
    from tests.simulation.world import World

LATE_MS = {"provider late": 2000, "provider later": 300_000}
Ask = Prepare | Charge | Refund


@dataclass
class ProvidersClock:
    """The scheduler's time, whoever asks."""

    scheduler: Scheduler

    def now(self) -> datetime:
        return START + timedelta(milliseconds=self.scheduler.now_ms)

    def monotonic(self) -> float:
        return self.scheduler.now_ms / 1000

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nobody else writes a document: there is nothing to wait {seconds} s for")


class FaultyGateway:
    """Implements Gateway. `asked` hears of each ask before it is made; `stands` of each pre-order about which anything
    may have changed."""

    def __init__(self, world: "World") -> None:
        self.world, self.shelf = world, MemoryShelf()
        self.clock = ProvidersClock(world.scheduler)
        self.provider = SimulatedProvider(self.shelf, self.clock, lambda: PROVIDER_SECRET)
        self.asked: list[Callable[[Ask], None]] = []
        self.stands: list[Callable[[str, Document], None]] = []

    def prepare(self, ask: Prepare) -> Found:
        return self._keyed("prepare", ask, lambda: self.provider.prepare(ask))

    def charge(self, ask: Charge) -> Found:
        return self._keyed("charge", ask, lambda: self.provider.charge(ask))

    def refund(self, ask: Refund) -> Found:
        return self._keyed("refund", ask, lambda: self.provider.refund(ask))

    def cancel(self, found_reference: str, about: str) -> Found:
        return self._called("cancel", about, lambda: self.provider.cancel(found_reference, about))

    def look_up(self, about: str, customer: str | None) -> tuple[Found, ...]:
        return self._called("look up", about, lambda: self.provider.look_up(about, customer))

    def about(self, reference: str) -> str | None:
        return self.provider.about(reference)

    def movements(self, since: datetime) -> Iterator[Found]:
        return self.provider.movements(since)

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event | None:
        return self.provider.read_event(headers, body, now)

    def confirm(self, about: str, action: str, *, approve: bool) -> None:
        """What the fan tells the bank."""
        self.provider.confirm(action, approve=approve)
        self._stands(about)

    def dispute(self, about: str, charge: str) -> str | None:
        """The holder's bank takes all of a charge back, whatever was given back of it by then. Answers the dispute, or
        None where one is open already or was lost."""
        document, version = self.shelf.read(about)
        after = settled(document or blank(about), self.clock.now())
        things = [one for one in after["things"].values() if one.get("charge") == charge and one["kind"] == "dispute"]
        if any(one["result"] != "cancelled" for one in things):
            return None
        taken, at = intents.thing(after, charge, "charge"), milliseconds(self.clock.now())
        told = {name: taken[name] for name in ("customer", "currency", "minor", "series")}
        made = intents._made(after, "dispute", at, charge=charge, **told)
        come_to(after, made, "pending", at)
        self.shelf.write(about, {**after, "changed_at": at}, version)
        self._stands(about)
        return str(made["reference"])

    def close_dispute(self, about: str, dispute: str, *, won: bool) -> None:
        self.provider.close_dispute(dispute, won=won)
        self._stands(about)

    def take_refunds(self, about: str) -> None:
        """From now on what is given back arrives: the fan's bank has been told where to put it."""
        document, version = self.shelf.read(about)
        for method in (document or blank(about))["methods"].values():
            method["card"] = "card" if method["card"] == "card_refund_fails" else method["card"]
        self.shelf.write(about, document or blank(about), version)

    # -- the wire ----------------------------------------------------------------------------------------------------

    def _keyed(self, name: str, ask: Ask, act: Callable[[], Found]) -> Found:
        for hear in self.asked:
            hear(ask)
        return self._called(f"{name} {ask.key.rpartition('.')[2]}", ask.about, act, ask)

    def _called(self, name: str, about: str, act: Callable[[], Any], ask: Ask | None = None) -> Any:
        """One call, with what befalls it."""
        world, invocation = self.world, self.world.scheduler.current
        actor = invocation.actor if invocation else ""
        trouble = world.faults.decide("provider", actor) if invocation else ""
        try:
            found = world.call(f"provider {name}", lambda _: self._answered(about, act, ask, trouble))
        except (EndpointConnectionError, ReadTimeoutError):
            raise Unknown from None
        except (Unknown, TryLater, Misused) as error:
            world.tell(actor, f"provider {name}: {error!r}", kind=trouble)
            raise
        told = found if isinstance(found, tuple) else (found,)
        world.tell(actor, f"provider {name}: {', '.join(f'{one.kind} {one.series} {one.result}' for one in told)}")
        return found

    def _answered(self, about: str, act: Callable[[], Any], ask: Ask | None, trouble: str) -> Any:
        if trouble == "provider busy":
            raise TryLater
        if trouble in LATE_MS:
            self.world.scheduler.after(LATE_MS[trouble], lambda: self._arrives(about, act))
            raise Unknown
        if trouble == "provider error":
            self._keep_error(ask, only_new=True)
            raise Unknown
        try:
            found = act()
        finally:
            self._stands(about)
        if trouble:
            self._keep_error(ask, only_new=False)
            raise Unknown
        return found

    def _arrives(self, about: str, act: Callable[[], Any]) -> None:
        """A call that its caller has long given up."""
        try:
            act()
        except (Unknown, TryLater, Misused) as error:
            self.world.tell("provider", f"answers to nobody: {error!r}")
        self._stands(about)

    def _keep_error(self, ask: Ask | None, *, only_new: bool) -> None:
        """A 5xx is the answer to this key from now on. A key that was answered before keeps its answer."""
        if ask is None:
            return
        document, version = self.shelf.read(ask.about)
        document = document or blank(ask.about)
        if not (only_new and ask.key in document["keys"]):
            answer = {"ask": books._fingerprint(ask), "at": milliseconds(self.clock.now()), "answer": {"unknown": True}}
            self.shelf.write(ask.about, {**document, "keys": {**document["keys"], ask.key: answer}}, version)

    def _stands(self, about: str) -> None:
        document = self.shelf.read(about)[0]
        for hear in self.stands if document else ():
            hear(about, document)  # type: ignore[arg-type]
