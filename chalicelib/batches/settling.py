"""What is made of a batch: from its manifest and what was agreed to the pre-orders that are made, and how. Pure.

One price for all, nobody above the own cap, every run at its minimum or empty. In turns:

1. **Clearing.** The price is that of the units whose caps allow it; a batch is not made below its minimum, so no price
   above that of the minimum counts. Who says no cap takes part at any price that was shown.
2. **Runs**, among those who take part: raised, switched, or left out.
3. Where some were left out, fewer units may cost more: both again, among those who stay. Each turn has fewer of them,
   so it ends. Whom a price has left out stays out: with fewer units it does not fall.

In the end raises may have brought more units than were cleared: then the price is that of their tier, which is lower
for all. The same manifest and the same plays give the same answer, whoever asks and in whatever order it is read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from chalicelib.batches import runs
from chalicelib.batches.clearing import Bid, clear
from chalicelib.batches.model import Batch
from chalicelib.batches.wishes import Move, Run, Wanted, WantedLine
from chalicelib.campaigns import prices, variants
from chalicelib.campaigns.agreements import Fold, NextTier, OptionMinimum, PartMinimum, folded
from chalicelib.campaigns.model import Campaign, Tier
from chalicelib.room.wants import Wish, Wishes

Left = Literal["price_above_cap", "run_not_made"]
Lines = tuple[tuple[str, int], ...]
# The organiser's own units, among the pre-orders; the last to join.
TOP_UP, LAST = "top-up", 2**40


@dataclass(frozen=True)
class Fate:
    """What became of a pre-order that is not made as it was placed: why it leaves, or its lines (variant code,
    quantity), and the moves that led there."""

    left: Left | None = None
    lines: Lines = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether the batch is made, with how many units, of which variants, and whose fate is another than agreed at
    first. `accepting`: by each lower minimum of the playbook, the units with which it would be made there."""

    made: bool
    units: int = 0
    quantities: Mapping[str, int] = field(default_factory=dict)
    fates: Mapping[str, Fate] = field(default_factory=dict)
    accepting: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """What a batch is judged by, as its plays have left it. `shown_minor`: the highest price that was shown to those
    who named no cap."""

    campaign: Campaign
    needed: int
    capacity: int
    shown_minor: int
    folds: tuple[Fold, ...]

    def ladder(self) -> tuple[Tier, ...]:
        """The tiers that can be: below the minimum nothing is made."""
        first = prices.tier(self.campaign.price_ladder, self.needed)
        more = (step for step in self.campaign.price_ladder if step.from_units > self.needed)
        return (Tier(from_units=1, unit_price_minor=first.unit_price_minor), *more)

    def fold(self, code: str) -> str:
        if not self.folds:
            return code
        return variants.code(self.campaign, folded(variants.read_code(self.campaign, code), self.folds))


def terms(campaign: Campaign, batch: Batch) -> Terms:
    played = [campaign.playbook[play.index] for play in batch.played if play.kind == "fold" and not play.passed]
    return Terms(
        campaign,
        needed=batch.needed,
        capacity=batch.capacity,
        shown_minor=prices.tier(campaign.price_ladder, batch.minimum).unit_price_minor,
        folds=tuple(step for step in played if isinstance(step, Fold)),
    )


def judge(campaign: Campaign, batch: Batch, manifest: Mapping[str, Wishes]) -> Verdict:
    """What is made of these secured claims (by reference). Where nobody leaves anything open, by their sum alone."""
    agreed = terms(campaign, batch)
    every = {**manifest, **_topped_up(campaign, batch)}
    lower = [step.minimum for step in campaign.playbook if isinstance(step, NextTier)]
    if not _in_play(agreed, batch, manifest.values()):
        verdict = _by_sum(every, agreed.needed)
    else:
        verdict = _settled(agreed, every)
    if verdict.made or not lower:
        return verdict
    others = {minimum: _settled(replace(agreed, needed=minimum), every).units for minimum in lower}
    return replace(verdict, accepting=others)


def _topped_up(campaign: Campaign, batch: Batch) -> dict[str, Wishes]:
    lines = ((variants.code(campaign, line.variant), line.quantity) for line in batch.top_up)
    wishes = tuple(Wish(code, quantity, quantity) for code, quantity in lines)
    return {TOP_UP: Wishes(wishes, joined=LAST)} if wishes else {}


def _in_play(agreed: Terms, batch: Batch, wishes: Iterable[Wishes]) -> bool:
    ruled = agreed.campaign.run_minimums or agreed.folds or batch.lowered_minimum is not None
    return bool(ruled) or any(one.open or one.cap_minor is not None for one in wishes)


