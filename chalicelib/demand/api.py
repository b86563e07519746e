"""Addresses of the thread of demand."""

from chalice.app import Blueprint

from chalicelib.campaigns.rules import CampaignMissing
from chalicelib.demand import counting, thread
from chalicelib.demand.model import Demand, OrderedPage, Thread
from chalicelib.kernel import ids
from chalicelib.manufacturing.rules import OrderMissing
from chalicelib.plumbing.door import Call, Door
from chalicelib.preorders.rules import PreorderMissing

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route("GET", "/v1/preorders/{preorder_id}/thread", roles=("fan",), answer=Thread, refusals=(PreorderMissing,))
def show_thread(call: Call, preorder_id: str) -> Thread:
    """Show what you voted, what won, and what became of your pre-order"""
    return thread.thread(call.ports, call.identity.subject, preorder_id)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/demand",
    roles=("organiser",),
    answer=Demand,
    refusals=(CampaignMissing,),
)
def show_demand(call: Call, campaign_id: str) -> Demand:
    """Show votes beside pre-orders, option by option"""
    return counting.demand(call.ports, call.identity.subject, campaign_id)


@door.route(
    "GET",
    "/v1/manufacturing-orders/{order_id}/lines/{line}/preorders",
    roles=("organiser",),
    answer=OrderedPage,
    paged=True,
    refusals=(OrderMissing, thread.LineMissing, ids.CursorInvalid),
)
def list_behind_line(call: Call, order_id: str, line: str) -> OrderedPage:
    """List the pre-orders behind one line of an order"""
    cursor = ids.read_cursor(call.query.get("cursor"), thread.is_cursor)
    items, next_cursor = thread.behind_line(
        call.ports, call.identity.subject, order_id, line, cursor=cursor, limit=call.limit
    )
    return OrderedPage(items=items, next_cursor=next_cursor)
