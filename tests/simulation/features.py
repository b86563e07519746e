"""What a history has beside the plain: what its organiser announces, and what its fans ask for. Drawn from the seed;
most histories are plain."""

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from chalicelib.campaigns import agreements, waves
from chalicelib.campaigns.agreements import Step
from chalicelib.campaigns.model import BatchPlan, Campaign, Tier
from chalicelib.campaigns.plans import Deposit, DropOutRule, PaymentPlan, Prepay, SaveCard
from chalicelib.campaigns.slips import SlipRule
from tests.cameras import new_campaign
from tests.hands import START

FEATURES = ("waves", "waiting", "edits", "caps", "levels", "playbook", "slips", "households")
# Of the histories that have none of these, some have two batches and fans who let their pre-orders be split.
SPLIT = "split"
PLAIN, SPLITS = 0.55, 0.15
# So many campaigns take money before the lock.
OTHER_PLANS = 0.35
GRACE_DAYS = (1, 1, 2)
DROP_OUTS = ((1, None), (None, 1), (None, 6), (1, 2), (1, 6))
MINUTE_MS = 60_000
# Half an hour for each batch; longer where something takes an hour at least.
CLOSES_MS, LONG_MS = 30 * MINUTE_MS, 100 * MINUTE_MS
# The first wave sells until here, to who has its code, and the second one until there, to everybody.
WAVE_ENDS_MS = (8 * MINUTE_MS, 18 * MINUTE_MS)
CODE = "early-bird-7"
OLGA = "sub-olga"
CAMPAIGN_ID = "01900000-0000-7000-8000-00000000c001"
TELE = {"option_id": "tele", "label": "Tele", "surcharge_minor": 500, "parts": [{"sku": "SCREW-M2", "quantity": 4}]}
LADDER = [{"from_units": 1, "unit_price_minor": 10_000}, {"from_units": 10, "unit_price_minor": 9_000}]
# A batch of a dozen units gets to see more than one of these.
STEEP = [(1, 10_000), (4, 9_500), (7, 9_000), (10, 8_000)]


def drawn(seed: int) -> frozenset[str]:
    chance = random.Random(f"features {seed}")
    if chance.random() < PLAIN:
        return frozenset({SPLIT} if random.Random(f"split {seed}").random() < SPLITS else ())
    return frozenset(chance.sample(FEATURES, chance.choice((1, 1, 2, 3))))


def closes_ms(features: frozenset[str]) -> int:
    """How long each batch sells."""
    return LONG_MS if features & {"waiting", "slips"} else CLOSES_MS


def heal_minutes(features: frozenset[str]) -> tuple[int, ...]:
    """When the faults may end: before, around, and after the end of the first batch; and of what follows it."""
    if "playbook" in features:
        return 31, 110, 1500
    return (31, 101, 165) if features & {"waiting", "slips"} else (5, 31, 45)


@cache
def _template() -> Campaign:
    """A small one: it is read with every step that anybody takes."""
    lens = {**new_campaign()["features"][1], "options": [{"option_id": "wide", "label": "Wide"}, TELE]}
    whole = new_campaign(features=[lens], story="", price_ladder=LADDER)
    given = {"campaign_id": CAMPAIGN_ID, "organiser_id": OLGA, "state": "settled", "ballot_buckets": 4}
    selectable = {"lens": ["wide", "tele"]}
    return Campaign.model_validate({**whole, **given, "selectable": selectable, "created_at": START})


