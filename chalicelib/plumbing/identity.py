"""Identity: who asks, from the claims of a verified ID token. The gateway has checked the signature; this checks what
it means."""

from collections.abc import Mapping
from typing import Any, Literal

from chalicelib.kernel.refusals import Forbidden
from chalicelib.kernel.words import Kept

Role = Literal["fan", "organiser", "manufacturer"]


class RoleForbidden(Forbidden):
    """Refused: a known identity, but this address is for another role."""

    sentence = "Your account does not have the role that this needs."


class TokenRefused(Forbidden):
    """Refused: a verified token that is not an ID token of this app."""

    sentence = "This token is not meant for this service. Sign in again."


class Identity(Kept):
    """One verified person. `subject` is the user pool's own id, the only thing that ownership is judged by."""

    subject: str
    role: Role
    manufacturer_id: str | None = None


def from_claims(claims: Mapping[str, Any], audience: str) -> Identity:
    """The identity in a token. Refuses with TokenRefused when the token is an access token or another app's."""
    if claims.get("token_use") != "id" or claims.get("aud") != audience or not claims.get("sub"):
        raise TokenRefused
    groups = _groups(claims.get("cognito:groups", ""))
    if "organisers" in groups:
        return Identity(subject=claims["sub"], role="organiser")
    if "manufacturers" in groups:
        manufacturer_id = claims.get("custom:manufacturer_id") or None
        return Identity(subject=claims["sub"], role="manufacturer", manufacturer_id=manufacturer_id)
    return Identity(subject=claims["sub"], role="fan")


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
