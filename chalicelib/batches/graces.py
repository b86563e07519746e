"""How long a locked batch waits for its money, and on what of it that depends."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from chalicelib.batches import collecting, rules, store
from chalicelib.batches import settlement_store as settlements
from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import instants
from chalicelib.plumbing.ports import Ports


def made(ports: Ports, campaign: Campaign, batch: Batch, now: datetime) -> Counter[str]:
    """Units by variant code of what would be made of what is paid for, where the next step depends on it; else none.
    Raises ManifestDisagrees, Busy."""
    if collecting.is_collected(batch):
        return settlements.made(ports.table, campaign, batch)
    if collecting.may_prolong(batch, campaign, now):
        return settlements.paid_by_now(ports.table, campaign, batch)
    return Counter()


def waiting(ports: Ports, campaign: Campaign, batch: Batch, step: rules.Step) -> dict[str, Any]:
    """What the step makes the batch wait for: the clock looks at it again when that is over."""
    day, rule = timedelta(seconds=ports.settings.seconds_per_day), campaign.on_drop_outs
    if step.state == "collecting":
        until = step.at + campaign.grace_days * day
        return {"grace_until": instants.text(until), **store.due(batch, until)}
    if step.state == "prolonging" and rule and rule.longer_grace_days:
        until = step.at + rule.longer_grace_days * day
        told = {"grace_until": instants.text(until), "prolonged_at": instants.text(step.at)}
        return told | store.due(batch, until)
    if step.state == "awaiting" and rule and rule.top_up_hours:
        until = step.at + rule.top_up_hours * day / 24
        return {"top_up_until": instants.text(until), "missing_units": step.missing_units, **store.due(batch, until)}
    return {}
