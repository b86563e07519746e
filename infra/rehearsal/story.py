"""The story on a deployed stage: votes, a certified result, pre-orders, a locked batch, an order at the manufacturer.

Everything happens in the deployed functions, woken by the emulator's own gateway, stream, queues and schedules.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from infra.local import outside
from infra.local.api import Api
from infra.local.manufacturer import SAMPLE_ID, SampleManufacturer

FANS = 4
_MOST_SECONDS, _PAUSE_SECONDS = 150.0, 1.0


class NotAsTold(Exception):  # noqa: N818 - told as a fact, like a refusal
    """Something of the story did not happen, or not in time."""


@dataclass(frozen=True)
class Cast:
    """Who takes part: their tokens."""

    organiser: str
    fans: list[str]
    maker: SampleManufacturer


def campaign(*, closes_in_seconds: int | None = None) -> dict[str, Any]:
    """A small campaign: one feature is decided, one stays open; the batch is full when every fan has one."""
    options = [{"option_id": name, "label": name.title()} for name in ("red", "blue")]
    lenses = [{"option_id": name, "label": name.title()} for name in ("wide", "tele")]
    closes = _text(outside.utc() + timedelta(days=30))
    return {
        "title": "Rehearsal camera",
        "story": "Made to be deployed.",
        "currency": "EUR",
        "manufacturer_id": SAMPLE_ID,
        "limit_per_fan": 2,
        "features": [
            {"feature_id": "colour", "title": "Colour", "method": "plurality", "keep": 1, "options": options},
            {"feature_id": "lens", "title": "Lens", "method": "approval", "keep": 2, "options": lenses},
        ],
        "price_ladder": [{"from_units": 1, "unit_price_minor": 9900}, {"from_units": 3, "unit_price_minor": 8900}],
        "batches": [
            {"minimum": 3, "capacity": FANS, "closes_at": closes, "ships_at": _text(outside.utc() + timedelta(days=90))}
        ],
        **(
            {"voting_closes_at": _text(outside.utc() + timedelta(seconds=closes_in_seconds))}
            if closes_in_seconds
            else {}
        ),
    }


def tell(api: Api, cast: Cast) -> dict[str, Any]:
    """Lives through it and answers the figures. Raises NotAsTold with the scene that failed."""
    by_schedule = _opened(api, cast, campaign(closes_in_seconds=15))
    campaign_id = _opened(api, cast, campaign())
    path = f"/v1/campaigns/{campaign_id}"
    for fan in cast.fans:
        api.must("PUT", f"{path}/ballot", token=fan, body={"votes": {"colour": ["red"], "lens": ["wide", "tele"]}})
    _until("the live tally", lambda: api.must("GET", f"{path}/tally")["ballots"] == FANS)
    api.must("POST", f"{path}/settle", token=cast.organiser)
    _until("the certified result", lambda: api.ask("GET", f"{path}/result")[0] == 200)  # noqa: PLR2004
    api.must("POST", f"{path}/open-presale", token=cast.organiser)
    for number, fan in enumerate(cast.fans):
        lines = [{"variant": {"lens": ("wide", "tele")[number % 2]}, "quantity": 1}]
        api.must("POST", f"{path}/preorders", token=fan, body={"lines": lines}, key="once")
    _until("the batch being ordered", lambda: _batch(api, path)["state"] == "ordered")
    _until("the order at the manufacturer", lambda: bool(cast.maker.received))
    _until("every pre-order being ordered", lambda: all(_state(api, fan) == "ordered" for fan in cast.fans))
    _until("the vote that ends by schedule", lambda: _settled(api, by_schedule))
    order = next(iter(cast.maker.received.values()))["order"]
    units = sum(line["quantity"] for line in order["lines"])
    if units != FANS or cast.maker.refused:
        raise NotAsTold(f"the order has {units} units for {FANS} fans; {cast.maker.refused} deliveries were refused")
    return {"ballots": FANS, "preorders": FANS, "ordered_units": units, "webhooks_refused": cast.maker.refused}


def _opened(api: Api, cast: Cast, new: dict[str, Any]) -> str:
    campaign_id = str(api.must("POST", "/v1/campaigns", token=cast.organiser, body=new)["campaign_id"])
    api.must("POST", f"/v1/campaigns/{campaign_id}/open-voting", token=cast.organiser)
    return campaign_id


def _settled(api: Api, campaign_id: str) -> bool:
    return bool(api.must("GET", f"/v1/campaigns/{campaign_id}")["state"] == "settled")


def _batch(api: Api, path: str) -> dict[str, Any]:
    found: dict[str, Any] = api.must("GET", f"{path}/batches")["items"][0]
    return found


def _state(api: Api, fan: str) -> str:
    return str(api.must("GET", "/v1/preorders", token=fan)["items"][0]["state"])


def _until(scene: str, happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + _MOST_SECONDS
    began = time.monotonic()
    while not happened():
        if time.monotonic() > ends:
            raise NotAsTold(f"{scene} did not come within {_MOST_SECONDS:.0f} s")
        time.sleep(_PAUSE_SECONDS)
    print(f"   {time.monotonic() - began:5.1f} s  {scene}", flush=True)


def _text(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
