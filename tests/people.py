"""Who calls the API in tests, with which token, and what they hear."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from chalice.test import Client

# Long before anything happens: see tests.hands.START.
REGISTERED = datetime(2026, 1, 1, tzinfo=UTC)


class Reply:
    """An HTTP answer."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.headers: dict[str, str] = {k.lower(): v for k, v in response.headers.items()}
        self.text: str = response.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """`ok`, or the stable code of the problem."""
        return "ok" if self.status < 400 else self.json.get("code", str(self.status))


class Person:
    """Somebody who calls the API."""

    def __init__(self, client: Client, token: str | None) -> None:
        self._client, self._token = client, token

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        sent = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        if self._token:
            sent["Authorization"] = self._token
        text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return Reply(self._client.http.request(method, path, headers=sent, body=text))

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any) -> Reply:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path)


def claims_of(
    name: str,
    *,
    groups: list[str] | None = None,
    manufacturer_id: str | None = None,
    email_verified: bool = True,
    registered_at: datetime | None = REGISTERED,
) -> dict[str, Any]:
    """The claims of an ID token, as the gateway hands them over: as text. `registered_at` None: an account without."""
    claims = {"sub": f"sub-{name}", "cognito:username": name, "aud": "app", "token_use": "id"}
    claims["email_verified"] = "true" if email_verified else "false"
    if registered_at:
        claims["custom:registered_at"] = str(int(registered_at.timestamp()))
    if groups:
        claims["cognito:groups"] = ",".join(groups)
    if manufacturer_id:
        claims["custom:manufacturer_id"] = manufacturer_id
    return claims


def unsigned(claims: dict[str, Any]) -> str:
    """A token whose signature nobody checks: Chalice's test client stands for the gateway that has done so."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + ".x"
