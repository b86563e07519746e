"""What a drawn wave has from the opening of the pre-sale on: a secret seed, and in public its commitment. What becomes
of it is `waiting`'s."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.campaigns import waves
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.waves import AnnouncedWave
from chalicelib.kernel import instants, keys
from chalicelib.kernel.refusals import Conflict
from chalicelib.plumbing.clock import Ids
from chalicelib.plumbing.writes import Write, putting

DUE = "DUE#DRAW"


class DrawExists(Conflict):
    """Refused: a seed is made once, when the pre-sale opens."""


def seeds(campaign: Campaign, ids: Ids) -> dict[int, str]:
    """A fresh seed of 64 hexadecimal digits for each drawn wave."""
    return {wave.number: ids.secret() + ids.secret() for wave in campaign.waves if wave.draw}


def with_commitments(campaign: Campaign, made: Mapping[int, str]) -> tuple[AnnouncedWave, ...]:
    """The campaign's waves, the drawn ones with what is published of their seeds."""
    told = {number: waves.commitment(seed) for number, seed in made.items()}
    return tuple(wave.model_copy(update={"commitment": told.get(wave.number)}) for wave in campaign.waves)


def opening(campaign: Campaign, made: Mapping[int, str], *, drain: timedelta) -> list[Write]:
    """The draw of each drawn wave, due when every entry that was under way at the end has landed or failed; and its
    seed, under a key that only the draw's clock may read. Refuses with DrawExists."""
    cut = waves.shares((wave.units for wave in campaign.waves), (plan.capacity for plan in campaign.batches))
    writes = []
    for wave in (wave for wave in campaign.waves if wave.draw):
        batch_number = next(number for number, mine in enumerate(cut, start=1) if wave.number in dict(mine))
        key, due = keys.draw(campaign.campaign_id, wave.number), instants.text(wave.closes_at + drain)
        item = {
            "kind": "draw",
            "campaign_id": campaign.campaign_id,
            "wave": wave.number,
            "batch_number": batch_number,
            "state": "entering",
            "units": wave.units,
            "commitment": waves.commitment(made[wave.number]),
            "closes_at": instants.text(wave.closes_at),
            "gsi2pk": DUE,
            "gsi2sk": f"{due}#{campaign.campaign_id}#{wave.number:02d}",
        }
        writes.append(putting(key, item, refusal=DrawExists))
        secret = {"kind": "draw_seed", "seed": made[wave.number]}
        writes.append(putting(keys.draw_seed(campaign.campaign_id, wave.number), secret, refusal=DrawExists))
    return writes
