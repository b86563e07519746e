"""What must hold at every instant, checked as each change is made, from the changes themselves: S1, S2, S3, S4, B1, B3,
B4, O4. All that it knows of how a page is laid out is in `_claims`.

What does not hold is kept for the end: the handler whose write it was would take it for its own failure.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from chalicelib.news import MARKS
from tests.invariants import checks as invariants
from tests.invariants.checks import OF_A_PAGE
from tests.invariants.history import history_is_lawful
from tests.invariants.items import batch_of
from tests.invariants.waiting import given_back_is_reissued_once
from tests.simulation.agreed import agreed, lines_made, playbook_is_followed, read, told_once
from tests.simulation.drop_outs import announced_is_followed
from tests.simulation.expressions import Item
from tests.simulation.money import MoneyWatch
from tests.simulation.named import named
from tests.simulation.replicas import Key
from tests.simulation.world import World

Plain = dict[str, Any]
BatchName = tuple[str, int]
# The letter of a claim, and what it may become: placed, secured, collected, back.
LOCKED, SETTLEMENT = ("locked", "collecting", "ordered"), {"S": "settlement"}
Claims = dict[str, tuple[str, int, str, str]]
NOBODY = ("", 0, "", "")
CLAIM_MOVES = {"": "p", "p": "psb", "s": "scb", "c": "cb", "b": "b"}


# Under which id an unlawful change is told.
LAWFUL = {"order": "O4", "page": "S1", "payment": "M8", "provider_event": "M8"}


class Watch:
    """Hears of every change of the table."""

    def __init__(self, world: World, unpack: Callable[[Item], Plain]) -> None:
        self._store, self._unpack = world.store, unpack
        self.broken: list[str] = []
        money = MoneyWatch(world, unpack, self.broken)
        self.reached: set[str] = set()
        # Of each batch all that was stored before it was locked, and before it was ordered.
        self.before: dict[tuple[BatchName, str], dict[Key, Item]] = {}
        self._batches: dict[BatchName, Plain] = {}
        self._pages: dict[BatchName, dict[Key, Plain]] = {}
        self._held: Counter[BatchName] = Counter()
        self._taken: Counter[BatchName] = Counter()
        self._fan_units: Counter[str] = Counter()
        self._homes: dict[str, BatchName] = {}
        self._hears: dict[str, Callable[[Key, Plain, Plain], None]] = {
            "page": self._page,
            "batch": self._batch,
            "order": self._order,
            "campaign": self._campaign,
            "settlement": self._settlement,
            "household": self._household,
            "slip": self._news,
            "notice": self._news,
            "payment": money.payment,
            "ledger": money.ledger,
        }
        # The campaign, and what was written of each batch before its lock: whose fate is another than agreed at first.
        self._campaign_as_sold: Plain = {}
        self._fates: dict[BatchName, dict[str, Plain]] = {}
        # Of each locked batch the units that are made of each claim.
        self._made: dict[BatchName, dict[str, int]] = {}
        # Who has sent the code of a wave, as far as the fans themselves know.
        self.codes: set[str] = set()

    def heard(self, key: Key, old: Item, new: Item) -> None:
        try:
            kind = (new or old).get("kind", {}).get("S")
            before, after = self._unpack(old), self._unpack(new)
            if kind in self._hears:
                self._hears[kind](key, before, after)
            if old.get("state") != new.get("state") or kind in ("order_lines", "page"):
                named(LAWFUL.get(kind, "B1"), history_is_lawful, [(before, after)])
        except AssertionError as error:
            self.broken.append(str(error))

    def _campaign(self, _key: Key, _old: Plain, new: Plain) -> None:
        self._campaign_as_sold = new

    def _household(self, _key: Key, _old: Plain, new: Plain) -> None:
        """S4: at one address there are never more units than were announced."""
        most = self._campaign_as_sold["limit_per_household"]
        assert 0 <= new["units"] <= most, f"S4: a household has {new['units']} units, the limit is {most}"

    def _news(self, _key: Key, old: Plain, new: Plain) -> None:
        if not old:
            self.reached.add(told_once(new))

    def _settlement(self, key: Key, old: Plain, new: Plain) -> None:
        """B5: written once, before the lock."""
        _, campaign_id, _, number, _ = key[0].split("#")
        name = campaign_id, int(number)
        assert not old, "B5: a settlement was written twice"
        assert self._batches[name]["state"] not in LOCKED, "B5: a settlement was written after the lock"
        self._fates.setdefault(name, {}).update(new["fates"])

    def _page(self, key: Key, old: Plain, new: Plain) -> None:
        """S1: room is never oversold. S2: a page's counters are the sums over its claims. S3: what was given back is
        given back once and never counts again. B3: after the cut nothing changes any more."""
        again = all(old.get(ref) == new[ref] for ref in new.keys() - {"attempt", "b", "s", "c", "v"})
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
        before = _claims(old)
        if batch["state"] in LOCKED:
            self._after_the_lock(name, before, _claims(new))
        for ref, (letter, units, fan_id, wanted) in _claims(new).items():
            was, had, *_ = before.get(ref, NOBODY)
            assert letter in CLAIM_MOVES[was] or (not was and not wanted and letter == "s"), (
                f"S3: a claim went from {was or 'nothing'} to {letter}"
            )
            self._fan_units[fan_id] += units * (letter != "b") - had * (was not in ("", "b"))
            home = self._homes.setdefault(ref, name)
            assert home == name or letter == "b", f"B3: a pre-order is in {home} and in {name}"
            has, most = self._fan_units[fan_id], self._campaign_as_sold["limit_per_fan"]
            assert has <= most, f"S4: {fan_id} has {has} units, the limit is {most}"
            if not was:
                self._let_in(key, batch, fan_id)
        assert before.keys() <= _claims(new).keys(), "B3: a claim is gone"

    def _after_the_lock(self, name: BatchName, before: Claims, after: Claims) -> None:
        """B3: nothing enters or leaves any more, but whom the settlement has left out, and who could not be charged in
        time; all others are collected."""
        left = {ref for ref, fate in self._fates.get(name, {}).items() if fate["left"]}
        changed = {ref for ref in after.keys() | before.keys() if before.get(ref) != after.get(ref)}
        assert changed, "B3: a page of a locked batch has changed"
        for ref in changed:
            was, now = before.get(ref, NOBODY)[0], after.get(ref, NOBODY)[0]
            ways = ("sb",) if ref in left else ("sc", "sb") if self._batches[name].get("dropping") else ("sc",)
            assert was + now in ways, f"B3: a claim of a locked batch went from {was} to {now}"

    def _let_in(self, key: Key, batch: Plain, fan_id: str) -> None:
        """A1: room of a wave with a code is only for who has sent it."""
        wave = batch["books"][int(key[0].split("#")[5]) - 1].get("wave")
        waves = {one["number"]: one for one in self._campaign_as_sold.get("waves", ())}
        assert wave is None or "code" not in waves[wave] or fan_id in self.codes, f"A1: {fan_id} got into wave {wave}"

    def _batch(self, key: Key, old: Plain, new: Plain) -> None:
        name = batch_of(new)
        self._batches[name] = new
        named("B1", playbook_is_followed, self._campaign_as_sold, old, new)
        named("B1", announced_is_followed, self._campaign_as_sold, old, new)
        named("S1", given_back_is_reissued_once, [new])
        for play in new.get("played", ())[len(old.get("played", ())) :]:
            if play["kind"] != "refund":
                self.reached.add(f"{new['campaign_id']}/{new['number']}/played/{play['index']}")
        marked = (told for mark, told in MARKS.items() if mark in new and mark not in old)
        self.reached.update(f"{new['campaign_id']}/{new['number']}/{told}" for told in (new["state"], *marked))
        assert new["held_units"] <= new["capacity"], f"S1: the batch tells {new['held_units']} units"
        if new["state"] == "locked" and old["state"] != "locked":
            self._locked(name, new)
        if new["state"] == "short" and old["state"] == "collecting":
            paid, least = self._paid(name), new.get("lowered_minimum", new["minimum"])
            assert paid < least, f"B4: short, though {paid} units are paid for and {least} are enough"
        if new.get("dropping") and not old.get("dropping") and "prolonged_at" not in new:
            rule, least = self._campaign_as_sold.get("on_drop_outs") or {}, new.get("lowered_minimum", new["minimum"])
            assert not rule.get("longer_grace_days") or self._paid(name) >= least, "B1: nobody had longer to pay"
        if new["state"] in ("locked", "ordered") and old["state"] != new["state"]:
            before = self._store.items | {key: self._store.versions[key][-2][1] or {}}
            undecided = {"locked": ("settlement",), "ordered": ("order", "order_lines", "ledger")}[new["state"]]
            kept = {one: item for one, item in before.items() if item.get("kind", {}).get("S") not in undecided}
            self.before[name, new["state"]] = kept

    def _locked(self, name: BatchName, batch: Plain) -> None:
        """B3: the lock is one cut, of sealed pages. B4: no payment is under way, and the minimum is reached."""
        pages = list(self._pages.get(name, {}).values())
        room = sum(book["units"] for book in batch["books"])
        assert all("z" in page for page in pages), "B3: locked with an open page"
        assert sum(page["n"] for page in pages) == room, "B3: locked with room that somebody may still take"
        claims = [claim for page in pages for claim in _claims(page).items()]
        assert not any(letter == "p" for _, (letter, *_) in claims), "B4: locked while a payment was under way"
        units: Counter[str] = Counter()
        for ref, (letter, held, *_) in claims:
            units[ref] += held * (letter == "s")
        wants = {ref: wanted for ref, (letter, _, _, wanted) in claims if letter == "s" and wanted}
        fates = self._fates.get(name, {})
        assert all(units[ref] == sum(line.quantity for line in read(wants[ref])) for ref in wants), "S4: other units"
        named("B4", agreed, self._campaign_as_sold, batch, wants, fates)
        self._made[name] = made = {ref: sum(n for _, n in lines_made(wants[ref], fates.get(ref))) for ref in wants}
        final = sum(made.values()) + sum(line["quantity"] for line in batch.get("top_up", ()))
        assert final == batch["final_units"], f"B3: locked with {batch['final_units']} units of {final} that are made"

    def _order(self, _key: Key, old: Plain, new: Plain) -> None:
        """B4: what is ordered is what is paid for, and what the organiser takes."""
        if not old:
            paid = self._paid(batch_of(new))
            assert paid == new["units"], f"B4: {new['units']} units are ordered, {paid} are paid for"

    def _paid(self, name: BatchName) -> int:
        """The units that are made of what is paid for, and the organiser's."""
        payments = [item for item in self._store.items.values() if item.get("kind") == {"S": "payment"}]
        batch = self._batches[name]
        paid = sum(line["quantity"] for own in ("top_up", "taken_over") for line in batch.get(own, ()))
        for payment in map(self._unpack, payments):
            spots = {int(piece.split(".")[0]) for piece in payment["claim"].split(",")}
            if payment["state"] == "paid" and spots == {name[1]}:
                ref = payment["preorder_id"].partition(".")[2].replace(".", "_")
                assert ref in self._made[name], "B4: somebody has paid for what was not locked"
                paid += self._made[name][ref]
        return paid


def _live(page: Plain) -> int:
    return int(page.get("n", 0)) - int(page.get("b", 0))


def _claims(page: Plain) -> Claims:
    """Of each claim its letter, its units, whose it is, and on its first page what it is for."""
    found = {}
    for ref in page.keys() - OF_A_PAGE:
        letter, units, wants, _, fan_id = page[ref].split(";", 4)
        found[ref] = letter, int(units.partition("+")[0]), fan_id, wants
    return found
