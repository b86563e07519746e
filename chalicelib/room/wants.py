"""What a claim is for, in a few letters: fifteen claims share one write unit. Pure.

`01*2/00*1`: two units of the variant with code 01, and one of 00 (codes: campaigns.variants).
"""

from collections import Counter
from collections.abc import Iterable


def text(lines: Iterable[tuple[str, int]]) -> str:
    """(variant code, quantity) of each line, as stored with the claim."""
    return "/".join(f"{code}*{quantity}" for code, quantity in lines)


def read(wants: str) -> list[tuple[str, int]]:
    """What `text` wrote."""
    found = (line.split("*") for line in wants.split("/") if line)
    return [(code, int(quantity)) for code, quantity in found]


def quantities(wants: str) -> Counter[str]:
    """Units by variant code."""
    return Counter(dict(read(wants)))
