"""A user pool's managed login, small and strict: it refuses what Cognito refuses, and signs with this machine's key, so
that the gateway believes its tokens. Over https, because the page knows no other way to a pool."""

import base64
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.local import outside, tokens

Form = dict[str, str]


class Refused(Exception):  # noqa: N818 - told as a fact, like a refusal
    """An OAuth error code, or a sentence for a person where the pool must not lead back."""


class Pool:
    """The pool's state. Tests change `name`, `error`, `lifetime_seconds` and `generous`, and look at the rest."""

    def __init__(self) -> None:
        self.domain = ""
        self.home = ""
        """The page's registered address."""
        self.name: str | None = "Zażółć"
        self.error: str | None = None
        """Given back instead of a code."""
        self.lifetime_seconds = 3600
        self.generous = True
        """Refresh tokens are good."""
        self.codes: dict[str, Form] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.renewals = 0
        self.sign_outs = 0

    @property
    def config(self) -> dict[str, Any]:
        """What a deployment uploads as config.json, but for the API's path, which has no stage here."""
        return {"api": "", "sign_in": {"way": "user_pool", "domain": self.domain, "client_id": tokens.AUDIENCE}}

    def authorize(self, asked: Form) -> str:
        """Where the browser is led to."""
        if asked.get("client_id") != tokens.AUDIENCE or asked.get("redirect_uri") != self.home:
            raise Refused("An error was encountered with the requested page.")
        wanted = {"response_type": "code", "code_challenge_method": "S256", "scope": "openid email profile"}
        answer = {"state": asked["state"]}
        if self.error or any(asked.get(key) != value for key, value in wanted.items()):
            return f"{self.home}?{urlencode(answer | {'error': self.error or 'invalid_request'})}"
        code = outside.fresh_id()
        self.codes[code] = {"challenge": asked["code_challenge"], "redirect_uri": asked["redirect_uri"]}
        return f"{self.home}?{urlencode({'code': code} | answer)}"

    def token(self, asked: Form) -> dict[str, Any]:
        """New tokens. Refuses with an OAuth error code."""
        if asked.get("client_id") != tokens.AUDIENCE:
            raise Refused("invalid_client")
        if asked.get("grant_type") == "refresh_token":
            self.renewals += 1
            if not self.generous or asked.get("refresh_token") not in self.refresh_tokens:
                raise Refused("invalid_grant")
            return self._issued()
        known = self.codes.pop(asked.get("code", ""), None)
        if known is None or known["redirect_uri"] != asked.get("redirect_uri"):
            raise Refused("invalid_grant")
        if known["challenge"] != _challenge(asked.get("code_verifier", "")):
            raise Refused("invalid_grant")
        fresh = outside.fresh_id()
        self.refresh_tokens[fresh] = "good"
        return {**self._issued(), "refresh_token": fresh}

    def _issued(self) -> dict[str, Any]:
        claims = tokens.claims("ada", "fan", lifetime_seconds=self.lifetime_seconds)
        del claims["name"]
        claims |= {"email": "ada@fans.example"} | ({"name": self.name} if self.name else {})
        # An access token as well, which the page must not mistake for what the API takes.
        return {
            "id_token": tokens.sign(claims),
            "access_token": tokens.sign({**claims, "token_use": "access"}),
            "expires_in": self.lifetime_seconds,
            "token_type": "Bearer",
        }

    def revoke(self, asked: Form) -> None:
        self.refresh_tokens.pop(asked["token"], None)

    def logout(self, asked: Form) -> str:
        if asked.get("client_id") != tokens.AUDIENCE or asked.get("logout_uri") != self.home:
            raise Refused("An error was encountered with the requested page.")
        self.sign_outs += 1
        return self.home


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def running(folder: Path) -> Iterator[Pool]:
    """A pool on a free port of this machine; its certificate is nobody's, so the browser must be told not to mind."""
    pool = Pool()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"pool": pool}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    pool.domain = f"localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield pool
    server.shutdown()
    server.server_close()
    thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: the browser hangs up on the certificate once, then is told not to mind."""


class _Handler(BaseHTTPRequestHandler):
    pool: Pool

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        page = self.pool.logout if asked.path == "/logout" else self.pool.authorize
        try:
            self._send(302, b"", Location=page(dict(parse_qsl(asked.query))))
        except Refused as refused:
            self._send(400, str(refused).encode())

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        form = dict(parse_qsl(sent.decode(), strict_parsing=True))
        assert self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
        try:
            answer = self.pool.revoke(form) if self.path == "/oauth2/revoke" else self.pool.token(form)
            status = 200
        except Refused as refused:
            answer, status = {"error": str(refused)}, 400
        body = b"" if answer is None else json.dumps(answer).encode()
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}
        self._send(status, body, **headers)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base
        """Quiet."""


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = outside.utc()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "pool.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
