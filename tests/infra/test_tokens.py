"""The local issuer refuses what the deployed gateway refuses (A2, F26): one vector for each way to be wrong."""

import base64
import hashlib
import hmac
import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.plumbing import identity
from infra.local import tokens
from infra.local.gateway import authorizer_claims

Claims = dict[str, Any]


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "key.pem"
    monkeypatch.setattr(tokens, "KEY_FILE", path)
    tokens._key.cache_clear()
    yield path
    tokens._key.cache_clear()


def key_id() -> str:
    return str(jwt.get_unverified_header(tokens.issue("Ada", "fan"))["kid"])


def text(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def public_pem() -> bytes:
    public = tokens._key().public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def with_claims(**changed: Any) -> str:
    claims = {**tokens.claims("Ada", "fan"), **changed}
    return tokens.sign({name: value for name, value in claims.items() if value is not None})


def foreign(**header: Any) -> str:
    """Signed by somebody else's key, with headers that would like to be believed."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(tokens.claims("Ada", "organiser"), stranger, algorithm="RS256", headers=header)


def swapped() -> str:
    """HS256 with our public key as the secret: believed by verifiers that take the algorithm from the token."""
    head = text({"alg": "HS256", "typ": "JWT", "kid": key_id()})
    signed = f"{head}.{text(tokens.claims('Ada', 'organiser'))}"
    digest = hmac.new(public_pem(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def own_jwk() -> str:
    """Brings its own key along in the header, and our key id."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key()))
    return jwt.encode(
        tokens.claims("Ada", "organiser"), stranger, algorithm="RS256", headers={"kid": key_id(), "jwk": jwk}
    )


def tampered() -> str:
    head, _, signature = tokens.issue("Ada", "fan").split(".")
    return f"{head}.{text(tokens.claims('Ada', 'organiser'))}.{signature}"


VECTORS: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "no token": lambda: "Basic QWxhZGRpbjpvcGVu",
    "three dots": lambda: "...",
    "not base64": lambda: "%.%.%",
    "expired": lambda: tokens.issue("Ada", "fan", lifetime_seconds=-1),
    "not yet valid": lambda: with_claims(nbf=tokens.claims("Ada", "fan")["iat"] + 60),
    "issued in the future": lambda: with_claims(iat=tokens.claims("Ada", "fan")["iat"] + 3600),
    "no expiry": lambda: with_claims(exp=None),
    "expiry is no number": lambda: with_claims(exp="tomorrow"),
    "no issuer": lambda: with_claims(iss=None),
    "wrong issuer": lambda: with_claims(iss="https://cognito-idp.us-east-1.amazonaws.com/other"),
    "no audience": lambda: with_claims(aud=None),
    "wrong audience": lambda: with_claims(aud="another-app"),
    "an access token": lambda: with_claims(token_use="access"),
    "no use": lambda: with_claims(token_use=None),
    "no subject": lambda: with_claims(sub=None),
    "alg none": lambda: f"{text({'alg': 'none', 'kid': key_id()})}.{text(tokens.claims('Ada', 'organiser'))}.",
    "HS256 with the public key": swapped,
    "unknown kid": lambda: foreign(kid="0000000000000000"),
    "no kid": foreign,
    "our kid, another key": lambda: foreign(kid=key_id()),
    "kid as a path": lambda: foreign(kid="../../../../dev/null"),
    "own jwk": own_jwk,
    "jku": lambda: foreign(kid=key_id(), jku="https://attacker.example/jwks.json"),
    "x5u": lambda: foreign(kid=key_id(), x5u="https://attacker.example/cert.pem"),
    "tampered claims": tampered,
}


@pytest.mark.parametrize("vector", VECTORS)
def test_a_wrong_token_is_refused(vector: str) -> None:
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(VECTORS[vector]())


def test_a_good_token_says_who_it_is() -> None:
    claims = tokens.verify(tokens.issue("Ada", "manufacturer", "works-1"))
    assert claims["cognito:groups"] == ["manufacturers"]
    assert claims["custom:manufacturer_id"] == "works-1"
    assert (claims["token_use"], claims["aud"], claims["name"]) == ("id", tokens.AUDIENCE, "Ada")


def test_a_fan_has_no_group_and_no_manufacturer() -> None:
    claims = tokens.verify(tokens.issue("Ada", "fan", "works-1"))
    assert not {"cognito:groups", "custom:manufacturer_id"} & set(claims)


def test_an_account_is_a_month_old_and_verified_unless_somebody_asks_for_another() -> None:
    claims = tokens.verify(tokens.issue("Ada", "fan"))
    assert claims["email_verified"] is True
    assert claims["iat"] - int(claims["custom:registered_at"]) in range(30 * 86_400 - 1, 30 * 86_400 + 2)
    made = datetime(2026, 11, 21, 12, tzinfo=UTC)
    young = tokens.verify(tokens.issue("Bo", "fan", email_verified=False, registered_at=made))
    assert (young["email_verified"], young["custom:registered_at"]) == (False, str(int(made.timestamp())))


def test_the_app_understands_what_the_local_gateway_hands_over() -> None:
    made = datetime(2026, 11, 21, 12, tzinfo=UTC)
    token = tokens.issue("Bo", "fan", email_verified=False, registered_at=made)
    who = identity.from_claims(authorizer_claims(tokens.verify(token)), tokens.AUDIENCE)
    assert (who.email_verified, who.registered_at) == (False, made)
    grown = identity.from_claims(authorizer_claims(tokens.verify(tokens.issue("Ada", "fan"))), tokens.AUDIENCE)
    assert grown.email_verified
    assert grown.registered_at is not None


def test_the_same_name_is_the_same_person_within_a_role_only() -> None:
    def subject(name: str, role: tokens.Role) -> Any:
        return tokens.verify(tokens.issue(name, role))["sub"]

    assert subject("Ada", "fan") == subject("Ada", "fan")
    assert len({subject("Ada", "fan"), subject("Bo", "fan"), subject("Ada", "organiser")}) == 3


def test_another_process_signs_with_the_same_key_and_nobody_else_can_read_it(own_key: Path) -> None:
    token = tokens.issue("Ada", "fan")
    assert stat.S_IMODE(own_key.stat().st_mode) == 0o600
    tokens._key.cache_clear()
    assert tokens.verify(token)["name"] == "Ada"
    assert list(own_key.parent.iterdir()) == [own_key]
