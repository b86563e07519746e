"""The largest that the API takes: a body of 64 kB, every list as long as its model allows."""

import json
from typing import Any

from chalicelib.plumbing import strict_json
from tests.cameras import batch_plan, new_campaign

MOST_FEATURES, MOST_OPTIONS, MOST_PARTS, MOST_BATCHES, MOST_LINES = 20, 200, 20, 50, 50
MOST_RANKED = 30
SLUG = 40


def slug(letter: str, number: int) -> str:
    """As long as an id of an organiser's may be."""
    return f"{letter}{number:0{SLUG - 1}d}"


def filled(**changes: Any) -> dict[str, Any]:
    """A campaign whose story takes what is left of the body, in letters of four bytes each."""
    whole = new_campaign(**{"story": "", **changes})
    left = strict_json.MOST_BYTES - len(body(whole))
    assert left >= 0, f"{-left} bytes too many"
    return {**whole, "story": "😀" * min(5000, left // 4)}


def body(whole: dict[str, Any]) -> bytes:
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def of_many_options(method: str = "approval") -> dict[str, Any]:
    """As many options as fit, all of which stay selectable: the longest campaign, ballot, tally and result."""
    many = [approval(f"f{n}", [option(f"{m}") for m in range(200)]) for n in range(9)]
    return filled(features=[{**feature, "method": method} for feature in many])


def of_long_names() -> dict[str, Any]:
    """Ids of 40 letters: they come back in the ballot, the tally, the result and what is selectable."""
    many = [approval(slug("f", n), [option(slug("o", m)) for m in range(42)]) for n in range(MOST_FEATURES)]
    return filled(features=many)


def of_rankings(features: int, names: int) -> dict[str, Any]:
    """Ranked features of thirty options whose ids have so many letters: each pair of them stands in the result."""
    many = [approval(f"f{n}", [option(f"{m:0{names}d}") for m in range(MOST_RANKED)]) for n in range(features)]
    return filled(features=[{**feature, "method": "ranked"} for feature in many])


def of_long_options() -> dict[str, Any]:
    """One feature whose options take as much room as they can, each time that they are named."""
    return filled(features=[approval("f", [option(slug("o", n)) for n in range(MOST_OPTIONS)])])


def of_many_batches() -> dict[str, Any]:
    """The pre-sale opens with all of them in one transaction."""
    return new_campaign(batches=[batch_plan(days=30 + n) for n in range(MOST_BATCHES)])


def of_many_parts(variants: int) -> dict[str, Any]:
    """Nearly 400 long parts in each unit, in so many variants: the longest lines of an order."""
    fixed = [
        {**approval(f"f{n}", [{**option("a"), "parts": [part(n, m) for m in range(MOST_PARTS)]}]), "keep": 1}
        for n in range(MOST_FEATURES - 1)
    ]
    chosen = approval("chosen", [option(f"{m}") for m in range(variants)])
    return new_campaign(
        features=[chosen, *fixed], batches=[batch_plan(minimum=1, capacity=variants)], limit_per_fan=1000
    )


def of_long_variants() -> dict[str, Any]:
    """One choice, and the longest ids for all that is fixed: a line of a pre-order is stored with every feature."""
    chosen = approval("chosen", [option(slug("o", n)) for n in range(MOST_LINES)])
    fixed = [approval(slug("f", n), [option(slug("o", 0))]) for n in range(MOST_FEATURES - 1)]
    return new_campaign(features=[chosen, *fixed], limit_per_fan=100_000, batches=[batch_plan(capacity=1_000_000)])


def approval(feature_id: str, options: list[dict[str, Any]]) -> dict[str, Any]:
    """A feature of which every option stays."""
    return {"feature_id": feature_id, "title": "T", "method": "approval", "keep": len(options), "options": options}


def option(option_id: str) -> dict[str, Any]:
    return {"option_id": option_id, "label": "L"}


def part(*numbers: int) -> dict[str, Any]:
    """With a number as long as a stock-keeping unit's may be."""
    return {"sku": "-".join(f"{number:02d}" for number in numbers).rjust(64, "S"), "quantity": 10_000}
