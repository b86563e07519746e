"""Which addresses may be called: none inside any network, however it is written (W1, F24)."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing.addresses import embedded, is_reachable

INSIDE = {
    "this host": "0.0.0.0",  # noqa: S104 - judged, not bound
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.127.127.127",
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "carrier": "100.64.0.1",
    "link-local, the metadata of a machine": "169.254.169.254",
    "protocol assignments": "192.0.0.170",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "6: unspecified": "::",
    "6: loopback": "::1",
    "6: link-local": "fe80::1",
    "6: link-local with a zone": "fe80::1%eth0",
    "6: a public one with a zone": "2606:4700::1111%1",
    "6: site-local": "fec0::1",
    "6: unique local": "fd00:ec2::254",
    "6: multicast": "ff02::1",
    "6: multicast to all": "ff0e::1",
    "6: documentation": "2001:db8::1",
    "6: discard": "100::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:a9fe:a9fe",
    "compatible loopback": "::127.0.0.1",
    "NAT64 loopback": "64:ff9b::7f00:1",
    "NAT64 metadata": "64:ff9b::a9fe:a9fe",
    "local NAT64": "64:ff9b:1::a00:1",
    "6to4 loopback": "2002:7f00:1::",
    "6to4 private": "2002:c0a8:101::1",
    "Teredo server inside": "2001:0:7f00:1::",
    "Teredo client inside": "2001:0:4136:e378:8000:63bf:80ff:fffe",
}


@pytest.mark.parametrize("address", INSIDE.values(), ids=INSIDE)
def test_an_address_inside_some_network_is_not_reachable(address):
    """W1: by value, and embedded in IPv6."""
    assert not is_reachable(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])
def test_a_public_address_is_reachable(address):
    assert is_reachable(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_is_not_reachable_in_any_ipv6_wrapping(inner):
    """W1: whoever may not be called by IPv4 may not be called through IPv6 either."""
    if is_reachable(str(inner)):
        return
    assert not any(is_reachable(str(wrapped)) for wrapped in wrappings(inner))


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.1", "192.168.0.1", "224.0.0.1"])
def test_well_known_insides_are_not_reachable_in_any_ipv6_wrapping(inner):
    assert not any(is_reachable(str(wrapped)) for wrapped in wrappings(IPv4Address(inner)))


@given(st.ip_addresses(v=4))
def test_what_is_wrapped_is_found(inner):
    assert all(inner in embedded(wrapped) for wrapped in wrappings(inner))


@given(st.ip_addresses(v=6))
def test_only_global_unicast_is_reachable_by_ipv6(address):
    """All of it lies in 2000::/3: what lies outside is local, reserved or multicast."""
    if is_reachable(str(address)):
        assert int(address) >> 125 == 0b001


@given(st.ip_addresses())
def test_a_zone_is_never_reachable(address):
    assert not is_reachable(f"{address}%1")


def wrappings(inner: IPv4Address) -> list[IPv6Address]:
    """Every form in which IPv6 carries an IPv4 address."""
    number = int(inner)
    return [
        IPv6Address(number),
        IPv6Address(0xFFFF << 32 | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
        IPv6Address((0x2001 << 112) | (number << 64)),
        IPv6Address((0x2001 << 112) | (0x0808_0808 << 64) | (number ^ 0xFFFFFFFF)),
    ]
