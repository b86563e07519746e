"""Whom the open waves let in: in which books a fan may look for room at this moment, and how many units. Pure."""

from datetime import datetime

from chalicelib.batches import rolling
from chalicelib.batches import rules as batch_rules
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.rules import BatchFull
from chalicelib.batches.store import Sale
from chalicelib.campaigns import waves
from chalicelib.campaigns.admission import Admission, WaveNotOpen, admit
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.refusals import Refusal
from chalicelib.preorders import parts, rules, wishing
from chalicelib.preorders.model import NewQuote, Promise

Shares = list[tuple[Batch, tuple[ClaimLine, ...]]]


def admitted(campaign: Campaign, wanted: object, lines: tuple[ClaimLine, ...], now: datetime) -> Admission:
    """What is open to whoever asks this. Refuses with LimitReached when it is more than the open wave gives."""
    sent = wanted if isinstance(wanted, NewQuote) else None
    country, code = (sent.country, sent.access_code) if sent else (None, None)
    found = admit(campaign.waves, now, country=country, code=code)
    if found.limit is not None and wishing.most_units(lines) > found.limit:
        raise rules.limit_reached(campaign, found.limit)
    return found


def quoted(sale: Sale, wanted: NewQuote, lines: tuple[ClaimLine, ...], now: datetime) -> Shares:
    """The first batch that seems to have room for the asker, or the two of what may be split. Refuses with BatchFull,
    LimitReached, WaveNotOpen, AccessCodeWrong, RegionNotServed."""
    admission = admitted(sale.campaign, wanted, lines, now)

    def free(batch: Batch, units: int) -> int:
        return min(units, _seeming_units(batch, sale.campaign, admission, now))

    if shares := parts.shared_out(sale.batches, lines, free, split=wanted.may_split):
        return shares
    raise full(sale, admission, now)


def _seeming_units(batch: Batch, campaign: Campaign, admission: Admission, now: datetime) -> int:
    """What it seems to take at this moment: its counters follow by moments."""
    seeming = batch_rules.seeming_room(batch, now)
    return min(seeming, _open_units(batch, campaign, admission, now)) if campaign.waves else seeming


def _open_units(batch: Batch, campaign: Campaign, admission: Admission, now: datetime) -> int:
    """With those that were given back and are about to be opened."""
    coming = batch_rules.free_units(batch) if waves.heir(campaign.waves, now) in admission.waves else 0
    return batch_rules.room_of(batch, rolling.open_books(batch, admission)) + coming


def full(sale: Sale, admission: Admission, now: datetime) -> Refusal:
    """What is said when the books that are open to a fan have no room, or there are none."""
    if admission.refusal is not None:
        return admission.refusal
    announced, over = sale.campaign.waves, waves.ended(sale.campaign.waves, now)
    if over < len(announced):
        return BatchFull(
            "This wave has no room for so many units any more. What is given back goes to those still open."
        )
    if any(plan.draw for batch in batch_rules.taking(sale.batches, now) for plan in batch.books):
        return WaveNotOpen("The last wave is being drawn. What the draw leaves is for everybody: try again then.")
    if any(batch.rolled < over for batch in batch_rules.taking(sale.batches, now)):
        return WaveNotOpen("The last wave has just ended. What it leaves is for everybody in a minute: try again then.")
    return BatchFull()


def limit_on(sale: Sale, promise: Promise, now: datetime) -> int | None:
    """The smallest limit of the open waves on a pre-order's own way."""
    way = set(promise.path.split(","))
    books = (
        (f"{batch.number}.{place}", plan) for batch in sale.batches for place, plan in enumerate(batch.books, start=1)
    )
    passed = {plan.wave for name, plan in books if name in way}
    selling = (wave for wave in sale.campaign.waves if wave.number in passed and wave.opens_at <= now < wave.closes_at)
    return min((wave.limit_per_fan for wave in selling if wave.limit_per_fan is not None), default=None)
