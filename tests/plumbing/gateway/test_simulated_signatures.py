"""Signatures of events: as Stripe makes and takes them, and strict where its own library is lenient."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing.gateway.port import EventForged
from chalicelib.plumbing.gateway.signatures import sign, verify

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BODY = b'{"id":"evt_1"}'
GOOD = sign("hush", BODY, NOW)
V1 = GOOD.partition("v1=")[2]


def refused(header: str, *, secrets: tuple[str, ...] = ("hush",), body: bytes = BODY, now: datetime = NOW) -> None:
    with pytest.raises(EventForged):
        verify(secrets, header, body, now)


def test_the_header_is_the_one_that_stripe_describes():
    mac = hmac.new(b"hush", f"{SECONDS}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert f"t={SECONDS},v1={mac}" == GOOD


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.binary(), st.datetimes(datetime(2000, 1, 1)))
def test_what_is_signed_holds_and_nothing_else_does(secret, body, naive):
    at = naive.replace(tzinfo=UTC)
    header = sign(secret, body, at)
    verify([secret], header, body, at)
    refused(header, secrets=(secret,), body=body + b"x", now=at)
    refused(header, secrets=(secret + "x", ""), body=body, now=at)


@pytest.mark.parametrize("seconds", [-300, -299.5, 0, 300])
def test_five_minutes_either_way_are_allowed(seconds):
    verify(["hush"], GOOD, BODY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300.001, 300.001, 301, -86400, 10**9])
def test_more_than_five_minutes_are_not(seconds):
    refused(GOOD, now=NOW + timedelta(seconds=seconds))


def test_one_good_signature_among_several_is_enough():
    other = sign("other", BODY, NOW).partition("v1=")[2]
    verify(["new", "hush"], f"t={SECONDS},v1={other},v1={V1},v0=whatever", BODY, NOW)
    refused(f"t={SECONDS},v1={other},v1={'0' * 64}")


def test_without_a_secret_nothing_holds():
    empty = hmac.new(b"", f"{SECONDS}.".encode() + BODY, hashlib.sha256).hexdigest()
    refused(f"t={SECONDS},v1={empty}", secrets=("",))
    refused(GOOD, secrets=())


MALFORMED = {
    "nothing": "",
    "no signature": f"t={SECONDS}",
    "no moment": f"v1={V1}",
    "two moments": f"t={SECONDS},{GOOD}",
    "another scheme only": f"t={SECONDS},v0={V1}",
    "a space": f"t={SECONDS}, v1={V1}",
    "a line more": f"{GOOD}\n",
    "an empty part": f"{GOOD},",
    "a part without a value": f"{GOOD},v1",
    "a broken signature beside a good one": f"{GOOD},v1={V1[:-1]}",
    "capitals": f"t={SECONDS},v1={V1.upper()}",
    "letters outside ASCII": f"t={SECONDS},v1={'ż' * 64}",
    "digits outside ASCII": GOOD.replace("1", "\u0661"),
    "a sign": GOOD.replace("t=", "t=+"),
    "a leading nought": GOOD.replace("t=", "t=0"),
    "a fraction": GOOD.replace(",", ".0,"),
    "an underscore": f"t={str(SECONDS)[:3]}_{str(SECONDS)[3:]},v1={V1}",
    "an endless number": f"t={'9' * 4000},v1={V1}",
    "endless": GOOD + f",v1={'0' * 64}" * 1000,
    "a lone surrogate": f"{GOOD},v0=\ud800",
}


@pytest.mark.parametrize("header", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_header_is_a_forged_event(header):
    refused(header)


@given(st.text(st.characters(), max_size=200))
def test_no_text_at_all_raises_anything_else(header):
    refused(header)
