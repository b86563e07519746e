"""Manufacturers are registered with a secret that a receiver can use."""

import base64
import sys
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chalicelib.manufacturing import webhook
from chalicelib.plumbing.secrets import KEPT
from tests import examples
from tests.cameras import batch_plan
from tests.hands import SECRET
from tests.world import World
from tools import manufacturer


def test_an_entry_and_its_secret_are_stored_and_can_be_replaced(world: World) -> None:
    secrets = boto3.client("secretsmanager")
    maker = manufacturer.manufacturer("mill-2", "Mill", "https://mill.example/orders")
    for _ in range(2):
        secret = manufacturer.new_secret()
        manufacturer.register(world.ports, secrets, maker, secret=secret)
        stored = secrets.get_secret_value(SecretId=f"{world.settings.webhook_secret_prefix}mill-2")
        assert stored["SecretString"] == secret
    [item] = [one for one in world.items("manufacturer") if one["manufacturer_id"] == "mill-2"]
    assert (item["name"], item["endpoint_url"], item["enabled"]) == ("Mill", "https://mill.example/orders", True)
    assert "whsec_" not in str(world.items())


def test_a_new_secret_is_24_random_bytes_that_sign() -> None:
    secret = manufacturer.new_secret()
    manufacturer.check_secret(secret)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 24
    assert secret != manufacturer.new_secret()
    Webhook(secret)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", "c2hvcnQ=", f"whsec_{'A' * 200}"])
def test_a_weak_or_broken_secret_is_refused(secret: str) -> None:
    with pytest.raises(manufacturer.NotRegistered):
        manufacturer.check_secret(secret)


@pytest.mark.parametrize("url", ["http://mill.example/", "ftp://mill.example", "mill.example", "https://", ""])
def test_only_https_is_taken(url: str) -> None:
    with pytest.raises(manufacturer.NotRegistered):
        manufacturer.manufacturer("mill", "Mill", url)


def test_a_local_run_may_name_its_own_endpoint() -> None:
    allowed = frozenset({"127.0.0.1:9000"})
    assert manufacturer.manufacturer("mill", "Mill", "http://127.0.0.1:9000/orders", allowed=allowed)


def test_an_id_that_is_no_slug_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["manufacturer", "--id", "no good", "--name", "Mill", "--url", "https://mill.example"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert manufacturer.main() == 2
    assert "manufacturer_id" in capsys.readouterr().err


def test_the_command_prints_the_secret_once(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["manufacturer", "--id", "mill", "--name", "Mill", "--url", "https://mill.example"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert manufacturer.main() == 0
    assert capsys.readouterr().out.count("whsec_") == 1


# -- rotation ------------------------------------------------------------------------------------------------------

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command for the manufacturer `maker`; answers its status and what it printed."""

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["manufacturer", "--id", "maker", *arguments])
        status = manufacturer.main()
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def secret_in(text: str) -> str:
    [found] = [word for word in text.split() if word.startswith("whsec_")]
    return found


def delivery(world: World) -> tuple[dict[str, str], bytes]:
    """Headers and body of an order that has just been delivered."""
    campaign_id = world.presale(batches=[batch_plan(capacity=5)])
    assert world.place("ada", campaign_id, 5).status == 201
    world.settle_down()
    _, headers, body = world.endpoint.calls[-1]
    return headers, body


@pytest.fixture
def believed(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, tuple[dict[str, str], bytes]], bool]:
    """Whether a receiver with this one secret takes the delivery, by the reference library."""

    def verify(secret: str, delivered: tuple[dict[str, str], bytes]) -> bool:
        headers, body = delivered
        receiver = Webhook(secret)
        # The library looks at the machine's clock, and the order is signed with the test's.
        monkeypatch.setattr(receiver, "_Webhook__verify_timestamp", lambda _header: world.clock.now())
        try:
            receiver.verify(body, headers)
        except WebhookVerificationError:
            return False
        return True

    return verify


def test_while_a_secret_is_rotated_receivers_with_either_accept_and_afterwards_only_with_the_new(
    world: World, command: Command, believed: Callable[[str, Any], bool]
) -> None:
    before = delivery(world)
    assert believed(SECRET, before)
    status, told = command("--rotate")
    fresh = secret_in(told)
    assert (status, fresh != SECRET) == (0, True)

    world.clock.forward(seconds=KEPT.total_seconds())
    meanwhile = delivery(world)
    assert len(meanwhile[0]["webhook-signature"].split()) == 2
    assert believed(SECRET, meanwhile)
    assert believed(fresh, meanwhile)
    assert not believed(manufacturer.new_secret(), meanwhile)

    assert command("--rotate-finish")[0] == 0
    world.clock.forward(seconds=KEPT.total_seconds())
    after = delivery(world)
    assert not believed(SECRET, after)
    assert believed(fresh, after)


def test_a_container_learns_of_a_new_secret_after_five_minutes_and_asks_no_sooner(
    world: World, command: Command, believed: Callable[[str, Any], bool]
) -> None:
    delivery(world)
    fresh = secret_in(command("--rotate")[1])
    world.clock.forward(seconds=KEPT.total_seconds() - 60)
    assert not believed(fresh, delivery(world))
    world.clock.forward(seconds=60)
    assert believed(fresh, delivery(world))


def test_rotating_again_shows_the_same_secret(command: Command) -> None:
    """The manufacturer may have it already."""
    assert secret_in(command("--rotate")[1]) == secret_in(command("--rotate")[1])


def test_finishing_twice_changes_nothing(world: World, command: Command) -> None:
    fresh = secret_in(command("--rotate")[1])
    assert command("--rotate-finish")[0] == 0
    status, told = command("--rotate-finish")
    assert (status, "no rotation is under way" in told) == (0, True)
    name = f"{world.settings.webhook_secret_prefix}maker"
    assert boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"] == fresh


@pytest.mark.parametrize("step", ["--rotate", "--rotate-finish"])
def test_nothing_can_be_rotated_for_a_stranger(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["manufacturer", "--id", "stranger", step])
    assert manufacturer.main() == 2
    assert "register the manufacturer first" in capsys.readouterr().err


def test_registering_again_keeps_the_secret_even_while_it_is_rotated(world: World, command: Command) -> None:
    fresh = secret_in(command("--rotate")[1])
    status, told = command("--name", "Maker", "--url", "https://elsewhere.example/")
    assert (status, "whsec_" in told) == (0, False)
    name = f"{world.settings.webhook_secret_prefix}maker"
    assert boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"] == f"{fresh} {SECRET}"


def test_a_resend_during_a_rotation_has_the_same_id_and_body(world: World) -> None:
    """O2: only time and signatures differ."""
    first, body = webhook.signed(examples.order(), secret=SECRET, now=world.clock.now())
    world.clock.forward(hours=1)
    both = f"{manufacturer.new_secret()} {SECRET}"
    again, same = webhook.signed(examples.order(), secret=both, now=world.clock.now())
    assert same == body
    assert {name for name in first if first[name] != again[name]} == {"webhook-timestamp", "webhook-signature"}
