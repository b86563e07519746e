"""Addresses of payments: for fans, for organisers, and for the provider."""

from chalice.app import Blueprint

from chalicelib.campaigns import rules as campaign_rules
from chalicelib.kernel import ids
from chalicelib.payments import events, giving_back, mending, reconciling, rules, views
from chalicelib.payments.model import Payment
from chalicelib.payments.views import (
    Confirmation,
    Done,
    NewMethod,
    NewRefund,
    OpenRefundPage,
    PaymentShown,
    ProviderShown,
    Reconciliation,
)
from chalicelib.plumbing.door import Call, Door
from chalicelib.plumbing.gateway.port import EventForged

blueprint = Blueprint(__name__)
door = Door(blueprint)


@door.route("GET", "/v1/payments/provider", answer=ProviderShown, fresh_seconds=60)
def show_provider(call: Call) -> ProviderShown:
    """Show which payment provider's element the page is to use"""
    settings = call.ports.settings
    told = {"provider": settings.payment_provider, "publishable_key": settings.payment_publishable_key or None}
    return ProviderShown.model_validate(told)


@door.route("POST", "/v1/payments/events", answer=Done, headers=("Payment-Signature",), refusals=(EventForged,))
def take_event(call: Call) -> Done:
    """Take a signed event of the payment provider"""
    events.take(call.ports, call.headers, call.raw)
    return Done()


@door.route("POST", "/v1/payments/simulated/confirm", body=Confirmation, answer=Done, refusals=(rules.NotSimulated,))
def confirm(call: Call, sent: Confirmation) -> Done:
    """Approve or decline at the bank, where payments are simulated"""
    mending.confirm(call.ports, sent.action, approve=sent.approve)
    return Done()


@door.route(
    "GET",
    "/v1/preorders/{preorder_id}/payment",
    roles=("fan",),
    answer=PaymentShown,
    refusals=(rules.PaymentMissing,),
)
def show(call: Call, preorder_id: str) -> PaymentShown:
    """Show how the money of one of your pre-orders stands"""
    return views.shown(mending.own(call.ports, call.identity.subject, preorder_id))


@door.route(
    "PUT",
    "/v1/preorders/{preorder_id}/payment",
    roles=("fan",),
    body=NewMethod,
    answer=PaymentShown,
    refusals=(rules.PaymentMissing, rules.NothingToPay),
)
def send_method(call: Call, sent: NewMethod, preorder_id: str) -> PaymentShown:
    """Send another card for a payment that was declined or is to be confirmed"""
    method = sent.payment_method
    return views.shown(mending.send_method(call.ports, call.identity.subject, preorder_id, method))


@door.route(
    "POST",
    "/v1/preorders/{preorder_id}/payment/look",
    roles=("fan",),
    answer=PaymentShown,
    refusals=(rules.PaymentMissing,),
)
def look(call: Call, preorder_id: str) -> PaymentShown:
    """Say that you have confirmed with your bank: it is looked at now"""
    return views.shown(mending.look(call.ports, call.identity.subject, preorder_id))


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/refunds",
    roles=("organiser",),
    answer=OpenRefundPage,
    paged=True,
    refusals=(campaign_rules.CampaignMissing, ids.CursorInvalid),
)
def list_refunds(call: Call, campaign_id: str) -> OpenRefundPage:
    """List the refunds of a campaign that have not arrived, so many pre-orders at a time"""
    cursor = ids.read_cursor(call.query.get("cursor"), ids.is_preorder_id)
    who = call.identity.subject
    items, next_cursor = giving_back.list_open(call.ports, who, campaign_id, cursor=cursor, limit=call.limit)
    return OpenRefundPage(items=items, next_cursor=next_cursor)


@door.route(
    "POST",
    "/v1/preorders/{preorder_id}/refunds",
    roles=("organiser",),
    body=NewRefund,
    answer=PaymentShown,
    status=201,
    headers=("Idempotency-Key",),
    refusals=(
        rules.RefundKeyMissing,
        rules.PaymentMissing,
        rules.NotPaid,
        rules.RefundTooLarge,
        rules.RefundKeyReused,
    ),
)
def give_back(call: Call, new: NewRefund, preorder_id: str) -> PaymentShown:
    """Give back a part of what was paid for an ordered pre-order, or all of it"""
    key = rules.check_key(call.headers.get("idempotency-key"))
    return _without_action(giving_back.give_back(call.ports, call.identity.subject, preorder_id, key=key, new=new))


@door.route(
    "POST",
    "/v1/preorders/{preorder_id}/refunds/{number}/again",
    roles=("organiser",),
    answer=PaymentShown,
    refusals=(rules.PaymentMissing, rules.RefundMissing, rules.RefundNotFailed),
)
def try_again(call: Call, preorder_id: str, number: str) -> PaymentShown:
    """Try a refund that has failed once more"""
    return _without_action(giving_back.try_again(call.ports, call.identity.subject, preorder_id, number))


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/reconciliation",
    roles=("organiser",),
    answer=Reconciliation,
    refusals=(campaign_rules.CampaignMissing, reconciling.NotReconciled),
)
def show_reconciliation(call: Call, campaign_id: str) -> Reconciliation:
    """Show how the ledger compares with the payment provider's books"""
    return reconciling.show(call.ports, call.identity.subject, campaign_id)


def _without_action(payment: Payment) -> PaymentShown:
    """What the fan's own page confirms with is for nobody else."""
    return views.shown(payment.model_copy(update={"action": None}))
