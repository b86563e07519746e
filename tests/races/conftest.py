"""A quick world for races: one preparation, every interleaving."""

from collections.abc import Iterator

import pytest

from tests.conftest import ENVIRONMENT, groundswell
from tests.races.quick_world import QuickWorld, quickly_opened


@pytest.fixture
def quick() -> Iterator[QuickWorld]:
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        yield world
