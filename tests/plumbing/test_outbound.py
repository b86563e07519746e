"""Outbound calls to an endpoint of this machine: judged once, bounded, never led elsewhere (W1, W2, F23, F24)."""

import gzip
import itertools
import socket

import pytest

from chalicelib.plumbing.outbound import MOST_BYTES, AddressForbidden, Answer, EndpointSilent, Outbound
from tests.hands import HandClock
from tests.plumbing.endpoints import Endpoint, listening, saying

OK = saying("204 No Content")


class HastyClock(HandClock):
    """Three seconds pass between any two looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = itertools.count(0.0, 3.0)

    def monotonic(self) -> float:
        return next(self.seconds)


class Resolver:
    """Answers with these addresses, one list a question, and counts the questions."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0)


def post(endpoint: Endpoint, url: str = "http://127.0.0.1:{port}/orders", **parts: object) -> Answer:
    outbound = Outbound(**{"clock": HandClock(), "allowed": endpoint.allowed, **parts})
    return outbound.post(url.format(port=endpoint.port), headers={"webhook-id": "m1"}, body=b'{"a":1}')


def test_a_post_carries_headers_and_body_as_they_are():
    with listening(saying("200 OK", b"thanks")) as endpoint:
        assert post(endpoint, "http://127.0.0.1:{port}/orders?to=maker") == Answer(200, b"thanks")
    [request] = endpoint.requests
    assert request.startswith(b"POST /orders?to=maker HTTP/1.1\r\n")
    assert b"\r\nwebhook-id: m1\r\n" in request
    assert request.endswith(b'\r\n\r\n{"a":1}')


def test_the_host_header_is_the_name_and_not_the_address():
    with listening(OK) as endpoint:
        post(endpoint, "http://maker.example:{port}/", resolve=Resolver(["127.0.0.1"]))
    assert f"\r\nHost: maker.example:{endpoint.port}\r\n".encode() in endpoint.requests[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status):
    """W1: neither to an address inside nor to the endpoint itself."""
    with listening(saying(f"{status} Elsewhere\r\nLocation: http://169.254.169.254/latest/meta-data/")) as endpoint:
        assert post(endpoint).status == status
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_an_unhappy_answer_is_still_an_answer_and_is_not_retried(status):
    with listening(saying(f"{status} No\r\nRetry-After: 1")) as endpoint:
        assert post(endpoint).status == status
    assert len(endpoint.requests) == 1


def test_the_longest_answer_is_read_and_a_longer_one_is_no_answer():
    with listening(saying("200 OK", b"x" * MOST_BYTES)) as endpoint:
        assert len(post(endpoint).body) == MOST_BYTES
    with listening(saying("200 OK", b"x" * (MOST_BYTES + 1))) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 1024)


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n" * 500)


@pytest.mark.parametrize("say", [endless, endless_chunks])
def test_an_endless_answer_is_given_up(say):
    """W2: bounded bytes."""
    with listening(say) as endpoint, pytest.raises(EndpointSilent, match="too long or too slow"):
        post(endpoint)


def endless_head(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)


def test_a_head_that_never_ends_is_given_up():
    """W2: bounded seconds. No look at the clock comes between two bytes of a head, so something else must watch."""
    with listening(endless_head) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint, deadline_seconds=0.2)


def test_a_small_answer_that_unpacks_to_a_large_one_is_given_up():
    """W2: bounded bytes, also after unpacking."""
    packed = gzip.compress(b"x" * 10_000_000)
    with listening(saying("200 OK\r\nContent-Encoding: gzip", packed)) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)


def test_an_answer_that_comes_too_slowly_is_given_up():
    """W2: bounded seconds. Ten have passed after the fourth piece."""
    with listening(saying("200 OK", b"x" * 8 * 1024)) as endpoint, pytest.raises(EndpointSilent, match="too slow"):
        post(endpoint, clock=HastyClock())


@pytest.mark.parametrize(
    "said",
    [b"", b"\x00\x00", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, b"HTTP/1.1 x\r\n"],
)
def test_what_is_no_http_is_no_answer(said):
    with listening(lambda connection: connection.sendall(said)) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)


def test_a_refused_connection_is_no_answer():
    with listening(OK) as endpoint:
        pass
    with pytest.raises(EndpointSilent):
        post(endpoint)


def test_a_name_that_does_not_resolve_is_no_answer():
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with listening(OK) as endpoint, pytest.raises(EndpointSilent, match="does not resolve"):
        post(endpoint, "https://maker.example/", resolve=nowhere)


def test_a_name_is_asked_for_once_so_that_it_cannot_be_rebound():
    """W1, F24: the call goes to the address that was judged, whatever the name leads to a moment later."""
    resolver = Resolver(["127.0.0.1"], ["169.254.169.254"])
    with listening(OK) as endpoint:
        assert post(endpoint, "http://maker.example:{port}/", resolve=resolver).status == 204
    assert resolver.asked == 1


def test_one_address_inside_among_public_ones_is_enough_to_refuse():
    """W1: whichever of them would be taken."""
    with listening(OK) as endpoint, pytest.raises(AddressForbidden):
        post(endpoint, "https://maker.example/", resolve=Resolver(["8.8.8.8", "127.0.0.1"]))


def test_a_name_without_an_address_is_refused():
    with listening(OK) as endpoint, pytest.raises(AddressForbidden):
        post(endpoint, "https://maker.example/", resolve=Resolver([]))


@pytest.mark.parametrize(
    "url",
    [
        "http://maker.example/",
        "ftp://maker.example/",
        "file:///etc/passwd",
        "//maker.example/",
        "maker.example",
        "https://",
        "https:///orders",
        "https://user@maker.example/",
        "https://user:secret@maker.example/",
        "https://:secret@maker.example/",
        "https://@maker.example/",
        "https://maker.example:99999/",
        "https://maker.example:x/",
        "https://[::1/",
        "",
    ],
)
def test_a_url_that_is_not_plain_https_is_refused_before_its_name_is_asked_for(url):
    resolver = Resolver()
    with pytest.raises(AddressForbidden):
        Outbound(HandClock(), resolve=resolver).post(url, headers={}, body=b"")
    assert resolver.asked == 0


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "http://maker.example:{port}/"]
)
def test_nothing_local_is_called_unless_it_is_allowed(url):
    with listening(OK) as endpoint, pytest.raises(AddressForbidden):
        post(endpoint, url, allowed=frozenset(), resolve=Resolver(["127.0.0.1"]))
    assert endpoint.requests == []


def test_allowed_is_one_port_of_one_name_and_not_its_neighbour():
    allowed = frozenset({"127.0.0.1:1"})
    with listening(OK) as endpoint, pytest.raises(AddressForbidden):
        post(endpoint, allowed=allowed)
    assert endpoint.requests == []
