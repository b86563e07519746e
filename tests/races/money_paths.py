"""The ways that money goes: where each begins, what somebody does, and when the clock looks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from chalicelib.batches import actions as batches
from chalicelib.batches import promises, topping_up
from chalicelib.batches.views import NewShipDate, NewTopUp
from chalicelib.payments import actions as payments
from chalicelib.payments import events, giving_back, mending
from chalicelib.payments.views import NewRefund
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import choosing
from tests.hands import START
from tests.races import races, situations
from tests.races.quick_world import QuickWorld
from tests.races.racing import Act
from tests.races.situations import OLGA, Context

DEPOSIT, PREPAY = {"kind": "deposit", "percent": 30}, {"kind": "prepay"}
SOON = (timedelta(minutes=2), timedelta(minutes=11), timedelta(minutes=2))
AT_THE_END = (timedelta(days=31), *SOON)
A_DAY_LATER = (timedelta(minutes=2), timedelta(hours=25), *SOON)
# Then nothing fails any more. An ask that is old by then is repeated twice a day only.
HEALING = (timedelta(hours=13), timedelta(hours=13), timedelta(minutes=2))


@dataclass(frozen=True)
class Path:
    """`looks`: the times between the looks of the clock. `busy`: how many of these looks are disturbed in the suite."""

    name: str
    prepare: Callable[[QuickWorld], Context]
    act: Act | None = None
    looks: tuple[timedelta, ...] = SOON
    busy: int = 1


# -- where they begin ------------------------------------------------------------------------------------------------


def locked_with(world: QuickWorld, card: str) -> Context:
    """The batch is locked at its end; nobody has heard of it."""
    context = situations.asked(world, card)
    world.settle_down()
    world.clock.forward(minutes=2)
    world.tick()
    if situations.states(world, "payment")["ada"] == "action_required":
        confirm(world, context)
        world.settle_down()
    world.clock.forward(days=30, minutes=1)
    batches.advance(world.ports, context["campaign_id"], 1)
    assert world.batch(context["campaign_id"])["state"] == "collecting"
    return context


def confirm(world: QuickWorld, context: Context) -> None:
    """The bank has asked ada, and she says yes."""
    [payment] = [one for one in world.items("payment") if one["preorder_id"] == context["ada"]]
    world.provider.confirm(payment["action"], approve=True)
    mending.look(world.ports, "sub-ada", context["ada"])


def cheaper_than_prepaid(world: QuickWorld) -> Context:
    """ada and carl have paid for 10 units at 10,000; from 10 units on one costs 9,000."""
    context = situations.waiting(world, taken=8, payment_plan=PREPAY)
    world.settle_down()
    return context


def made(world: QuickWorld, card: str = "card") -> Context:
    """All is paid for, ordered and delivered."""
    context = situations.asked(world, card, payment_plan=PREPAY)
    world.settle_down()
    world.clock.forward(days=30, minutes=1)
    world.tick()
    assert situations.states(world, "preorder") == {"ada": "ordered", "carl": "ordered"}
    return context


def slipped(world: QuickWorld) -> Context:
    """What ada has paid for is ordered, and ships a month later than was promised."""
    on_slip = {"days": 14, "choice": True, "silence": "wait", "answer_hours": 48}
    context = situations.asked(world, payment_plan=PREPAY, on_slip=on_slip)
    world.settle_down()
    world.clock.forward(days=30, minutes=1)
    world.tick()
    later = NewShipDate.model_validate({"ships_at": START + timedelta(days=90), "reason": "The lens maker is late"})
    promises.move_date(world.ports, OLGA, context["campaign_id"], "1", later)
    world.settle_down()
    return context


def refund_failed(world: QuickWorld) -> Context:
    context = made(world, "card_refund_fails")
    give_back(1_500)(world.ports, context)
    world.settle_down()
    world.clock.forward(minutes=1)
    world.tick()
    [payment] = [one for one in world.items("payment") if one["fan_id"] == "sub-ada"]
    assert payment["refunds"][0]["state"] == "failed"
    return context


def told(world: QuickWorld, context: Context) -> Context:
    """The provider's latest event about ada, signed and on its way to the door."""
    mine = [one for one in world.provider.events(START) if one.about == context["ada"]]
    return {**context, "event": world.provider.signed(mine[-1], world.clock.now())}


def confirmed(world: QuickWorld, **changes: object) -> Context:
    """ada has confirmed with her bank; we have not heard of it."""
    context = situations.asked(world, "card_authenticate", **changes)
    world.settle_down()
    [payment] = [one for one in world.items("payment") if one["fan_id"] == "sub-ada"]
    world.provider.confirm(payment["action"], approve=True)
    return told(world, context)


def disputed(world: QuickWorld, end: str = "open") -> Context:
    """The bank has taken back what ada has paid for; then it decides, or not yet."""
    context = made(world, "card_disputed")
    world.clock.forward(seconds=11)
    if end != "open":
        payments.pay(world.ports, {"preorder_id": context["ada"], "look": 1})
        [dispute] = [one for one in world.provider.look_up(context["ada"], None) if one.kind == "dispute"]
        world.provider.close_dispute(dispute.reference, won=end == "won")
        world.settle_down()
    return told(world, context)


