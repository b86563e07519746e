"""DynamoDB conditions and updates from named parts, so that each condition reads as the rule that it enforces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.kernel import instants


@dataclass(frozen=True)
class Condition:
    """One named part: a template over `#` (the attribute) and `:0`, `:1` ... (the values)."""

    attribute: str
    template: str
    values: tuple[Any, ...] = ()


def exists(attribute: str = "pk") -> Condition:
    return Condition(attribute, "attribute_exists(#)")


def absent(attribute: str = "pk") -> Condition:
    return Condition(attribute, "attribute_not_exists(#)")


def equals(attribute: str, value: Any) -> Condition:
    return Condition(attribute, "# = :0", (value,))


def one_of(attribute: str, values: Sequence[Any]) -> Condition:
    places = ", ".join(f":{place}" for place in range(len(values)))
    return Condition(attribute, f"# IN ({places})", tuple(values))


def at_most(attribute: str, value: int) -> Condition:
    return Condition(attribute, "# <= :0", (value,))


def at_least(attribute: str, value: int) -> Condition:
    return Condition(attribute, "# >= :0", (value,))


def absent_or_at_most(attribute: str, value: int | str) -> Condition:
    return Condition(attribute, "(attribute_not_exists(#) OR # <= :0)", (value,))


def absent_or_equals(attribute: str, value: Any) -> Condition:
    return Condition(attribute, "(attribute_not_exists(#) OR # = :0)", (value,))


def absent_or_not(attribute: str, value: str) -> Condition:
    return Condition(attribute, "(attribute_not_exists(#) OR # <> :0)", (value,))


def after(attribute: str, moment: datetime) -> Condition:
    """The stored instant lies after this moment: texts of instants sort by time."""
    return Condition(attribute, "# > :0", (instants.text(moment),))


@dataclass
class Expressions:
    """Collects names and values while the parts are rendered. Placeholders are numbered, so attributes can have any
    name."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute, or those of a path into maps: `votes.colour`."""
        if "." in attribute:
            return ".".join(map(self.name, attribute.split(".")))
        known = {meant: placeholder for placeholder, meant in self.names.items()}
        placeholder = known.get(attribute, f"#n{len(self.names)}")
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value: Any) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def condition(self, parts: Sequence[Condition]) -> str:
        """All parts joined by AND; an empty text for none."""
        return " AND ".join(self._render(part) for part in parts)

    def _render(self, part: Condition) -> str:
        text = part.template.replace("#", self.name(part.attribute))
        for place in reversed(range(len(part.values))):
            text = text.replace(f":{place}", self.value(part.values[place]))
        return text

    def update(self, *, put: Mapping[str, Any], add: Mapping[str, int], remove: Sequence[str]) -> str:
        """An update expression. `add` counts from zero where the attribute is absent; a value of None in `put`
        removes."""
        gone = [*remove, *(attribute for attribute, value in put.items() if value is None)]
        clauses = {
            "SET": [f"{self.name(a)} = {self.value(v)}" for a, v in put.items() if v is not None],
            "ADD": [f"{self.name(a)} {self.value(v)}" for a, v in add.items()],
            "REMOVE": [self.name(a) for a in gone],
        }
        return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
