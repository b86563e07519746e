"""What befalls a pre-order after it was placed: secured, withdrawn, lapsed."""

from dataclasses import replace
from typing import Any

from chalicelib.batches import store as batches
from chalicelib.batches.rules import BatchLocked
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write
from chalicelib.preorders import admitting, households, placing, quoting, reading, rules, splitting, store
from chalicelib.preorders.model import LIVE, NewPreorder, NewQuote, Preorder, Promise, Reason
from chalicelib.preorders.quotes import Quote
from chalicelib.preorders.routing import claimed
from chalicelib.room import store as room
from chalicelib.room.model import Claim, Piece, Spot, pieces_text, read_pieces
from chalicelib.room.seeking import claims

TRIES = 4


def quote(ports: Ports, campaign_id: str, wanted: NewQuote) -> Quote:
    """What it would cost, and in which batch, by the counters of this moment. Holds nothing. Refuses like `place`."""
    sale = batches.sale(ports.table, ports.memory, campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    lines = rules.accept(sale.campaign, wanted)
    return quoting.quote_parts(sale.campaign, admitting.quoted(sale, wanted, lines, ports.clock.now()))


def place(ports: Ports, fan_id: str, campaign_id: str, *, key: str, new: NewPreorder) -> Preorder:
    """See `placing.place`, and `splitting.place` for what may be split."""
    if new.may_split:
        return splitting.place(ports, fan_id, campaign_id, key=key, new=new)
    return placing.place(ports, fan_id, campaign_id, key=key, new=new)


def follow_claim(ports: Ports, campaign_id: str, spot: Spot, claim: Claim) -> None:
    """A claim has appeared on a page: asks for its payment, once. A claim whose promise is over is given back."""
    preorder_id = ids.of_ref(campaign_id, claim.ref)
    promise = store.find(ports.table, claim.fan_id, preorder_id)
    pieces = (Piece(spot, claim.units, claim.back), *claim.also)
    if promise is None or promise.state in rules.OVER:
        _clear(ports, campaign_id, pieces, claim.ref)
    elif promise.state == "wanted":
        moves = promise.known_moves(spot.batch_number)
        campaign, batch = reading.settings_of(ports, campaign_id, spot.batch_number, moves=moves)
        payment = quoting.payment_for(quoting.as_placed(promise, campaign, batch), promise, pieces)
        try:
            ports.table.commit(payments.requesting(payment))
        except payments.PaymentExists:
            return


def _clear(ports: Ports, campaign_id: str, pieces: tuple[Piece, ...], ref: str) -> None:
    """Gives back what still stands on these pages for a pre-order that is over."""
    sheets = room.read(ports.table, campaign_id, [piece.spot for piece in pieces], consistent=True)
    standing = [(sheet.spot, sheet.claims[ref]) for sheet in sheets if ref in sheet.claims]
    writes = [
        room.giving_back(campaign_id, spot, claim, refusal=Busy) for spot, claim in standing if claim.state != "back"
    ]
    if writes:
        ports.table.commit(*writes)


def secure(ports: Ports, fan_id: str, preorder_id: str) -> None:
    """placed -> secured: from here its units count. A payment that was secured too late is let go."""
    promise = store.get(ports.table, fan_id, preorder_id)
    if promise.state in rules.OVER:
        try:
            ports.table.commit(payments.moving(preorder_id, "releasing"))
        except PaymentMoved:
            return
    if promise.state != "wanted":
        return
    pieces = read_pieces(payments.get(ports.table, preorder_id).claim)
    number = pieces[0].spot.batch_number
    campaign, batch = reading.settings_of(ports, promise.campaign_id, number, moves=promise.known_moves(number))
    secured = quoting.as_secured(promise, quoting.as_placed(promise, campaign, batch), pieces)
    wants = rules.wants(campaign, tuple(promise.lines))
    ports.table.commit(
        store.securing(promise, secured),
        *(
            room.securing(promise.campaign_id, piece.spot, claim, refusal=Busy)
            for piece, claim in claims(pieces, ids.preorder_ref(preorder_id), wants, fan_id)
        ),
    )


def withdraw(ports: Ports, fan_id: str, preorder_id: str) -> Preorder:
    """Gives the room back and lets the payment go, until the lock. Withdrawing twice is once.

    Refuses with PreorderMissing, PreorderEnded, BatchLocked.
    """
    for _ in range(TRIES):
        promise = store.get(ports.table, fan_id, preorder_id)
        shown = reading.shown(ports, promise)
        if shown is None:
            raise rules.PreorderMissing
        if shown.state == "withdrawn":
            return shown
        rules.check_withdrawable(shown.state)
        try:
            _withdraw(ports, promise)
        except PaymentMoved:
            _lapse_if_declined(ports, promise)
            continue
        except Busy:
            continue  # it was secured at this very moment
        telemetry.count("preorders_withdrawn")
        return shown.model_copy(update={"state": "withdrawn"})
    raise Busy


def _withdraw(ports: Ports, promise: Promise) -> None:
    """Refuses with BatchLocked. A batch that was cut and opened again keeps its sealed pages: there its state is held
    still in the same transaction."""
    try:
        _end(ports, promise, "withdrawn", only_unsealed=True)
    except BatchLocked:
        number = claimed(ports, promise)[0].spot.batch_number
        held = batches.held_open(promise.campaign_id, number, refusal=BatchLocked)
        _end(ports, promise, "withdrawn", only_unsealed=False, beside=(held,))


def lapse(  # noqa: PLR0913 - whom, why, and how it is told
    ports: Ports,
    fan_id: str,
    preorder_id: str,
    *,
    reason: Reason,
    only_placed: bool = False,
    moves: tuple[dict[str, Any], ...] = (),
) -> None:
    """placed or secured -> lapsed: room, limit and payment are given back, once. `only_placed`: who was secured
    meanwhile stays; one that is secured at this very moment is Busy. `moves`: what led there, if it was settled."""
    promise = store.get(ports.table, fan_id, preorder_id)
    if promise.state == "wanted" or (promise.state in LIVE and not only_placed):
        _end(ports, promise, "lapsed", reason=reason, only_unsealed=False, moves=moves)
        telemetry.count("preorders_lapsed")


def _lapse_if_declined(ports: Ports, promise: Promise) -> None:
    payment = payments.find(ports.table, promise.preorder_id)
    if payment is not None and payment.state == "declined":
        lapse(ports, promise.fan_id, promise.preorder_id, reason="payment_declined")


def _end(  # noqa: PLR0913 - what ends, how, and how it is told
    ports: Ports,
    promise: Promise,
    end: str,
    *,
    only_unsealed: bool,
    reason: Reason | None = None,
    moves: tuple[dict[str, Any], ...] = (),
    beside: tuple[Write, ...] = (),
) -> None:
    """All of it in one transaction: promise, pages, payment."""
    pieces = claimed(ports, promise)
    campaign, batch = reading.settings_of(ports, promise.campaign_id, pieces[0].spot.batch_number)
    first = claims(
        pieces, ids.preorder_ref(promise.preorder_id), rules.wants(campaign, tuple(promise.lines)), promise.fan_id
    )[0][1]
    stands = replace(first, state="secured" if promise.state == "secured" else "placed")
    told: dict[str, Any] = ({"reason": reason} if reason else {}) | ({"moves": list(moves)} if moves else {})
    writes = [
        store.moving(promise, end, pieces=pieces_text(pieces), **told),  # type: ignore[arg-type]
        *_giving_back(promise.campaign_id, pieces, stands, only_unsealed=only_unsealed),
        *households.giving(promise),
        *beside,
    ]
    payment = payments.find(ports.table, promise.preorder_id)
    if payment is None:
        placed = quoting.as_placed(promise, campaign, batch)
        writes.append(payments.forgoing(quoting.payment_for(placed, promise, pieces)))
    elif payment.state != "declined":
        writes.append(payments.moving(promise.preorder_id, "releasing"))
    elif reason != "payment_declined":
        raise PaymentMoved  # that is the reason, whoever comes with another
    ports.table.commit(*writes)


def _giving_back(campaign_id: str, pieces: tuple[Piece, ...], first: Claim, *, only_unsealed: bool) -> list[Write]:
    """Gives back every piece of a pre-order whose first claim stands like this. Refuses with BatchLocked once a page is
    sealed, if that matters."""
    refusal = BatchLocked if only_unsealed else Busy
    others = (Claim(first.ref, first.fan_id, first.state, piece.units, back=piece.back) for piece in pieces[1:])
    standing = [first, *others]
    return [
        room.giving_back(campaign_id, piece.spot, claim, refusal=refusal, only_unsealed=only_unsealed)
        for piece, claim in zip(pieces, standing, strict=True)
    ]
