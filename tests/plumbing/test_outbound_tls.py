"""TLS to an address that was judged: the certificate is still judged by the name (W1, F23)."""

import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.plumbing.clock import SystemClock
from chalicelib.plumbing.outbound import Answer, EndpointSilent, Outbound
from tests.plumbing.endpoints import Endpoint, listening, saying

Tls = Callable[[str], ssl.SSLContext]
OK = saying("200 OK", b"thanks")


@pytest.fixture
def certified(tmp_path: Path) -> Tls:
    """A server's side of TLS with a certificate for a name, signed by itself."""

    def make(name: str) -> ssl.SSLContext:
        file = tmp_path / "endpoint.pem"
        file.write_bytes(self_signed(name))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return make


def self_signed(name: str) -> bytes:
    """Key and certificate, valid around the machine's own time: TLS asks no other clock."""
    key, now = ec.generate_private_key(ec.SECP256R1()), SystemClock().now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def post(endpoint: Endpoint) -> Answer:
    outbound = Outbound(SystemClock(), endpoint.allowed, lambda _host, _port: ["127.0.0.1"])
    return outbound.post(f"https://maker.example:{endpoint.port}/", headers={}, body=b"")


def test_a_certificate_for_the_name_is_taken_although_the_call_goes_to_an_address(
    certified: Tls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "endpoint.pem"))
    with listening(OK, certified("maker.example")) as endpoint:
        assert post(endpoint) == Answer(200, b"thanks")
    assert f"Host: maker.example:{endpoint.port}".encode() in endpoint.requests[0]


def test_a_certificate_for_another_name_is_no_answer(certified: Tls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "endpoint.pem"))
    with listening(OK, certified("other.example")) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)
    assert endpoint.requests == []


def test_a_certificate_that_nobody_vouches_for_is_no_answer(certified: Tls):
    with listening(OK, certified("maker.example")) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)
    assert endpoint.requests == []


def test_an_endpoint_that_speaks_no_tls_is_no_answer():
    with listening(OK) as endpoint, pytest.raises(EndpointSilent):
        post(endpoint)
