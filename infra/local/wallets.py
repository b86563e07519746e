"""Which card each fan of a crowd has, and what its holder does when it is not simply charged."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Wallet:
    """`approves`: what its holder says when the bank asks. `mends`: sends another card when the balance cannot be
    charged."""

    card: str = "card"
    approves: bool = True
    mends: bool = False

    @property
    def is_plain(self) -> bool:
        return self.card == "card"


PLAIN = Wallet()
# The first ones are those that even the smallest crowd has.
UNUSUAL = (
    Wallet("card_declines_later", mends=True),
    Wallet("card_authenticate"),
    Wallet("card_declined"),
    Wallet("card_declines_later"),
    Wallet("card_times_out"),
    Wallet("card_authenticate", approves=False),
    Wallet("card_insufficient_funds"),
    Wallet("card_expires_later", mends=True),
)
# Of each unusual wallet so many in a hundred, and at least one where there are enough fans.
_SHARE = 0.015
# Who comes early finds room in the first batch: there something becomes of the card.
_EARLY = 0.6


def dealt(count: int, chance: random.Random) -> list[Wallet]:
    """One for each fan, in the order in which they come. Of two fans one at most has an unusual wallet."""
    each = max(1, round(_SHARE * count))
    unusual = [wallet for wallet in UNUSUAL[: count // 2] for _ in range(each)]
    found = [PLAIN] * count
    early = range(max(len(unusual), int(_EARLY * count)))
    for place, wallet in zip(chance.sample(early, len(unusual)), unusual, strict=True):
        found[place] = wallet
    return found
