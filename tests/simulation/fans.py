"""What one fan does, drawn from the seed: comes, perhaps twice and in two windows; changes the pre-order, answers when
its ship date slips, leaves; waits for room, and takes what is offered, or not."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.batches.promises import NothingToChoose
from chalicelib.batches.rules import BatchFull
from chalicelib.campaigns.admission import NOT_ADMITTED
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import actions as preorders
from chalicelib.preorders import choosing, editing
from chalicelib.preorders.changes import PreorderChanges
from chalicelib.preorders.model import NewPreorder, Preorder
from chalicelib.waiting import actions as waiting
from chalicelib.waiting import reading as list_reading
from chalicelib.waiting.model import NewEntry, ShownEntry
from tests.simulation import bodies, payers
from tests.simulation.features import MINUTE_MS
from tests.simulation.heard import Placed

if TYPE_CHECKING:
    from tests.simulation.people import People

# At any price: whoever edits says so.
ANY_PRICE_MINOR = 10**7
LOOKS, LOOK_MS = 8, 11 * MINUTE_MS


class Fan:
    """One of the people."""

    def __init__(self, people: "People", name: str, end_ms: int) -> None:
        self.people, self.name, self.end_ms = people, name, end_ms
        self.fan_id = f"sub-{name.replace(' ', '-')}"
        self.chance, self.more, self.features = people.chance, people.more, people.options.features
        self.after = people.world.scheduler.after
        self.waits = False

    def come(self, come_ms: int) -> None:
        at = self.people.world.scheduler.at
        for key in self.chance.choice([["a"], ["a"], ["a", "b"]]):
            new = self._new(payers.card(self.people.options.seed, self.name, key))
            leaves_ms = self.chance.choice([2000, 90_000, 20 * MINUTE_MS]) if self.chance.random() < 0.4 else None
            if "waiting" in self.features and self.more.random() < 0.5:
                leaves_ms = self.more.choice([12, 25, 45]) * MINUTE_MS
            asked = self._placing(key, new, leaves_ms)
            for twin in self.chance.choice([[""], [""], ["", " twin"]]):
                at(come_ms, lambda twin=twin, asked=asked: asked(self.name + twin))
            if self.chance.random() < 0.2:
                at(come_ms + 20_000, lambda asked=asked: asked(self.name + " again"))

    def in_a_rush(self) -> Callable[[str], None]:
        """Asks for a unit or two, whenever this is called: with what is added to the name."""
        line = {"variant": {"lens": "wide"}, "quantity": self.chance.randint(1, 2)}
        asked = self._placing("a", NewPreorder.model_validate({"lines": [line]}), None)
        return lambda twin: asked(self.name + twin)

    def _new(self, method: str) -> NewPreorder:
        count = self.chance.choice([1, 1, 2])
        lines: list[dict[str, Any]] = [
            {"variant": {"lens": self.chance.choice(["wide", "tele"])}, "quantity": self.chance.randint(1, 5)}
            for _ in range(count)
        ]
        self.chance.random()  # once for another card: the others stay where they were
        more = bodies.said(self, lines) if self.features else {}
        return NewPreorder.model_validate({"lines": lines, "payment_method": method, **more})

    # -- a pre-order -------------------------------------------------------------------------------------------------

    def _placing(self, key: str, new: NewPreorder, leaves_ms: int | None, tries: int = 2) -> Callable[[str], None]:
        people = self.people

        def place(ports: Ports) -> Preorder:
            return preorders.place(ports, self.fan_id, people.campaign_id, key=key, new=new)

        def asked(actor: str) -> None:
            known = any((one.fan_id, one.key) == (self.fan_id, key) for one in people.told)
            people.ask(actor, place, answered, broken if known else refused)

        def answered(preorder: Preorder) -> None:
            self._was_told(key, new, preorder, leaves_ms)

        def broken(refusal: Refusal) -> None:
            people.broken.append(f"L4: told of a pre-order, then under the same key: {refusal!r}")

        def refused(refusal: Refusal) -> None:
            if isinstance(refusal, NOT_ADMITTED) and tries:
                again = self._placing(key, new, leaves_ms, tries - 1)
                self.after(9 * MINUTE_MS, lambda: again(self.name))
            elif isinstance(refusal, BatchFull) and "waiting" in self.features and not self.waits:
                self.waits = True
                self._join(new)

        return asked

    def _was_told(self, key: str, new: NewPreorder, preorder: Preorder, leaves_ms: int | None) -> None:
        self.people.told.append(Placed(self.fan_id, key, new, preorder))
        if leaves_ms is not None:
            self.after(leaves_ms, lambda: self._withdraw(preorder.preorder_id))
        if self.features & {"edits", "households"} and self.more.random() < 0.85:
            self._edit(preorder, new)
        if "slips" in self.features and self.more.random() < 0.7:
            self._choose(preorder.preorder_id)

    def _withdraw(self, preorder_id: str) -> None:
        def answered(_: Preorder) -> None:
            self.people.withdrawn.append(preorder_id)

        self.people.heard.leaving.add(preorder_id)
        self.people.ask(self.name, lambda ports: preorders.withdraw(ports, self.fan_id, preorder_id), answered)

    def _edit(self, preorder: Preorder, new: NewPreorder) -> None:
        """More, fewer, or another variant; now and then two changes at once."""
        heard, preorder_id = self.people.heard, preorder.preorder_id
        for _ in range(self.more.choice([1, 1, 1, 2])):
            lines = [line.model_dump(mode="json", exclude_none=True) for line in new.lines]
            lines[0]["quantity"] = self.more.randint(1, 6)
            lines[0].pop("up_to", None)
            if self.more.random() < 0.5:
                lines[0].pop("second_choice", None)
                lines[0]["variant"] = {"lens": self.more.choice(["wide", "tele"])}
            put: dict[str, Any] = {"lines": lines, "accepts_total_minor": ANY_PRICE_MINOR}
            if "households" in self.features and self.more.random() < 0.5 and new.address:
                street, postal_code = self.more.choice(bodies.HOUSES)
                put["address"] = {
                    **new.address.model_dump(exclude_none=True),
                    "street": street,
                    "postal_code": postal_code,
                }
            changes, units = PreorderChanges.model_validate(put), sum(line["quantity"] for line in lines)

            def act(ports: Ports, changes: PreorderChanges = changes) -> Preorder:
                return editing.edit(ports, self.fan_id, preorder_id, changes)

            def answered(_: Preorder, units: int = units) -> None:
                heard.edited[preorder_id] = units

            def ask(act: Any = act, answered: Any = answered, units: int = units) -> None:
                heard.edits[preorder_id].append(units)
                self.people.ask(f"{self.name} edits", act, answered)

            self.after(self.more.choice([1, 200, 5000, MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS]), ask)

    def _choose(self, preorder_id: str, looks: int = LOOKS) -> None:
        """Answers a slip, as soon as there is one."""
        heard, choice = self.people.heard, self.more.choice(["wait", "wait", "refund"])

        def answered(_: Preorder) -> None:
            heard.chosen[preorder_id] = choice

        def act(ports: Ports) -> Preorder:
            return choosing.choose(ports, self.fan_id, preorder_id, choice)

        def refused(refusal: Refusal) -> None:
            if isinstance(refusal, NothingToChoose) and looks:
                self._choose(preorder_id, looks - 1)

        def ask() -> None:
            heard.choices[preorder_id].add(choice)
            self.people.ask(f"{self.name} chooses", act, answered, refused)

        self.after(self.more.randrange(self.end_ms // 4), ask)

    # -- the waiting list --------------------------------------------------------------------------------------------

    def _join(self, new: NewPreorder) -> None:
        told = {"lines": [line.model_dump(include={"variant", "quantity"}) for line in new.lines]}
        entry = NewEntry.model_validate(
            {**told, "all_or_none": self.more.random() < 0.3, "access_code": new.access_code}
        )
        joining = self.people.campaign_id

        def act(ports: Ports) -> Any:
            return waiting.join(ports, self.fan_id, joining, key="w", new=entry)

        self.people.ask(f"{self.name} waits", act, lambda _: self.after(LOOK_MS, lambda: self._look(new, LOOKS)))

    def _look(self, new: NewPreorder, looks: int) -> None:
        """Looks from time to time; says yes to an offer, or no, or nothing; or has had enough."""

        def act(ports: Ports) -> ShownEntry:
            return list_reading.show(ports, self.fan_id, self.people.campaign_id)

        def answered(entry: ShownEntry) -> None:
            if entry.state == "offered" and entry.offer:
                self._offered(new, entry.offer.units)
            elif entry.state == "waiting" and looks:
                if self.more.random() < 0.1:
                    self._leave()
                else:
                    self.after(LOOK_MS, lambda: self._look(new, looks - 1))

        self.people.ask(f"{self.name} waits", act, answered)

    def _offered(self, new: NewPreorder, units: int) -> None:
        does = self.more.choice(["takes", "takes", "takes", "leaves", "sleeps"])
        if does == "leaves":
            self._leave()
        if does == "takes":
            line = new.lines[0].model_copy(update={"quantity": self.more.choice([units, units, max(1, units - 1)])})
            self._placing("offered", new.model_copy(update={"lines": (line,)}), None)(self.name)

    def _leave(self) -> None:
        def act(ports: Ports) -> Any:
            return waiting.leave(ports, self.fan_id, self.people.campaign_id)

        self.people.ask(f"{self.name} waits", act, lambda _: None)
