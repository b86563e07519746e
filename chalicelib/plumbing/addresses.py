"""Which addresses an outbound call may reach. Pure: judged after the name is resolved, never on the text of the URL.

`ipaddress` alone is no guard: 64:ff9b::7f00:1 (NAT64), 2002:7f00:1:: (6to4), ::ffff:127.0.0.1 and Teredo carry an
IPv4 address inside.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
# Unicast that is routed at all lies in 2000::/3; what `ipaddress` does not know to be local (fec0::/10, and 3fff::/20
# in older Pythons) lies outside or is named here.
_UNICAST, _EXAMPLES = IPv6Network("2000::/3"), IPv6Network("3fff::/20")

Address = IPv4Address | IPv6Address


def embedded(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that hide in an IPv6 one."""
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in (*_NAT64, _COMPATIBLE)):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def is_reachable(text: str) -> bool:
    """Whether the address, and every address inside it, is a public unicast one."""
    address = ip_address(text.split("%", maxsplit=1)[0])
    if "%" in text or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        inside = embedded(address)
        public = address in _UNICAST and address not in _EXAMPLES
        return public and all(inner.is_global and not inner.is_multicast for inner in inside)
    return True
