"""Placing a pre-order: written down first, then room is taken with one conditional write, which is what counts.

    wanted      the promise in the fan's partition: 1 write unit; by itself it holds nothing
    claimed     its reference on a page of a batch: 1 write unit; from here on it exists
    (stream)    a payment is asked for; once that is secured, the units count

Whatever breaks off between the two leaves a promise that holds nothing, and the same key goes on with it.
"""

from contextlib import suppress

from chalicelib.batches.rules import BatchFull
from chalicelib.batches.store import Sale
from chalicelib.kernel import ids, instants
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import households, quoting, rules, store
from chalicelib.preorders.model import NewPreorder, Preorder, Promise
from chalicelib.preorders.routing import Route, claimed, frozen, route, sale_of, sale_with
from chalicelib.preorders.store import PlaceTaken

TRIES = 4


def place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    """Takes room in the earliest batch that has it. 2 write units when the first page has room, and nothing to read
    while the container remembers the sale.

    Same key and body: the first answer, for ever, whatever has happened since. Refuses with IdempotencyKeyReused,
    CampaignMissing, CampaignNotPreselling, VariantUnavailable, LimitReached, BatchFull, TotalAboveAccepted,
    ShipsLater, WaveNotOpen, AccessCodeWrong, RegionNotServed; then no room was taken.
    """
    try:
        return _place(ports, fan_id, campaign_id, key=key, new=new)
    except Refusal:
        # Only who has no pre-order under this key is refused: one read, and only on the way to a refusal.
        if found := answered(ports, fan_id, campaign_id, key, new):
            return found
        raise


def _place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    for _ in range(TRIES):
        sale = sale_of(ports, campaign_id, seconds=ports.settings.campaign_fresh_seconds)
        lines, now = rules.accept(sale.campaign, new), ports.clock.now()
        path = route(ports, sale, fan_id, lines, new=new, now=now)
        if not path.has_room(rules.units_of(lines)):
            raise path.refusal
        promise = rules.promised(sale.campaign, fan_id, new, lines, key=key, path=path.path, at=now, dated=path.dated)
        promise = promise.model_copy(update={"household": households.of(sale.campaign, new.address)})
        if _written_down(ports, sale, promise):
            return _take_room(ports, sale, promise, path)
        try:
            return _beside(ports, sale, promise, path, new)
        except PlaceTaken:
            continue
    raise Busy


def _written_down(ports: Ports, sale: Sale, promise: Promise) -> bool:
    """Whether this is the fan's first pre-order in the campaign, and was written down. Refuses with
    HouseholdLimitReached."""
    if not promise.household:
        return ports.table.attempt(store.promising(promise))[0]
    try:
        ports.table.commit(store.promising(promise), *households.taking(sale.campaign, promise))
    except PlaceTaken:
        return False
    return True


def _beside(ports: Ports, sale: Sale, promise: Promise, path: Route, new: NewPreorder) -> Preorder:
    """The fan has pre-ordered before: this is a repeat, or another one, which is judged with the others. Refuses with
    PlaceTaken when the others change meanwhile."""
    others = store.list_in_campaign(ports.table, promise.fan_id, promise.campaign_id)
    if earlier := _same_key(others, promise.digest):
        return _go_on(ports, earlier, others, new)
    others = without_stale(ports, sale, others)
    rules.check_limit(sale.campaign, others, promise.most_units, narrowed=path.limit)
    preorder_id = ids.preorder_id(promise.campaign_id, promise.fan_id, len(others))
    another = promise.model_copy(update={"preorder_id": preorder_id})
    counted = households.taking(sale.campaign, another)
    ports.table.commit(store.promising(another), store.unchanged(others[0]), *counted)
    return _take_room(ports, sale, another, path)


def _same_key(promises: list[Promise], digest: str) -> Promise | None:
    return next((promise for promise in promises if promise.digest == digest), None)


def _take_room(ports: Ports, sale: Sale, promise: Promise, path: Route) -> Preorder:
    wants = rules.wants(sale.campaign, tuple(promise.lines))
    for stop in path.stops:
        if stop.seeker.claim(ids.preorder_ref(promise.preorder_id), wants, promise.units):
            found = stop.seeker.met and store.find(ports.table, promise.fan_id, promise.preorder_id)
            if found and (told := first_answer(ports, found)):
                return told  # a twin has taken the room, and may have promised it anew
            telemetry.count("preorders_placed")
            return quoting.as_placed(promise, sale.campaign, stop.batch)
    with suppress(PlaceTaken):  # a twin has done so, or goes on elsewhere
        ports.table.commit(store.refusing(promise), *households.giving(promise))
    raise path.refusal


