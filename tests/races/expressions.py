"""DynamoDB's condition and update expressions, as far as Groundswell writes them. Strict where DynamoDB is strict."""

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

# Attribute name -> typed value, such as {"N": "5"}.
Item = dict[str, dict[str, Any]]
_TOKEN = re.compile(r"#\w+|:\w+|<=|>=|<>|[=<>(),]|\w+")
_CLAUSE = re.compile(r"\b(SET|ADD|REMOVE)\b")
_COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


class Unacceptable(Exception):  # noqa: N818
    """What DynamoDB answers with a ValidationException."""


def plain(value: Mapping[str, Any]) -> tuple[str, Any]:
    """Type and value; numbers as int."""
    [(kind, text)] = value.items()
    return kind, int(text) if kind == "N" else text


@dataclass
class Evaluation:
    """One request's expressions against one item. Notes which placeholders were used, and whether a path of the update
    leads through what is not there."""

    request: Mapping[str, Any]
    used: set[str] = field(default_factory=set)
    lost: bool = False

    def holds(self, item: Item) -> bool:
        """Whether the condition is true of the item (an empty one stands for none)."""
        if "ConditionExpression" not in self.request:
            return True
        text = self.request["ConditionExpression"]
        if not text:
            raise Unacceptable("Invalid ConditionExpression: The expression can not be empty")
        self._tokens = [*_TOKEN.findall(text), ""]
        answer = self._either(item)
        if self._tokens != [""]:
            raise Unacceptable(f"cannot read {text!r} at {self._tokens}")
        return answer

    def updated(self, item: Item) -> Item:
        """The item after SET, ADD and REMOVE."""
        new, touched = dict(item), []
        parts = [part.strip() for part in _CLAUSE.split(self.request["UpdateExpression"]) if part.strip()]
        for verb, clause in zip(parts[::2], parts[1::2], strict=True):
            for action in clause.split(","):
                words = action.replace("=", " ").split()
                name, *inner = map(self._name, words[0].split("."))
                touched.append((name, *inner))
                if verb == "REMOVE":
                    new.pop(name, None)
                elif inner:
                    new[name] = self._within(new.get(name, {}), inner, self._value(words[1]))
                elif verb == "SET":
                    new[name] = self._value(words[1])
                else:
                    before = plain(new.get(name, {"N": "0"}))[1]
                    new[name] = {"N": str(before + plain(self._value(words[1]))[1])}
        overlap = any(one == other[: len(one)] for one, other in permutations(touched, 2))
        if overlap or {("pk",), ("sk",)} & set(touched):
            raise Unacceptable("Two document paths overlap with each other, or touch the key")
        return new

    def _within(self, value: dict[str, Any], path: list[str], new: dict[str, Any]) -> dict[str, Any]:
        """The value with something else at a place in it. Only SET writes there, and only into maps that are there."""
        if not path:
            return new
        self.lost |= "M" not in value
        inner = value.get("M", {})
        return {"M": {**inner, path[0]: self._within(inner.get(path[0], {}), path[1:], new)}}

    def check_all_used(self) -> None:
        """DynamoDB refuses names and values that no expression mentions."""
        given = {*self.request.get("ExpressionAttributeNames", {}), *self.request.get("ExpressionAttributeValues", {})}
        if given - self.used:
            raise Unacceptable(f"unused in expressions: {sorted(given - self.used)}")

    def check_places(self) -> None:
        """DynamoDB refuses to write into a map that is not there, once the condition holds."""
        if self.lost:
            raise Unacceptable("The document path provided in the update expression is invalid for update")

    # -- the grammar, by recursive descent -----------------------------------------------------------------------------

    def _either(self, item: Item) -> bool:
        return any([self._all(item), *self._after("OR", self._all, item)])

    def _all(self, item: Item) -> bool:
        return all([self._one(item), *self._after("AND", self._one, item)])

    def _after(self, word: str, term: Any, item: Item) -> Iterator[bool]:
        while self._tokens[0] == word:
            self._take(word)
            yield term(item)

    def _one(self, item: Item) -> bool:
        first = self._take()
        if first == "(":
            answer = self._either(item)
            self._take(")")
            return answer
        if first in ("attribute_exists", "attribute_not_exists"):
            self._take("(")
            there = self._name(self._take()) in item
            self._take(")")
            return there == (first == "attribute_exists")
        return self._compared(item.get(self._name(first)), self._take())

    def _compared(self, left: Mapping[str, Any] | None, word: str) -> bool:
        if word == "IN":
            return any([left == value for value in self._list()])  # noqa: C419 - every value counts as used
        right = self._value(self._take())
        if left is None or set(left) != set(right):
            return left is not None and word == "<>"
        return bool(_COMPARE[word](plain(left), plain(right)))

    def _list(self) -> Iterator[Mapping[str, Any]]:
        self._take("(")
        yield self._value(self._take())
        while self._tokens[0] == ",":
            self._take(",")
            yield self._value(self._take())
        self._take(")")

    def _take(self, expected: str | None = None) -> str:
        token = self._tokens.pop(0)
        if expected not in (None, token):
            raise Unacceptable(f"{expected!r} expected, found {token!r}")
        return token

    def _name(self, placeholder: str) -> str:
        self.used.add(placeholder)
        return str(self.request["ExpressionAttributeNames"][placeholder])

    def _value(self, placeholder: str) -> dict[str, Any]:
        self.used.add(placeholder)
        return dict(self.request["ExpressionAttributeValues"][placeholder])
