"""What a payment does to its pre-order: asked for once room is taken, secured, refused, collected, dropped."""

from dataclasses import replace

from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions, quoting, reading, rules, store
from chalicelib.preorders.model import Promise
from chalicelib.room import store as room
from chalicelib.room.model import Claim, Piece, Spot, read_pieces
from chalicelib.room.seeking import claims


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
        payment = quoting.payment_for(campaign, quoting.as_placed(promise, campaign, batch), promise, pieces)
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


def refuse_payment(ports: Ports, fan_id: str, preorder_id: str) -> None:
    """placed -> lapsed: its payment was declined, or not confirmed in time."""
    payment = payments.get(ports.table, preorder_id)
    reason = rules.why_refused(payment.problem)
    actions.lapse(ports, fan_id, preorder_id, reason=reason, only_placed=True)


def collect(ports: Ports, fan_id: str, preorder_id: str) -> None:
    """locked -> paid: its units are collected. One that is over by then gets its money back."""
    promise = store.get(ports.table, fan_id, preorder_id)
    if promise.state in rules.OVER:
        ports.table.commit(payments.moving(preorder_id, "releasing"))
    if promise.state != "locked":
        return
    ports.table.commit(
        store.moving(promise, "paid"),
        *(
            room.collecting(promise.campaign_id, piece.spot, claim, refusal=Busy)
            for piece, claim in _standing(ports, promise)
        ),
    )


def drop(ports: Ports, fan_id: str, preorder_id: str) -> None:
    """locked -> dropped: it could not be charged in time. Its units leave the batch, and what was taken goes back."""
    promise = store.get(ports.table, fan_id, preorder_id)
    if promise.state == "locked":
        actions.end_promise(ports, promise, "dropped", reason="payment_not_collected", only_unsealed=False)
        telemetry.count("preorders_dropped")


def _standing(ports: Ports, promise: Promise) -> list[tuple[Piece, Claim]]:
    """The pieces of a secured pre-order, and how its claim stands on each."""
    pieces = read_pieces(promise.pieces)
    campaign, _ = reading.settings_of(ports, promise.campaign_id, pieces[0].spot.batch_number)
    wants = rules.wants(campaign, tuple(promise.lines))
    placed = claims(pieces, ids.preorder_ref(promise.preorder_id), wants, promise.fan_id)
    return [(piece, replace(claim, state="secured")) for piece, claim in placed]
