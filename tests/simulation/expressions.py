"""DynamoDB's condition and update expressions, compiled once for each text: a history asks some hundred of them, of
which a dozen differ."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from typing import Any, NamedTuple

# Attribute name -> typed value, such as {"N": "5"}.
Value = dict[str, Any]
Item = dict[str, Value]
Path = tuple[str | int, ...]
_TOKEN = re.compile(r"#\w+|:\w+|<=|>=|<>|[=<>(),.\[\]+-]|\w+|\S")
_COMPARE = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
_ORDERED = {"S", "N", "B"}


class Unacceptable(Exception):  # noqa: N818
    """What DynamoDB answers with a ValidationException."""


class Scene(NamedTuple):
    """What an expression speaks of: its request's names and values, and the item as it is."""

    names: Mapping[str, str]
    values: Mapping[str, Value]
    item: Item

    def path(self, tokens: Path) -> Path:
        return tuple(self.names.get(token, token) if isinstance(token, str) else token for token in tokens)


Operand = Callable[[Scene], Value | None]
Test = Callable[[Scene], bool]


@dataclass
class Parser:
    """One text, by recursive descent. Notes which placeholders it names."""

    text: str
    used: set[str] = field(default_factory=set)
    tokens: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = [*_TOKEN.findall(self.text), ""]

    def take(self, expected: str | None = None) -> str:
        token = self.tokens.pop(0)
        if expected not in (None, token):
            raise Unacceptable(f"{expected!r} expected, found {token!r} in {self.text!r}")
        self.used |= {token} if token[:1] in ("#", ":") else set()
        return token

    def took(self, token: str) -> bool:
        if self.tokens[0].upper() != token:
            return False
        self.tokens.pop(0)
        return True

    def several(self, one: Callable[[], Any]) -> list[Any]:
        found = [one()]
        while self.took(","):
            found.append(one())
        return found

    # -- conditions --------------------------------------------------------------------------------------------------

    def either(self) -> Test:
        tests = [self.both()]
        while self.took("OR"):
            tests.append(self.both())
        return tests[0] if len(tests) == 1 else lambda scene: any(test(scene) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.took("AND"):
            tests.append(self.one())
        return tests[0] if len(tests) == 1 else lambda scene: all(test(scene) for test in tests)

    def one(self) -> Test:
        if self.took("NOT"):
            inner = self.one()
            return lambda scene: not inner(scene)
        if self.took("("):
            grouped = self.either()
            self.take(")")
            return grouped
        if self.tokens[0] in ("attribute_exists", "attribute_not_exists"):
            wanted = self.take() == "attribute_exists"
            [path] = self.called(self.path)
            return lambda scene: (at(scene.item, scene.path(path)) is not None) == wanted
        if self.took("BEGINS_WITH"):
            whole, start = self.called(self.operand)
            return lambda scene: _begins(whole(scene), start(scene))
        return self.compared(self.operand())

    def called(self, inner: Callable[[], Any]) -> list[Any]:
        self.take("(")
        found = self.several(inner)
        self.take(")")
        return found

    def compared(self, left: Operand) -> Test:
        word = self.take()
        if word == "IN":
            members = self.called(self.operand)
            return lambda scene: (found := left(scene)) is not None and found in [one(scene) for one in members]
        if word == "BETWEEN":
            low = self.operand()
            self.take("AND")
            high = self.operand()
            return lambda scene: _in_order(left(scene), ">=", low(scene)) and _in_order(left(scene), "<=", high(scene))
        right = self.operand()
        if word == "=":
            return lambda scene: (found := left(scene)) is not None and found == right(scene)
        if word == "<>":
            return lambda scene: left(scene) != right(scene)
        if word not in _COMPARE:
            raise Unacceptable(f"cannot read {word!r} in {self.text!r}")
        return lambda scene: _in_order(left(scene), word, right(scene))

    def operand(self) -> Operand:
        if self.tokens[0].startswith(":"):
            placeholder = self.take()
            return lambda scene: _given(scene, placeholder)
        if self.tokens[0] == "size":
            self.take()
            [sized] = self.called(self.path)
            return lambda scene: _size(at(scene.item, scene.path(sized)))
        path = self.path()
        return lambda scene: at(scene.item, scene.path(path))

    def path(self) -> Path:
        found: list[str | int] = [self.take()]
        while self.tokens[0] in (".", "["):
            if self.take() == ".":
                found.append(self.take())
            else:
                found.append(int(self.take()))
                self.take("]")
        return tuple(found)


def at(item: Item, path: Path) -> Value | None:
    """What stands at a place, or None."""
    found: Any = item.get(str(path[0]))
    for step in path[1:]:
        inside = found and (found.get("M") if isinstance(step, str) else found.get("L"))
        if not inside or (isinstance(step, int) and step >= len(inside)):
            return None
        found = inside.get(step) if isinstance(step, str) else inside[step]
    return found  # type: ignore[no-any-return]


def _given(scene: Scene, placeholder: str) -> Value:
    if placeholder not in scene.values:
        raise Unacceptable(f"An expression attribute value is not defined: {placeholder}")
    return scene.values[placeholder]


def plain(value: Value) -> tuple[str, Any]:
    """Type and value; numbers as int."""
    [(kind, inner)] = value.items()
    return kind, int(inner) if kind == "N" else inner


def _in_order(left: Value | None, word: str, right: Value | None) -> bool:
    for operand in (left, right):
        if operand is not None and not _ORDERED & set(operand) and operand is right:
            raise Unacceptable("Invalid operand type for a comparison")
    if left is None or right is None or set(left) != set(right) or not _ORDERED & set(left):
        return False
    return bool(_COMPARE[word](plain(left)[1], plain(right)[1]))


def _begins(whole: Value | None, start: Value | None) -> bool:
    return bool(whole and start and "S" in whole and whole["S"].startswith(start.get("S")))


def _size(value: Value | None) -> Value | None:
    if value is None or "N" in value or "BOOL" in value:
        return None
    return {"N": str(len(plain(value)[1]))}


def overlapping(paths: list[Path]) -> bool:
    """Whether one place lies within another."""
    return any(one == other[: len(one)] for one, other in permutations(paths, 2))


@cache
def condition(text: str) -> tuple[Test, frozenset[str]]:
    """The test, and the placeholders that it names. Raises Unacceptable."""
    parser = Parser(text)
    if not text:
        raise Unacceptable("Invalid ConditionExpression: The expression can not be empty")
    test = parser.either()
    parser.take("")
    return test, frozenset(parser.used)
