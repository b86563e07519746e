"""The manufacturing order of a batch that is paid for, and its place in the ledger."""

from collections import Counter
from datetime import datetime

from chalicelib.batches import rules, store
from chalicelib.batches.model import Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids
from chalicelib.ledger import rules as ledger
from chalicelib.ledger import store as ledger_store
from chalicelib.ledger.rules import Occasion
from chalicelib.manufacturing import rules as order_rules
from chalicelib.manufacturing import store as orders
from chalicelib.manufacturing.model import Line, OrderHead
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write


def order(ports: Ports, campaign: Campaign, batch: Batch, step: rules.Step, made: Counter[str]) -> None:
    """collecting -> ordered: the lines first, which mean nothing by themselves, then state and order in one
    transaction. What is ordered is what was paid for, and what the organiser takes."""
    lines = _lines(campaign, batch, made)
    head = _head(campaign, batch, lines, step.at)
    for write in orders.writing_lines(head.order_id, lines):
        try:
            ports.table.commit(write)
        except orders.LinesExist:
            continue
    booked = _booked(ports, campaign, batch, lines, head)
    standing = campaigns.not_cancelled(batch.campaign_id)
    ports.table.commit(store.advancing(batch, step, order_id=head.order_id), orders.issuing(head), standing, *booked)


def _booked(ports: Ports, campaign: Campaign, batch: Batch, lines: tuple[Line, ...], head: OrderHead) -> list[Write]:
    """What the fans have paid is the maker's from here on; what the organiser takes, the organiser owes."""
    if not head.total_minor:
        return []
    price = {variants.name(line.variant): line.unit_price_minor for line in lines}
    own = sum(line.quantity * price[variants.name(line.variant)] for line in batch.organisers)
    paid = head.total_minor - own
    occasion = Occasion(
        campaign_id=batch.campaign_id,
        currency=campaign.currency,
        at=head.issued_at,
        batch_number=batch.number,
        number=head.revision,
    )
    fee = paid * ports.settings.fee_basis_points // 10_000
    ordered = ledger.ordered(occasion, paid_minor=paid, order_total_minor=head.total_minor, fee_minor=fee)
    return [ledger_store.writing(ordered)]


def _lines(campaign: Campaign, batch: Batch, quantities: Counter[str]) -> tuple[Line, ...]:
    wanted = [(variants.read_code(campaign, code), quantity) for code, quantity in quantities.items()]
    return order_rules.lines(campaign, wanted, batch_units=batch.final_units or 0)


def _head(campaign: Campaign, batch: Batch, lines: tuple[Line, ...], at: datetime) -> OrderHead:
    return OrderHead(
        order_id=ids.order_id(batch.campaign_id, batch.number, revision=1),
        campaign_id=batch.campaign_id,
        batch_number=batch.number,
        revision=1,
        manufacturer_id=campaign.manufacturer_id,
        organiser_id=campaign.organiser_id,
        state="issued",
        currency=campaign.currency,
        units=sum(line.quantity for line in lines),
        total_minor=sum(line.quantity * line.unit_price_minor for line in lines),
        line_count=len(lines),
        parts=order_rules.total_parts(lines),
        ships_at=batch.ships_at,
        issued_at=at,
    )
