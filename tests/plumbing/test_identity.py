"""Identity: what a verified token means, and what it does not."""

from datetime import UTC, datetime

import pytest

from chalicelib.plumbing import identity
from chalicelib.plumbing.identity import Identity, RoleForbidden, TokenRefused

CLAIMS = {"sub": "sub-ada", "aud": "app", "token_use": "id"}
EVERYBODY = ("fan", "organiser", "manufacturer")


def role(groups, **more):
    return identity.from_claims({**CLAIMS, "cognito:groups": groups, **more}, "app").role


def test_everyone_without_a_group_is_a_fan():
    assert identity.from_claims(CLAIMS, "app") == Identity(subject="sub-ada", role="fan")


@pytest.mark.parametrize("groups", ["organisers", "others,organisers", "[others organisers]", ["others", "organisers"]])
def test_an_organiser_is_one_however_the_gateway_writes_the_groups(groups):
    assert role(groups) == "organiser"


@pytest.mark.parametrize("groups", ["", "[]", [], "organisers2", "the-organisers", "Organisers", "organisers;x", None])
def test_nothing_that_looks_like_a_group_makes_an_organiser(groups):
    assert role(groups) == "fan"


def test_a_manufacturer_carries_its_id():
    claims = {**CLAIMS, "cognito:groups": "manufacturers", "custom:manufacturer_id": "maker"}
    assert identity.from_claims(claims, "app") == Identity(
        subject="sub-ada", role="manufacturer", manufacturer_id="maker"
    )


def test_an_id_without_the_group_makes_no_manufacturer():
    """A3: the attribute alone gives nothing."""
    assert identity.from_claims({**CLAIMS, "custom:manufacturer_id": "maker"}, "app").manufacturer_id is None


@pytest.mark.parametrize(("claim", "verified"), [
    (True, True), ("true", True),
    (False, False), ("false", False), (None, False), ("", False), ("True", False), ("yes", False),
    (1, False), ("1", False),
])  # fmt: skip
def test_an_address_is_verified_only_where_the_token_says_so(claim, verified):
    assert identity.from_claims({**CLAIMS, "email_verified": claim}, "app").email_verified is verified


def registered_at(claim):
    return identity.from_claims({**CLAIMS, "custom:registered_at": claim}, "app").registered_at


@pytest.mark.parametrize("claim", ["1767225600", 1767225600])
def test_an_account_knows_in_utc_when_it_was_made(claim):
    assert registered_at(claim) == datetime(2026, 1, 1, tzinfo=UTC)
    assert registered_at(claim).tzinfo is UTC


@pytest.mark.parametrize("claim", [
    None, "", True, "yesterday", "-1", "+1767225600", "1767225600.5", 1767225600.5, "1e9", "0x5f", " 1767225600",
    "1767225600\n", "1_767_225_600", "١٧٦٧٢٢٥٦٠٠", "0", "946684799", "7258118400", "1767225600000", "9" * 400,
    "2026-01-01T00:00:00Z",
])  # fmt: skip
def test_what_is_no_plain_number_of_seconds_gives_no_age_and_no_error(claim):
    """946684799 is the end of 1999, 7258118400 the beginning of 2200, and the one with thirteen digits milliseconds."""
    assert registered_at(claim) is None


def test_an_account_that_does_not_say_is_neither_verified_nor_of_any_age():
    who = identity.from_claims(CLAIMS, "app")
    assert (who.email_verified, who.registered_at) == (False, None)


@pytest.mark.parametrize("groups", ["organisers", "manufacturers", ""])
def test_address_and_age_are_known_of_every_role(groups):
    told = {"cognito:groups": groups, "email_verified": "true", "custom:registered_at": "1767225600"}
    who = identity.from_claims({**CLAIMS, **told}, "app")
    assert (who.email_verified, who.registered_at) == (True, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [
        {"token_use": "access"},
        {"token_use": None},
        {"aud": "another-app"},
        {"aud": ["app"]},
        {"aud": None},
        {"sub": ""},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_an_id_token_of_this_app_is_refused(change):
    """A2: wrong audience or type."""
    with pytest.raises(TokenRefused):
        identity.from_claims({**CLAIMS, **change}, "app")


def test_no_claims_are_nobody():
    with pytest.raises(TokenRefused):
        identity.from_claims({}, "app")


@pytest.mark.parametrize("asked", EVERYBODY)
@pytest.mark.parametrize("held", EVERYBODY)
def test_only_the_role_that_is_asked_for_passes(held, asked):
    who = Identity(subject="sub-ada", role=held, manufacturer_id="maker")
    if held == asked:
        assert identity.require(who, (asked,)) is who
    else:
        with pytest.raises(RoleForbidden):
            identity.require(who, (asked,))


def test_nobody_has_no_role():
    with pytest.raises(RoleForbidden):
        identity.require(None, EVERYBODY)


@pytest.mark.parametrize("manufacturer_id", [None, ""])
def test_a_manufacturer_without_an_id_is_nobodys(manufacturer_id):
    """A1: an empty id must never match an empty owner."""
    who = Identity(subject="sub-ada", role="manufacturer", manufacturer_id=manufacturer_id)
    with pytest.raises(RoleForbidden):
        identity.require(who, EVERYBODY)