def answered(ports: Ports, fan_id: str, campaign_id: str, key: str, new: NewPreorder) -> Preorder | None:
    """The first answer to this key, if it got one."""
    promises = store.list_in_campaign(ports.table, fan_id, campaign_id)
    promise = _same_key(promises, ids.key_digest(key))
    if promise is None:
        return None
    if promise.fingerprint != rules.fingerprint(new):
        raise rules.IdempotencyKeyReused
    return first_answer(ports, promise)


def first_answer(ports: Ports, promise: Promise) -> Preorder | None:
    """What was answered when this pre-order was placed, or None when it has no room."""
    return as_placed(ports, quoting.first_promised(promise))


def as_placed(ports: Ports, promise: Promise) -> Preorder | None:
    """A pre-order that is not secured yet, or None when it has no room."""
    if promise.state == "refused":
        return None
    sale = sale_with(ports, promise)
    taken = claimed(ports, promise, sale)
    if not taken:
        return None
    batch = next(batch for batch in sale.batches if batch.number == taken[0].spot.batch_number)
    return quoting.as_placed(promise, sale.campaign, batch)


def _go_on(ports: Ports, promise: Promise, others: list[Promise], new: NewPreorder) -> Preorder:
    """The same key again: the first answer, or what is left to do."""
    if promise.fingerprint != rules.fingerprint(new):
        raise rules.IdempotencyKeyReused
    if answered := first_answer(ports, promise):
        return answered
    sale, now = sale_of(ports, promise.campaign_id), ports.clock.now()
    if promise.state == "wanted":
        [promise] = renewed(ports, [promise])
        try:
            return _take_room(ports, sale, promise, Route(tuple(frozen(ports, sale, promise)), BatchFull()))
        except BatchFull:
            promise = promise.model_copy(update={"state": "refused"})
    lines = rules.accept(sale.campaign, new)
    path = route(ports, sale, promise.fan_id, lines, new=new, now=now)
    if not path.has_room(promise.units):
        raise path.refusal
    return _revive(ports, sale, promise, path, others)


def renewed(ports: Ports, promises: list[Promise]) -> list[Promise]:
    """The promises as young again, before they can be taken for some that nobody goes on with; those that were placed
    together, together. Refuses with PlaceTaken."""
    now = ports.clock.now()
    if not rules.is_ageing(promises[0], now):
        return promises
    ports.table.commit(*(store.renewing(promise, instants.text(now)) for promise in promises))
    return [promise.model_copy(update={"plan": promise.plan + 1, "renewed_at": now}) for promise in promises]


def _revive(ports: Ports, sale: Sale, promise: Promise, path: Route, others: list[Promise]) -> Preorder:
    """refused -> wanted on another path: it counts for the fan's limit again."""
    rest = [other for other in others if other.preorder_id != promise.preorder_id]
    rules.check_limit(sale.campaign, rest, promise.most_units, narrowed=path.limit)
    now, first = ports.clock.now(), others[0]
    is_first = promise.preorder_id == first.preorder_id
    again = [store.replanning(promise, path.path, placed_at=instants.text(now), grows=is_first, dated=path.dated)]
    again += [] if is_first else [store.growing(first)]
    again += households.taking(sale.campaign, promise)
    ports.table.commit(*again, store.next_place_free(promise.campaign_id, promise.fan_id, len(others)))
    update = {"state": "wanted", "path": path.path, "plan": promise.plan + 1, "placed_at": now, "dated": path.dated}
    return _take_room(ports, sale, promise.model_copy(update=update), path)


def without_stale(ports: Ports, sale: Sale, promises: list[Promise]) -> list[Promise]:
    """Strikes what was wanted long ago and never got room: it must not stand in the fan's way for ever."""
    found = []
    for promise in promises:
        if rules.is_stale(promise, ports.clock.now()) and not claimed(ports, promise, sale):
            ports.table.commit(store.refusing(promise), *households.giving(promise))
            found.append(promise.model_copy(update={"state": "refused"}))
        else:
            found.append(promise)
    return found
