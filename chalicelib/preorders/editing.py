"""Changing a pre-order until its batch is locked: other lines, fewer units, more units, another address.

One transaction writes the pre-order, its pages, its payment, and what the fan's limit is judged on; so a change is made
as a whole or not at all, and whoever changes, withdraws or secures it at the same moment looks again.
"""

from dataclasses import dataclass, replace

from chalicelib.batches import rules as batch_rules
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.rules import BatchFull, BatchLocked
from chalicelib.batches.store import Sale
from chalicelib.campaigns import variants
from chalicelib.campaigns.rules import CampaignNotPreselling
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.payments.store import PaymentExists
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import admitting, households, quoting, reading, rules, store, wishing
from chalicelib.preorders.addresses import Address
from chalicelib.preorders.changes import PreorderChanges
from chalicelib.preorders.model import NewQuote, Preorder, Promise, PromisedLine
from chalicelib.preorders.quotes import Quote
from chalicelib.preorders.routing import claimed, frozen, sale_of
from chalicelib.preorders.store import PlaceTaken
from chalicelib.room.model import Claim, Piece, pieces_text
from chalicelib.room.reshaping import grown, reshaping, shrunk, standing
from chalicelib.room.rules import MOST_PIECES

TRIES = 4


@dataclass(frozen=True)
class Change:
    """What is to be, and what it is judged on."""

    promise: Promise
    sale: Sale
    batch: Batch
    lines: tuple[ClaimLine, ...]
    quoted: Quote
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def more(self) -> int:
        """Units more than before; fewer when below 0."""
        return rules.units_of(self.lines) - self.promise.units

    def edited(self, address: Address | None) -> Promise:
        """The promise as it will be: prices are written once the batch is."""
        promise, priced = self.promise, self.promise.batch_number is not None
        lines = self.quoted.lines if priced else self.lines
        put = {
            "lines": tuple(PromisedLine.model_validate(line.model_dump()) for line in lines),
            "units": rules.units_of(self.lines),
            "first": promise.first or (promise.lines if self.lines != _own_lines(promise) else ()),
            "pieces": pieces_text(self.after),
            "address": address or promise.address,
        }
        return promise.model_copy(update=put | ({"total_most_minor": self.quoted.total_most_minor} if priced else {}))


def edit(ports: Ports, fan_id: str, preorder_id: str, changes: PreorderChanges) -> Preorder:
    """Changes what is sent, all of it or nothing. The same again changes nothing and is answered alike, also later.

    Refuses with NothingToChange, PreorderMissing, PreorderEnded, BatchLocked, VariantUnavailable, LimitReached,
    BatchFull, TotalAboveAccepted, TotalTooLarge, BeyondAuthorised.
    """
    if changes.lines is None and changes.address is None:
        raise rules.NothingToChange
    for attempt in range(TRIES):
        promise = store.get(ports.table, fan_id, preorder_id)
        shown = reading.shown(ports, promise)
        if shown is None:
            raise rules.PreorderMissing
        sale = sale_of(ports, promise.campaign_id)
        lines = _lines(ports, sale, promise, shown, changes)
        if lines == _own_lines(promise) and changes.address in (None, promise.address):
            return shown
        rules.check_editable(shown.state)
        accepts = changes.accepts_total_minor
        most_minor = shown.total_most_minor if accepts is None else accepts
        try:
            change = _decided(ports, sale, promise, lines, most_minor)
            # A batch that was cut and opened again keeps its sealed pages: the second try holds the batch itself.
            _commit(ports, change, changes.address, held=attempt > 0)
        except (Busy, PlaceTaken, PaymentMoved, PaymentExists):
            continue
        telemetry.count("preorders_edited")
        return reading.show(ports, fan_id, preorder_id)
    raise Busy


def _own_lines(promise: Promise) -> tuple[ClaimLine, ...]:
    return tuple(ClaimLine.model_validate(line.model_dump()) for line in promise.lines)


def _lines(
    ports: Ports, sale: Sale, promise: Promise, shown: Preorder, changes: PreorderChanges
) -> tuple[ClaimLine, ...]:
    """All that is wanted from now on; the lines as they are when it is the same in another order."""
    own = _own_lines(promise)
    if changes.lines is None:
        return own
    try:
        cap = own[0].unit_price_at_most_minor
        lines = rules.accept(sale.campaign, NewQuote(lines=changes.lines, only_if_unit_price_at_most_minor=cap))
    except CampaignNotPreselling:
        rules.check_editable(shown.state)
        raise BatchLocked from None
    lines = wishing.in_their_place(lines, ports.clock.now(), own)
    return own if _sorted(lines) == _sorted(own) else lines


def _sorted(lines: tuple[ClaimLine, ...]) -> list[ClaimLine]:
    return sorted(lines, key=lambda line: variants.name(line.variant))


