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
from chalicelib.preorders.model import LIVE, LOCKED, NewPreorder, NewQuote, Preorder, Promise, Reason
from chalicelib.preorders.quotes import Quote
from chalicelib.preorders.routing import claimed
from chalicelib.room import store as room
from chalicelib.room.model import Claim, ClaimState, Piece, pieces_text
from chalicelib.room.seeking import claims

TRIES = 4
DECLINED: tuple[Reason, ...] = ("payment_declined", "hold_expired")
# How the claim of a pre-order stands by its state.
CLAIMED: dict[str, ClaimState] = {"wanted": "placed", "paid": "collected"}


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
        end_promise(ports, promise, "withdrawn", only_unsealed=True)
    except BatchLocked:
        number = claimed(ports, promise)[0].spot.batch_number
        held = batches.held_open(promise.campaign_id, number, refusal=BatchLocked)
        end_promise(ports, promise, "withdrawn", only_unsealed=False, beside=(held,))


def lapse(  # noqa: PLR0913 - whom, why, and how it is told
    ports: Ports,
    fan_id: str,
    preorder_id: str,
    *,
    reason: Reason,
    only_placed: bool = False,
    moves: tuple[dict[str, Any], ...] = (),
) -> None:
    """Anything that is not made -> lapsed, or refunded where it was paid: room, limit and payment are given back, once.
    `only_placed`: who was secured meanwhile stays; one that is secured at this very moment is Busy. `moves`: what led
    there, if it was settled."""
    promise = store.get(ports.table, fan_id, preorder_id)
    if promise.state == "wanted" or (promise.state in (*LIVE, *LOCKED) and not only_placed):
        end = "refunded" if promise.state == "paid" else "lapsed"
        end_promise(ports, promise, end, reason=reason, only_unsealed=False, moves=moves)
        telemetry.count(f"preorders_{end}")


def _lapse_if_declined(ports: Ports, promise: Promise) -> None:
    payment = payments.find(ports.table, promise.preorder_id)
    if payment is not None and payment.state == "declined":
        lapse(ports, promise.fan_id, promise.preorder_id, reason=rules.why_refused(payment.problem))


def end_promise(  # noqa: PLR0913 - what ends, how, and how it is told
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
    stands = replace(first, state=CLAIMED.get(promise.state, "secured"))
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
        writes.append(payments.forgoing(quoting.payment_for(campaign, placed, promise, pieces)))
    elif payment.state != "declined":
        writes.append(payments.moving(promise.preorder_id, "releasing"))
    elif reason not in DECLINED:
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
