"""Manufacturing orders: what a manufacturer is asked to make for one batch, and the answers to it."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.campaigns.model import PartCount
from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import Currency
from chalicelib.kernel.words import Kept, Note, Sent, Slug, Variant

AnswerKind = Literal["received", "accepted", "accepted_with_changes", "rejected"]
State = Literal["issued", "received", "accepted", "accepted_with_changes", "rejected"]


class Line(Kept):
    """One variant: how many, at which unit price, and the parts that these units take together."""

    line: int
    variant: Variant
    quantity: int
    unit_price_minor: int
    parts: tuple[PartCount, ...]


class NewAnswer(Sent):
    """What the manufacturer says. A change or a rejection should carry a note."""

    answer: AnswerKind
    note: Note | None = None


class Answer(Kept):
    """An answer as received."""

    answer: AnswerKind
    note: str | None = None
    at: Instant


class OrderHead(Kept):
    """A manufacturing order without its lines: what lists show."""

    order_id: str
    campaign_id: str
    batch_number: int
    revision: int
    manufacturer_id: str
    organiser_id: Annotated[str, Field(exclude=True)]
    state: State
    currency: Currency
    units: int
    total_minor: int
    line_count: int
    parts: tuple[PartCount, ...]
    ships_at: Instant
    issued_at: Instant
    delivered_at: Instant | None = None
    delivery_attempts: int = 0
    delivery_problem: str | None = None
    answers: tuple[Answer, ...] = ()


class ManufacturingOrder(OrderHead):
    """A manufacturing order with its lines."""

    lines: tuple[Line, ...]


class OrderPage(Kept):
    """One page of a list of orders, newest first."""

    items: list[OrderHead]
    next_cursor: str | None


class Manufacturer(Kept):
    """A maker as registered. The webhook's secret lives in the secret store, never here."""

    manufacturer_id: Slug
    name: str
    endpoint_url: str
    enabled: bool = True


class Envelope(Kept):
    """The body of the webhook: CloudEvents 1.0 names, the order as issued in `data`."""

    specversion: str = "1.0"
    id: str
    source: str
    type: str = "groundswell.manufacturing-order.issued"
    subject: str
    time: Instant
    datacontenttype: str = "application/json"
    data: ManufacturingOrder
