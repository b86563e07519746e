"""The simulated provider's rules, pure and as strict as Stripe's: a document, an ask and the time come to the document
afterwards and an answer.

An answer may be an exception of the port, to be raised once the document is kept: some failures take effect. Like a
real provider it takes the same money twice, or gives it back twice, when it is asked twice under two keys.
"""

import hashlib
import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.plumbing.gateway import intents
from chalicelib.plumbing.gateway.cards import CARDS
from chalicelib.plumbing.gateway.document import Document, Thing, found, milliseconds, settled
from chalicelib.plumbing.gateway.port import Charge, Found, Misused, Prepare, Refund, TryLater, Unknown

LONGEST_KEY = 255

Ask = Prepare | Charge | Refund
Answer = Found | Unknown | TryLater | Misused
Answered = tuple[Document, Answer]
A = TypeVar("A", Prepare, Charge, Refund)
_CURRENCY = re.compile(r"[A-Z]{3}")


def prepare(document: Document, ask: Prepare, now: datetime) -> Answered:
    return _once(document, ask, now, act=intents.prepared)


def charge(document: Document, ask: Charge, now: datetime) -> Answered:
    return _once(document, ask, now, act=intents.charged)


def refund(document: Document, ask: Refund, now: datetime) -> Answered:
    return _once(document, ask, now, act=intents.refunded)


def cancel(document: Document, reference: str, now: datetime) -> Answered:
    """What is finished stays as it is."""
    return _tried(document, now, lambda after, at: intents.cancelled(after, reference, at))


def confirm(document: Document, reference: str, now: datetime, *, approve: bool) -> Answered:
    """The holder's answer to the bank. Changes only what waits for one, so the first answer stands."""
    return _tried(document, now, lambda after, at: intents.confirmed(after, reference, at, approve=approve))


def close_dispute(document: Document, reference: str, now: datetime, *, won: bool) -> Answered:
    """The bank's decision: won, the money is ours again (cancelled), or it is lost (done)."""
    return _tried(document, now, lambda after, at: intents.dispute_closed(after, reference, at, won=won))


def look_up(document: Document, now: datetime) -> tuple[Found, ...]:
    """Everything as it stands, in the order in which it was made."""
    after = settled(document, now)
    things = sorted(after["things"].values(), key=lambda thing: int(thing["made_at"]))
    return tuple(found(after, thing) for thing in things)


def _tried(document: Document, now: datetime, act: Callable[[Document, int], Thing]) -> Answered:
    before = settled(document, now)
    after = deepcopy(before)
    try:
        return after, found(after, act(after, milliseconds(now)))
    except Misused as misused:
        return before, misused


def _once(document: Document, ask: A, now: datetime, *, act: Callable[[Document, A, int], Thing]) -> Answered:
    """Does it wholly or not at all, and only if its key is new; else answers what was answered then."""
    before, asked = settled(document, now), _fingerprint(ask)
    if wrong := _unsound(before, ask):
        return before, Misused(wrong)
    if kept := before["keys"].get(ask.key):
        same = kept["ask"] == asked
        return before, _told(before, kept["answer"]) if same else Misused("This key was used for another ask.")
    stumble = _stumble(before, ask)
    if stumble == "busy":
        return before, TryLater()
    after, answer = (
        _answered(before, ask, milliseconds(now), act) if stumble != "error" else (before, {"unknown": True})
    )
    after["keys"][ask.key] = {"ask": asked, "at": milliseconds(now), "answer": answer}
    return after, Unknown() if stumble == "times_out" else _told(after, answer)


def _answered(
    before: Document, ask: A, at: int, act: Callable[[Document, A, int], Thing]
) -> tuple[Document, dict[str, Any]]:
    after = deepcopy(before)
    try:
        return after, {"thing": dict(act(after, ask, at))}
    except Misused as misused:
        return before, {"misused": str(misused)}


def _told(document: Document, answer: dict[str, Any]) -> Answer:
    if "unknown" in answer:
        return Unknown()
    return found(document, answer["thing"]) if "thing" in answer else Misused(answer["misused"])


def _fingerprint(ask: Ask) -> str:
    told = {**asdict(ask), "key": None}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _unsound(document: Document, ask: Ask) -> str | None:
    """What is wrong with the ask by itself: refused whatever its key, and not kept under it."""
    minor, currency = (1, ask.currency) if isinstance(ask, Prepare) else ask.amount
    if ask.about != document["about"] or not 0 < len(ask.key) <= LONGEST_KEY:
        return "The key or the pre-order of this ask is none."
    return None if minor > 0 and _CURRENCY.fullmatch(currency) else "This is no amount of a currency."


def _stumble(document: Document, ask: Ask) -> str | None:
    """The fault that this ask meets by its card, if any. Notes those that happen only once."""
    if isinstance(ask, Refund):
        return None
    saved = document["methods"].get(ask.method, {"card": ask.method})
    fault = CARDS[saved["card"]].stumbles if saved["card"] in CARDS else None
    if fault is None or (fault != "busy" and isinstance(ask, Prepare)):
        return None
    named = f"{fault} {type(ask).__name__}"
    if named in document["stumbled"]:
        return None
    if fault != "times_out":
        document["stumbled"].append(named)
    return fault
