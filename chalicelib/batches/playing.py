"""The end of a batch, judged from its manifest; and what may still come of it, for whoever looks at it."""

from dataclasses import dataclass
from typing import Any

from chalicelib.batches import settlement_store as settlements
from chalicelib.batches import store
from chalicelib.batches.model import COLLECTING, FILLING, Batch
from chalicelib.batches.settlement_store import Entry, ManifestDisagrees
from chalicelib.batches.settling import TOP_UP, Fate, Verdict, judge
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.agreements import agreed
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.table import Table


@dataclass
class Judged:
    """A cut batch's manifest and what is made of it, read once while one looks at it."""

    turns: tuple[int, int] = (-1, -1)
    entries: dict[str, Entry] | None = None
    found: Verdict | None = None
    campaign: Campaign | None = None

    def verdict(self, table: Table, campaign: Campaign, batch: Batch) -> Verdict:
        """Raises ManifestDisagrees when the pages do not add up to the counters. Busy when the batch has ended since it
        was read."""
        if self.found is None or self.turns != (batch.turns, batch.counted):
            entries = settlements.manifest(table, batch)
            if sum(line.quantity for one in entries.values() for line in one.wishes.lines) != batch.secured_units:
                if store.get(table, batch.campaign_id, batch.number).state != batch.state:
                    raise Busy
                raise ManifestDisagrees(f"{batch.campaign_id} batch {batch.number}")
            self.turns, self.entries, self.campaign = (batch.turns, batch.counted), entries, campaign
            self.found = judge(campaign, batch, {ref: one.wishes for ref, one in entries.items()})
        return self.found

    def settle(self, table: Table, batch: Batch) -> dict[str, Any]:
        """Writes the settlement; answers what the lock says of it."""
        if self.found is None or self.campaign is None or self.entries is None:
            raise ManifestDisagrees(f"{batch.campaign_id} batch {batch.number} locks unjudged")
        settlements.write(table, batch, self.entries, self.found.fates)
        tier = prices.tier(self.campaign.price_ladder, self.found.units)
        final: dict[str, Any] = {"final_units": self.found.units, "final_unit_price_minor": tier.unit_price_minor}
        fates = dict(self.found.fates)
        own = fates.pop(TOP_UP, None)
        final |= {} if own is None else {"top_up": _as_made(self.campaign, own)}
        return final | ({"settled": True} if fates else {})


def _as_made(campaign: Campaign, own: Fate) -> list[dict[str, Any]] | None:
    """What the organiser takes after all: folded as the others were, or nothing where its run is not made."""
    lines = [{"variant": variants.read_code(campaign, code), "quantity": quantity} for code, quantity in own.lines]
    return lines or None


def with_next(campaign: Campaign, batch: Batch) -> Batch:
    """The batch with the step of the playbook that would come next while it fills, and with what drop-outs can cost the
    organiser until it is ordered."""
    told: dict[str, Any] = {}
    if batch.state in (*FILLING, *COLLECTING):
        units = batch.final_units or batch.secured_units + batch.topped_up_units
        told["carried_most_minor"] = prices.carried_most_minor(campaign.price_ladder, batch.needed, units)
    if batch.state in FILLING and campaign.playbook:
        told["next_play"] = agreed(campaign.playbook)[len(batch.played)].kind
    return batch.model_copy(update=told) if told else batch
