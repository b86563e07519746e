"""Signing in as people do: the pool's managed login, a code by e-mail, an authorization code with PKCE."""

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import urllib3

# The emulator sends every code as this one.
EMAILED_CODE = "123456"
_http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(20.0))


class NotSignedIn(Exception):  # noqa: N818 - told as a fact, like a refusal
    """The managed login did not give a token; the text says at which page."""


@dataclass(frozen=True)
class Pool:
    """A user pool with its managed login, at an emulator's address."""

    login_url: str
    user_pool_id: str
    client_id: str
    redirect_uri: str
    cognito: Any

    def enrol(self, email: str, *, group: str | None = None, manufacturer_id: str | None = None) -> None:
        """Makes a person known, as an operator does."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        if manufacturer_id:
            attributes.append({"Name": "custom:manufacturer_id", "Value": manufacturer_id})
        pool = {"UserPoolId": self.user_pool_id, "Username": email}
        self.cognito.admin_create_user(**pool, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(**pool, Password=secrets.token_urlsafe(24), Permanent=True)
        if group:
            self.cognito.admin_add_user_to_group(**pool, GroupName=group)

    def sign_up(self, email: str) -> None:
        """Makes an account, as a fan does: the managed login calls the same two operations."""
        person = {"ClientId": self.client_id, "Username": email}
        attributes = [{"Name": "email", "Value": email}]
        self.cognito.sign_up(**person, Password=secrets.token_urlsafe(24), UserAttributes=attributes)
        self.cognito.confirm_sign_up(**person, ConfirmationCode=EMAILED_CODE)

    def sign_in(self, email: str) -> str:
        """The ID token of a person, by a one-time code. Raises NotSignedIn."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid email profile",
            "state": "rehearsal",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = _http.request("GET", f"{self.login_url}/oauth2/authorize?{urlencode(asked)}", redirect=False)
        page = self._post(_fields(page), username=email)
        page = self._post(_fields(page), challenge="EMAIL_OTP")
        answer = self._post(_fields(page), code=EMAILED_CODE)
        return self._token(_code(answer), verifier)

    def _post(self, fields: dict[str, str], **typed: str) -> Any:
        return _http.request(
            "POST", f"{self.login_url}/login", fields=fields | typed, encode_multipart=False, redirect=False
        )

    def _token(self, code: str, verifier: str) -> str:
        asked = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": verifier,
        }
        answer = _http.request("POST", f"{self.login_url}/oauth2/token", fields=asked, encode_multipart=False)
        found = json.loads(answer.data)
        if "id_token" not in found:
            raise NotSignedIn(f"the token endpoint answered {answer.status}: {found.get('error')}")
        return str(found["id_token"])


def _fields(page: Any) -> dict[str, str]:
    """The hidden fields of a form."""
    text = page.data.decode()
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    if page.status != 200 or not found:  # noqa: PLR2004
        heading = re.search(r'class="error">([^<]+)|<h1>([^<]+)', text)
        raise NotSignedIn(f"the login page answered {page.status}: {heading.group(0) if heading else text[:200]}")
    return {name: unescape(value) for name, value in found}


def _code(answer: Any) -> str:
    sent_to = answer.headers.get("Location", "")
    code = parse_qs(urlsplit(sent_to).query).get("code")
    if not code:
        raise NotSignedIn(f"the login page answered {answer.status} without a code")
    return str(code[0])