def _decided(ports: Ports, sale: Sale, promise: Promise, lines: tuple[ClaimLine, ...], most_minor: int) -> Change:
    """What is to be written, or the refusal: `most_minor` is what the fan accepts."""
    before = claimed(ports, promise, sale)
    batch = next(batch for batch in sale.batches if batch.number == before[0].spot.batch_number)
    if sale.campaign.state != "preselling" or not batch_rules.takes(batch, ports.clock.now()):
        raise BatchLocked
    quoted = quoting.quote(sale.campaign, batch, lines)
    quoting.check_accepted(quoted, total_minor=most_minor, ships_at=None)
    more = rules.units_of(lines) - promise.units
    after = shrunk(before, -more) if more < 0 else before
    if more > 0:
        after = grown(before, _further(ports, sale, promise, batch, more))
    if len(after) > MOST_PIECES:
        raise BatchFull("Your units would lie on too many pages of this batch. Place another pre-order for the rest.")
    return Change(promise, sale, batch, lines, quoted, before, after)


def _further(ports: Ports, sale: Sale, promise: Promise, batch: Batch, units: int) -> tuple[Piece, ...]:
    """More room in the same batch, on the way that the pre-order was promised. Refuses with BatchFull."""
    for stop in frozen(ports, sale, promise):
        if stop.batch.number == batch.number and (found := stop.seeker.further(units)):
            return found
    raise BatchFull("This batch has no room for so many more units.")


def _commit(ports: Ports, change: Change, address: Address | None, *, held: bool) -> None:
    """All of it in one transaction. Refuses with Busy, PlaceTaken, PaymentMoved, PaymentExists when something is no
    longer as it was read; with BatchLocked when the batch is to be `held` and is not open any more."""
    promise, edited = change.promise, change.edited(address)
    if promise.household and address is not None:
        edited = edited.model_copy(update={"household": households.of(change.sale.campaign, address)})
    grows_first, limit = _judged(ports, change) if change.more > 0 else (False, [])
    writes = [store.editing(promise, edited, grows=grows_first), *limit]
    if change.lines != _own_lines(promise):
        writes += [*_reshaped(change, held=held), _payment(ports, change, edited)]
        writes += [batches.held_open(promise.campaign_id, change.batch.number, refusal=BatchLocked)] if held else []
    ports.table.commit(*writes, *households.shifting(change.sale.campaign, promise, edited))


def _judged(ports: Ports, change: Change) -> tuple[bool, list[Write]]:
    """Whether the limit is counted on this very pre-order, and what else holds it. Refuses with LimitReached."""
    promise = change.promise
    others = store.list_in_campaign(ports.table, promise.fan_id, promise.campaign_id)
    first, rest = others[0], [other for other in others if other.preorder_id != promise.preorder_id]
    narrowed = admitting.limit_on(change.sale, promise, ports.clock.now())
    rules.check_limit(change.sale.campaign, rest, wishing.most_units(change.lines), narrowed=narrowed)
    is_first = first.preorder_id == promise.preorder_id
    if is_first and first.grown != promise.grown:
        raise Busy
    free = store.next_place_free(promise.campaign_id, promise.fan_id, len(others))
    return is_first, [free] if is_first else [free, store.growing(first)]


def _reshaped(change: Change, *, held: bool) -> list[Write]:
    promise, campaign = change.promise, change.sale.campaign
    state = "secured" if promise.state == "secured" else "placed"
    ref = ids.preorder_ref(promise.preorder_id)
    was = rules.wants(campaign, _own_lines(promise))
    first = Claim(ref, promise.fan_id, state, 0, was)  # type: ignore[arg-type]
    before = standing(change.before, first)
    after = standing(change.after, replace(first, wants=rules.wants(campaign, change.lines)))
    return reshaping(promise.campaign_id, change.batch.shelf(), before, after, change.after, held=held)


def _payment(ports: Ports, change: Change, edited: Promise) -> Write:
    """Asks for the payment if nobody has, or for another amount; within what is secured it only notes it. Refuses with
    BeyondAuthorised."""
    payment, most = payments.find(ports.table, edited.preorder_id), change.quoted.total_most_minor
    if payment is None:
        placed = quoting.as_placed(edited, change.sale.campaign, change.batch)
        return payments.requesting(quoting.payment_for(change.sale.campaign, placed, edited, change.after))
    if payment.state not in ("requested", "action_required", "secured"):
        raise PaymentMoved
    if payment.state != "secured" and payment.first_minor:
        raise PaymentMoved  # the provider is being asked for what was due
    if payment.plan == "prepay" and most > payment.secured_minor:
        raise rules.BeyondAuthorised
    return payments.amending(payment, most, pieces_text(change.after))
