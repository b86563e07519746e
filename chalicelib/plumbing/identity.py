"""Identity: who asks, from the claims of a verified ID token. The gateway has checked the signature; this checks what
it means."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.kernel.instants import Instant, to_utc
from chalicelib.kernel.refusals import Forbidden
from chalicelib.kernel.words import Kept
from chalicelib.plumbing.user_pool import REGISTERED_AT

Role = Literal["fan", "organiser", "manufacturer"]
_MOST_DIGITS = 11


class RoleForbidden(Forbidden):
    """Refused: a known identity, but this address is for another role."""

    sentence = "Your account does not have the role that this needs."


class TokenRefused(Forbidden):
    """Refused: a verified token that is not an ID token of this app."""

    sentence = "This token is not meant for this service. Sign in again."


class Identity(Kept):
    """One verified person. `subject` is the user pool's own id, the only thing that ownership is judged by.

    `registered_at` is None where the account does not know its age: made by an operator, or before it was remembered.
    """

    subject: str
    role: Role
    manufacturer_id: str | None = None
    email_verified: bool = False
    registered_at: Instant | None = None


def from_claims(claims: Mapping[str, Any], audience: str) -> Identity:
    """The identity in a token. Refuses with TokenRefused when the token is an access token or another app's."""
    if claims.get("token_use") != "id" or claims.get("aud") != audience or not claims.get("sub"):
        raise TokenRefused
    role = _role(_groups(claims.get("cognito:groups", "")))
    return Identity(
        subject=claims["sub"],
        role=role,
        manufacturer_id=(claims.get("custom:manufacturer_id") or None) if role == "manufacturer" else None,
        email_verified=_is_true(claims.get("email_verified")),
        registered_at=_moment(claims.get(REGISTERED_AT)),
    )


def _role(groups: set[str]) -> Role:
    if "organisers" in groups:
        return "organiser"
    return "manufacturer" if "manufacturers" in groups else "fan"


def _is_true(claim: Any) -> bool:
    """Tokens say `true`, REST gateways hand it over as the text."""
    return claim is True or claim == "true"


def _moment(claim: Any) -> datetime | None:
    """Seconds since 1970, as text or number. What is none was not written by us, and gives nobody an age."""
    text = str(claim)
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    try:
        return to_utc(datetime.fromtimestamp(int(text), UTC))
    except ValueError:
        return None


def _groups(claim: Any) -> set[str]:
    """REST gateways hand the list over as text: `a,b`, and in places `[a b]`."""
    if isinstance(claim, list):
        return set(map(str, claim))
    return set(str(claim).strip("[]").replace(",", " ").split())


def require(identity: Identity | None, roles: tuple[Role, ...]) -> Identity:
    """The identity if its role is among these. Refuses with RoleForbidden; a manufacturer without an id is nobody's."""
    if identity is None or identity.role not in roles:
        raise RoleForbidden
    if identity.role == "manufacturer" and not identity.manufacturer_id:
        raise RoleForbidden
    return identity
