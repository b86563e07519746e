"""Moving batches on. `advance` may run at any time, twice, or beside itself: it re-reads, asks the rule, commits
conditionally."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.batches import counting, graces, ordering, playing, rolling, rollover, rules, store
from chalicelib.batches.model import FILLING, Batch
from chalicelib.batches.playbook import Play
from chalicelib.campaigns import draws, waves
from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import instants
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports

MOST_STEPS = 8


def open_presale(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """settled -> preselling, and the campaign's batches, in one transaction. Refuses with CampaignMissing,
    CampaignNotSettled, CampaignInvalid when the closing time of every batch has passed."""
    campaign = campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    if all(plan.closes_at <= ports.clock.now() for plan in campaign.batches):
        raise campaign_rules.CampaignInvalid("Every batch of this campaign has passed its closing time.")
    seeds = draws.seeds(campaign, ports.ids)
    opened = campaign.model_copy(update={"state": "preselling", "waves": draws.with_commitments(campaign, seeds)})
    put = {"waves": waves.stored(opened.waves)} if seeds else {}
    refusal = campaign_rules.CampaignNotSettled
    move = campaigns.moving(campaign.campaign_id, ("settled",), "preselling", refusal=refusal, **put)
    batches = [store.opening(campaign, number, plan) for number, plan in enumerate(campaign.batches, start=1)]
    drain = timedelta(seconds=ports.settings.drain_seconds)
    ports.table.commit(move, *batches, *draws.opening(campaign, seeds, drain=drain))
    return opened


def advance(ports: Ports, campaign_id: str, number: int, *, waited_for: bool | None = None) -> None:
    """Takes every step that is due. A step that somebody else takes at the same time is decided anew. `waited_for`:
    whether somebody waits for units given back; where that is not known, anybody who ever did may."""
    campaign, judged = campaigns.get(ports.table, campaign_id), playing.Judged()
    for _ in range(MOST_STEPS):
        try:
            if not _stepped(ports, campaign, number, judged, waited_for=waited_for):
                return
        except Busy:
            campaign = campaigns.get(ports.table, campaign_id)  # it may have been cancelled
    raise Busy


def _stepped(ports: Ports, campaign: Campaign, number: int, judged: playing.Judged, *, waited_for: bool | None) -> bool:
    """Takes the one step that is due; answers whether there was one."""
    batch, now = store.get(ports.table, campaign.campaign_id, number), ports.clock.now()
    waits = campaign.waits if waited_for is None else waited_for
    verdict = judged.verdict(ports.table, campaign, batch) if rules.is_cut(batch) else None
    onward = rollover.next_batch(ports.table, campaign, batch, now) if verdict and not verdict.made else None
    made = graces.made(ports, campaign, batch, now)
    step = rules.next_step(
        batch, campaign, now, waited_for=waits, verdict=verdict, next_batch=onward, made_units=made.total()
    )
    if step is None:
        return False
    if step.state == "ordered":
        ordering.order(ports, campaign, batch, step, made)
        telemetry.count("batches_ordered")
    else:
        _take(ports, campaign, batch, step, judged)
    return True


def _take(ports: Ports, campaign: Campaign, batch: Batch, step: rules.Step, judged: playing.Judged) -> None:
    if step.state == "cutting":
        batch = _as_decided(batch, counting.seal(ports, batch))
    if step.state == "rolling":
        filled = counting.fill_up(ports, batch, rolling.left(batch, campaign, step.at))
        batch = _as_decided(batch, filled)
    locks = step.state == "locked"
    settled = judged.settle(ports.table, batch) if locks else {}
    standing = [campaigns.not_cancelled(batch.campaign_id)] if locks or step.state == "collecting" else []
    facts = _facts(campaign, batch, step) | graces.waiting(ports, campaign, batch, step)
    ports.table.commit(store.advancing(batch, step, **facts, **settled), *standing)
    telemetry.count(f"batches_{step.state}")


def _as_decided(before: Batch, after: Batch) -> Batch:
    """The batch with its counters brought up. Busy when somebody else has moved it on meanwhile: one that was opened
    again has books that were not sealed here."""
    names = ("state", "sealing_at", "sealed", "books", "turns")
    if any(getattr(before, name) != getattr(after, name) for name in names):
        raise Busy
    return after


def _facts(campaign: Campaign, batch: Batch, step: rules.Step) -> dict[str, Any]:
    """What is written with the step; beside a new state, for good."""
    at = instants.text(step.at)
    if step.play is not None:
        return _played(campaign, batch, step, step.play)
    if step.state == "locked":
        return {"locked_at": at}
    if step.state == "reopening" and campaign.waits:
        return {"sealing_at": None, "sealed": None, **_next_due(campaign, batch, step)}
    if step.state in ("reissuing", "reopening"):
        return {**_new_book(campaign, batch, step), "sealing_at": None, "sealed": None}
    if step.state == "rolling":
        free = 0 if campaign.waits else rules.free_units(batch)
        put = _new_book(campaign, batch, step) if free else _next_due(campaign, batch, step)
        return put | {"rolled": max(batch.rolled, waves.ended(campaign.waves, step.at))}
    return {
        "sealing": {"sealing_at": at, **store.due(batch, rules.end(batch, campaign))},
        "cutting": {"sealed": True},
        "calling_off": {"late": True},
        "confirmed": {"confirmed_at": instants.text(batch.confirmed_at or step.at)},
        "dropping": {"dropping": True},
        "short": {"ended_at": at, "final_units": _final_units(batch)},
        "cancelled": {"ended_at": at, "final_units": _final_units(batch)},
    }.get(step.state, {})


def _final_units(batch: Batch) -> int:
    """Those of a batch that is not made: also of what has rolled over since, or was locked and not paid for."""
    return batch.secured_units if batch.final_units is None else batch.final_units


def _played(campaign: Campaign, batch: Batch, step: rules.Step, play: Play) -> dict[str, Any]:
    """A step of the playbook, and what it leads to at once: refunded, or open again until a later end."""
    put = store.playing(batch, play)
    if play.kind == "refund":
        put |= _facts(campaign, batch, replace(step, play=None))
    if play.closes_at is not None:
        later = batch.model_copy(update={"closes_at": play.closes_at})
        put |= _facts(campaign, later, replace(step, state="reopening", play=None))
    return put


def _new_book(campaign: Campaign, batch: Batch, step: rules.Step) -> dict[str, Any]:
    """All units given back, for the first wave that is not over, or for everybody."""
    book = store.new_book(batch, rules.free_units(batch), wave=waves.heir(campaign.waves, step.at))
    return book | _next_due(campaign, batch, step)


def _next_due(campaign: Campaign, batch: Batch, step: rules.Step) -> dict[str, Any]:
    return store.due(batch, rolling.next_due(batch, campaign, waves.ended(campaign.waves, step.at)))


def advance_all(ports: Ports, campaign_id: str) -> None:
    """Moves every batch of a campaign on: after it was closed or cancelled. One that still waits for payments stays
    due."""
    campaign = campaigns.get(ports.table, campaign_id)
    for batch in store.list_all(ports.table, campaign_id):
        if campaign.closed_at is not None and batch.state in FILLING and campaign.closed_at < batch.closes_at:
            ports.table.commit(store.bringing_forward(batch, campaign.closed_at))
        advance(ports, campaign_id, batch.number)


def close_due(ports: Ports) -> None:
    """Moves on the batches whose closing time has passed. One that cannot be moved on is logged, keeps no other
    waiting, and is looked at again by the next tick."""
    for campaign_id, number in store.list_due(ports.table, instants.text(ports.clock.now()), limit=100):
        try:
            advance(ports, campaign_id, number)
        except Exception:  # noqa: BLE001 - each batch for itself
            telemetry.log.exception(
                "a due batch stays where it is", extra={"campaign_id": campaign_id, "batch": number}
            )
            telemetry.count("batches_stuck")
