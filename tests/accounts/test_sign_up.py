"""An account knows when it was made: written once, by the pool's trigger, and by nobody else."""

from typing import Any

import pytest

from chalicelib.plumbing import telemetry
from chalicelib.plumbing.user_pool import REGISTERED_AT
from infra.local import resources
from tests.accounts.conftest import Pool


def test_a_confirmed_sign_up_is_remembered_in_seconds(pool: Pool) -> None:
    pool.call(pool.tell())
    assert pool.attributes()[REGISTERED_AT] == str(int(pool.clock.moment.timestamp())) == "1795262400"


def test_cognito_gets_its_event_back(pool: Pool) -> None:
    event = pool.tell()
    assert pool.call(event) == event


def test_the_first_moment_stays(pool: Pool) -> None:
    pool.call(pool.tell())
    before = pool.attributes()
    pool.clock.forward(days=40)
    pool.call(pool.tell())
    assert pool.attributes() == before


@pytest.mark.parametrize("source", ["PostConfirmation_ConfirmForgotPassword", "PostAuthentication_Authentication"])
def test_only_a_sign_up_makes_an_account(pool: Pool, source: str) -> None:
    event = pool.tell(source)
    assert pool.call(event) == event
    assert REGISTERED_AT not in pool.attributes()


def test_a_repeated_call_that_does_not_know_of_the_first_moves_it_by_its_delay(pool: Pool) -> None:
    event = pool.tell()
    pool.call(event)
    pool.clock.forward(seconds=5)
    pool.call(event)
    assert pool.attributes()[REGISTERED_AT] == "1795262405"


def test_who_is_confirmed_is_let_in_even_when_the_moment_is_lost_and_an_alarm_is_told(pool: Pool) -> None:
    event = {**pool.tell(), "userName": "nobody@example.org"}
    written: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telemetry, "count", lambda name, units=1: written.append((name, units)))
        assert pool.call(event) == event
    assert written == [("sign_ups_unremembered", 1)]


def test_a_mistake_of_ours_is_not_hidden_from_lambda(pool: Pool) -> None:
    with pytest.raises(KeyError):
        pool.call({"userName": "ada@example.org"})


def test_the_pool_refuses_what_would_make_a_client_the_writer() -> None:
    """In the client's list, anybody could age an account by signing up with the attribute."""
    client = resources.template()["Resources"]["UserPoolClient"]["Properties"]
    assert REGISTERED_AT in client["ReadAttributes"]
    assert not [name for name in client["WriteAttributes"] if name.startswith("custom:")]


def test_the_schema_lets_the_trigger_write_it_later_and_holds_every_second(pool: Pool) -> None:
    schema = resources.template()["Resources"]["UserPool"]["Properties"]["Schema"]
    [attribute] = [one for one in schema if f"custom:{one['Name']}" == REGISTERED_AT]
    assert attribute["Mutable"] is True
    pool.call(pool.tell())
    assert len(pool.attributes()[REGISTERED_AT]) <= int(attribute["StringAttributeConstraints"]["MaxLength"])
