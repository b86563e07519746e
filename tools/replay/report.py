"""The report at the end, on standard output."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tools.replay.abif import Election
from tools.replay.accounts import Account
from tools.replay.calls import Calls
from tools.replay.comparing import Figure
from tools.replay.sums import OrderSums

_SENT = {"ballots": ("sent",), "rows": ("preordered", "withdrawn")}


def account(kept: Account) -> list[str]:
    """Read = used + each named class that was not."""
    kept.check()
    used = [name for name in _SENT[kept.things] if kept.classes[name]]
    others = [name for name, number in kept.classes.most_common() if name not in used and number]
    lines = [f"{kept.things} read".ljust(40) + f"{kept.read:>12,}"]
    lines += [f"  {name}".ljust(40) + f"{kept.classes[name]:>12,}" for name in used]
    return lines + [f"  not used: {name}".ljust(40) + f"{kept.classes[name]:>12,}" for name in others]


def election(found: Election) -> list[str]:
    """What the ballots could not say in full, and lines that said nothing."""
    lines = [f"  of them with a tied first choice, which casts no plurality vote: {found.tied_first:,}"]
    lines += [f"  ratings that no feature uses: {found.ratings:,}"] if found.ratings else []
    if found.unreadable:
        lines.append(f"unreadable lines: {len(found.unreadable):,} (the first: {found.unreadable[:5]})")
    return lines


def winners(result: Any) -> list[str]:
    """Whom each method chooses: of a ranking also whom others would have chosen."""
    lines = []
    for feature in result["features"]:
        said = {feature["method"]: feature["ranking"][0]}
        if feature["method"] == "ranked":
            said = {"Schulze": feature["ranking"][0], "instant runoff": feature["runoff"][0]}
            said |= {"Borda": _first(feature["borda"]), "first choices": _first(feature["counts"])}
        lines.append(f"{feature['feature_id']}: " + ", ".join(f"{method} {option}" for method, option in said.items()))
    return lines


def _first(counts: dict[str, int]) -> str:
    return max(counts, key=counts.__getitem__)


def presale(told: OrderSums, kept: OrderSums, rests_refused: Counter[str]) -> list[str]:
    """What came of the pre-sale."""
    lines = [
        f"pre-orders: {_listed(kept.preorders)}",
        f"units: {_listed(kept.units)}",
        f"batches: {_listed(told.batch_states())}",
        f"orders: {_listed(told.order_states)}, with {told.order_lines:,} lines, {told.ordered_units.total():,} units",
    ]
    return lines + ([f"rests that could not be placed again: {_listed(rests_refused)}"] if rests_refused else [])


def traffic(calls: Calls, seconds: float) -> list[str]:
    return [
        f"{calls.requests:,} requests in {seconds:,.1f} s, {calls.requests / max(seconds, 0.001):,.0f} a second",
        f"refusals by code: {_listed(calls.refusals)}",
    ]


def figures(found: Iterable[Figure]) -> list[str]:
    """One line a figure, and which entries differ where it does not agree."""
    lines = []
    for figure in found:
        told = "  ".join(f"{source} {figure.total(source):,}" for source in figure.values)
        verdict = "agrees" if figure.agrees else f"DISAGREES {figure.difference()}".rstrip()
        lines.append(f"{verdict:<8} {figure.name}: {told}")
    return lines


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(counted.items()) if number) or "none"
