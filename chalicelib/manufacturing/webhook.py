"""The signed webhook, after the Standard Webhooks specification 1.0: id.timestamp.body under HMAC-SHA256."""

from datetime import datetime

from chalicelib.manufacturing import rules
from chalicelib.manufacturing.model import ManufacturingOrder


def signed(order: ManufacturingOrder, *, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body. Id and body are the same on every resend; only the timestamp, and with it the signature,
    differs.

    `secret`: one, or while it is rotated the new and the old one with a space between. Each signs, and the header holds
    all signatures: a receiver takes the webhook when any of them is good by the secret that it knows.
    """
    from standardwebhooks.webhooks import Webhook  # noqa: PLC0415 - only the delivering function pays for it

    body = rules.envelope(order).model_dump_json()
    signatures = [Webhook(one).sign(order.order_id, now, body) for one in secret.split()]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Groundswell/0.1",
        "webhook-id": order.order_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return headers, body.encode()
