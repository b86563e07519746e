"""What must hold of money at every instant, ours and the provider's: M1, M2, M3, M4, M6, M7, M8. What must hold at rest
is in `invariants.money`."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.kernel import keys
from chalicelib.plumbing.gateway.document import Document
from chalicelib.plumbing.gateway.port import Charge, Prepare, Refund
from tests.invariants import money as invariants
from tests.simulation.expressions import Item
from tests.simulation.named import named
from tests.simulation.replicas import Key

if TYPE_CHECKING:
    from tests.simulation.world import World

Plain = dict[str, Any]
# In these the provider may be asked for money: for what is due at once, and for the balance.
ASKED_IN = {"first": ("requested", "action_required"), "balance": ("collecting", "overdue")}
# What the provider has said of a try when it counts as refused.
NO = ("declined", "action_required", "cancelled")
GROWS = ("version", "reminders")


class MoneyWatch:
    """Hears of every change of a payment or of the ledger, of the end of each write, of what the provider is asked for,
    and of how its books stand then. `broken` takes what does not hold."""

    def __init__(self, world: "World", unpack: Callable[[Item], Plain], broken: list[str]) -> None:
        self._world, self._unpack, self._broken = world, unpack, broken
        self._ledger: dict[str, list[Plain]] = defaultdict(list)
        self._touched: set[str] = set()
        world.gateway.asked.append(lambda ask: self._tried(self._asked, ask))
        world.gateway.stands.append(lambda about, document: self._tried(self._stands, about, document))
        world.store.written.append(lambda: self._tried(self._written))

    def _tried(self, check: Callable[..., None], *given: Any) -> None:
        try:
            check(*given)
        except AssertionError as error:
            self._broken.append(str(error))

    def ledger(self, _key: Key, old: Plain, new: Plain) -> None:
        assert not old, "M1: what stands in the ledger was changed"
        named("M1", invariants.ledger_sums_to_zero, [new])
        if about := new.get("preorder_id"):
            self._ledger[about].append(new)
            self._touched.add(about)

    def payment(self, _key: Key, old: Plain, new: Plain) -> None:
        self._touched.add(new["preorder_id"])
        named("M2", invariants.no_more_is_taken_than_was_accepted, [new])
        named("M3", invariants.nothing_is_charged_twice, [new])
        named("M4", invariants.balances_are_taken_after_the_lock, [new, *self._batches(new)])
        _only_forward(old, new)
        self._has_arrived(new)
        if not old:
            self._is_announced(new)
        if new["state"] != old.get("state"):
            if new["state"] == "collecting":
                [batch] = self._batches(new)
                assert "locked_at" in batch, "M4: a balance is due before the lock"
                assert new["due_minor"] <= new["amount_most_minor"], "M3: more is due than was accepted"
            self._was_refused(old, new)

    def _is_announced(self, new: Plain) -> None:
        """M4: before the lock as much is taken as the campaign has announced."""
        campaign = self._unpack(self._world.store.items[keys.campaign(new["preorder_id"].partition(".")[0])])
        plan, most = campaign.get("payment_plan", {"kind": "save_card"}), new["amount_most_minor"]
        first = {"save_card": 0, "deposit": -(-most * plan.get("percent", 0) // 100), "prepay": most}[plan["kind"]]
        told = new.get("first_minor", 0)
        assert told == first, f"M4: {told} is to be taken before the lock, of {most} by the plan {plan}"

    def _has_arrived(self, new: Plain) -> None:
        """M5: a refund has arrived when the provider says so."""
        told = [one["reference"] for one in new.get("refunds", ()) if one["state"] == "succeeded"]
        if told:
            there = {
                one.reference: one.result for one in self._world.gateway.provider.look_up(new["preorder_id"], None)
            }
            assert all(there[one] == "done" for one in told), f"M5: {told} have arrived, the provider says {there}"

    def _batches(self, payment: Plain) -> list[Plain]:
        number = int(payment["claim"].partition(".")[0])
        return [self._unpack(self._world.store.items[keys.batch(payment["preorder_id"].partition(".")[0], number)])]

    def _was_refused(self, old: Plain, new: Plain) -> None:
        """M7: no silence is taken for a no."""
        lapses = new["state"] == "declined" and new.get("problem") == "hold_expired"
        if new["state"] not in ("declined", "overdue", "dropped") or lapses:
            return
        document = self._world.gateway.shelf.read(new["preorder_id"])[0] or {"things": {}}
        series = old.get("series", "first")
        said = {one["result"] for one in document["things"].values() if one.get("series") in ("", series)}
        assert said & set(NO), f"M7: {new['state']} without a no of the provider, who has said {said}"

    def _written(self) -> None:
        """M6 inside, between any two writes: the ledger tells what the payments tell."""
        while self._touched:
            about = self._touched.pop()
            payment = self._world.store.items.get(keys.payment(about))
            mine = [self._unpack(payment)] if payment else []
            named("M6", invariants.ledger_tells_what_payments_tell, [*mine, *self._ledger[about]])

    def _asked(self, ask: Prepare | Charge | Refund) -> None:
        """M3, M4: never more than is due, never for what was let go when it was read."""
        if isinstance(ask, Prepare):
            return
        payment = self._as_read(ask.about)
        if isinstance(ask, Refund):
            _is_left(payment, ask)
            return
        states = ASKED_IN[ask.series]
        assert payment["state"] in states, f"M4: the {ask.series} charge of a payment that was {payment['state']}"
        taken = sum(one.get("minor", 0) for one in payment.get("charges", ()))
        due = payment.get("first_minor", 0) if ask.series == "first" else payment["due_minor"]
        assert ask.amount.minor == due - taken, f"M3: {ask.amount.minor} asked for, {due} due, {taken} taken"
        assert due <= payment["amount_most_minor"], f"M3: {due} due of {payment['amount_most_minor']} accepted"

    def _as_read(self, about: str) -> Plain:
        """As the one who asks has last read it."""
        invocation = self._world.scheduler.current
        read_ms = invocation.read_ms if invocation else self._world.scheduler.now_ms
        versions = self._world.store.versions[keys.payment(about)]
        return self._unpack(next(item for since, item in reversed(versions) if since <= read_ms) or {})

    def _stands(self, about: str, document: Document) -> None:
        """M2, M3 in the provider's own books: one charge of each series at most, and no more back than was taken."""
        done = [one for one in document["things"].values() if one["kind"] == "charge" and one["result"] == "done"]
        series = Counter(one["series"] for one in done)
        assert all(times == 1 for times in series.values()), f"M3: the provider has charged {dict(series)}"
        coming = [one["thing"] for one in document["coming"]]
        known = {one["reference"]: one for one in [*document["things"].values(), *coming]}
        back = sum(one["minor"] for one in known.values() if one["kind"] == "refund" and one["result"] != "failed")
        taken = sum(one["minor"] for one in done)
        assert back <= taken, f"M2: {back} given back of {taken} taken of {about}"
        lives = [one for one in known.values() if one["kind"] == "refund" and one["result"] != "failed"]
        numbers = Counter(one["series"] for one in lives)
        assert all(times == 1 for times in numbers.values()), f"M2: refunds {dict(numbers)} are given back twice"


