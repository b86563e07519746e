"""Endpoints of others, on a socket of this machine: each says what a test wants said, byte for byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

TLS_HELLO = b"\x16\x03"

Say = Callable[[socket.socket], None]


@dataclass
class Endpoint:
    """A listening socket, and the requests that have reached it."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}", f"maker.example:{self.port}"})


@contextmanager
def listening(say: Say, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """Reads each request whole, then says it. Ends when the test does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, endpoint, say, tls), daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=1)


def saying(head: str, body: bytes = b"") -> Say:
    """One whole answer."""
    lines = [f"HTTP/1.1 {head}", f"Content-Length: {len(body)}", "", ""]
    return lambda connection: connection.sendall("\r\n".join(lines).encode() + body)


def _serve(listener: socket.socket, endpoint: Endpoint, say: Say, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        # Whoever calls may hang up at any moment: that is what some tests are about.
        with suppress(OSError), tls.wrap_socket(connection, server_side=True) if tls else connection as caller:
            if request := _request(caller):
                endpoint.requests.append(request)
            say(caller)


def _request(caller: socket.socket) -> bytes:
    """Head and body of one request; nothing if the caller hung up, or speaks TLS where none is spoken."""
    caller.settimeout(5)
    received = b""
    while b"\r\n\r\n" not in received:
        piece = caller.recv(65_536)
        if not piece or piece.startswith(TLS_HELLO):
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += caller.recv(65_536)
    return head + b"\r\n\r\n" + body
