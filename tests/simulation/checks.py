"""What must hold of a history, by the ids of docs. All that depends on how items are laid out is here, and in
tests/invariants, which is asked at the end."""

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from chalicelib.plumbing.typed_json import unpack
from tests.invariants import checks as invariants
from tests.invariants.history import history_is_lawful
from tests.simulation.expressions import Item
from tests.simulation.store import Key

if TYPE_CHECKING:
    from tests.simulation.history import History

# Of the invariants those that a campaign meets that was never voted on.
AT_REST = {
    "S1": invariants.room_is_never_oversold,
    "S2": invariants.pages_are_recounts,
    "S2 at rest": invariants.counters_are_recounts,
    "S4": invariants.no_fan_has_more_than_the_limit,
    "B3": invariants.preorders_and_claims_are_one_to_one,
    "B5": invariants.one_price_for_all_in_a_batch,
    "O1": invariants.each_batch_has_its_one_order,
    "O3": invariants.orders_say_what_was_secured,
    "O4": invariants.answers_of_the_manufacturer_follow_each_other,
    "M5": invariants.payments_fit_their_preorders,
    "L1": invariants.nothing_is_stranded,
}
NEWS = ("confirmed", "locked", "ordered", "short", "cancelled")


class Watch:
    """Hears of every change: what must hold at every instant, S1 and B1, and what was told of for good.

    What does not hold is kept for the end: the handler whose write it was would take it for its own failure.
    """

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.reached: set[str] = set()
        self.room: dict[Key, dict[str, Any]] = {}

    def heard(self, key: Key, old: Item, new: Item) -> None:
        try:
            self._check(key, old, new)
        except AssertionError as error:
            self.broken.append(str(error))

    def _check(self, key: Key, old: Item, new: Item) -> None:
        kind = (new or old).get("kind", {}).get("S")
        if kind in ("batch", "page"):
            self.room[key] = unpack(new)
            _named("S1", invariants.room_is_never_oversold, list(self.room.values()))
        if kind == "page":
            _named("S2", invariants.pages_are_recounts, [self.room[key]])
        if kind == "batch":
            batch = self.room[key]
            self.reached.add(f"{batch['campaign_id']}/{batch['number']}/{batch['state']}")
        if old.get("state") != new.get("state") or kind == "order_lines":
            _named("B1", history_is_lawful, [(unpack(old), unpack(new))])


def _named(name: str, check: Any, given: Any) -> None:
    try:
        check(given)
    except (AssertionError, LookupError) as error:
        raise AssertionError(f"{name}: {error!r}" if isinstance(error, LookupError) else f"{name}: {error}") from None


def at_rest(history: "History") -> None:
    """Everything, once nothing moves any more."""
    items = [unpack(item) for item in history.world.store.items.values()]
    for name, check in AT_REST.items():
        _named(name, check, items)
    _announced_once(history)
    _resent_alike(history)
    _acknowledged_are_found(history, items)


def _announced_once(history: "History") -> None:
    """B2: every step of a batch is announced, under one id, in the same words each time."""
    words: dict[str, set[str]] = defaultdict(set)
    for told in history.world.announced:
        words[json.loads(told)["id"]].add(told)
    steps = {step for step in history.watch.reached if step.endswith(NEWS)}
    assert steps <= set(words), f"B2: never announced: {steps - set(words)}"
    assert all(len(told) == 1 for told in words.values()), f"B2: announced in two ways: {words}"


def _resent_alike(history: "History") -> None:
    """O2: the same order is the same to the byte."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for order_id, body in history.world.posted:
        bodies[order_id].add(body)
    assert all(len(sent) == 1 for sent in bodies.values()), f"O2: sent in two ways: {sorted(bodies)}"


def _acknowledged_are_found(history: "History", items: list[dict[str, Any]]) -> None:
    """L4, S4: who was told of a pre-order finds it, the same under the same key, in the quantity that was asked."""
    preorders = {item["preorder_id"]: item for item in items if item["kind"] == "preorder"}
    by_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    for told in history.people.told:
        found = preorders.get(told.preorder.preorder_id)
        assert found, "L4: an acknowledged pre-order is lost"
        assert found["units"] == told.preorder.units, "S4: a pre-order has other units than were acknowledged"
        by_key[told.fan_id, told.key].add(told.preorder.preorder_id)
    assert all(len(ids) == 1 for ids in by_key.values()), f"L4: one key, two pre-orders: {by_key}"
    for _, preorder_id in history.people.withdrawn:
        assert preorders[preorder_id]["state"] == "withdrawn", "L4: an acknowledged withdrawal did not last"
