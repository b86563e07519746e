"""What a campaign agrees with its fans beforehand: minimums below the batch's, and what happens when it misses its own.
Pure.

The playbook is played by `batches.playbook`, the minimums are kept by `batches.runs`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from chalicelib.kernel.words import Sent, Sku, Slug

if TYPE_CHECKING:
    from chalicelib.campaigns.model import BatchPlan, Feature

Kind = Literal["extend", "top_up", "fold", "next_tier", "roll", "refund"]
ONCE: tuple[Kind, ...] = ("extend", "top_up", "roll", "refund")
RunUnits = Annotated[int, Field(ge=1, le=10_000_000)]


class OptionMinimum(Sent):
    """Units with this option are made from so many on, or not at all: a dye lot."""

    kind: Literal["option"]
    feature_id: Slug
    option_id: Slug
    units: RunUnits


class PartMinimum(Sent):
    """A part is bought from so many pieces on, or not at all."""

    kind: Literal["part"]
    sku: Sku
    units: RunUnits


class VariantMinimum(Sent):
    """Each variant is made from so many units on, or not at all."""

    kind: Literal["variant"]
    units: RunUnits


RunMinimum = Annotated[OptionMinimum | PartMinimum | VariantMinimum, Field(discriminator="kind")]
RunMinimums = Annotated[tuple[RunMinimum, ...], Field(max_length=50)]


class Extend(Sent):
    """The batch closes later."""

    kind: Literal["extend"]
    days: Annotated[int, Field(ge=1, le=60)]


class TopUp(Sent):
    """The organiser or a partner may promise the units that are missing, within so many hours."""

    kind: Literal["top_up"]
    hours: Annotated[int, Field(ge=1, le=336)]


class Fold(Sent):
    """Variants with one option become the sister variant with the other."""

    kind: Literal["fold"]
    feature_id: Slug
    from_option: Slug
    into_option: Slug


class NextTier(Sent):
    """The batch is made from fewer units on, at the price of their tier, for those whose accepted most allows it."""

    kind: Literal["next_tier"]
    minimum: Annotated[int, Field(ge=1, le=1_000_000)]


class Roll(Sent):
    """Pre-orders move to the next batch, as far as it has room before it closes."""

    kind: Literal["roll"]


class Refund(Sent):
    """Pre-orders are released, and what was paid is given back."""

    kind: Literal["refund"]


Step = Annotated[Extend | TopUp | Fold | NextTier | Roll | Refund, Field(discriminator="kind")]
Steps = Annotated[tuple[Step, ...], Field(max_length=10)]


def agreed(steps: Sequence[Step]) -> tuple[Step, ...]:
    """All steps that can be played: up to the refund, which is the last whether it is written down or not."""
    return (*takewhile(lambda step: step.kind != "refund", steps), Refund(kind="refund"))


def longest(steps: Sequence[Step]) -> timedelta:
    """How long after the announced closing time a batch may still be undecided, if our clock is on time."""
    return sum((wait(step) for step in agreed(steps)), timedelta())


def check(steps: Sequence[Step]) -> Iterator[str]:
    """What is not sound in the steps by themselves."""
    kinds = [step.kind for step in steps]
    yield from (f"the playbook has the step {kind} more than once" for kind in ONCE if kinds.count(kind) > 1)
    if "refund" in kinds[:-1]:
        yield "the playbook goes on after the refund"
    if any(upper == "roll" and lower != "refund" for upper, lower in pairwise(kinds)):
        yield "after a roll the playbook can only end in the refund"
    minimums = [step.minimum for step in steps if isinstance(step, NextTier)]
    if any(lower >= upper for upper, lower in pairwise(minimums)):
        yield "each next_tier of the playbook must need fewer units than the one before"
    gone: set[tuple[str, str]] = set()
    for fold in (step for step in steps if isinstance(step, Fold)):
        gone.add((fold.feature_id, fold.from_option))
        if (fold.feature_id, fold.into_option) in gone:
            yield f"the playbook folds {fold.from_option} into {fold.into_option}, which is folded away itself"


def fits(steps: Sequence[Step], features: Iterable["Feature"], batches: Sequence["BatchPlan"]) -> Iterator[str]:
    """What in the steps contradicts the campaign that announces them."""
    options = {(feature.feature_id, option.option_id) for feature in features for option in feature.options}
    for step in steps:
        if isinstance(step, Fold) and not options.issuperset(
            (step.feature_id, option) for option in (step.from_option, step.into_option)
        ):
            yield f"the playbook folds what are no two options of {step.feature_id}"
        if isinstance(step, NextTier) and any(step.minimum >= batch.minimum for batch in batches):
            yield "a next_tier of the playbook does not need fewer units than every batch"
    if any(batch.closes_at + longest(steps) >= batch.ships_at for batch in batches):
        yield "the playbook may still be running when a batch is to ship"


def wait(step: Step) -> timedelta:
    """How long the step keeps a batch undecided."""
    if isinstance(step, Extend):
        return timedelta(days=step.days)
    return timedelta(hours=step.hours) if isinstance(step, TopUp) else timedelta()


def known(minimums: Iterable[RunMinimum], features: Iterable["Feature"]) -> Iterator[str]:
    """Which minimums are for what the campaign does not have."""
    every = [(feature.feature_id, option) for feature in features for option in feature.options]
    options = {(feature_id, option.option_id) for feature_id, option in every}
    skus = {part.sku for _, option in every for part in option.parts}
    seen = set[RunMinimum]()
    for minimum in minimums:
        if isinstance(minimum, OptionMinimum) and (minimum.feature_id, minimum.option_id) not in options:
            yield f"a run minimum is for {minimum.option_id}, which is no option of {minimum.feature_id}"
        if isinstance(minimum, PartMinimum) and minimum.sku not in skus:
            yield f"a run minimum is for the part {minimum.sku}, which no option takes"
        what = minimum.model_copy(update={"units": 1})
        if what in seen:
            yield "two run minimums are for the same"
        seen.add(what)


def folded(variant: dict[str, str], folds: Iterable[Fold]) -> dict[str, str]:
    """What a variant has become after these folds, one after the other."""
    became = dict(variant)
    for fold in folds:
        if became[fold.feature_id] == fold.from_option:
            became[fold.feature_id] = fold.into_option
    return became
