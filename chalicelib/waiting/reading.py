"""Entries as their fans see them, and draws as everybody does."""

from chalicelib.batches import rules as batch_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel.ids import CursorInvalid, read_cursor
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import quoting, routing
from chalicelib.preorders.offer import Offer
from chalicelib.room import store as room
from chalicelib.waiting import draw_rules, draw_store, entering, rules, store
from chalicelib.waiting.draw import PublishedDraw
from chalicelib.waiting.draw_rules import DrawNotHeld
from chalicelib.waiting.model import Entry, ShownDrawEntry, ShownEntry, ShownOffer
from chalicelib.waiting.rules import EntryMissing

MOST_DIGITS = 5  # of the number of a page


def show(ports: Ports, fan_id: str, campaign_id: str) -> ShownEntry:
    """Refuses with EntryMissing."""
    return shown(ports, store.get(ports.table, fan_id, campaign_id))


def show_drawn(ports: Ports, fan_id: str, campaign_id: str, number: str) -> ShownDrawEntry:
    """An entry in a draw. Refuses with CampaignMissing, WaveMissing, EntryMissing, also when it was withdrawn."""
    entry = entering.own(ports, fan_id, campaign_id, number)
    if entry.state == "withdrawn":
        raise EntryMissing("You have withdrawn your entry.")
    return shown_drawn(ports, entry)


def shown_drawn(ports: Ports, entry: Entry) -> ShownDrawEntry:
    """An entry that nobody has drawn when the sale ends has lapsed with it."""
    answer = shown(ports, entry).model_dump() | entry.model_dump(include={"wave", "rank", "allotted"})
    if entry.state == "entered":
        sale = routing.sale_of(ports, entry.campaign_id, seconds=ports.settings.campaign_fresh_seconds)
        answer |= {} if sale.campaign.state == "preselling" else {"state": "lapsed"}
    return ShownDrawEntry.model_validate(answer)


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


def published(ports: Ports, campaign_id: str, number: str, cursor: str | None) -> PublishedDraw:
    """One page of a draw, from the moment on at which its list stands. Refuses with CampaignMissing, WaveMissing,
    DrawNotHeld, CursorInvalid."""
    wave = draw_rules.drawn_wave(campaigns.get(ports.table, campaign_id), number)
    head = draw_store.find(ports.table, campaign_id, wave.number)
    if head is None or not head.list_hash:
        raise DrawNotHeld
    page = int(read_cursor(cursor, _is_page) or 0)
    if page and page >= head.list_pages:
        raise CursorInvalid
    return PublishedDraw(
        campaign_id=campaign_id,
        wave=wave.number,
        units=head.units,
        commitment=head.commitment,
        seed=head.seed,
        list_hash=head.list_hash,
        entries=tuple(draw_store.page_of(ports.table, head, page) if head.list_pages else ()),
        entries_next_cursor=str(page + 1) if page + 1 < head.list_pages else None,
    )


def _is_page(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
