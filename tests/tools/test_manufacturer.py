"""Manufacturers are registered with a secret that a receiver can use."""

import base64
import sys

import boto3
import pytest
from standardwebhooks.webhooks import Webhook

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
