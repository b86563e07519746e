"""The races: every pair of actions that touch the same item, each from the situation in which it matters most."""

from dataclasses import replace
from typing import Any

from chalicelib.ballots import actions as ballots
from chalicelib.ballots import counting
from chalicelib.ballots.model import NewBallot, NewVote
from chalicelib.batches import actions as batches
from chalicelib.batches import counting as batch_counting
from chalicelib.campaigns import actions as campaigns
from chalicelib.manufacturing import actions as manufacturing
from chalicelib.manufacturing.model import NewAnswer
from chalicelib.payments import actions as payments
from chalicelib.payments import mending
from chalicelib.plumbing.identity import Identity
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions as preorders
from chalicelib.preorders import following, paying
from chalicelib.preorders.model import NewPreorder
from tests.races.racing import Act, Race
from tests.races.situations import (
    OLGA,
    Context,
    about_to_wait,
    all_collected,
    asked,
    asked_for_a_deposit,
    at_the_lock,
    behind_full_pages,
    called_off,
    cancelled,
    collected,
    collecting,
    declined,
    declining,
    drafting,
    dropped,
    given_back,
    in_pieces,
    limited,
    limited_beside,
    locked,
    locking,
    longer,
    nearly_full,
    ordered,
    overdue,
    paid,
    past_the_grace,
    past_the_grace_declined,
    promised,
    promised_long_ago,
    refused,
    sealed,
    secured,
    selling,
    settled,
    split_promised,
    too_few,
    two_batches,
    two_batches_limited,
    voted,
    voting,
    waiting,
)


def place(fan: str, quantity: int, key: str = "key") -> Act:
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}]}
    new = NewPreorder.model_validate(body)
    return lambda ports, c: preorders.place(ports, f"sub-{fan}", c["campaign_id"], key=key, new=new)


def place_split(fan: str, quantity: int, key: str = "key") -> Act:
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], "may_split": True}
    new = NewPreorder.model_validate(body)
    return lambda ports, c: preorders.place(ports, f"sub-{fan}", c["campaign_id"], key=key, new=new)


def withdraw(fan: str) -> Act:
    return lambda ports, c: preorders.withdraw(ports, f"sub-{fan}", c[fan])


def secure(ports: Ports, c: Context) -> None:
    paying.secure(ports, "sub-ada", c["ada"])


def decline(ports: Ports, c: Context) -> None:
    paying.refuse_payment(ports, "sub-ada", c["ada"])


def pay(ports: Ports, c: Context) -> None:
    payments.pay(ports, {"preorder_id": c["ada"]})


def collect(ports: Ports, c: Context) -> None:
    paying.collect(ports, "sub-ada", c["ada"])


def drop(ports: Ports, c: Context) -> None:
    paying.drop(ports, "sub-ada", c["ada"])


def another_card(ports: Ports, c: Context) -> None:
    mending.send_method(ports, "sub-ada", c["ada"], "card")


def advance(ports: Ports, c: Context) -> None:
    batches.advance(ports, c["campaign_id"], 1)


def advance_all(ports: Ports, c: Context) -> None:
    batches.advance_all(ports, c["campaign_id"])


def follow(ports: Ports, c: Context) -> None:
    following.follow(ports, {"campaign_id": c["campaign_id"], "number": 1, "book": 1, "page": 0})


def recount(ports: Ports, c: Context) -> None:
    batch_counting.recount(ports, c["campaign_id"], 1)


def organise(step: Any) -> Act:
    return lambda ports, c: step(ports, OLGA, c["campaign_id"])


def vote(fan: str, colour: str, **more: list[str]) -> Act:
    new = NewBallot.model_validate({"votes": {"colour": [colour], **more}})
    return lambda ports, c: ballots.cast(ports, Identity(subject=f"sub-{fan}", role="fan"), c["campaign_id"], new)


def revise(fan: str, feature_id: str, *chosen: str) -> Act:
    who, new = Identity(subject=f"sub-{fan}", role="fan"), NewVote.model_validate({"vote": chosen})
    return lambda ports, c: ballots.revise(ports, who, c["campaign_id"], feature_id, new)


