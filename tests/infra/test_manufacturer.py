"""The sample manufacturer believes a good signature and nothing else, and counts a repeated delivery once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from infra.local.manufacturer import SampleManufacturer, new_secret

ORDER = {"order_id": "o-1", "lines": []}


def delivery(secret: str, *, age: timedelta = timedelta(0), webhook_id: str = "o-1") -> tuple[dict[str, str], bytes]:
    """Signed just now: a moment kept from the import would be too old by the time a long run gets here."""
    at = datetime.now(UTC) - age  # noqa: TID251 - the library judges timestamps by the real clock
    body = json.dumps({"subject": "o-1", "data": ORDER})
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }
    return headers, body.encode()


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def maker(secret: str) -> SampleManufacturer:
    return SampleManufacturer(secret)


def test_a_signed_order_is_received_once_however_often_it_comes(maker: SampleManufacturer, secret: str) -> None:
    assert [maker.receive(*delivery(secret)) for _ in range(3)] == [204, 204, 204]
    assert maker.received["o-1"]["order"] == ORDER
    assert maker.received["o-1"]["deliveries"] == 3
    assert maker._unanswered.qsize() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": ""},
        {"webhook-id": "o-2"},
        {"webhook-timestamp": "0"},
        {"webhook-timestamp": "soon"},
    ],
)
def test_a_wrong_header_is_refused(maker: SampleManufacturer, secret: str, change: dict[str, Any]) -> None:
    headers, body = delivery(secret)
    assert maker.receive({**headers, **change}, body) == 401
    assert (maker.received, maker.refused) == ({}, 1)


def test_another_secret_another_body_and_an_old_delivery_are_refused(maker: SampleManufacturer, secret: str) -> None:
    headers, body = delivery(secret)
    assert maker.receive(*delivery(new_secret())) == 401
    assert maker.receive(headers, body + b" ") == 401
    assert maker.receive(headers, b"\xff") == 401
    assert maker.receive(*delivery(secret, age=timedelta(minutes=6))) == 401
    assert maker.received == {}
