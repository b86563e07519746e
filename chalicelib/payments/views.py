"""Payments as fans and organisers see them, and what they send about them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.kernel.instants import Instant
from chalicelib.kernel.money import MOST_MINOR, Currency
from chalicelib.kernel.words import Kept, Sent
from chalicelib.payments.model import Payment, PlanKind, Refund, State

# What the provider's element gives to the page: it stands for a card, and is none.
Method = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,100}$"), Field(repr=False)]


class ProviderShown(Kept):
    """Whose element the page is to show, and the provider's own key for pages, which is no secret."""

    provider: Literal["simulated", "stripe"]
    publishable_key: str | None


# One that is void is shown to nobody: the bank has done it.
ShownRefundState = Literal["requested", "pending", "succeeded", "failed"]


class RefundShown(Kept):
    """One refund of a pre-order. It has arrived when it has `succeeded`."""

    number: int
    amount_minor: int
    state: ShownRefundState
    reason: str
    requested_at: Instant


class PaymentShown(Kept):
    """How the money of one's own pre-order stands. `due_minor`: what is to have been taken in all by now. `action`:
    what the provider's element needs for its holder to confirm, until `hold_until`. `drop_at`: until when a declined
    payment can be mended. `disputed_minor`: what its fan has got back through the bank."""

    preorder_id: str
    state: State
    plan: PlanKind
    currency: Currency
    amount_most_minor: int
    due_minor: int
    captured_minor: int
    refunded_minor: int
    disputed_minor: int
    refunds: tuple[RefundShown, ...]
    problem: str | None
    action: str | None
    hold_until: Instant | None
    drop_at: Instant | None


class NewMethod(Sent):
    """Another card, as the token that the provider's element has given for it."""

    payment_method: Method


class Confirmation(Sent):
    """What a fan says on the bank's page of the provider without money."""

    action: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,500}$"), Field(repr=False)]
    approve: bool


class Done(Kept):
    """It was heard."""

    ok: Literal[True] = True


class NewRefund(Sent):
    """What an organiser gives back of a pre-order that is paid for, and why. The fan reads the reason."""

    amount_minor: Annotated[int, Field(ge=1, le=MOST_MINOR, description="minor units of the currency")]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class OpenRefund(RefundShown):
    """A refund that has not arrived. `problem`: why it has failed."""

    preorder_id: str
    currency: Currency
    problem: str | None


class OpenRefundPage(Kept):
    """One page of a campaign's open refunds."""

    items: list[OpenRefund]
    next_cursor: str | None


class ShownDifference(Kept):
    """One movement on which our ledger and the provider do not agree."""

    kind: Literal["unknown_to_us", "unknown_to_provider", "amount_differs", "state_differs"]
    movement: str
    reference: str
    preorder_id: str
    ours_minor: int | None = None
    theirs_minor: int | None = None


class Reconciliation(Kept):
    """How a campaign's ledger compares with the provider's books: of so many movements since then so many differ; the
    first two hundred of these are listed."""

    reconciled_at: Instant
    since: Instant
    compared: int
    differing: int
    differences: tuple[ShownDifference, ...]


def shown(payment: Payment) -> PaymentShown:
    """As its fan sees it."""
    is_before_the_lock = payment.series == "first"
    # What the last try came to says nothing about the one that is under way.
    is_tried = payment.state == "overdue" and (payment.again or payment.answered < payment.tries)
    return PaymentShown(
        preorder_id=payment.preorder_id,
        state="collecting" if is_tried else payment.state,
        plan=payment.plan,
        currency=payment.currency,
        amount_most_minor=payment.amount_most_minor,
        due_minor=payment.first_minor if is_before_the_lock else payment.due_minor,
        captured_minor=payment.captured_minor,
        refunded_minor=payment.refunded_minor,
        disputed_minor=payment.lost_minor,
        refunds=tuple(RefundShown.model_validate(one.model_dump()) for one in payment.refunds if one.state != "void"),
        problem=payment.problem,
        action=payment.action,
        hold_until=payment.hold_until if payment.state in ("requested", "action_required") else None,
        drop_at=payment.drop_at if payment.state in ("collecting", "overdue") else None,
    )


def opened(payment: Payment, refund: Refund) -> OpenRefund:
    """As its organiser sees it."""
    told = refund.model_dump() | {"preorder_id": payment.preorder_id, "currency": payment.currency}
    return OpenRefund.model_validate(told)