def heard(ports: Ports, c: Context) -> None:
    """Of ada's claim: which page it is on was told by the record."""
    spot, claim = c["claim"]
    paying.follow_claim(ports, c["campaign_id"], spot, claim)


class InHand:
    """A queue whose messages stay with the one who sends them."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)

    def send(self, _queue: str, message: dict[str, Any], **_: Any) -> None:
        self.messages.append(message)


def count(ports: Ports, c: Context) -> None:
    """The whole recount, message after message."""
    queues = InHand({"campaign_id": c["campaign_id"]})
    while queues.messages:
        counting.count(replace(ports, queues=queues), queues.messages.pop(0))  # type: ignore[arg-type]


def deliver(ports: Ports, c: Context) -> None:
    manufacturing.deliver(ports, {"order_id": c["order_id"]})


def answer(what: str) -> Act:
    maker = Identity(subject="sub-maker", role="manufacturer", manufacturer_id="maker")
    new = NewAnswer.model_validate({"answer": what})
    return lambda ports, c: manufacturing.answer(ports, maker, c["order_id"], new)


open_voting, settle = organise(campaigns.open_voting), organise(campaigns.settle)
open_presale = organise(batches.open_presale)
close, cancel = organise(campaigns.close), organise(campaigns.cancel)
BOTH, FIRST, SECOND = (True, True), (True, False), (False, True)


def in_a_row(*acts: Act) -> Act:
    def act(ports: Ports, c: Context) -> None:
        for one in acts:
            one(ports, c)

    return act


def later(_ports: Ports, c: Context) -> None:
    """The one who comes second has another clock."""
    c["clock"].forward(minutes=1)


def rest(_ports: Ports, c: Context) -> None:
    """All that follows, before the other goes on."""
    c["rest"]()


# `guarded=False`: what the two write commutes, or is the same twice, or heals itself when its payment is heard of;
# no condition stands between them.
# Where there is no ballot yet, DynamoDB itself refuses to change a part of it.
# Between ballot and settle stands the drain, which has a control of its own.
RACES = [
    Race("place/place: the last units", nearly_full, place("ada", 2), place("bob", 2)),
    Race("place/place: the last units of the first batch", two_batches, place("ada", 2), place("bob", 2)),
    Race("place/place: one key", selling, place("ada", 2), place("ada", 2)),
    Race("place/place: one key for the last units", nearly_full, place("ada", 2), place("ada", 2)),
    Race("place/place: one key, two bodies", selling, place("ada", 2), place("ada", 3)),
    Race("place/place: the fan's limit", limited, place("ada", 2, "a"), place("ada", 2, "b")),
    Race("place/place: the fan's limit, beside another", limited_beside, place("ada", 2, "a"), place("ada", 2, "b")),
    Race("place/place: one key, behind full pages", behind_full_pages, place("ada", 2), place("ada", 2)),
    Race("place/place: two keys", selling, place("ada", 2, "a"), place("ada", 2, "b")),
    Race("place/place: in pieces", selling, place("ada", 17), place("bob", 8)),
    Race("place/place: one key, in pieces", selling, place("ada", 17), place("ada", 17)),
    Race("place/place: one key, of which a promise was left", promised, place("ada", 2), place("ada", 2)),
    Race("place/place: a promise was left, and another comes", promised, place("ada", 2), place("bob", 2)),
    Race("place/place: an old promise was left, twice", promised_long_ago, place("ada", 2), place("ada", 2)),
    Race("place/place: an old promise, and the fan's limit", promised_long_ago, place("ada", 2), place("ada", 2, "b")),
    Race("place/place: refused before, and again", refused, place("ada", 2), place("ada", 2)),
    Race("place/place: refused before, and the fan's limit", refused, place("ada", 2), place("ada", 2, "b")),
    Race("split/split: one key", two_batches, place_split("ada", 5), place_split("ada", 5)),
    Race("split/split: two keys", two_batches, place_split("ada", 5, "a"), place_split("ada", 3, "b")),
    Race("split/place: the last units of the first batch", two_batches, place_split("ada", 5), place("bob", 2)),
    Race("split/place: cut anew", two_batches, place_split("ada", 5), place("bob", 1)),
    Race("split/place: the fan's limit", two_batches_limited, place_split("ada", 4, "a"), place("ada", 2, "b")),
    Race("split/split: left as promised, one key", split_promised, place_split("ada", 5), place_split("ada", 5)),
    Race("split/place: left as promised", split_promised, place_split("ada", 5), place("bob", 2)),
    Race("split/close and advance", two_batches, place_split("ada", 5), in_a_row(close, advance_all)),
    Race("place/advance: units given back find a new book", given_back, place("ada", 2), advance),
    Race("place/withdraw", nearly_full, place("ada", 4), withdraw("carl"), guarded=False),
    Race("withdraw/withdraw", secured, withdraw("ada"), withdraw("ada")),
    Race("withdraw/withdraw: not yet secured", waiting, withdraw("ada"), withdraw("ada")),
    Race("place/close", nearly_full, place("ada", 2), close, guarded=False),
    Race("place/close and advance", nearly_full, place("ada", 2), in_a_row(close, advance_all)),
    Race("place/cancel", nearly_full, place("ada", 2), cancel, guarded=False),
    Race(
        "place/cancel, to its end", nearly_full, place("ada", 2), in_a_row(cancel, rest), guarded=False, cut_into=(0,)
    ),
    Race("withdraw/lock", at_the_lock, withdraw("ada"), advance, SECOND),
    Race("withdraw/cancel", secured, withdraw("ada"), in_a_row(cancel, advance_all)),
    Race("secure/secure", paid, secure, secure, BOTH),
    Race("secure/withdraw", paid, secure, withdraw("ada"), FIRST),
    Race("secure/withdraw: in pieces", in_pieces, secure, withdraw("ada"), FIRST),
    Race("secure/close and advance: in pieces", in_pieces, secure, in_a_row(close, advance_all), FIRST, guarded=False),
    Race("ask/ask", waiting, heard, heard, BOTH, guarded=False),
    Race("ask/withdraw", waiting, heard, withdraw("ada"), FIRST, guarded=False),
    Race("ask/close and advance", waiting, heard, in_a_row(close, advance_all), FIRST, guarded=False),
    Race("pay/withdraw", asked, pay, withdraw("ada"), FIRST),
    Race("pay/pay", asked, pay, pay, BOTH, guarded=False),
    Race("secure/lock", past_the_grace, secure, advance, BOTH, guarded=False),
    Race("secure/lock: sealed already", sealed, secure, in_a_row(recount, advance), BOTH, guarded=False),
    Race("secure/follow: called off", called_off, secure, follow, BOTH),
    Race("secure/follow: called off, to its end", called_off, in_a_row(secure, rest), follow, BOTH, cut_into=(1,)),
    Race("withdraw/advance: sealed already", sealed, withdraw("ada"), advance, SECOND, guarded=False),
    Race("secure/short, to its end", too_few, secure, in_a_row(advance, rest), BOTH, cut_into=(0,)),
    Race("secure/cancel, to its end", paid, secure, in_a_row(cancel, rest), FIRST, cut_into=(0,)),
    Race("decline/withdraw", declining, pay, withdraw("ada"), FIRST),
    Race("lapse/withdraw", declined, decline, withdraw("ada"), FIRST),
    Race("lapse/lapse", declined, decline, decline, BOTH),
    Race("lapse/lock", past_the_grace_declined, decline, advance, BOTH, guarded=False),
    Race("ballot/settle", voting, vote("ada", "red"), settle, guarded=False),
    Race("ballot/settle: a changed mind", voting, vote("bob", "red"), settle, guarded=False),
    Race("ballot/ballot", voting, vote("ada", "red"), vote("ada", "blue")),
    Race(
        "ballot/one feature: none before",
        voting,
        vote("ada", "red", lens=["wide"]),
        revise("ada", "lens", "tele"),
        guarded=False,
    ),
    Race("ballot/one feature", voting, vote("bob", "red", lens=["wide"]), revise("bob", "lens", "tele")),
    Race("one feature/another", voting, revise("bob", "colour", "red"), revise("bob", "lens", "tele"), guarded=False),
    Race(
        "one feature/another: none before",
        voting,
        revise("ada", "colour", "red"),
        revise("ada", "lens", "tele"),
        guarded=False,
    ),
    Race("ballot/cancel", voting, vote("ada", "red"), cancel, guarded=False),
    Race("open-voting/open-voting", drafting, open_voting, open_voting),
    Race("open-voting/cancel", drafting, open_voting, cancel),
    Race("settle/settle", voting, settle, settle),
    Race("settle/cancel", voting, settle, cancel, guarded=False),
    Race("count/count", voted, count, count, BOTH),
    Race("count/cancel", voted, count, cancel, FIRST),
    Race("open-presale/open-presale", settled, open_presale, open_presale),
    Race("open-presale/cancel", settled, open_presale, cancel),
    Race("close/close", nearly_full, close, close),
    Race("close/cancel", nearly_full, close, cancel),
    Race("advance/advance", at_the_lock, advance, advance, BOTH),
    Race("advance/advance: at the end", past_the_grace, advance, advance, BOTH),
    Race("advance/cancel: at the lock", at_the_lock, advance, cancel, FIRST, guarded=False),
    Race("advance/cancel, to its end: at the lock", at_the_lock, advance, in_a_row(cancel, rest), FIRST, cut_into=(0,)),
    Race("follow/follow", locked, follow, follow, BOTH, guarded=False),
    Race("follow/collect", locking, follow, in_a_row(advance, follow), BOTH, guarded=False),
    Race("follow/follow and pay", locked, follow, in_a_row(follow, pay), BOTH),
    Race("pay/withdraw: a deposit", asked_for_a_deposit, pay, withdraw("ada"), FIRST, minutes=(11, 2)),
    Race("pay/pay: the balance", collecting, pay, pay, BOTH, guarded=False),
    Race("pay/cancel, to its end: the balance", collecting, pay, in_a_row(cancel, rest), FIRST, cut_into=(0,)),
    Race("advance/advance later: longer", longer, advance, in_a_row(later, advance), BOTH),
    Race(
        "advance/advance later: about to wait",
        about_to_wait,
        in_a_row(recount, advance),
        in_a_row(later, recount, advance),
        BOTH,
    ),
    Race("another card/drop", overdue, another_card, in_a_row(advance, follow, pay), SECOND),
    Race("another card/drop, to its end", overdue, another_card, in_a_row(advance, rest), SECOND, cut_into=(0,)),
    Race("collect/collect", collected, collect, collect, BOTH),
    Race("collect/cancel, to its end", collected, collect, in_a_row(cancel, rest), FIRST, cut_into=(0,)),
    Race("drop/drop", dropped, drop, drop, BOTH),
    Race("drop/cancel, to its end", dropped, drop, in_a_row(cancel, rest), FIRST, cut_into=(0,)),
    Race("order/order", all_collected, in_a_row(recount, advance), in_a_row(recount, advance), BOTH),
    Race(
        "order/cancel, to its end",
        all_collected,
        in_a_row(recount, advance),
        in_a_row(cancel, rest),
        FIRST,
        cut_into=(0,),
    ),
    Race("follow/follow: released", cancelled, follow, follow, BOTH),
    Race("follow/secure", cancelled, follow, secure, BOTH),
    Race("deliver/deliver", ordered, deliver, deliver, BOTH),
    Race("deliver/answer", ordered, deliver, answer("accepted"), FIRST, guarded=False),
    Race("answer/answer", ordered, answer("received"), answer("accepted")),
    Race("answer/answer: yes and no", ordered, answer("accepted"), answer("rejected")),
    Race("answer/answer: the same twice", ordered, answer("accepted"), answer("accepted"), guarded=False),
]
NO_DRAIN = Race("ballot/settle and count", voting, vote("ada", "red"), in_a_row(settle, count))