def _is_left(payment: Plain, ask: Refund) -> None:
    """M2: of what the bank is known to have taken back nothing is given back."""
    charge = next(one for one in payment["charges"] if one["reference"] == ask.charge)
    live = [one for one in payment["refunds"] if one["charge"] == ask.charge and one["state"] != "void"]
    others = [one for one in live if one["number"] != ask.number]
    gone = sum(one["amount_minor"] for one in others) + charge.get("lost_minor", 0)
    left = charge.get("minor", 0) - gone
    assert ask.amount.minor <= left, f"M2: {ask.amount.minor} asked back of a charge of which {left} is left"


def _only_forward(old: Plain, new: Plain) -> None:
    """M8, beside the states: what was taken stays taken, and what has arrived has arrived."""
    for name in GROWS:
        assert old.get(name, 0) <= new.get(name, 0), f"M8: {name} of a payment shrank"
    for name, done in (("charges", lambda one: one.get("minor", 0)), ("refunds", lambda one: one["state"])):
        was, now = old.get(name, ()), new.get(name, ())
        assert len(was) <= len(now), f"M8: one of the {name} is gone"
        for before, after in zip(was, now, strict=False):
            finished = done(before) == "succeeded" if name == "refunds" else done(before) > 0
            assert not finished or done(before) == done(after), f"M8: {before} became {after}"
