"""Reading plain items: what the checks share."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Item = dict[str, Any]
Items = list[Item]


def of(items: Items, kind: str) -> Items:
    return [item for item in items if item.get("kind") == kind]


def batch_of(item: Item) -> tuple[str, int]:
    return item["campaign_id"], item.get("batch_number", item.get("number", 0))


def claims_by_batch(items: Items) -> dict[tuple[str, int], Items]:
    found: dict[tuple[str, int], Items] = defaultdict(list)
    for claim in of(items, "claim"):
        found[batch_of(claim)].append(claim)
    return found


def quantities(with_lines: Iterable[Item]) -> Counter[str]:
    """Units by variant."""
    found: Counter[str] = Counter()
    for whole in with_lines:
        for line in whole["lines"]:
            found[repr(sorted(line["variant"].items()))] += line["quantity"]
    return found
