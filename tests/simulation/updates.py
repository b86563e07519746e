"""DynamoDB's update expressions, compiled once for each text: SET with sums, if_not_exists and list_append, ADD of
numbers, REMOVE."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from tests.simulation.expressions import Item, Operand, Parser, Path, Scene, Unacceptable, Value, at, overlapping, plain

# Of one text: the same dozen fans come again in every history.
MOST_KNOWN = 1000
Action = tuple[str, Path, Operand | None]


class Update(NamedTuple):
    """One text: what is wrong with it by itself, what the item becomes, and the placeholders that it names."""

    check: Callable[[Scene], None]
    updated: Callable[[Scene], Item]
    used: frozenset[str]


class UpdateParser(Parser):
    """The clauses of an update."""

    def clauses(self) -> list[Action]:
        found: list[Action] = []
        read = {"SET": self.setting, "ADD": self.adding, "REMOVE": lambda: ("REMOVE", self.path(), None)}
        while verb := self.take():
            if verb.upper() not in read:
                raise Unacceptable(f"cannot read {verb!r} in {self.text!r}")
            found += self.several(read[verb.upper()])
        return found

    def setting(self) -> Action:
        path = self.path()
        self.take("=")
        return "SET", path, self.summed()

    def adding(self) -> Action:
        return "ADD", self.path(), self.operand()

    def summed(self) -> Operand:
        first = self.term()
        for sign, word in ((1, "+"), (-1, "-")):
            if self.took(word):
                second = self.term()
                return lambda scene: _sum(first(scene), second(scene), sign)
        return first

    def term(self) -> Operand:
        if self.took("IF_NOT_EXISTS"):
            self.take("(")
            path = self.path()
            self.take(",")
            otherwise = self.term()
            self.take(")")
            return lambda scene: at(scene.item, scene.path(path)) or otherwise(scene)
        if self.took("LIST_APPEND"):
            left, right = self.called(self.term)
            return lambda scene: _joined(left(scene), right(scene))
        return self.operand()


def _sum(left: Value | None, right: Value | None, sign: int) -> Value:
    if left is None or right is None:
        raise Unacceptable("The provided expression refers to an attribute that does not exist in the item")
    if "N" not in left or "N" not in right:
        raise Unacceptable("An operand in the update expression has an incorrect data type")
    return {"N": str(int(left["N"]) + sign * int(right["N"]))}


def _joined(left: Value | None, right: Value | None) -> Value:
    if left is None or right is None or "L" not in left or "L" not in right:
        raise Unacceptable("An operand in the update expression has an incorrect data type")
    return {"L": [*left["L"], *right["L"]]}


def _taken(scene: Scene, operand: Operand | None) -> Value:
    found = operand(scene) if operand else None
    if found is None:
        raise Unacceptable("The provided expression refers to an attribute that does not exist in the item")
    return found


def placed(value: Any, path: Path, new: Value | None) -> Any:
    """A map (or list) with something else, or nothing, at a place in it. What is given is left as it was."""
    step, *rest = path
    if isinstance(step, int):
        return _placed_in_list(value, step, tuple(rest), new)
    changed = dict(value)
    if rest:
        changed[step] = _within(value.get(step), tuple(rest), new)
    elif new is None:
        changed.pop(step, None)
    else:
        changed[step] = new
    return changed


def _placed_in_list(value: list[Value], step: int, rest: Path, new: Value | None) -> list[Value]:
    changed = list(value)
    if rest:
        changed[step] = _within(value[step] if step < len(value) else None, rest, new)
    elif new is None:
        del changed[step : step + 1]
    else:
        changed[step : step + 1] = [new]
    return changed


def _within(value: Value | None, path: Path, new: Value | None) -> Value:
    kind = "L" if isinstance(path[0], int) else "M"
    if value is None or kind not in value:
        raise Unacceptable("The document path provided in the update expression is invalid for update")
    return {kind: placed(value[kind], path, new)}


def _added(old: Value | None, more: Value) -> Value:
    before = old or {"N": "0"}
    if "N" not in before:
        raise Unacceptable("An operand in the update expression has an incorrect data type")
    return {"N": str(plain(before)[1] + plain(more)[1])}


@cache
def update(text: str) -> Update:
    """Raises Unacceptable."""
    parser = UpdateParser(text)
    actions = parser.clauses()

    @lru_cache(maxsize=MOST_KNOWN)
    def places(*names: tuple[str, str]) -> list[Path]:
        """Where each action is, for these names. Raises Unacceptable."""
        known = Scene(dict(names), {}, {})
        paths = [known.path(path) for _, path, _ in actions]
        if overlapping(paths) or any(path[0] in ("pk", "sk") for path in paths):
            raise Unacceptable("Two document paths overlap with each other, or touch the key")
        return paths

    def check(scene: Scene) -> None:
        """What DynamoDB finds wrong before it asks the condition."""
        places(*scene.names.items())
        if any(verb == "ADD" and operand and "N" not in (operand(scene) or ()) for verb, _, operand in actions):
            raise Unacceptable("Incorrect operand type for operator or function; operator: ADD")

    def updated(scene: Scene) -> Item:
        item: Item = scene.item
        for (verb, _, operand), path in zip(actions, places(*scene.names.items()), strict=True):
            new = None if verb == "REMOVE" else _taken(scene, operand)
            if verb == "ADD":
                new = _added(at(scene.item, path), new)  # type: ignore[arg-type]
            item = placed(item, path, new)
        return item

    return Update(check, updated, frozenset(parser.used))
