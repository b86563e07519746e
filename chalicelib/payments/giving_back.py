"""Refunds of what is in an order: those that an organiser asks for, and those whose fans chose the money when the ship
date slipped. The organiser carries both. What is given back before the order is asked for by `actions`."""

from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import booking, rules, store
from chalicelib.payments.answers import promised
from chalicelib.payments.model import ARRIVED, Payment
from chalicelib.payments.rules import PaymentMoved
from chalicelib.payments.views import NewRefund, OpenRefund, opened
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports

TRIES = 4


def list_open(
    ports: Ports, organiser_id: str, campaign_id: str, *, cursor: str | None, limit: int
) -> tuple[list[OpenRefund], str | None]:
    """Refunds that have not arrived, pre-order by pre-order. Refuses with CampaignMissing."""
    campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    payments, next_cursor = store.list_refunding(ports.table, campaign_id, cursor=cursor, limit=limit)
    found = [opened(one, refund) for one in payments for refund in one.refunds if refund.state not in ARRIVED]
    return found, next_cursor


def give_back(ports: Ports, organiser_id: str, preorder_id: str, *, key: str, new: NewRefund) -> Payment:
    """Promises a part of what was paid back, at once in the ledger; the worker asks the provider. The organiser carries
    it. The same key again gives nothing more. Refuses with PaymentMissing, NotPaid, RefundTooLarge,
    RefundKeyReused."""
    for _ in range(TRIES):
        payment = _of_organiser(ports, organiser_id, preorder_id)
        earlier = [one for one in payment.refunds if one.asked_by == ids.key_digest(key)]
        if earlier:
            return rules.check_same(payment, earlier, new.amount_minor)
        rules.check_refundable(payment, new.amount_minor, ordered=booking.is_ordered(ports.table, payment))
        try:
            return _promise(ports, payment, new.amount_minor, new.reason, ids.key_digest(key))
        except PaymentMoved:
            continue
    raise Busy


def give_all(ports: Ports, preorder_id: str, reason: str) -> None:
    """Promises everything back that is kept for a pre-order in an order, once for each reason: by a rule that was
    announced. What its fan has got back otherwise is not given back again."""
    for _ in range(TRIES):
        payment = store.get(ports.table, preorder_id)
        minor = payment.net_minor
        if minor <= 0 or any(one.asked_by == reason for one in payment.refunds):
            return
        try:
            _promise(ports, payment, minor, reason, reason)
        except PaymentMoved:
            continue
        return
    raise Busy


def _promise(ports: Ports, payment: Payment, minor: int, reason: str, by: str) -> Payment:
    """Refuses with PaymentMoved when somebody else has changed the payment meanwhile."""
    now = ports.clock.now()
    due = rules.shared_out(payment, minor, now, reason, asked_by=by)
    changes = {"refunds": (*payment.refunds, *due), "given_minor": payment.given_minor + minor}
    told = payment.model_copy(update=changes)
    ports.table.commit(store.revising(payment, told), *booking.writing(told, map(promised, due), now))
    telemetry.count("refunds_given")
    return told


def try_again(ports: Ports, organiser_id: str, preorder_id: str, number: str) -> Payment:
    """A refund that has failed is asked for once more. Refuses with PaymentMissing, RefundMissing, RefundNotFailed."""
    for _ in range(TRIES):
        payment = _of_organiser(ports, organiser_id, preorder_id)
        later = _again(payment, number)
        try:
            ports.table.commit(store.revising(payment, later))
        except PaymentMoved:
            continue
        return later
    raise Busy


def _again(payment: Payment, number: str) -> Payment:
    failed = next((one for one in payment.refunds if str(one.number) == number), None)
    if failed is None:
        raise rules.RefundMissing
    if failed.state != "failed":
        raise rules.RefundNotFailed
    known = {"reference": None, "problem": None, "failed": (*failed.failed, failed.reference or "")}
    again = failed.model_copy(update={"state": "requested", "tries": failed.tries + 1, **known})
    told = tuple(again if one is failed else one for one in payment.refunds)
    return payment.model_copy(update={"refunds": told})


def _of_organiser(ports: Ports, organiser_id: str, preorder_id: str) -> Payment:
    """The payment of a pre-order in a campaign of this organiser. Refuses with PaymentMissing."""
    found = store.find(ports.table, preorder_id) if ids.is_preorder_id(preorder_id) else None
    campaign = campaigns.find(ports.table, found.campaign_id) if found else None
    if found is None or campaign is None or campaign.organiser_id != organiser_id:
        raise rules.PaymentMissing
    return found