def disputed_before_the_lock(world: QuickWorld) -> Context:
    context = situations.asked(world, "card_disputed", payment_plan=DEPOSIT)
    world.settle_down()
    world.clock.forward(seconds=11)
    return told(world, context)


def refund_arrived(world: QuickWorld) -> Context:
    """ada's deposit is back with her; we know only that it is on its way."""
    context = situations.deposited(world)
    races.withdraw("ada")(world.ports, context)
    world.settle_down()
    world.clock.forward(seconds=6)
    return told(world, context)


def awaiting(world: QuickWorld) -> Context:
    """ada is dropped; the batch waits for its organiser to take over what is missing."""
    context = situations.too_few_have_paid(world, top_up_hours=48)
    for minutes in (0, 2, 11, 2):
        world.clock.forward(minutes=minutes)
        world.tick()
    batch = world.batch(context["campaign_id"])
    assert (batch["state"], batch["missing_units"]) == ("collecting", 1)
    return context


# -- what somebody does ----------------------------------------------------------------------------------------------


def give_back(minor: int) -> Act:
    new = NewRefund(amount_minor=minor, reason="A scratch on the box")
    return lambda ports, c: giving_back.give_back(ports, OLGA, c["ada"], key="r1", new=new)


def take_over(ports: Ports, c: Context) -> None:
    lines = [{"variant": {"lens": "wide"}, "quantity": 1}]
    topping_up.top_up(ports, OLGA, c["campaign_id"], "1", NewTopUp.model_validate({"lines": lines}))


def choose_the_money(ports: Ports, c: Context) -> None:
    choosing.choose(ports, "sub-ada", c["ada"], "refund")


def refund_again(ports: Ports, c: Context) -> None:
    giving_back.try_again(ports, OLGA, c["ada"], "1")


def post(ports: Ports, c: Context) -> None:
    headers, body = c["event"]
    events.take(ports, headers, body)


PATHS = [
    Path("secure a card", situations.waiting),
    Path("secure a deposit", partial(situations.waiting, payment_plan=DEPOSIT)),
    Path("secure a prepayment", partial(situations.waiting, payment_plan=PREPAY)),
    Path("a prepayment without an answer", partial(situations.asked, method="card_times_out", payment_plan=PREPAY)),
    Path("a declined card", situations.declining),
    Path("a declined prepayment", partial(situations.asked, method="card_declined", payment_plan=PREPAY)),
    Path(
        "a hold that nobody confirms",
        partial(situations.asked, method="card_authenticate", payment_plan=DEPOSIT),
        busy=3,
    ),
    Path("collect the balance", situations.collecting),
    Path("collect a declined balance", partial(locked_with, card="card_declines_later")),
    Path("collect while the bank asks", partial(locked_with, card="card_authenticate_always")),
    Path("collect without an answer", partial(locked_with, card="card_times_out")),
    Path("collect from a busy provider", partial(locked_with, card="card_busy")),
    Path("collect with an error for a day", partial(locked_with, card="card_error"), looks=A_DAY_LATER, busy=2),
    Path("mend a declined balance", situations.deposited_and_collected, races.another_card),
    Path("mend it at the last moment", situations.overdue, races.another_card),
    Path("charge a last time", situations.dropping),
    Path("drop, and order the rest", situations.overdue),
    Path("drop, and give back to the rest", situations.overdue_and_too_few_without),
    Path("give those longer who have not paid", partial(situations.too_few_have_paid, longer_grace_days=3)),
    Path("drop, and wait for the organiser", partial(situations.too_few_have_paid, top_up_hours=48)),
    Path("the organiser takes over what is missing", awaiting, take_over),
    Path("the organiser is waited for in vain", awaiting, looks=(timedelta(hours=49), *SOON), busy=2),
    Path("order what is collected", situations.collected),
    Path("cancel while it is collected", situations.deposited_and_collected, races.cancel),
    Path("cancel, and give deposits back", situations.deposited, races.cancel),
    Path("withdraw a deposit", situations.deposited, races.withdraw("ada")),
    Path("give the price difference back", cheaper_than_prepaid, looks=AT_THE_END, busy=2),
    Path("give a part back", made, give_back(1_500)),
    Path("give all back", made, give_back(20_000)),
    Path("give back what slipped", slipped, choose_the_money),
    Path("a refund that fails", partial(made, card="card_refund_fails"), give_back(1_500)),
    Path("a failed refund, tried again", refund_failed, refund_again),
    Path("hear of a confirmation", confirmed, post),
    Path("hear of a confirmed deposit", partial(confirmed, payment_plan=DEPOSIT), post),
    Path("hear of a dispute", disputed, post),
    Path("hear of a dispute that is won", partial(disputed, end="won"), post),
    Path("hear of a dispute that is lost", partial(disputed, end="lost"), post),
    Path("hear of a dispute before the lock", disputed_before_the_lock, post),
    Path("hear that a refund has arrived", refund_arrived, post),
]
