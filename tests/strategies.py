"""Spaces that rules are tested over: sound campaigns, their ladders, and what can be chosen in them."""

from datetime import timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from chalicelib.campaigns.model import Campaign, Method, Tier
from chalicelib.campaigns.plans import Deposit, PaymentPlan, Prepay, SaveCard
from tests import examples
from tests.hands import START

SLUGS = st.sampled_from(["a", "b", "B", "Z", "0", "1", "10", "a-1", "a_1", "aa", "red", "Red", "x-", "x_", "9z"])
SKUS = st.sampled_from(["SCREW", "SHELL", "LENS", "BOX"])
PLANS: st.SearchStrategy[PaymentPlan] = st.one_of(
    st.just(SaveCard(kind="save_card")),
    st.builds(Deposit, kind=st.just("deposit"), percent=st.integers(1, 99)),
    st.just(Prepay(kind="prepay")),
)
MOMENTS = st.integers(0, 10_000_000).map(lambda seconds: START + timedelta(seconds=seconds))


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Tier, ...]:
    """From one unit on, each tier needing more units and costing less than the one before."""
    starts = sorted(draw(st.sets(st.integers(2, 5_000), max_size=5)) | {1})
    prices = draw(st.sets(st.integers(0, 1_000_000), min_size=len(starts), max_size=len(starts)))
    steps = zip(starts, sorted(prices, reverse=True), strict=True)
    return tuple(Tier(from_units=start, unit_price_minor=price) for start, price in steps)


@st.composite
def options(draw: st.DrawFn, option_id: str) -> dict[str, Any]:
    counts = draw(st.lists(st.tuples(SKUS, st.integers(1, 9)), max_size=2))
    parts = [{"sku": sku, "quantity": quantity} for sku, quantity in counts]
    surcharge = draw(st.integers(0, 10_000))
    return {"option_id": option_id, "label": option_id, "surcharge_minor": surcharge, "parts": parts}


@st.composite
def features(draw: st.DrawFn, feature_id: str) -> dict[str, Any]:
    names = draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True))
    return {
        "feature_id": feature_id,
        "title": feature_id,
        "method": draw(st.sampled_from(get_args(Method))),
        "keep": draw(st.integers(1, len(names))),
        "options": [draw(options(name)) for name in names],
    }


@st.composite
def campaigns(draw: st.DrawFn, **changes: Any) -> Campaign:
    """A campaign in its pre-sale: of each feature, some options are selectable."""
    named = [draw(features(name)) for name in draw(st.lists(SLUGS, min_size=1, max_size=3, unique=True))]
    selectable = {}
    for feature in named:
        ids = [option["option_id"] for option in feature["options"]]
        selectable[feature["feature_id"]] = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    ladder = draw(ladders())
    made = {"features": named, "selectable": selectable, "price_ladder": ladder, "limit_per_fan": 10_000_000}
    return examples.campaign(**{**made, **changes})


def variants(campaign: Campaign) -> st.SearchStrategy[dict[str, str]]:
    """One selectable option of every feature, the features in any order."""
    chosen = {name: st.sampled_from(kept) for name, kept in (campaign.selectable or {}).items()}
    return st.fixed_dictionaries(chosen).flatmap(reordered)


def reordered(variant: dict[str, str]) -> st.SearchStrategy[dict[str, str]]:
    """The same pairs in another order, as a map may come back from the table or from a client."""
    return st.permutations(list(variant.items())).map(dict)
