"""Writes as data: stores build them, an action commits them. Each carries the refusal that applies when its condition
fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.expressions import Condition, Expressions, absent, absent_or_not

Item = Mapping[str, Any]
Kind = Literal["Put", "Update", "Delete", "ConditionCheck"]


@dataclass(frozen=True, kw_only=True)
class Write:
    """One conditional write of one item. `attributes` is a whole item for Put, what to set for Update."""

    kind: Kind
    key: Key
    condition: tuple[Condition, ...]
    refusal: type[Refusal]
    attributes: Item | None = None
    add: Mapping[str, int] | None = None

    def request(self, attempt: str) -> dict[str, Any]:
        """The parameters of the DynamoDB call, values still plain Python. The attempt id marks who wrote last."""
        expressions = Expressions()
        request: dict[str, Any] = {}
        # An update whose condition still holds after it must not count twice when the SDK repeats it after a lost
        # response: the attempt's own mark then fails it, and `apply` takes that for the success that it was.
        once = (absent_or_not("attempt", attempt),) if self.kind == "Update" else ()
        if condition := expressions.condition((*self.condition, *once)):
            request["ConditionExpression"] = condition
        if self.kind == "Put":
            request["Item"] = {"pk": self.key.pk, "sk": self.key.sk, **(self.attributes or {}), "attempt": attempt}
        else:
            request["Key"] = {"pk": self.key.pk, "sk": self.key.sk}
        if self.kind == "Update":
            put = {**(self.attributes or {}), "attempt": attempt}
            request["UpdateExpression"] = expressions.update(put=put, add=self.add or {}, remove=())
        if expressions.names:
            request["ExpressionAttributeNames"] = expressions.names
        if expressions.values:
            request["ExpressionAttributeValues"] = expressions.values
        return request


def putting(key: Key, item: Item, *, refusal: type[Refusal], provided: Sequence[Condition] = (absent(),)) -> Write:
    """Puts the whole item, by default only where none is."""
    return Write(kind="Put", key=key, attributes=item, condition=tuple(provided), refusal=refusal)


def changing(
    key: Key,
    *,
    provided: Sequence[Condition],
    put: Item | None = None,
    add: Mapping[str, int] | None = None,
    refusal: type[Refusal] = Busy,
) -> Write:
    """Sets and adds to attributes of one item, or to places in maps that are there (`votes.colour`); None removes an
    attribute. Creates the item if no part demands that it exists."""
    return Write(kind="Update", key=key, attributes=put, add=add, condition=tuple(provided), refusal=refusal)


def deleting(key: Key, *, provided: Sequence[Condition], refusal: type[Refusal] = Busy) -> Write:
    """Deletes one item."""
    return Write(kind="Delete", key=key, condition=tuple(provided), refusal=refusal)


def checking(key: Key, *, provided: Sequence[Condition], refusal: type[Refusal]) -> Write:
    """Changes nothing, but holds the transaction to a condition on another item."""
    return Write(kind="ConditionCheck", key=key, condition=tuple(provided), refusal=refusal)
