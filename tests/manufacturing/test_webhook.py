"""The signed webhook, as a receiver with the specification in hand checks it."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from chalicelib.manufacturing import webhook
from tests import examples
from tests.hands import SECRET, START


def signature(headers: dict[str, str], body: bytes) -> str:
    """By hand: HMAC-SHA256 of `id.timestamp.body` under the secret's bytes."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_a_receiver_comes_to_the_same_signature():
    headers, body = webhook.signed(examples.order(), secret=SECRET, now=START)
    assert headers["webhook-signature"] == signature(headers, body)
    assert json.loads(body)["data"]["order_id"] == headers["webhook-id"] == examples.ORDER_ID


def test_a_changed_body_has_another_signature():
    headers, body = webhook.signed(examples.order(), secret=SECRET, now=START)
    assert headers["webhook-signature"] != signature(headers, body.replace(b'"units":3', b'"units":4'))


def test_a_resend_differs_in_its_time_and_signature_alone():
    """O2."""
    first, body = webhook.signed(examples.order(), secret=SECRET, now=START)
    again, same = webhook.signed(examples.order(), secret=SECRET, now=START + timedelta(hours=1))
    assert same == body
    assert {name for name in first if first[name] != again[name]} == {"webhook-timestamp", "webhook-signature"}


def test_the_timestamp_is_in_whole_seconds():
    headers, _ = webhook.signed(examples.order(), secret=SECRET, now=START + timedelta(milliseconds=999))
    assert headers["webhook-timestamp"] == str(int(START.timestamp()))
