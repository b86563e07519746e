"""Placing a pre-order that may be split: its parts are cut for the room of this moment and written down as `wanted`,
then all have room with one transaction, or none.

A cut that was refused can never have room again (`room.together`): only then it is cut anew, under the same key.
"""

from chalicelib.batches.store import Sale
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import households, parts, placing, quoting, rules, store
from chalicelib.preorders.model import NewPreorder, Preorder, Promise
from chalicelib.preorders.routing import Route, Stop, frozen, route, sale_of, sale_with
from chalicelib.preorders.store import PlaceTaken
from chalicelib.room import together

Cut = list[tuple[Stop, Promise]]


def place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    """Like `placing.place`; what has no room in the earliest batch has it in the next. The answer is the first part,
    and names the other."""
    try:
        for _ in range(placing.TRIES):
            try:
                if placed := _place(ports, fan_id, campaign_id, key=key, new=new):
                    return placed
            except PlaceTaken:
                continue
    except Refusal:
        if found := placing.answered(ports, fan_id, campaign_id, key, new):
            return found
        raise
    raise Busy


def _place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder | None:
    """None when the room was taken at this very moment. Refuses with PlaceTaken."""
    promises = store.list_in_campaign(ports.table, fan_id, campaign_id)
    own = parts.own(promises, ids.key_digest(key))
    if own and own[0].fingerprint != rules.fingerprint(new):
        raise rules.IdempotencyKeyReused
    if own and (answered := placing.first_answer(ports, own[0])):
        return answered
    sale = sale_of(ports, campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    cut = _as_cut(ports, own)
    if cut and (placed := _take_room(ports, sale, cut)):
        return placed
    return _take_room(ports, sale, _cut_anew(ports, sale, fan_id, promises, key=key, new=new))


def _as_cut(ports: Ports, own: list[Promise]) -> Cut:
    """The parts on their frozen ways; nothing when they are not all wanted any more."""
    found = [one for one in own if one.state == "wanted"]
    if not found or (found[0].other_part and len(found) < parts.MOST):
        return []
    found = placing.renewed(ports, found)
    return [(stop, one) for one in found for stop in frozen(ports, sale_with(ports, one), one)]


def _take_room(ports: Ports, sale: Sale, cut: Cut) -> Preorder | None:
    taking = tuple(
        together.Part(
            stop.seeker,
            ids.preorder_ref(promise.preorder_id),
            rules.wants(sale.campaign, tuple(promise.lines)),
            promise.units,
        )
        for stop, promise in cut
    )
    if not together.claim(ports, taking):
        return None
    stop, first = cut[0]
    found = any(part.seeker.met for part in taking) and store.find(ports.table, first.fan_id, first.preorder_id)
    if found and (told := placing.first_answer(ports, found)):
        return told  # a twin has taken the room, and may have cut it anew
    telemetry.count("preorders_placed", len(cut))
    return quoting.as_placed(first, sale.campaign, stop.batch)


def _cut_anew(  # noqa: PLR0913 - whose, what, and beside which others
    ports: Ports, sale: Sale, fan_id: str, promises: list[Promise], *, key: str, new: NewPreorder
) -> Cut:
    """Cut for the room of this moment, judged with the fan's others, and written down. Refuses as `place` does."""
    own = parts.own(promises, ids.key_digest(key))
    try:
        lines, now = rules.accept(sale.campaign, new), ports.clock.now()
        way = route(ports, sale, fan_id, lines, new=new.model_copy(update={"accepts_total_minor": None}), now=now)
        shares = parts.shared_out(way.stops, lines, lambda stop, units: stop.seeker.free(units))
        if not shares:
            raise way.refusal
        cut = _promised(ports, sale, new, shares, key=key, fan_id=fan_id, names=_names(sale, fan_id, own, promises))
    except Refusal:
        _strike(ports, own)
        raise
    others = placing.without_stale(ports, sale, [one for one in promises if one not in own])
    rules.check_limit(sale.campaign, others, rules.units_of(lines), narrowed=way.limit)
    ports.table.commit(*_writing_down(sale, [promise for _, promise in cut], own, promises))
    return cut


def _names(sale: Sale, fan_id: str, own: list[Promise], promises: list[Promise]) -> list[str]:
    """The ids of the parts: those that they have, and the next places."""
    campaign_id, known = sale.campaign.campaign_id, [one.preorder_id for one in own]
    return known + [ids.preorder_id(campaign_id, fan_id, len(promises) + more) for more in range(parts.MOST)]


def _promised(  # noqa: PLR0913 - all that a promise is made of
    ports: Ports,
    sale: Sale,
    new: NewPreorder,
    shares: list[tuple[Stop, parts.Lines]],
    *,
    key: str,
    names: list[str],
    fan_id: str,
) -> Cut:
    quoted = [quoting.quote(sale.campaign, stop.batch, lines) for stop, lines in shares]
    accepted = parts.accepted(new.accepts_total_minor, [one.total_most_minor for one in quoted])
    household, found = households.of(sale.campaign, new.address), []
    for place, (stop, lines) in enumerate(shares):
        way = Route((stop,), Busy())
        promise = rules.promised(
            sale.campaign, fan_id, new, lines, key=key, path=way.path, at=ports.clock.now(), dated=way.dated
        )
        update = {
            "preorder_id": names[place],
            "digest": parts.digest_of(promise.digest, place),
            "other_part": names[1 - place] if len(shares) > 1 else None,
            "accepts_total_minor": accepted[place],
            "household": household,
        }
        if place and new.other_payment_method:
            update["payment_method"] = new.other_payment_method
        found.append((stop, promise.model_copy(update=update)))
    return found


def _writing_down(sale: Sale, cut: list[Promise], own: list[Promise], promises: list[Promise]) -> list[Write]:
    """The parts, and that the fan's others are as they were read. Refuses with PlaceTaken, HouseholdLimitReached."""
    known, first = len(own), promises[0] if promises else None
    writes = [store.promising(promise) for promise in cut[known:]]
    for before, after in zip(own, cut, strict=False):
        writes.append(store.recutting(before, after, grows=before is first))
    writes += [store.refusing(one) for one in own[len(cut) :] if one.state == "wanted"]
    if first is not None and first not in own:
        writes.append(store.growing(first) if own else store.unchanged(first))
    if len(cut) <= known:
        writes.append(store.next_place_free(cut[0].campaign_id, cut[0].fan_id, len(promises)))
    before, after = (cut[0].model_copy(update={"units": many}) for many in (_wanted(own), _wanted(cut)))
    return [*writes, *households.shifting(sale.campaign, before, after)]


def _wanted(some: list[Promise]) -> int:
    return sum(one.units for one in some if one.state == "wanted")


def _strike(ports: Ports, own: list[Promise]) -> None:
    """wanted -> refused: no cut has room any more, or none is sold."""
    if wanted := [one for one in own if one.state == "wanted"]:
        given = wanted[0].model_copy(update={"units": _wanted(wanted)})
        ports.table.commit(*(store.refusing(one) for one in wanted), *households.giving(given))
