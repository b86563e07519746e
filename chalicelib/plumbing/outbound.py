"""Outbound calls: resolve first, judge every address, connect to the judged address, follow no redirect, bound bytes
and seconds.

A name cannot be re-bound between the check and the call, because the call goes to the address that was checked.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit

from chalicelib.kernel.refusals import Forbidden
from chalicelib.plumbing.addresses import is_reachable
from chalicelib.plumbing.clock import Clock

if TYPE_CHECKING:
    import urllib3

MOST_BYTES = 16_384
DEADLINE_SECONDS = 10.0

Resolve = Callable[[str, int], list[str]]


class AddressForbidden(Forbidden):
    """Refused: the endpoint's name leads to an address inside some network, or the URL is not plain https."""

    sentence = "The endpoint must be an https address on the public internet."


class EndpointSilent(Exception):  # noqa: N818 - told as a fact, like a refusal, but worth a retry
    """No usable answer within the bounds: refused connection, TLS error, timeout, endless body."""


class Answer(NamedTuple):
    """What the endpoint said."""

    status: int
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, through the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Outbound:
    """Posts to endpoints of others. `allowed` names host:port pairs that may be local: for a local run only."""

    clock: Clock
    allowed: frozenset[str] = frozenset()
    resolve: Resolve = resolve
    deadline_seconds: float = DEADLINE_SECONDS

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """One POST, at most 10 s and 16 kB of answer. Refuses with AddressForbidden; raises EndpointSilent."""
        parts, port = _split(url)
        local = f"{parts.hostname}:{port}" in self.allowed
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise AddressForbidden
        address = self._judged(str(parts.hostname), port, local=local)
        return self._send(parts, (address, port), headers, body)

    def _judged(self, host: str, port: int, *, local: bool) -> str:
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise EndpointSilent("the name does not resolve") from error
        if not addresses or not (local or all(is_reachable(address) for address in addresses)):
            raise AddressForbidden
        return addresses[0]

    def _send(self, parts: SplitResult, to: tuple[str, int], headers: Mapping[str, str], body: bytes) -> Answer:
        import urllib3  # noqa: PLC0415 - only the function that calls out pays for it

        host = str(parts.hostname)
        timeout = urllib3.Timeout(connect=5.0, read=5.0)
        pool: urllib3.HTTPConnectionPool = (
            urllib3.HTTPSConnectionPool(*to, server_hostname=host, assert_hostname=host, timeout=timeout)
            if parts.scheme == "https"
            else urllib3.HTTPConnectionPool(*to, timeout=timeout)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {**headers, "Host": parts.netloc.rpartition("@")[2]}
        ends = self.clock.monotonic() + self.deadline_seconds
        try:
            with pool, _hanging_up_after(self.deadline_seconds, pool):
                reply = pool.urlopen(
                    "POST", path, body=body, headers=sent, redirect=False, retries=False, preload_content=False
                )
                return Answer(reply.status, self._read(reply, ends))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise EndpointSilent(type(error).__name__) from error

    def _read(self, reply: "object", ends: float) -> bytes:
        body = b""
        while chunk := reply.read1(1024):  # type: ignore[attr-defined]
            body += chunk
            if len(body) > MOST_BYTES or self.clock.monotonic() > ends:
                raise EndpointSilent("the answer is too long or too slow")
        return body


@contextmanager
def _hanging_up_after(seconds: float, pool: "urllib3.HTTPConnectionPool") -> Iterator[None]:
    """Cuts the wire at the deadline, whoever is reading from it: a head or a handshake has no other bound in time."""
    wires: list[socket.socket] = []

    class Watched(pool.ConnectionCls):  # type: ignore[misc,name-defined]
        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            wires.append(sock.dup())  # TLS takes the first one over
            return sock

    late = threading.Event()

    def hang_up() -> None:
        late.set()
        for wire in wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    pool.ConnectionCls = Watched
    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
        if late.is_set():  # a head that was cut reads as a short one
            raise EndpointSilent("the answer is too slow")
    finally:
        watch.cancel()
        for wire in wires:
            wire.close()


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressForbidden from error
    if not parts.hostname or parts.username is not None:
        raise AddressForbidden
    return parts, port
