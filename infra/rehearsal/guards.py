"""What a deployed gateway must refuse, and what it must answer without a function."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import urllib3

from infra.local import outside

_http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(20.0))
_ORIGIN = "https://shop.example"
_MOST_SECONDS_OLD = 600


def problems(api_url: str, good_token: str, signing_key: Path) -> list[str]:
    """Everything that is not as it must be, in words; an empty list is well."""
    expired = expired_copy(good_token, signing_key)
    own = f"{api_url}/v1/preorders"
    header, payload, signature = good_token.split(".")
    flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
    asked = [
        ("a good token", _get(own, good_token), {200}),
        ("no token", _get(own, None), {401}),
        ("garbage as a token", _get(own, "garbage"), {401}),
        ("a token with another signature", _get(own, f"{header}.{payload}.{flipped}"), {401}),
        ("an expired token", _get(own, expired), {401}),
        ("a missing path", _get(f"{api_url}/v1/nothing-here", None), {403, 404}),
    ]
    wrong = [f"{what} got {answer.status}" for what, answer, expected in asked if answer.status not in expected]
    return wrong + _preflight_problems(f"{api_url}/v1/campaigns")


def account_problems(token: str) -> list[str]:
    """What the token of somebody who has just signed up does not say of the account, though it must."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    wrong = [] if claims.get("email_verified") in {True, "true"} else ["the e-mail address is not verified"]
    age = outside.epoch_seconds() - float(claims.get("custom:registered_at", 0))
    return wrong if 0 <= age < _MOST_SECONDS_OLD else [*wrong, f"the account is {age:.0f} s old"]


def expired_copy(token: str, signing_key: Path) -> str:
    """The same token, signed by the same key, but for yesterday."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    yesterday = int((outside.utc() - timedelta(days=1)).timestamp())
    claims |= {"iat": yesterday - 3600, "auth_time": yesterday - 3600, "exp": yesterday}
    headers = {"kid": jwt.get_unverified_header(token)["kid"]}
    return jwt.encode(claims, signing_key.read_bytes(), algorithm="RS256", headers=headers)


def _get(url: str, token: str | None) -> Any:
    return _http.request("GET", url, headers={"Authorization": token} if token else {})


def _preflight_problems(url: str) -> list[str]:
    headers = {"Origin": _ORIGIN, "Access-Control-Request-Method": "GET"}
    answer = _http.request("OPTIONS", url, headers=headers)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    if answer.status in {200, 204} and allowed in {"*", _ORIGIN}:
        return []
    return [f"a preflight got {answer.status} and the origin {allowed}"]
