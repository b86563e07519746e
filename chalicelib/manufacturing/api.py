"""Addresses of manufacturing orders."""

from chalice.app import Blueprint

from chalicelib.kernel import ids
from chalicelib.manufacturing import actions, rules
from chalicelib.manufacturing.model import ManufacturingOrder, NewAnswer, OrderPage
from chalicelib.plumbing.door import Call, Door

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route(
    "GET",
    "/v1/manufacturing-orders",
    roles=("manufacturer", "organiser"),
    answer=OrderPage,
    paged=True,
    refusals=(ids.CursorInvalid,),
)
def list_visible(call: Call) -> OrderPage:
    """List your orders, newest first: those sent to you, or those of your campaigns"""
    cursor = ids.read_cursor(call.query.get("cursor"), ids.is_order_id)
    items, next_cursor = actions.list_visible(call.ports, call.identity, cursor=cursor, limit=call.limit)
    return OrderPage(items=items, next_cursor=next_cursor)


@door.route(
    "GET",
    "/v1/manufacturing-orders/{order_id}",
    roles=("manufacturer", "organiser"),
    answer=ManufacturingOrder,
    refusals=(rules.OrderMissing,),
)
def show(call: Call, order_id: str) -> ManufacturingOrder:
    """Show one order with its lines"""
    return actions.show(call.ports, call.identity, order_id)


@door.route(
    "POST",
    "/v1/manufacturing-orders/{order_id}/answer",
    roles=("manufacturer",),
    body=NewAnswer,
    answer=ManufacturingOrder,
    refusals=(rules.OrderMissing, rules.AnswerOutOfOrder),
)
def answer(call: Call, new: NewAnswer, order_id: str) -> ManufacturingOrder:
    """Answer an order: received, accepted, accepted_with_changes or rejected"""
    return actions.answer(call.ports, call.identity, order_id, new)
