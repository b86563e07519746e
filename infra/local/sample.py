"""The sample campaign: a product that fans could want, opened for voting through the API."""

from datetime import datetime, timedelta
from typing import Any

from infra.local import manufacturer, outside, tokens
from infra.local.api import Api

ORGANISER = "Mira, Tidal Instruments"
CAPACITY_UNITS = 60
LIMIT_PER_FAN = 4
DEPOSIT_PERCENT = 20
# The first wave is for those who read the newsletter; who has its code may buy in the second one as well.
ACCESS_CODE, FIRST_WAVE_LIMIT = "typed-all-day", 2
FIRST_WAVE_SHARE, FEWEST_IN_FIRST_WAVE = 0.3, 3
# A set of keycaps is moulded from so much of the first batch on, or not at all.
RUN_SHARE = 0.27
_STORY = (
    "Tidal 65 is a small aluminium keyboard for people who type all day. You decide what it becomes: we make it in "
    "batches, and a batch is made as soon as enough of you have ordered it. Nobody pays more than the price shown, and "
    "the more units a batch has, the less each one costs."
)


def campaign(first_batch_units: int = CAPACITY_UNITS) -> dict[str, Any]:
    """A NewCampaign whose first batch holds so many units; the others are in proportion."""
    units = max(2, first_batch_units)
    features, batches = [_case(), _switches(), _keycaps(), _connection(), _extra()], _batches(units)
    return {
        "title": "Tidal 65: a keyboard made by its typists",
        "story": _STORY,
        "currency": "EUR",
        "manufacturer_id": manufacturer.SAMPLE_ID,
        "limit_per_fan": LIMIT_PER_FAN,
        "features": features,
        "price_ladder": [
            {"from_units": 1, "unit_price_minor": 14900},
            {"from_units": max(2, units // 2), "unit_price_minor": 13400},
            {"from_units": max(3, units), "unit_price_minor": 11900},
        ],
        "batches": batches,
        "waves": _waves(units, batches),
        "run_minimums": _runs(units),
        "playbook": [{"kind": "extend", "days": 7}, {"kind": "top_up", "hours": 72}, {"kind": "refund"}],
        "on_slip": {"days": 14, "choice": True, "silence": "wait", "answer_hours": 168},
        "offer_hours": 24,
        "payment_plan": {"kind": "deposit", "percent": DEPOSIT_PERCENT},
        "grace_days": 1,
        "on_drop_outs": {"longer_grace_days": 2, "top_up_hours": 48},
    }


def _batches(units: int) -> list[dict[str, Any]]:
    return [_batch(units, 0.6, 21), _batch(units, 0.6, 35), _batch(2 * units, 0.5, 56)]


def _waves(units: int, batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two at the same time: one with a code for a part of the first batch, one for everybody for all the rest."""
    first = max(min(FEWEST_IN_FIRST_WAVE, units - 1), int(units * FIRST_WAVE_SHARE))
    opens, rest = _text(outside.utc()), sum(batch["capacity"] for batch in batches) - first
    newsletter = {"title": "For readers of the newsletter", "units": first, "closes_at": batches[0]["closes_at"]}
    everybody = {"title": "For everybody", "units": rest, "closes_at": batches[-1]["closes_at"], "opens_at": opens}
    coded = {"access_code": ACCESS_CODE, "limit_per_fan": FIRST_WAVE_LIMIT}
    return [{**newsletter, **coded, "opens_at": opens}, everybody]


def _runs(units: int) -> list[dict[str, Any]]:
    least = max(1, int(units * RUN_SHARE))
    run = {"kind": "option", "feature_id": "keycaps", "units": least}
    return [{**run, "option_id": option["option_id"]} for option in _keycaps()["options"]]


def _batch(capacity: int, share: float, days: int) -> dict[str, Any]:
    closes = outside.utc().replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {
        "minimum": max(1, int(capacity * share)),
        "capacity": capacity,
        "closes_at": _text(closes),
        "ships_at": _text(closes + timedelta(days=70)),
    }


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _case() -> dict[str, Any]:
    colours = [("graphite", "Graphite", 0), ("sea-glass", "Sea glass", 0), ("brass", "Raw brass", 2500)]
    options = [_option(colour, label, price, ("CASE-65-" + colour.upper(), 1)) for colour, label, price in colours]
    return {"feature_id": "case", "title": "Case", "method": "plurality", "keep": 1, "options": options}


def _switches() -> dict[str, Any]:
    kinds = [
        ("linear", "Linear, quiet"),
        ("tactile", "Tactile, a soft bump"),
        ("clicky", "Clicky, loud and proud"),
        ("low", "Low profile"),
    ]
    options = [_option(kind, label, 0, ("SWITCH-" + kind.upper(), 67)) for kind, label in kinds]
    feature = {"feature_id": "switches", "title": "Switches", "method": "approval", "keep": 2, "budget": 3}
    return {**feature, "options": options}


def _keycaps() -> dict[str, Any]:
    sets = [
        ("iso-uk", "ISO, English"),
        ("iso-pl", "ISO, Polish programmer's"),
        ("iso-de", "ISO, German"),
        ("ansi", "ANSI, English"),
        ("blank", "Blank, for the brave"),
    ]
    options = [_option(name, label, 0, ("KEYCAPS-" + name.upper(), 1)) for name, label in sets]
    return {"feature_id": "keycaps", "title": "Keycaps", "method": "ranked", "keep": 3, "options": options}


def _connection() -> dict[str, Any]:
    ways = [("cable", "USB-C cable", 0), ("bluetooth", "Bluetooth", 900), ("dongle", "2.4 GHz dongle", 1400)]
    options = [_option(name, label, price, ("LINK-" + name.upper(), 1)) for name, label, price in ways]
    feature = {"feature_id": "connection", "title": "Connection", "method": "score", "keep_over_percent": 50}
    return {**feature, "options": options}


def _extra() -> dict[str, Any]:
    things = [
        ("wrist-rest", "Walnut wrist rest"),
        ("pouch", "Felt travel pouch"),
        ("spares", "Ten spare switches"),
        ("puller", "Steel key puller"),
        ("feet", "Tilting feet"),
        ("foam", "Sound-damping foam"),
        ("stickers", "A sheet of stickers"),
    ]
    options = [_option(name, label, 0, ("EXTRA-" + name.upper(), 1)) for name, label in things]
    feature = {"feature_id": "extra", "title": "One thing more in the box", "method": "best_worst", "quorum": 5}
    return {**feature, "options": options}


def _option(option_id: str, label: str, surcharge_minor: int, part: tuple[str, int]) -> dict[str, Any]:
    return {
        "option_id": option_id,
        "label": label,
        "surcharge_minor": surcharge_minor,
        "parts": [{"sku": part[0], "quantity": part[1]}],
    }


def open_for_voting(api: Api, first_batch_units: int = CAPACITY_UNITS) -> str:
    """Creates the sample campaign and opens its voting. Answers the campaign's id."""
    token = tokens.issue(ORGANISER, "organiser")
    made = api.must("POST", "/v1/campaigns", token=token, body=campaign(first_batch_units))
    campaign_id = str(made["campaign_id"])
    api.must("POST", f"/v1/campaigns/{campaign_id}/open-voting", token=token)
    return campaign_id
