"""Placing, withdrawing and what befalls a pre-order."""

import json

from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.rules import BatchFull, BatchLocked
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import rules, store
from chalicelib.preorders.model import LIVE, NewPreorder, NewQuote, Preorder, Quote, Reason

TRIES = 4


def quote(ports: Ports, campaign_id: str, wanted: NewQuote) -> Quote:
    """What it would cost, and in which batch. Holds nothing. Refuses like `place`."""
    campaign = campaigns.get(ports.table, campaign_id)
    lines = rules.accept(campaign, wanted)
    return rules.quote(campaign, _earliest(ports, campaign, lines), lines)


def _earliest(ports: Ports, campaign: Campaign, lines: tuple[ClaimLine, ...]) -> Batch:
    found = batches.list_all(ports.table, campaign.campaign_id)
    return batch_rules.earliest_with_room(found, rules.units_of(lines), ports.clock.now())


def place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    """Holds room in the earliest batch with room and records the promise, all in one transaction.

    Same key and body: the first answer, for ever, whatever has happened since. Refuses with IdempotencyKeyReused,
    CampaignMissing, CampaignNotPreselling, VariantUnavailable, LimitReached, BatchFull, TotalAboveAccepted,
    ShipsLater; then nothing was changed.
    """
    try:
        return _place(ports, fan_id, campaign_id, key=key, new=new)
    except Refusal:
        # A twin of this request may have been quicker, and have taken the last room itself: its answer is ours.
        if answered := _answered(ports, fan_id, campaign_id, key, new):
            return answered
        raise


def _place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    for _ in range(TRIES):
        if answered := _answered(ports, fan_id, campaign_id, key, new):
            return answered
        campaign = campaigns.get(ports.table, campaign_id)
        lines = rules.accept(campaign, new)
        batch = _earliest(ports, campaign, lines)
        try:
            return _commit(ports, fan_id, key, new, campaign=campaign, batch=batch, lines=lines)
        except rules.LimitReached:
            raise rules.limit_reached(campaign) from None
        except (BatchFull, store.AnsweredBefore):
            continue  # the room went to others, or a twin of this request was quicker: look again
    raise Busy


def _answered(ports: Ports, fan_id: str, campaign_id: str, key: str, new: NewPreorder) -> Preorder | None:
    found = store.find_answer(ports.table, fan_id, campaign_id, idempotency_key=key)
    if found is None:
        return None
    if found["fingerprint"] != rules.fingerprint(new):
        raise rules.IdempotencyKeyReused
    return Preorder.model_validate({**json.loads(found["answer"]), "fan_id": fan_id})


def _commit(  # noqa: PLR0913 - all that a pre-order is made of
    ports: Ports,
    fan_id: str,
    key: str,
    new: NewPreorder,
    *,
    campaign: Campaign,
    batch: Batch,
    lines: tuple[ClaimLine, ...],
) -> Preorder:
    quoted = rules.quote(campaign, batch, lines)
    rules.check_accepted(new, quoted)
    preorder = rules.drawn_up(
        quoted, campaign_id=campaign.campaign_id, fan_id=fan_id, preorder_id=ports.ids.new(), at=ports.clock.now()
    )
    ports.table.commit(
        store.answering(preorder, key, rules.fingerprint(new)),
        store.counting(campaign, fan_id, preorder.units),
        batches.holding(batch, preorder.units, preorder.placed_at),
        batches.claiming(preorder.claim()),
        store.placing(preorder),
        payments.requesting(rules.payment_for(preorder, new.payment_method)),
    )
    telemetry.count("preorders_placed")
    return preorder


def withdraw(ports: Ports, fan_id: str, preorder_id: str) -> Preorder:
    """Gives the room back and lets the payment go, until the lock. Withdrawing twice is once.

    Refuses with PreorderMissing, PreorderEnded, BatchLocked.
    """
    for _ in range(TRIES):
        preorder = store.get(ports.table, fan_id, preorder_id)
        if preorder.state == "withdrawn":
            return preorder
        rules.check_withdrawable(preorder)
        try:
            ports.table.commit(
                store.moving(preorder, "withdrawn"),
                *batches.releasing(preorder.claim(), only_filling=True),
                store.uncounting(preorder),
                payments.moving(preorder_id, "releasing"),
            )
        except (Busy, PaymentMoved):
            continue  # it was secured, or declined, at this very moment
        telemetry.count("preorders_withdrawn")
        return preorder.model_copy(update={"state": "withdrawn"})
    raise Busy


def secure(ports: Ports, fan_id: str, preorder_id: str) -> None:
    """placed -> secured: from here its units count. When the lock came first it lapses, and its payment is let go."""
    preorder = store.get(ports.table, fan_id, preorder_id)
    if preorder.state != "placed":
        return
    try:
        ports.table.commit(store.moving(preorder, "secured"), *batches.securing(preorder.claim()))
    except BatchLocked:
        batch = batches.get(ports.table, preorder.campaign_id, preorder.batch_number)
        lapse(ports, fan_id, preorder_id, reason=rules.RELEASED.get(batch.state, "batch_locked"))


def lapse(ports: Ports, fan_id: str, preorder_id: str, *, reason: Reason) -> None:
    """placed or secured -> lapsed: room, limit and payment are given back, once."""
    preorder = store.get(ports.table, fan_id, preorder_id)
    if preorder.state not in LIVE:
        return
    writes = [
        store.moving(preorder, "lapsed", reason=reason),
        *batches.releasing(preorder.claim(), only_filling=False),
        store.uncounting(preorder),
    ]
    if reason != "payment_declined":
        writes.append(payments.moving(preorder_id, "releasing"))
    ports.table.commit(*writes)
    telemetry.count("preorders_lapsed")
