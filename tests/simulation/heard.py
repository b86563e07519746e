"""What people were told, to be compared with what is stored in the end."""

from collections import defaultdict
from dataclasses import dataclass, field

from chalicelib.preorders.model import NewPreorder, Preorder


@dataclass(frozen=True)
class Placed:
    """What a fan was told: under this key, for this body, this pre-order."""

    fan_id: str
    key: str
    new: NewPreorder
    preorder: Preorder


@dataclass
class Heard:
    """What people asked for and were told, by pre-order: units after each change, and the last that was acknowledged;
    answers to slips, and those acknowledged."""

    edits: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    edited: dict[str, int] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    chosen: dict[str, str] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
