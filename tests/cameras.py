"""The campaign that most tests are about."""

from datetime import timedelta
from typing import Any

from tests.hands import START


def new_campaign(**changes: Any) -> dict[str, Any]:
    """A small camera: a colour of which the winner is fixed, and a lens of which two stay."""
    part = {"sku": "SCREW-M2", "quantity": 4}
    whole = {
        "title": "Pocket camera",
        "story": "Small enough to be there.",
        "currency": "EUR",
        "manufacturer_id": "maker",
        "limit_per_fan": 20,
        "features": [
            {
                "feature_id": "colour",
                "title": "Colour",
                "method": "plurality",
                "keep": 1,
                "options": [
                    {"option_id": "red", "label": "Red", "parts": [{"sku": "SHELL-RED", "quantity": 1}, part]},
                    {"option_id": "blue", "label": "Blue", "parts": [{"sku": "SHELL-BLUE", "quantity": 1}, part]},
                ],
            },
            {
                "feature_id": "lens",
                "title": "Lens",
                "method": "approval",
                "keep": 2,
                "options": [
                    {"option_id": "wide", "label": "Wide", "parts": [{"sku": "LENS-28", "quantity": 1}]},
                    {"option_id": "tele", "label": "Tele", "surcharge_minor": 500, "parts": [part]},
                    {"option_id": "macro", "label": "Macro"},
                ],
            },
        ],
        "price_ladder": [
            {"from_units": 1, "unit_price_minor": 10_000},
            {"from_units": 10, "unit_price_minor": 9_000},
            {"from_units": 20, "unit_price_minor": 8_000},
        ],
        "batches": [batch_plan(), batch_plan(days=60)],
    }
    return {**whole, **changes}


def batch_plan(*, minimum: int = 5, capacity: int = 20, days: int = 30) -> dict[str, Any]:
    closes = START + timedelta(days=days)
    return {
        "minimum": minimum,
        "capacity": capacity,
        "closes_at": closes.isoformat(),
        "ships_at": (closes + timedelta(days=30)).isoformat(),
    }
