"""The simulated provider: takes no money, and is otherwise as strict as a real one."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.refusals import Invalid
from chalicelib.kernel.words import Sent
from chalicelib.plumbing import strict_json
from chalicelib.plumbing.clock import Clock
from chalicelib.plumbing.gateway import books, signatures
from chalicelib.plumbing.gateway.books import Answered
from chalicelib.plumbing.gateway.document import KINDS, Document, about_of, blank, events, milliseconds, settled
from chalicelib.plumbing.gateway.port import (
    Charge,
    Event,
    EventForged,
    Found,
    Misused,
    Prepare,
    Refund,
    TryLater,
)
from chalicelib.plumbing.gateway.shelf import Shelf

TRIES = 8
HEADER = "payment-signature"
_OF = "_secret_"


class Message(Sent):
    """The body of an event."""

    id: str
    type: str
    created: Instant
    object: str
    preorder: str


@dataclass(frozen=True)
class SimulatedProvider:
    """Implements Gateway. `secret`: one, or while it is rotated the new and the old one with a space between."""

    shelf: Shelf
    clock: Clock
    secret: Callable[[], str]

    def prepare(self, ask: Prepare) -> Found:
        return self._asked(ask.about, lambda document, now: books.prepare(document, ask, now))

    def charge(self, ask: Charge) -> Found:
        return self._asked(ask.about, lambda document, now: books.charge(document, ask, now))

    def refund(self, ask: Refund) -> Found:
        return self._asked(ask.about, lambda document, now: books.refund(document, ask, now))

    def cancel(self, found_reference: str, about: str) -> Found:
        return self._asked(about, lambda document, now: books.cancel(document, found_reference, now))

    def confirm(self, action: str, *, approve: bool) -> Found:
        """What the bank's page does for the holder. Idempotent: the first answer stands. Misused for a token that was
        never given."""
        reference = action.rpartition(_OF)[0]
        about = about_of(reference)
        if about is None or not any(hmac.compare_digest(_bytes(action), one) for one in self._actions(reference)):
            raise Misused("There is no such token.")
        return self._asked(about, lambda document, now: books.confirm(document, reference, now, approve=approve))

    def close_dispute(self, reference: str, *, won: bool) -> Found:
        """What the bank decides in the end."""
        about = about_of(reference) or ""
        return self._asked(about, lambda document, now: books.close_dispute(document, reference, now, won=won))

    def look_up(self, about: str, customer: str | None) -> tuple[Found, ...]:
        document = self.shelf.read(about)[0] or blank(about)
        if customer is not None and customer not in document["customers"]:
            raise Misused("There is no such customer.")
        return tuple(map(self._with_action, books.look_up(document, self.clock.now())))

    def about(self, reference: str) -> str | None:
        about = about_of(reference)
        known = self.look_up(about, None) if about else ()
        return about if any(one.reference == reference for one in known) else None

    def movements(self, since: datetime) -> Iterator[Found]:
        for document in self.shelf.changed_since(since):
            for one in books.look_up(document, self.clock.now()):
                if one.kind != "method" and one.created_at and one.created_at >= since:
                    yield one

    def events(self, since: datetime) -> list[Event]:
        """What has happened since then, oldest first. Posting each of them once or more is a mailman's work."""
        now = self.clock.now()
        happened = [one for document in self.shelf.changed_since(since) for one in events(settled(document, now))]
        return sorted((one for one in happened if one.created_at >= since), key=lambda one: one.created_at)

    def signed(self, event: Event, now: datetime) -> tuple[dict[str, str], bytes]:
        """Headers and body, as the provider posts them."""
        message = Message(
            id=event.event_id,
            type=event.kind,
            created=event.created_at,
            object=event.reference,
            preorder=event.about,
        )
        body = message.model_dump_json().encode()
        header = signatures.sign(self._secrets()[0], body, now)
        return {"content-type": "application/json", HEADER: header}, body

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Event | None:
        signatures.verify(self._secrets(), headers.get(HEADER, ""), body, now)
        try:
            told = strict_json.parse(body, Message)
        except Invalid:
            raise EventForged from None
        if told.type not in KINDS.values():
            return None
        return Event(told.id, told.type, told.object, told.preorder, told.created)

    def _asked(self, about: str, step: Callable[[Document, datetime], Answered]) -> Found:
        """Reads, decides, writes; begins anew where somebody has written meanwhile. Raises what the books answer."""
        for tries in range(TRIES):
            document, version = self.shelf.read(about)
            before, now = document or blank(about), self.clock.now()
            after, answer = step(before, now)
            if after == before or self.shelf.write(about, {**after, "changed_at": milliseconds(now)}, version):
                if isinstance(answer, Found):
                    return self._with_action(answer)
                raise answer
            self.clock.sleep(0.005 * 2**tries)
        raise TryLater

    def _with_action(self, one: Found) -> Found:
        waits = one.result == "action_required"
        return replace(one, action=self._actions(one.reference)[0].decode()) if waits else one

    def _actions(self, reference: str) -> list[bytes]:
        """The token that lets a holder confirm, by each secret. Nobody guesses it who does not know the secret."""
        signed = _bytes(f"action:{reference}")
        macs = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in self._secrets()]
        return [_bytes(f"{reference}{_OF}{mac[:32]}") for mac in macs]

    def _secrets(self) -> list[str]:
        return self.secret().split()


def _bytes(text: str) -> bytes:
    """Of any text at all: a token comes from outside, and may be no Unicode."""
    return text.encode("utf-8", "surrogatepass")
