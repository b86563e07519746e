"""Sending orders out and taking answers in."""

from typing import Any

from chalicelib.kernel import instants
from chalicelib.kernel.refusals import Busy
from chalicelib.manufacturing import rules, store, webhook
from chalicelib.manufacturing.model import Manufacturer, ManufacturingOrder, NewAnswer, OrderHead
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.outbound import AddressForbidden, Answer, EndpointSilent
from chalicelib.plumbing.ports import Ports

TRIES = 4
_SUCCESS, _GONE = range(200, 300), 410


class DeliveryFailed(Exception):  # noqa: N818 - raised so that the queue tries again, and in the end parks the message
    """The manufacturer's endpoint did not take the order this time."""


def visible(ports: Ports, who: Identity, order_id: str) -> OrderHead:
    """The order's head if it is theirs: the manufacturer's own, or of the organiser's own campaign. Refuses with
    OrderMissing."""
    head = store.get_head(ports.table, order_id)
    owner, asks = (
        (head.organiser_id, who.subject) if who.role == "organiser" else (head.manufacturer_id, who.manufacturer_id)
    )
    if owner != asks:
        raise rules.OrderMissing
    return head


def show(ports: Ports, who: Identity, order_id: str) -> ManufacturingOrder:
    """Refuses with OrderMissing."""
    visible(ports, who, order_id)
    return store.get(ports.table, order_id)


def list_visible(ports: Ports, who: Identity, *, cursor: str | None, limit: int) -> tuple[list[OrderHead], str | None]:
    """Own orders, newest first."""
    if who.role == "organiser":
        return store.list_for_organiser(ports.table, who.subject, cursor=cursor, limit=limit)
    return store.list_for_manufacturer(ports.table, str(who.manufacturer_id), cursor=cursor, limit=limit)


def answer(ports: Ports, who: Identity, order_id: str, new: NewAnswer) -> ManufacturingOrder:
    """Records the manufacturer's answer; the same answer again changes nothing. Refuses with OrderMissing,
    AnswerOutOfOrder."""
    for _ in range(TRIES):
        head = visible(ports, who, order_id)
        given = rules.decide(head, new, ports.clock.now())
        if given is None:
            break
        try:
            ports.table.commit(store.answering(head, given))
        except Busy:
            continue  # another answer came in between: decide anew
        telemetry.count(f"orders_{given.answer}")
        break
    else:
        raise Busy
    return store.get(ports.table, order_id)


def enqueue(ports: Ports, order_id: str) -> None:
    """Asks the worker to deliver an order."""
    ports.queues.send(ports.settings.orders_queue, {"order_id": order_id})


def deliver(ports: Ports, message: dict[str, Any]) -> None:
    """Sends the signed order once more unless it has arrived. Raises DeliveryFailed for the queue to try again later.

    At least once: a manufacturer may see the same webhook-id twice when our note of its success was lost.
    """
    order = store.get(ports.table, message["order_id"])
    maker = store.find_manufacturer(ports.table, order.manufacturer_id)
    if order.delivered_at is not None:
        return
    if maker is None or not maker.enabled:
        _failed(ports, order, "endpoint_disabled" if maker else "manufacturer_unknown")
    else:
        _post(ports, order, maker)


def _post(ports: Ports, order: ManufacturingOrder, maker: Manufacturer) -> None:
    try:
        secret = ports.secrets.read(f"{ports.settings.webhook_secret_prefix}{maker.manufacturer_id}")
        headers, body = webhook.signed(order, secret=secret, now=ports.clock.now())
        reply: Answer = ports.outbound.post(maker.endpoint_url, headers=headers, body=body)
    except (EndpointSilent, AddressForbidden) as reason:
        return _failed(ports, order, str(reason))
    if reply.status in _SUCCESS:
        ports.table.commit(store.delivered(order.order_id, instants.text(ports.clock.now())))
        return telemetry.count("orders_delivered")
    if reply.status == _GONE:
        ports.table.commit(store.disabling(maker.manufacturer_id))
    return _failed(ports, order, f"status_{reply.status}")


def _failed(ports: Ports, order: ManufacturingOrder, problem: str) -> None:
    ports.table.commit(store.undelivered(order.order_id, problem[:100]))
    telemetry.count("orders_undelivered")
    raise DeliveryFailed(problem)
