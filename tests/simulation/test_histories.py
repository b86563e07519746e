"""Whole histories under faults, each from its seed: S1, S2, S3, S4, B1, B2, B3, B4, B5, O1, O2, O3, O4, M5, A1, L1,
L2, L3, L4.

More of them, or one of them again: `python -m tests.simulation --count N`, `python -m tests.simulation --seed SEED`.
"""

import pytest

from tests.simulation.faults import Options
from tests.simulation.history import run

HISTORIES, AT_ONCE, RUSHES = 200, 50, 20


@pytest.mark.parametrize("first", range(0, HISTORIES, AT_ONCE))
def test_what_must_hold_holds_whatever_goes_wrong(first: int) -> None:
    failed = {seed: failure for seed in range(first, first + AT_ONCE) if (failure := run(seed).failure)}
    assert not failed, "\n".join(
        f"python -m tests.simulation --seed {seed} --shrink: {told}" for seed, told in failed.items()
    )


def test_whoever_goes_on_believes_no_memory_of_full_pages() -> None:
    """B3: a race for few pages, by requests that pause or freeze anywhere, and their twins."""
    failed = {seed: failure for seed in range(RUSHES) if (failure := run(Options.rushed(seed)).failure)}
    assert not failed
