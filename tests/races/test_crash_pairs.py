"""A slice of: each call of each money path fails in each of five ways, and then another one does: F1, F2, F4, F5, F6.

Whatever failed comes again, and all ends as if nothing had happened: L1, M1 to M9, S2, O1. The slice: every 24th of the
first faults and every 16th of the second ones, by the checksums of their names, up to the first look that finds
nothing new to do. All of them: `make crash-pairs`.
"""

import pytest

from tests.races.crash_pairs import quietly
from tests.races.money_paths import PATHS, Path
from tests.races.quick_world import QuickWorld
from tests.races.searching import prepared

EVERY = (24, 16)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in PATHS])
def test_two_faults_in_a_row_leave_no_trace(quick: QuickWorld, path: Path) -> None:
    search = prepared(quick, path, every=EVERY, busy=path.busy)
    with quietly():
        _, ones, pairs = search.all(2)
    assert not search.failures, search.failures[0]
    assert min(ones, pairs) > 0
