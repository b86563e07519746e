"""Joining the waiting list, being offered a place, and giving it on. What becomes free is offered in the order of
joining; to pre-order is to accept (`preorders.accepting`)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.batches.store import Sale
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.admission import NOT_ADMITTED
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids, instants
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import accepting, routing
from chalicelib.preorders import rules as preorder_rules
from chalicelib.preorders import store as preorders
from chalicelib.preorders.offer import Offer
from chalicelib.room import rules as room_rules
from chalicelib.room import store as room
from chalicelib.waiting import draw_store, rules, store
from chalicelib.waiting.model import Entry, EntryState, NewEntry, Waiter
from chalicelib.waiting.rules import AlreadyWaiting, Choice

TRIES = 4


def join(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewEntry) -> Entry:
    """Puts the fan at the end of the list. Same key and body: the entry as it stands.

    Refuses with IdempotencyKeyReused, CampaignMissing, CampaignNotPreselling, VariantUnavailable, LimitReached,
    RoomLeft, AlreadyWaiting; and while no wave is open to the fan with what `admission.NOT_ADMITTED` names.
    """
    for _ in range(TRIES):
        before = store.find(ports.table, fan_id, campaign_id)
        if before is not None and before.digest == ids.key_digest(key):
            if before.fingerprint != rules.fingerprint(new):
                raise preorder_rules.IdempotencyKeyReused
            return before
        sale, now = routing.sale_of(ports, campaign_id), ports.clock.now()
        before = _cleared(ports, before, now)
        if draw_store.is_waited(ports.table, sale.campaign, fan_id, now):
            raise AlreadyWaiting
        entry = _judged(ports, sale, fan_id, new, key=key)
        if not sale.campaign.waits:
            ports.table.commit(campaigns.somebody_waits(campaign_id))
        try:
            ports.table.commit(*store.joining(entry, before))
        except AlreadyWaiting:
            continue  # with this very key, perhaps
        telemetry.count("waiting_joined")
        return entry
    raise Busy


def _judged(ports: Ports, sale: Sale, fan_id: str, new: NewEntry, *, key: str) -> Entry:
    now, wanted, campaign = ports.clock.now(), rules.wanted(new), sale.campaign
    lines = preorder_rules.accept(campaign, wanted)
    units = preorder_rules.units_of(lines)
    others = preorders.list_in_campaign(ports.table, fan_id, campaign.campaign_id)
    preorder_rules.check_limit(campaign, others, units)
    way = routing.route(ports, sale, fan_id, lines, new=wanted, now=now)
    if isinstance(way.refusal, NOT_ADMITTED):
        raise way.refusal
    if any(batch_rules.room_of(stop.batch, stop.books) >= units for stop in way.stops):
        raise rules.RoomLeft
    return Entry(
        entry_id=ports.ids.new(),
        campaign_id=campaign.campaign_id,
        fan_id=fan_id,
        state="waiting",
        lines=lines,
        units=units,
        all_or_none=new.all_or_none,
        accepts_total_minor=new.accepts_total_minor,
        accepts_ships_at=new.accepts_ships_at,
        joined_at=now,
        digest=ids.key_digest(key),
        fingerprint=rules.fingerprint(new),
    )


def _cleared(ports: Ports, before: Entry | None, now: datetime) -> Entry | None:
    """The fan's earlier entry, once it is over. Refuses with AlreadyWaiting."""
    if before is not None and before.offer is not None and before.state == "offered":
        batch = batches.get(ports.table, before.campaign_id, before.offer.batch_number)
        if rules.is_over(before, now) or not accepting.units_left(ports.table, batch, before.offer):
            return _end(ports, before, "lapsed")
    if before is not None and before.state in ("waiting", "offered"):
        raise AlreadyWaiting
    return before


def leave(ports: Ports, fan_id: str, campaign_id: str) -> Entry:
    """Leaves the list, or declines the offer; twice is once. Refuses with EntryMissing."""
    return give_up(ports, lambda: store.get(ports.table, fan_id, campaign_id))


