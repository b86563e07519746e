"""The organiser takes units of a batch that is below its minimum, while what was announced leaves time for it: before
the lock by the playbook, after it for what was not paid for."""

from chalicelib.batches import settlement_store as settlements
from chalicelib.batches import store
from chalicelib.batches.model import FILLING, Batch, ClaimLine
from chalicelib.batches.playing import with_next
from chalicelib.batches.promises import numbered
from chalicelib.batches.rules import free_units
from chalicelib.batches.views import NewTopUp
from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns import variants
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.ports import Ports

TRIES = 4


class TopUpNotDue(Conflict):
    """Refused: the batch is not waiting for a top-up (any more)."""

    sentence = "This batch is not waiting for a top-up."


class TopUpTooLarge(Conflict):
    """Refused: more units than the batch has room for."""


class TopUpTooSmall(Conflict):
    """Refused: with so few units the batch would still be below its minimum, and nothing comes after."""


class ToppedUp(Conflict):
    """Refused: the batch was topped up already, with other lines."""

    sentence = "This batch has been topped up already."


class VariantNotMade(Conflict):
    """Refused: a variant of which nothing else is made in this batch."""


def top_up(ports: Ports, organiser_id: str, campaign_id: str, number: str, new: NewTopUp) -> Batch:
    """The organiser takes units of a batch that waits for it, once before the lock and once after drop-outs; they count
    like secured ones, and nothing is paid for them here. The same again is answered alike.

    Refuses with CampaignMissing, BatchMissing, TopUpNotDue, TopUpTooLarge, TopUpTooSmall, ToppedUp, VariantNotMade,
    VariantUnavailable.
    """
    campaign = campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    lines = tuple(
        ClaimLine(variant=variants.complete(campaign, line.variant), quantity=line.quantity) for line in new.lines
    )
    for _ in range(TRIES):
        batch = numbered(ports.table, campaign_id, number)
        if lines == (batch.top_up if batch.top_up_until is None else batch.taken_over):
            return with_next(campaign, batch)
        if batch.state in FILLING:
            _check(ports, batch, lines)
        else:
            _check_taking_over(ports, campaign, batch, lines)
        try:
            ports.table.commit(store.topping_up(batch, lines))
        except Busy:
            continue
        return with_next(campaign, numbered(ports.table, campaign_id, number))
    raise Busy


def _check(ports: Ports, batch: Batch, lines: tuple[ClaimLine, ...]) -> None:
    if batch.top_up:
        raise ToppedUp
    waits = batch.sealed and batch.played and batch.played[-1].kind == "top_up"
    if not waits or batch.waiting_until is None or ports.clock.now() >= batch.waiting_until:
        raise TopUpNotDue
    if _units(lines) > free_units(batch):
        raise TopUpTooLarge(f"This batch has room for {free_units(batch)} more units.")


def _check_taking_over(ports: Ports, campaign: Campaign, batch: Batch, lines: tuple[ClaimLine, ...]) -> None:
    """No more than what was locked, and of variants that are made anyway: no run is begun that misses its minimum."""
    until, missing = batch.top_up_until, batch.missing_units or 0
    if batch.taken_over or (batch.top_up and until is None):
        raise ToppedUp
    if batch.state != "collecting" or until is None or ports.clock.now() >= until:
        raise TopUpNotDue
    if _units(lines) < missing:
        raise TopUpTooSmall(f"This batch needs {missing} more units; with fewer it would still not be made.")
    gone = (batch.final_units or 0) - (batch.needed - missing)
    if _units(lines) > gone:
        raise TopUpTooLarge(f"Only {gone} units of this batch were not paid for; no more can be taken over.")
    made = settlements.paid_by_now(ports.table, campaign, batch)
    if any(not made[variants.code(campaign, line.variant)] for line in lines):
        raise VariantNotMade("Take over variants that others have paid for: nothing else is made in this batch.")


def _units(lines: tuple[ClaimLine, ...]) -> int:
    return sum(line.quantity for line in lines)
