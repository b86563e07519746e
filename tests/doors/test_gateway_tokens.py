"""A2, the whole path: gateway, signature, app. A token that is not ours, not valid now or not signed opens no route."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib.plumbing.door import ROUTES
from infra.local import tokens
from infra.local.gateway import Gateway
from tests.cameras import new_campaign
from tests.doors import wsgi
from tests.doors.scene import Scene

Claims = dict[str, Any]
PROTECTED = [route for route in ROUTES if route.roles]
UNAUTHORIZED = {"message": "Unauthorized"}
OTHERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def kid() -> str:
    return tokens._key_id(tokens._key().public_key())


def organiser(**changes: Any) -> Claims:
    found = tokens.claims("Olga", "organiser") | changes
    return {claim: value for claim, value in found.items() if value is not None}


def by(key: Any, algorithm: str = "RS256", **headers: Any) -> str:
    """An organiser's token, signed by somebody else."""
    return jwt.encode(organiser(), key, algorithm=algorithm, headers={"kid": kid(), **headers})


def unsigned(algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'typ': 'JWT', 'kid': kid()})}.{encoded(organiser())}."


def swapped() -> str:
    """Our public key, which everybody may know, taken for a shared secret."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    secret = tokens._key().public_key().public_bytes(serialization.Encoding.PEM, form)
    signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': kid()})}.{encoded(organiser())}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def tampered() -> str:
    """A fan's token, with an organiser's claims put in."""
    head, _, signature = tokens.issue("Ada", "fan").split(".")
    return f"{head}.{encoded(organiser())}.{signature}"


def jwk() -> dict[str, Any]:
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(OTHERS_KEY.public_key()))


WRONG: dict[str, Callable[[], str]] = {
    "forged": lambda: by(OTHERS_KEY),
    "forged, with its own key along": lambda: by(OTHERS_KEY, jwk=jwk()),
    "forged, with a link to its key": lambda: by(
        OTHERS_KEY, jku="https://evil.example/keys", x5u="https://evil.example"
    ),
    "another curve": lambda: by(ec.generate_private_key(ec.SECP256R1()), "ES256"),
    "a shared secret": lambda: by("a secret of sixty-four letters, so that nobody warns about its size", "HS256"),
    "HS for RS": swapped,
    "none": lambda: unsigned("none"),
    "None": lambda: unsigned("NoNe"),
    "no algorithm": lambda: unsigned(""),
    "tampered with": tampered,
    "without its signature": lambda: tokens.issue("Olga", "organiser").rpartition(".")[0] + ".",
    "without a part": lambda: tokens.issue("Olga", "organiser").rpartition(".")[0],
    "with a letter more": lambda: tokens.issue("Olga", "organiser") + "A" * 4,
    "of an unknown key": lambda: by(tokens._key(), kid="another"),
    "of a key that is a path": lambda: by(tokens._key(), kid="../../../../dev/null"),
    "of a key with no name": lambda: jwt.encode(organiser(), tokens._key(), algorithm="RS256"),
    "expired": lambda: tokens.issue("Olga", "organiser", lifetime_seconds=-1),
    "not yet valid": lambda: tokens.sign(organiser(nbf=organiser()["iat"] + 3600)),
    "without an end": lambda: tokens.sign(organiser(exp=None)),
    "with a text for an end": lambda: tokens.sign(organiser(exp="tomorrow")),
    "for another app": lambda: tokens.sign(organiser(aud="another")),
    "for no app": lambda: tokens.sign(organiser(aud=None)),
    "of another issuer": lambda: tokens.sign(organiser(iss="https://evil.example")),
    "of nobody": lambda: tokens.sign(organiser(sub=None)),
    "an access token": lambda: tokens.sign(organiser(token_use="access")),
    "of no use": lambda: tokens.sign(organiser(token_use=None)),
    "nothing": lambda: "",
    "a word": lambda: "null",
    "a path": lambda: "../../etc/passwd",
    "dots": lambda: "..",
    "basic": lambda: "Basic b2xnYTpvbGdh",
    "JSON": lambda: json.dumps(organiser()),
    "very long": lambda: "A" * 100_000,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_token_that_is_not_valid_opens_no_route(behind_gateway: tuple[Scene, Gateway], wrong: str) -> None:
    """A2: 401 on every route that has an authorizer, with the same words, and without effect."""
    scene, gateway = behind_gateway
    token, body, before = WRONG[wrong](), json.dumps(new_campaign()).encode(), scene.stored()

    for route in PROTECTED:
        for header in (token, f"Bearer {token}"):
            reply = wsgi.send(gateway, route.method, route.path, headers={"Authorization": header}, body=body)
            assert (reply.status, reply.json) == (401, UNAUTHORIZED), route

    assert scene.stored() == before


def test_no_token_opens_no_route(behind_gateway: tuple[Scene, Gateway]) -> None:
    _, gateway = behind_gateway
    for route in PROTECTED:
        assert wsgi.send(gateway, route.method, route.path).json == UNAUTHORIZED


@pytest.mark.parametrize("scheme", ["", "Bearer "])
def test_a_valid_token_opens_what_its_role_may(behind_gateway: tuple[Scene, Gateway], scheme: str) -> None:
    _, gateway = behind_gateway

    def status(method: str, path: str, token: str, body: Any = None) -> int:
        sent = json.dumps(body).encode() if body else b""
        return wsgi.send(gateway, method, path, headers={"Authorization": scheme + token}, body=sent).status

    fan, maker = tokens.issue("Ada", "fan"), tokens.issue("Mia", "manufacturer", "maker")
    olga = tokens.issue("Olga", "organiser")
    assert status("GET", "/v1/preorders", fan) == 200
    assert status("GET", "/v1/manufacturing-orders", maker) == 200
    assert status("POST", "/v1/campaigns", olga, new_campaign()) == 201
    assert status("POST", "/v1/campaigns", fan, new_campaign()) == 403


def test_what_a_client_says_of_itself_is_no_claim(behind_gateway: tuple[Scene, Gateway]) -> None:
    """Claims come from the verified token only, whatever headers and parameters resemble the gateway's event."""
    _, gateway = behind_gateway
    said = json.dumps({"claims": organiser()})
    headers = {"X-Amzn-Authorizer": said, "requestContext": said, "Authorization": tokens.issue("Ada", "fan")}

    reply = wsgi.send(gateway, "POST", "/v1/campaigns", headers=headers, query={"authorizer": said}, body=b"{}")

    assert (reply.status, reply.code) == (403, "role_forbidden")


def test_a_public_route_asks_for_no_token_and_minds_no_wrong_one(behind_gateway: tuple[Scene, Gateway]) -> None:
    _, gateway = behind_gateway
    for token in ("", swapped()):
        assert wsgi.send(gateway, "GET", "/v1/campaigns", headers={"Authorization": token}).status == 200
