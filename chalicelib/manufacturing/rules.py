"""How an order is drawn up and how answers move it. Pure: the same batch gives the same lines, byte for byte."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.model import Campaign, PartCount
from chalicelib.campaigns.variants import Variant
from chalicelib.kernel.refusals import Conflict, Missing
from chalicelib.manufacturing.model import Answer, AnswerKind, Envelope, Line, ManufacturingOrder, NewAnswer, OrderHead

NEXT: Mapping[str, tuple[AnswerKind, ...]] = {
    "issued": ("received", "accepted", "accepted_with_changes", "rejected"),
    "received": ("accepted", "accepted_with_changes", "rejected"),
}


class OrderMissing(Missing):
    """Refused: no such order, or it is another's."""

    sentence = "There is no such manufacturing order."


class AnswerOutOfOrder(Conflict):
    """Refused: the order has been answered for good, or was received before."""


def lines(campaign: Campaign, quantities: Iterable[tuple[Variant, int]], *, batch_units: int) -> tuple[Line, ...]:
    """One line per variant in the order of the variants' names, equal variants summed, priced at the batch's one
    tier."""
    summed: dict[str, tuple[Variant, int]] = {}
    for variant, quantity in quantities:
        name = variants.name(variant)
        summed[name] = (variant, quantity + summed.get(name, (variant, 0))[1])
    return tuple(
        Line(
            line=place,
            variant=variant,
            quantity=quantity,
            unit_price_minor=prices.unit_price_minor(campaign, variant, batch_units),
            parts=_times(variants.parts(campaign, variant), quantity),
        )
        for place, (_, (variant, quantity)) in enumerate(sorted(summed.items()), start=1)
    )


def _times(parts: tuple[PartCount, ...], quantity: int) -> tuple[PartCount, ...]:
    return tuple(PartCount(sku=part.sku, quantity=part.quantity * quantity) for part in parts)


def total_parts(ordered: tuple[Line, ...]) -> tuple[PartCount, ...]:
    """The parts of the whole order, by stock-keeping unit."""
    found: dict[str, int] = {}
    for line in ordered:
        for part in line.parts:
            found[part.sku] = found.get(part.sku, 0) + part.quantity
    return tuple(PartCount(sku=sku, quantity=quantity) for sku, quantity in sorted(found.items()))


def decide(order: OrderHead, new: NewAnswer, at: datetime) -> Answer | None:
    """The answer to record, or None when it repeats the last one. Refuses with AnswerOutOfOrder."""
    if order.answers and (order.answers[-1].answer, order.answers[-1].note) == (new.answer, new.note):
        return None
    if new.answer not in NEXT.get(order.state, ()):
        raise AnswerOutOfOrder(
            f"The order is {order.state.replace('_', ' ')}: it cannot become {new.answer.replace('_', ' ')}."
        )
    return Answer(answer=new.answer, note=new.note, at=at)


def envelope(order: ManufacturingOrder) -> Envelope:
    """The webhook's body. It shows the order as issued, so that every resend is the same to the byte."""
    issued = order.model_copy(
        update={
            "state": "issued",
            "answers": (),
            "delivered_at": None,
            "delivery_attempts": 0,
            "delivery_problem": None,
        }
    )
    source = f"/v1/campaigns/{order.campaign_id}"
    return Envelope(id=order.order_id, source=source, subject=order.order_id, time=order.issued_at, data=issued)
