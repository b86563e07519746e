"""The fans of a play and their plans, drawn from one seed."""

import random
from dataclasses import dataclass, replace
from typing import Any

from infra.local import sample, tastes, wallets
from infra.local.wallets import PLAIN, Wallet

_CHANGES_MIND, _REPEATS, _WITHDRAWS = 0.2, 0.1, 0.06
_HAS_CODE, _MORE_IF_NEEDED, _SECOND_CHOICE, _CAPPED = 0.18, 0.12, 0.35, 0.06


@dataclass(frozen=True)
class Fan:
    """One fan's plan. Everything is decided beforehand, so that threads change nothing about it."""

    name: str
    # What the fan likes at each casting.
    likings: tuple[dict[str, tastes.Liking], ...]
    quantity: int
    repeats: bool
    withdraws: bool
    taste: float
    wallet: Wallet = PLAIN
    # Reads the newsletter, and so has the code of the first wave.
    has_code: bool = False
    # What the fan leaves open: a unit more, other keycaps, and the highest unit price to take part at.
    more: bool = False
    flexible: bool = False
    cap_minor: int | None = None
    # Only the first batch will do.
    impatient: bool = False

    @property
    def steps(self) -> int:
        """How many requests the fan will make in all, token, screens and quote apart."""
        return len(self.likings) + 1 + self.repeats + self.withdraws


def gather(campaign: dict[str, Any], count: int, seed: int = 1) -> list[Fan]:
    """So many fans of a campaign, with their plans."""
    chance = random.Random(seed)  # noqa: S311 - a play, to be repeated
    caps = [tier["unit_price_minor"] for tier in campaign["price_ladder"][1:]]
    dealt = wallets.dealt(count, random.Random(seed))  # noqa: S311 - as above
    fans = (_fan(f"Fan {number}", campaign["features"], caps, chance) for number in range(1, count + 1))
    return [_with(fan, wallet) for fan, wallet in zip(fans, dealt, strict=True)]


def _with(fan: Fan, wallet: Wallet) -> Fan:
    """Whoever has an unusual wallet finds room in the first batch and stays, so that something becomes of it."""
    if wallet.is_plain:
        return fan
    return replace(fan, wallet=wallet, quantity=1, withdraws=False, more=False, cap_minor=None, has_code=True)


def _fan(name: str, features: list[dict[str, Any]], caps: list[int], chance: random.Random) -> Fan:
    castings = 1 + (chance.random() < _CHANGES_MIND)
    likings = tuple(tastes.draw(features, chance) for _ in range(castings))
    quantity = chance.choices((1, 2, 3), (70, 25, 5))[0]
    plan = Fan(
        name=name,
        likings=likings,
        quantity=quantity,
        repeats=chance.random() < _REPEATS,
        withdraws=chance.random() < _WITHDRAWS,
        taste=chance.random(),
        has_code=chance.random() < _HAS_CODE,
        more=chance.random() < _MORE_IF_NEEDED,
        flexible=chance.random() < _SECOND_CHOICE,
        cap_minor=chance.choice(caps) if chance.random() < _CAPPED else None,
    )
    if not plan.has_code:
        return plan
    return replace(plan, quantity=min(plan.quantity, sample.FIRST_WAVE_LIMIT), more=False)
