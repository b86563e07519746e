"""What a demo tells at its end, in words: every figure is one that was recounted from stored items."""

from collections.abc import Iterator

from infra.local.crowd import Crowd
from infra.local.recount import Figures

_CURRENCY = "EUR"


def lines(stored: Figures, crowd: Crowd, seconds: float) -> Iterator[str]:
    """The whole summary."""
    refused = ", ".join(f"{number} {code}" for code, number in sorted(crowd.refusals.items())) or "none"
    yield f"\nIn {seconds:.0f} s, {crowd.requests} requests (refused: {refused}). Recounted from stored items:"
    yield f"  {stored['ballots']} ballots"
    for feature, counts in stored["votes"].items():
        liked = sorted(counts.items(), key=lambda option: -option[1])
        yield f"    {feature}: " + ", ".join(f"{option} {votes}" for option, votes in liked)
    yield from _outcomes(stored)
    yield from _batches(stored)
    yield from _money(stored)


def _outcomes(stored: Figures) -> Iterator[str]:
    """Who waited and was offered a place, what the lock did to whom, and whose cards were not simply charged."""
    waited, cards = stored["waiting list"], stored["cards"]
    offered = sum(units for state, units in waited.items() if state in ("offered", "taken"))
    yield f"  waiting list: {sum(waited.values())} waited, {offered} were offered a place"
    for title, found in (("moved at the lock", stored["moves"]), ("let go", stored["left"])):
        told = ", ".join(f"{number} {why}" for why, number in sorted(found.items()))
        yield f"  {title}: {told or 'nobody'}"
    yield (
        f"  cards: {cards['declined']} declined, {cards['confirmed']} confirmed with the bank, "
        f"{cards['mended']} mended after the lock, {cards['dropped']} dropped"
    )


def _batches(stored: Figures) -> Iterator[str]:
    number = 1
    while (state := stored.get(f"batch {number} state")) is not None:
        name = f"batch {number}"
        secured, collected = stored[f"{name} secured units"], stored[f"{name} collected units"]
        yield f"  {name}: {state}, {secured} units secured, {collected} collected"
        for variant, units in sorted(stored.get(f"{name} order lines", {}).items()):
            yield f"    order line: {units:4} x {variant}"
        if (total := stored.get(f"{name} order total")) is not None:
            yield f"    order total: {_text(total)}, received and accepted by the manufacturer"
            yield f"    paid for it by its fans: {_text(stored[f'{name} paid'])}"
        number += 1


def _money(stored: Figures) -> Iterator[str]:
    yield f"  ledger: {stored['ledger transactions']} transactions"
    for account, minor in sorted(stored["ledger"].items(), key=lambda one: -one[1]):
        yield f"    {account:12} {_text(minor):>16}"
    yield f"    {'sum':12} {_text(stored['ledger total']):>16}"
    heard = sum(stored["provider's events heard"].values())
    yield f"  equals the provider's own books: {len(stored['charges'])} charges, {len(stored['refunds'])} refunds"
    yield f"  {heard} of the provider's events were heard: late, twice, in any order; forged ones were refused"


def _text(minor: int) -> str:
    return f"{minor / 100:,.2f} {_CURRENCY}"