def campaign(seed: int, features: frozenset[str]) -> Campaign:
    """A settled campaign of one or two small batches, one behind the other."""
    chance = random.Random(f"campaign {seed}")
    plan, count = _template().batches[0], chance.choice((1, 1, 1, 2))
    count = 2 if SPLIT in features else count
    plans = tuple(
        plan.model_copy(
            update={
                "minimum": chance.randint(2, 5),
                "capacity": chance.choice((5, 7, 9, 12)),
                "closes_at": after(closes_ms(features) * number),
                "ships_at": START + timedelta(days=30 + number),
            }
        )
        for number in range(1, count + 1)
    )
    whole = _template().model_copy(
        update={"batches": plans, "limit_per_fan": chance.choice((4, 6, 10)), **_money(random.Random(f"money {seed}"))}
    )
    whole = whole.model_copy(update={"on_drop_outs": on_drop_outs(seed)})
    if is_poor(seed):
        plans = tuple(one.model_copy(update={"minimum": max(one.minimum, one.capacity // 2)}) for one in plans)
        whole = whole.model_copy(update={"batches": plans})
    return _announcing(whole, features, random.Random(f"agreed {seed}")) if features else whole


def _money(chance: random.Random) -> dict[str, Any]:
    """What is taken when, and for how long it can be mended: short, so that a history ends."""
    plans: list[PaymentPlan] = [Deposit(kind="deposit", percent=chance.choice((1, 20, 50))), Prepay(kind="prepay")]
    plan = chance.choice(plans) if chance.random() < OTHER_PLANS else SaveCard(kind="save_card")
    return {"payment_plan": plan, "grace_days": chance.choice(GRACE_DAYS), "reminder_hours": chance.choice((5, 12, 30))}


def on_drop_outs(seed: int) -> DropOutRule | None:
    """A third of the campaigns announce what happens when too few pay."""
    chance = random.Random(f"drop outs {seed}")
    days, hours = chance.choice(DROP_OUTS)
    return DropOutRule(longer_grace_days=days, top_up_hours=hours) if chance.random() < 1 / 3 else None


def is_poor(seed: int) -> bool:
    """Whether many cannot be charged after the lock, in a campaign that has announced what happens then."""
    return on_drop_outs(seed) is not None and seed % 2 == 1


def after(ms: int) -> datetime:
    return START + timedelta(milliseconds=ms)


def _announcing(plain: Campaign, features: frozenset[str], chance: random.Random) -> Campaign:
    put: dict[str, Any] = {}
    plans = plain.batches
    if features & {"caps", "levels", "playbook"}:
        put["price_ladder"] = tuple(Tier(from_units=units, unit_price_minor=price) for units, price in STEEP)
        plans = tuple(one.model_copy(update={"capacity": chance.choice((9, 12))}) for one in plans)
    if "playbook" in features:
        plans = tuple(one.model_copy(update={"minimum": chance.randint(4, 8)}) for one in plans)
        put["playbook"] = _playbook(min(one.minimum for one in plans), chance)
    elif "waiting" in features:
        plans = tuple(one.model_copy(update={"capacity": chance.choice((6, 7, 9)), "minimum": 2}) for one in plans)
    put["offer_hours"] = 1
    if "levels" in features:
        put["run_minimums"] = _minimums(chance)
    if "waves" in features:
        put["waves"] = _waves(plans, chance)
    if "slips" in features:
        silence = chance.choice(("wait", "refund"))
        put["on_slip"] = SlipRule(days=1, choice=True, silence=silence, answer_hours=1)
    if "households" in features:
        put |= {"limit_per_household": chance.choice((4, 6, 8)), "ballot_salt": "salt"}
    return Campaign.model_validate(
        plain.model_copy(update={**put, "batches": plans}).model_dump() | _hidden(plain, put)
    )


def _hidden(plain: Campaign, put: dict[str, Any]) -> dict[str, Any]:
    """What a dump leaves out."""
    own = {"organiser_id": plain.organiser_id, "ballot_buckets": plain.ballot_buckets}
    return own | {name: put[name] for name in ("waves", "ballot_salt") if name in put}


def _playbook(minimum: int, chance: random.Random) -> tuple[Step, ...]:
    """Some of the steps in any order."""
    fold = {"kind": "fold", "feature_id": "lens", "from_option": "tele", "into_option": "wide"}
    known = [{"kind": "extend", "days": 1}, {"kind": "top_up", "hours": 1}, fold]
    known.append({"kind": "next_tier", "minimum": chance.randint(1, minimum - 1)})
    steps = chance.sample(known, chance.randint(1, len(known)))
    return _read_steps([*steps, *([{"kind": "refund"}] if chance.random() < 0.5 else [])])


def _read_steps(steps: list[dict[str, Any]]) -> tuple[Step, ...]:
    kinds = {"extend": agreements.Extend, "top_up": agreements.TopUp, "fold": agreements.Fold}
    kinds |= {"next_tier": agreements.NextTier, "refund": agreements.Refund}
    return tuple(kinds[step["kind"]].model_validate(step) for step in steps)  # type: ignore[misc]


def _minimums(chance: random.Random) -> tuple[agreements.RunMinimum, ...]:
    known = [
        agreements.OptionMinimum(kind="option", feature_id="lens", option_id="tele", units=chance.randint(2, 4)),
        agreements.PartMinimum(kind="part", sku="SCREW-M2", units=chance.choice((8, 12))),
        agreements.VariantMinimum(kind="variant", units=chance.randint(2, 3)),
    ]
    return tuple(chance.sample(known, chance.choice((1, 1, 2))))


def _waves(plans: tuple[BatchPlan, ...], chance: random.Random) -> tuple[waves.AnnouncedWave, ...]:
    """Two, one behind the other, the first one with a code."""
    whole = sum(plan.capacity for plan in plans)
    first = chance.randint(2, whole - 2)
    times = [(0, WAVE_ENDS_MS[0]), WAVE_ENDS_MS]
    told = [
        waves.Wave(title=title, opens_at=after(opens), closes_at=after(closes), units=units, access_code=code)
        for title, (opens, closes), units, code in zip(
            ("First", "Second"), times, (first, chance.randint(1, whole - first)), (CODE, None), strict=True
        )
    ]
    return waves.announced(told, plans, salt="salt")