def _by_sum(every: Mapping[str, Wishes], needed: int) -> Verdict:
    quantities: Counter[str] = Counter()
    for wishes in every.values():
        for line in wishes.lines:
            quantities[line.code] += line.quantity
    units = quantities.total()
    return Verdict(made=True, units=units, quantities=quantities) if units >= needed else Verdict(made=False)


def _settled(agreed: Terms, every: Mapping[str, Wishes]) -> Verdict:
    wanted = {ref: _wanted(agreed, ref, wishes) for ref, wishes in every.items()}
    if sum(one.units for one in wanted.values()) < agreed.needed and not any(one.open for one in every.values()):
        return Verdict(made=False)
    rules, left, moves, staying = _runs(agreed, wanted.values()), dict[str, Left](), list[Move](), set(wanted)
    while True:
        cleared = clear((_bid(agreed, every, wanted[ref]) for ref in staying), agreed.ladder(), minimum=1)
        if cleared is None:
            return Verdict(made=False)
        left |= dict.fromkeys(cleared.left, "price_above_cap")
        taken = [wanted[ref] for ref in cleared.taken]
        made = runs.settle(taken, rules, minimum=agreed.needed, capacity=agreed.capacity)
        if not made.left:
            return _verdict(agreed, every, made.kept, left, (*moves, *made.moves))
        left |= dict.fromkeys(made.left, "run_not_made")
        moves += [move for move in made.moves if move.kind == "left"]
        staying = set(made.kept)


def _wanted(agreed: Terms, ref: str, wishes: Wishes) -> Wanted:
    lines = []
    for line in wishes.lines:
        code, second = agreed.fold(line.code), agreed.fold(line.second) if line.second else None
        lines.append(WantedLine(code, line.quantity, line.up_to, None if second == code else second))
    return Wanted(ref, wishes.joined or LAST - 1, tuple(lines))


def _bid(agreed: Terms, every: Mapping[str, Wishes], one: Wanted) -> Bid:
    cap = every[one.preorder_id].cap_minor
    if cap is None and one.preorder_id != TOP_UP:
        cap = agreed.shown_minor
    return Bid(one.preorder_id, one.units, cap)


def _runs(agreed: Terms, wanted: Iterable[Wanted]) -> tuple[Run, ...]:
    codes = {code for one in wanted for line in one.lines for code in (line.variant, line.second) if code is not None}
    found = {code: variants.read_code(agreed.campaign, code) for code in sorted(codes)}
    return tuple(_each_run(agreed.campaign, found))


def _each_run(campaign: Campaign, found: Mapping[str, variants.Variant]) -> Iterator[Run]:
    for rule in campaign.run_minimums:
        if isinstance(rule, OptionMinimum):
            uses = {code: 1 for code, variant in found.items() if variant[rule.feature_id] == rule.option_id}
            yield Run(f"{rule.feature_id}={rule.option_id}", rule.units, uses)
        elif isinstance(rule, PartMinimum):
            parts = {code: variants.parts(campaign, variant) for code, variant in found.items()}
            weights = {code: part.quantity for code, takes in parts.items() for part in takes if part.sku == rule.sku}
            yield Run(f"part {rule.sku}", rule.units, weights)
        else:
            yield from (Run(variants.name(variant), rule.units, {code: 1}) for code, variant in found.items())


def _verdict(
    agreed: Terms,
    every: Mapping[str, Wishes],
    kept: Mapping[str, Lines],
    left: Mapping[str, Left],
    moves: Sequence[Move],
) -> Verdict:
    quantities: Counter[str] = Counter()
    for lines in kept.values():
        for code, quantity in lines:
            quantities[code] += quantity
    if quantities.total() < agreed.needed:
        return Verdict(made=False)
    by_ref: dict[str, list[Move]] = {}
    for move in moves:
        by_ref.setdefault(move.preorder_id, []).append(move)
    fates = {}
    for ref, wishes in sorted(every.items()):
        lines, reason = kept.get(ref, ()), left.get(ref)
        if reason or lines != tuple((line.code, line.quantity) for line in wishes.lines):
            told = (*_folds(agreed, ref, wishes), *by_ref.get(ref, ()))
            fates[ref] = Fate(reason, () if reason else lines, told)
    return Verdict(made=True, units=quantities.total(), quantities=quantities, fates=fates)


def _folds(agreed: Terms, ref: str, wishes: Wishes) -> Iterator[Move]:
    for number, line in enumerate(wishes.lines):
        was, now = (line.code, line.quantity), (agreed.fold(line.code), line.quantity)
        if was != now:
            yield Move(ref, number, "folded", was, now, "", 0)
