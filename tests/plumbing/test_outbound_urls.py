"""Real strings that try to make a server call inside its own network: none gets as far as a connection (W1, F24)."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.plumbing.outbound import AddressForbidden, Outbound
from tests.hands import HandClock

LIST = Path("shared", "data", "ssrf", "urls.txt")

# What these names lead to when a resolver is asked, and what the C library makes of numbers.
NAMES = {
    "localhost": "127.0.0.1",
    "spoofed.burpcollaborator.net": "127.0.0.1",
    "localtest.me": "::1",
    "customer1.app.localhost.my.company.127.0.0.1.nip.io": "127.0.0.1",
    "mail.ebc.apple.com": "127.0.0.1",
    "bugbounty.dod.network": "127.0.0.2",
    "2130706433": "127.0.0.1",
    "3232235521": "192.168.0.1",
    "3232235777": "192.168.1.1",
    "0177.0.0.1": "127.0.0.1",
    "0x7f.1": "127.0.0.1",
    "127.1": "127.0.0.1",
    "①②⑦.⓪.⓪.①": "127.0.0.1",
}
OTHERS = [
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1%25eth0]/",
    "https://169.254.169.254/latest/meta-data/iam/",
    "https://100.64.0.1/",
]


def resolve(host: str, _port: int) -> list[str]:
    """Names lead where the list says; a number is its own address."""
    return [NAMES.get(host, host.replace("%25", "%"))]


@pytest.fixture
def urls() -> list[str]:
    """The list beside the checkout, if this machine has it."""
    for folder in Path(__file__).resolve().parents:
        if (folder / LIST).is_file():
            return (folder / LIST).read_text().split()
    pytest.skip(f"{LIST} lies beside no parent folder of this checkout")


def assert_refused(url: str) -> None:
    with pytest.raises(AddressForbidden):
        Outbound(HandClock(), resolve=resolve).post(url, headers={}, body=b"")


def test_no_url_of_the_public_list_is_called(urls):
    assert len(urls) >= 30
    for url in urls:
        assert_refused(url)


def test_none_of_them_is_called_by_https_either(urls):
    """So that it is the address that is judged, not only the scheme."""
    for url in urls:
        assert_refused(url.replace("http://", "https://"))


def test_every_name_of_the_list_leads_inside_in_this_test(urls):
    """Otherwise a name would be refused, or called, for another reason than the one under test."""
    hosts = {host for url in urls if "0000::1" not in url for host in [urlsplit(url).hostname] if host}
    assert all(host in NAMES or host.replace(".", "").isdigit() or ":" in host for host in hosts)


@pytest.mark.parametrize("url", OTHERS)
def test_other_spellings_of_an_address_inside_are_not_called(url):
    assert_refused(url)