def give_up(ports: Ports, find: Callable[[], Entry]) -> Entry:
    """The same of an entry wherever it is found."""
    for _ in range(TRIES):
        entry = find()
        if entry.state == "offered":
            return _end(ports, entry, "left")
        if entry.state != "waiting":
            return entry
        try:
            ports.table.commit(*store.leaving(entry))
        except Busy:
            continue  # it was offered something at this very moment
        return entry.model_copy(update={"state": "left"})
    raise Busy


def offer_all(ports: Ports, campaign_id: str) -> None:
    """Somebody has joined: what may have been free already is offered."""
    for batch in batches.list_all(ports.table, campaign_id):
        if batch_rules.offerable_units(batch):
            offer(ports, campaign_id, batch.number)


def offer(ports: Ports, campaign_id: str, number: int) -> bool:
    """Offers units given back to those who wait, in their order, at most forty at once: the change that this makes to
    the batch rings for the next. Answers whether anybody waits for room in this batch. Twice is once: units are given
    out with the entries that they are given to, or not at all."""
    campaign = campaigns.get(ports.table, campaign_id)
    if not campaign.waits or campaign.state != "preselling":
        return False
    for _ in range(TRIES):
        batch, now = batches.get(ports.table, campaign_id, number), ports.clock.now()
        free = batch_rules.offerable_units(batch)
        if free <= 0 or not batch_rules.takes(batch, now):
            return True
        choice = rules.choose(_interested(ports, campaign, batch), free)
        try:
            _give(ports, campaign, batch, choice, now)
        except Busy:
            continue
        return choice.waited_for
    raise Busy


def _interested(ports: Ports, campaign: Campaign, batch: Batch) -> Iterator[Waiter]:
    asked = islice(store.in_order(ports.table, campaign.campaign_id), rules.MOST_ASKED)
    return (waiter for waiter in asked if rules.accepts(campaign, batch, waiter))


def _give(ports: Ports, campaign: Campaign, batch: Batch, choice: Choice, now: datetime) -> None:
    """The pages and the entries that they are for, in one transaction."""
    if not choice.offers:
        return
    book, page = batches.offered_at(batch)
    room_there = room_rules.PAGES_PER_GROUP - page
    chosen, until = choice.offers[:room_there], rules.until(campaign, batch, now)
    writes = [batches.offering(batch, tuple(one.units for one in chosen))]
    for place, one in enumerate(chosen, start=page):
        kept = Offer(batch_number=batch.number, book=book, page=place, units=one.units, until=until)
        writes += store.offering(one.waiter, kept)
    ports.table.commit(*writes)
    telemetry.count("waiting_offered", len(chosen))


def end_due(ports: Ports) -> None:
    """Gives on what was offered and not taken in time. One that cannot be ended is logged, keeps no other waiting, and
    is looked at again by the next tick."""
    for entry in store.list_due(ports.table, instants.text(ports.clock.now()), limit=500):
        try:
            _end(ports, entry, "lapsed")
        except Exception:  # noqa: BLE001 - each offer for itself
            telemetry.log.exception("an offer stays open", extra={"campaign_id": entry.campaign_id})
            telemetry.count("offers_stuck")


def _end(ports: Ports, entry: Entry, end: EntryState) -> Entry:
    """offered -> taken where the fan has taken units, else the given end. First the page is filled up, which decides
    between the fan and the clock; then the entry says so. Broken off between the two, the clock does it again."""
    taken = _close_page(ports, entry)
    end = "taken" if taken else end
    ports.table.attempt(store.ending(entry, end))  # unless somebody else has
    return entry.model_copy(update={"state": end})


def _close_page(ports: Ports, entry: Entry) -> bool:
    """Nobody can claim on it any more; what was left is given back. Answers whether the fan has claimed."""
    assert entry.offer is not None
    batch = batches.get(ports.table, entry.campaign_id, entry.offer.batch_number)
    book = batch.shelf()[entry.offer.book - 1]
    for _ in range(TRIES):
        [sheet] = room.read(ports.table, entry.campaign_id, [entry.offer.spot], consistent=True)
        if not room_rules.room(book, sheet):
            return bool(sheet.claims)
        ports.table.attempt(room.filling_up(entry.campaign_id, book, sheet))
    raise Busy
