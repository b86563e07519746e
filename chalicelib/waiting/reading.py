"""An entry as its fan sees it."""

from chalicelib.batches import rules as batch_rules
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import quoting, routing
from chalicelib.preorders.offer import Offer
from chalicelib.room import store as room
from chalicelib.waiting import rules, store
from chalicelib.waiting.model import Entry, ShownEntry, ShownOffer


def show(ports: Ports, fan_id: str, campaign_id: str) -> ShownEntry:
    """Refuses with EntryMissing."""
    return shown(ports, store.get(ports.table, fan_id, campaign_id))


def shown(ports: Ports, entry: Entry) -> ShownEntry:
    """With its place while it waits, and with the offer while there is one."""
    now = ports.clock.now()
    answer = ShownEntry.model_validate(entry.model_dump(exclude={"offer"}))
    if entry.state == "waiting":
        sale = routing.sale_of(ports, entry.campaign_id, seconds=ports.settings.campaign_fresh_seconds)
        if sale.campaign.state != "preselling" or not any(batch_rules.taking(sale.batches, now)):
            return answer.model_copy(update={"state": "lapsed"})
        ahead, exact = store.ahead(ports.table, entry)
        return answer.model_copy(update={"place": ahead + 1, "place_is_exact": exact})
    if entry.state != "offered" or entry.offer is None:
        return answer
    [sheet] = room.read(ports.table, entry.campaign_id, [entry.offer.spot], consistent=True)
    left = entry.offer.units - sheet.counts.taken
    if rules.is_over(entry, now) or not left:
        return answer.model_copy(update={"state": "taken" if sheet.claims else "lapsed"})
    return answer.model_copy(update={"offer": _offer(ports, entry, entry.offer, left)})


def _offer(ports: Ports, entry: Entry, offer: Offer, left: int) -> ShownOffer:
    sale = routing.sale_of(ports, entry.campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    batch = next(one for one in sale.batches if one.number == offer.batch_number)
    lines = rules.clipped(entry.lines, left)
    return ShownOffer(
        batch_number=batch.number,
        units=left,
        until=offer.until,
        lines=lines,
        currency=sale.campaign.currency,
        total_most_minor=quoting.quote(sale.campaign, batch, lines).total_most_minor,
        ships_at=batch.ships_at,
    )
