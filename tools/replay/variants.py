"""Stock codes as variants. A shop has thousands of products and a feature at most 200 options, so a code is its place
in the sorted list of codes, told by three features with as few options as the list allows:

```
3,519 codes, 16 options a feature:    85123A, the 3,011th  ->  shelf 11, row 12, place 03
```
Three features are enough for 8,000,000 codes of any form. Few options matter: every request reads its campaign, and one
with 266 options (a code cut into digits: 85 | 12 | 3A) costs five times what one with 48 does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST_OPTIONS = 200
FEATURES = ("shelf", "row", "place")
Variant = dict[str, str]


@dataclass(frozen=True)
class Stock:
    """The codes of one file, and how many options a feature needs for them."""

    codes: tuple[str, ...]
    places: dict[str, int]
    options: int

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Stock":
        """Raises ValueError for more codes than three features can tell apart."""
        listed = tuple(sorted(codes))
        options = 1
        while options ** len(FEATURES) < len(listed):
            options += 1
        if options > MOST_OPTIONS:
            raise ValueError(f"{len(listed)} codes are more than {len(FEATURES)} features can tell apart.")
        return cls(listed, {code: place for place, code in enumerate(listed)}, options)

    def variant(self, code: str) -> Variant:
        """The variant that stands for a code."""
        left, found = self.places[code], {}
        for feature in reversed(FEATURES):
            left, digit = divmod(left, self.options)
            found[feature] = f"{digit:02d}"
        return {feature: found[feature] for feature in FEATURES}

    def code(self, variant: Variant) -> str:
        """The code that a variant stands for."""
        place = 0
        for feature in FEATURES:
            place = place * self.options + int(variant[feature])
        return self.codes[place]

    def features(self) -> list[dict[str, Any]]:
        """As a NewCampaign takes them. All options stay selectable: nobody votes on stock codes."""
        options = [{"option_id": f"{digit:02d}", "label": str(digit)} for digit in range(self.options)]
        return [
            {
                "feature_id": feature,
                "title": feature.capitalize(),
                "method": "plurality",
                "keep": len(options),
                "options": options,
            }
            for feature in FEATURES
        ]
