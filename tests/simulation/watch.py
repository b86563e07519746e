"""What must hold at every instant, checked as each change is made, from the changes themselves: S1, S2, S3, S4, B1, B3,
B4, O4. All that it knows of how a page is laid out is in `_claims`.

What does not hold is kept for the end: the handler whose write it was would take it for its own failure.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.invariants import checks as invariants
from tests.invariants.checks import OF_A_PAGE
from tests.invariants.history import history_is_lawful
from tests.invariants.items import batch_of
from tests.simulation.expressions import Item
from tests.simulation.store import Key, Store

Plain = dict[str, Any]
BatchName = tuple[str, int]
# The letter of a claim, and what it may become: placed, secured, back.
CLAIM_MOVES = {"": "p", "p": "psb", "s": "sb", "b": "b"}


def named(name: str, check: Callable[..., Any], *given: Any) -> None:
    """Raises AssertionError, whose text begins with the id of what does not hold."""
    try:
        check(*given)
    except (AssertionError, LookupError) as error:
        raise AssertionError(f"{name}: {error!r}" if isinstance(error, LookupError) else f"{name}: {error}") from None


class Watch:
    """Hears of every change of the table."""

    def __init__(self, store: Store, unpack: Callable[[Item], Plain]) -> None:
        self._store, self._unpack = store, unpack
        self.broken: list[str] = []
        self.reached: set[str] = set()
        # Of each batch all that was stored before it was locked.
        self.before_lock: dict[BatchName, dict[Key, Item]] = {}
        self._batches: dict[BatchName, Plain] = {}
        self._pages: dict[BatchName, dict[Key, Plain]] = {}
        self._held: Counter[BatchName] = Counter()
        self._taken: Counter[BatchName] = Counter()
        self._fan_units: Counter[str] = Counter()
        self._homes: dict[str, BatchName] = {}
        self._limit = 0

    def heard(self, key: Key, old: Item, new: Item) -> None:
        try:
            kind = (new or old).get("kind", {}).get("S")
            before, after = self._unpack(old), self._unpack(new)
            if kind in ("page", "batch", "order", "campaign"):
                {"page": self._page, "batch": self._batch, "order": self._order, "campaign": self._campaign}[kind](
                    key, before, after
                )
            if old.get("state") != new.get("state") or kind in ("order_lines", "page"):
                named("O4" if kind == "order" else "B1", history_is_lawful, [(before, after)])
        except AssertionError as error:
            self.broken.append(str(error))

    def _campaign(self, _key: Key, _old: Plain, new: Plain) -> None:
        self._limit = new["limit_per_fan"]

    def _page(self, key: Key, old: Plain, new: Plain) -> None:
        """S1: room is never oversold. S2: a page's counters are the sums over its claims. S3: what was given back is
        given back once and never counts again. B3: after the cut nothing changes any more."""
        again = all(old.get(ref) == new[ref] for ref in new.keys() - {"attempt", "b", "s", "v"})
        assert not (again and old) or new.get("b") == old.get("b"), "S3: room was given back twice"
        named("S2", invariants.pages_are_recounts, [new])
        [(name, _)] = invariants.pages([new])
        self._pages.setdefault(name, {})[key] = new
        self._held[name] += _live(new) - _live(old)
        self._taken[name] += new["n"] - old.get("n", 0)
        batch = self._batches[name]
        assert self._held[name] <= batch["capacity"], f"S1: {self._held[name]} units in a room of {batch['capacity']}"
        room = sum(book["units"] for book in batch["books"])
        assert self._taken[name] <= room, f"S1: {self._taken[name]} units taken of the {room} that the books have"
        assert 0 <= new.get("s", 0) <= _live(new), f"S1: a page's counters: {new}"
        assert batch["state"] not in ("locked", "ordered"), "B3: a page of a locked batch has changed"
        before = _claims(old)
        for ref, (letter, units, fan_id) in _claims(new).items():
            was, had, _ = before.get(ref, ("", 0, ""))
            assert letter in CLAIM_MOVES[was], f"S3: a claim went from {was or 'nothing'} to {letter}"
            self._fan_units[fan_id] += units * (letter != "b") - had * (was not in ("", "b"))
            home = self._homes.setdefault(ref, name)
            assert home == name or letter == "b", f"B3: a pre-order is in {home} and in {name}"
            has = self._fan_units[fan_id]
            assert has <= self._limit, f"S4: {fan_id} has {has} units, the limit is {self._limit}"
        assert before.keys() <= _claims(new).keys(), "B3: a claim is gone"

    def _batch(self, key: Key, old: Plain, new: Plain) -> None:
        name = batch_of(new)
        self._batches[name] = new
        self.reached.add(f"{new['campaign_id']}/{new['number']}/{new['state']}")
        assert new["held_units"] <= new["capacity"], f"S1: the batch tells {new['held_units']} units"
        if new["state"] == "locked" and old["state"] != "locked":
            self._locked(name, new)
            self.before_lock[name] = self._store.items | {key: self._store.versions[key][-2][1] or {}}

    def _locked(self, name: BatchName, batch: Plain) -> None:
        """B3: the lock is one cut, of sealed pages. B4: no payment is under way, and the minimum is reached."""
        pages = list(self._pages.get(name, {}).values())
        room = sum(book["units"] for book in batch["books"])
        assert all("z" in page for page in pages), "B3: locked with an open page"
        assert sum(page["n"] for page in pages) == room, "B3: locked with room that somebody may still take"
        claims = [claim for page in pages for claim in _claims(page).values()]
        secured = sum(units for letter, units, _ in claims if letter == "s")
        assert secured == batch["final_units"], f"B3: locked with {batch['final_units']} units of {secured} secured"
        assert not any(letter == "p" for letter, _, _ in claims), "B4: locked while a payment was under way"
        assert secured >= batch["minimum"], f"B4: locked with {secured} units of at least {batch['minimum']}"

    def _order(self, _key: Key, old: Plain, new: Plain) -> None:
        """B4: what is ordered is what is paid for."""
        if old:
            return
        payments = [item for key, item in self._store.items.items() if item.get("kind") == {"S": "payment"}]
        paid = 0
        for payment in map(self._unpack, payments):
            pieces = [piece.partition("*") for piece in payment["claim"].split(",")]
            if payment["state"] == "secured":
                paid += sum(int(n) for spot, _, n in pieces if int(spot.split(".")[0]) == new["batch_number"])
        assert paid == new["units"], f"B4: {new['units']} units are ordered, {paid} are paid for"


def _live(page: Plain) -> int:
    return int(page.get("n", 0)) - int(page.get("b", 0))


def _claims(page: Plain) -> dict[str, tuple[str, int, str]]:
    """Of each claim its letter, its units, and whose it is."""
    found = {}
    for ref in page.keys() - OF_A_PAGE:
        letter, units, _, _, fan_id = page[ref].split(";", 4)
        found[ref] = letter, int(units.partition("+")[0]), fan_id
    return found
