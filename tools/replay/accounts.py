"""Accounts: what was read is what was sent plus each named reason why something was not."""

from collections import Counter
from dataclasses import dataclass, field


class Unaccounted(Exception):  # noqa: N818 - an alarm about the tool itself
    """Something that was read is in no class: the tool would have dropped it in silence."""


@dataclass
class Account:
    """Counts of one kind of thing (rows, ballots). `classes` has every outcome by name, the good ones included."""

    things: str
    read: int = 0
    classes: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, number: int = 1) -> None:
        """Puts so many of what was read into a class."""
        self.classes[name] += number

    def move(self, before: str, after: str, number: int) -> None:
        """What was in one class turned out to belong to another."""
        self.classes[before] -= number
        self.classes[after] += number

    def check(self) -> None:
        """Raises Unaccounted unless the classes add up to what was read."""
        counted = sum(self.classes.values())
        if counted != self.read or any(number < 0 for number in self.classes.values()):
            raise Unaccounted(f"{self.read} {self.things} were read, {counted} are accounted for: {dict(self.classes)}")
