"""Whole histories under faults, each from its seed: S1, S2, S3, S4, B1, B2, B3, B4, B5, O1, O2, O3, O4, M5, L1, L2, L3,
L4.

More of them, or one of them again: `python -m tests.simulation --count N`, `python -m tests.simulation --seed SEED`.
"""

import pytest

from tests.simulation.history import run

HISTORIES, AT_ONCE = 200, 50


@pytest.mark.parametrize("first", range(0, HISTORIES, AT_ONCE))
def test_what_must_hold_holds_whatever_goes_wrong(first: int) -> None:
    failed = {seed: failure for seed in range(first, first + AT_ONCE) if (failure := run(seed).failure)}
    assert not failed, "\n".join(
        f"python -m tests.simulation --seed {seed} --shrink: {told}" for seed, told in failed.items()
    )
