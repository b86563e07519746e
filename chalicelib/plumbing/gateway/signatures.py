"""Signatures of events, as Stripe makes them: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from chalicelib.plumbing.gateway.port import EVENT_TOLERANCE, EventForged

# Every part is a name and a value. Parts of other schemes are allowed and say nothing.
_PART = re.compile(r"([a-z][a-z0-9]*)=([0-9A-Za-z+/=_-]+)", re.ASCII)
# Twelve digits last until the year 33658 and fit into any number.
_SECONDS = re.compile(r"(?:0|[1-9][0-9]{0,11})", re.ASCII)
_V1 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST = 4096


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The header's value. While a secret is rotated, add the second one's `v1` with a comma."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={_hexadecimal(secret, seconds, body)}"


def verify(secrets: Sequence[str], header: str, body: bytes, now: datetime) -> None:
    """Refuses with EventForged, and raises nothing else, whatever the header is: unless one of its signatures is made
    with one of the secrets, not longer ago and not further ahead than EVENT_TOLERANCE. An empty secret signs
    nothing: anybody knows it."""
    seconds, signatures = _read(header)
    if abs(now.timestamp() - int(seconds)) > EVENT_TOLERANCE.total_seconds():
        raise EventForged
    good = [_hexadecimal(secret, seconds, body) for secret in secrets if secret]
    # Every pair is compared, so that the time it takes does not tell which secret was near.
    if not any([hmac.compare_digest(one, other) for one in good for other in signatures]):  # noqa: C419 - see above
        raise EventForged


def _read(header: str) -> tuple[str, list[str]]:
    """The moment as it was signed, and the signatures of the one scheme that we know."""
    if len(header) > _LONGEST:
        raise EventForged
    parts = [_PART.fullmatch(part) for part in header.split(",")]
    named = [part.groups() for part in parts if part]
    moments = [value for name, value in named if name == "t"]
    signatures = [value for name, value in named if name == "v1"]
    sound = len(named) == len(parts) and len(moments) == 1 and signatures and all(map(_V1.fullmatch, signatures))
    if not sound or not _SECONDS.fullmatch(moments[0]):
        raise EventForged
    return moments[0], signatures


def _hexadecimal(secret: str, seconds: str, body: bytes) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
