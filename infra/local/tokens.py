"""The local issuer: ID tokens with the user pool's claims, signed by a key of this machine, and their verification.

A running server and a `make token` in another terminal share the key through a file; nobody else can read it.
"""

import argparse
import os
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local import environment, outside

Role = Literal["fan", "organiser", "manufacturer"]
ISSUER = "https://local.groundswell.invalid"
AUDIENCE = "groundswell-local"
# What handlers must know instead of the user pool's own values: nobody can sign in to an engine's pool by hand.
SETTINGS = {
    "TOKEN_ISSUER": ISSUER,
    "USER_POOL_CLIENT_ID": AUDIENCE,
    "USER_POOL_ARN": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/local",
}
LIFETIME_SECONDS = 12 * 3600
# How old the accounts of this machine are, unless somebody asks for others.
GROWN = timedelta(days=30)
KEY_FILE = environment.LOCAL / "token-key.pem"
_GROUPS: Mapping[Role, list[str]] = {"organiser": ["organisers"], "manufacturer": ["manufacturers"]}
_SUBJECTS = uuid.UUID("6f1b9f52-6a0e-4f4e-9a5d-3f9d1f0c7a11")


class TokenRefused(Exception):  # noqa: N818 - told as a fact, like a refusal
    """This text is not a valid, current ID token of this issuer for this app. Says why, for the log only."""


def issue(  # noqa: PLR0913 - what can be said of a person
    name: str,
    role: Role,
    manufacturer_id: str | None = None,
    lifetime_seconds: int = LIFETIME_SECONDS,
    *,
    email_verified: bool = True,
    registered_at: datetime | None = None,
) -> str:
    """A signed ID token. The same name and role are always the same person. Without `registered_at`, the account was
    made `GROWN` ago."""
    told = {"email_verified": email_verified, "custom:registered_at": _seconds(registered_at)}
    return sign({**claims(name, role, manufacturer_id, lifetime_seconds), **told})


def claims(
    name: str, role: Role, manufacturer_id: str | None = None, lifetime_seconds: int = LIFETIME_SECONDS
) -> dict[str, Any]:
    """What the user pool would say of this person, whose account is neither new nor in doubt."""
    now, subject = int(outside.epoch_seconds()), str(uuid.uuid5(_SUBJECTS, f"{role}\n{name}"))
    found: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now,
        "auth_time": now,
        "exp": now + lifetime_seconds,
        "jti": outside.fresh_id(),
        "token_use": "id",
        "cognito:username": subject,
        "name": name,
        "email": f"{subject}@groundswell.invalid",
        "email_verified": True,
        "custom:registered_at": _seconds(None),
    }
    if role in _GROUPS:
        found["cognito:groups"] = _GROUPS[role]
    if role == "manufacturer" and manufacturer_id:
        found["custom:manufacturer_id"] = manufacturer_id
    return found


def _seconds(registered_at: datetime | None) -> str:
    return str(int((registered_at or outside.utc() - GROWN).timestamp()))


def sign(claimed: Mapping[str, Any]) -> str:
    """Signs any claims with this machine's key; tests make wrong tokens with it."""
    key = _key()
    return jwt.encode(dict(claimed), key, algorithm="RS256", headers={"kid": _key_id(key.public_key())})


def verify(token: str) -> dict[str, Any]:
    """The claims of a valid ID token. Refuses everything else with TokenRefused.

    The key comes from this machine by the token's key id and the algorithm is fixed, so nothing that a token says about
    itself (alg, jwk, jku, x5u) can choose how it is judged.
    """
    public = _key().public_key()
    try:
        if jwt.get_unverified_header(token).get("kid") != _key_id(public):
            raise TokenRefused("unknown key id")
        required = ["iss", "aud", "sub", "exp", "iat", "token_use"]
        found: dict[str, Any] = jwt.decode(
            token, public, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, options={"require": required}
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(str(error)) from error
    if found["token_use"] != "id":  # noqa: S105 - a kind, no password
        raise TokenRefused("not an ID token")
    return found


@cache
def _key() -> rsa.RSAPrivateKey:
    if not KEY_FILE.exists():
        _make_key(KEY_FILE)
    key = serialization.load_pem_private_key(KEY_FILE.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SystemExit(f"{KEY_FILE} does not hold an RSA key: delete it, a new one is made.")
    return key


def _make_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    try:
        # A link fails when another process was first: then its key is everybody's.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def _key_id(public: rsa.RSAPublicKey) -> str:
    return f"{public.public_numbers().n:x}"[:16]


def main() -> None:
    """Prints one token: `python -m infra.local.tokens --role fan --name Ada`."""
    parser = argparse.ArgumentParser(description="Prints an ID token for the local run.")
    parser.add_argument("--role", choices=get_args(Role), default="fan")
    parser.add_argument("--name", default="Ada")
    parser.add_argument("--manufacturer-id", default=None, help="whose orders a manufacturer may see")
    parser.add_argument("--days-old", type=float, default=GROWN.days, help="how long ago the account was made")
    parser.add_argument("--unverified", action="store_true", help="the e-mail address was never confirmed")
    asked = parser.parse_args()
    if asked.role == "manufacturer" and not asked.manufacturer_id:
        from infra.local.manufacturer import SAMPLE_ID  # noqa: PLC0415 - the receiver is needed for nothing else here

        asked.manufacturer_id = SAMPLE_ID
    made = outside.utc() - timedelta(days=asked.days_old)
    verified = not asked.unverified
    print(issue(asked.name, asked.role, asked.manufacturer_id, email_verified=verified, registered_at=made))


if __name__ == "__main__":
    main()
