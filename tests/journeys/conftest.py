"""Journeys are travelled under every delivery that AWS permits, and every one of them ends with all invariants."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from infra.local.delivery import Delivery
from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks
from tests.races.quick_world import QuickWorld, quickly_opened
from tests.referee.world import refereed_opened
from tests.tables import IN_MOTO, Tables

OpenWorld = Callable[[Delivery | None], AbstractContextManager[QuickWorld]]

DELIVERIES: dict[str, Callable[[], Delivery]] = {
    "once": Delivery,
    "twice": lambda: Delivery(seed=1, twice=0.5),
    "late": lambda: Delivery(seed=2, late=0.5),
    "cut": lambda: Delivery(seed=3, cut=True),
    "reordered": lambda: Delivery(seed=4, shards=4),
    **{f"hostile {seed}": (lambda seed=seed: Delivery.hostile(seed)) for seed in range(2)},
}


@pytest.fixture
def open_world(tables: Tables) -> OpenWorld:
    """Opens a world in memory; or, when the run is meant for it, one at the referee."""

    def opened(delivery: Delivery | None) -> AbstractContextManager[QuickWorld]:
        if tables is IN_MOTO:
            return quickly_opened(groundswell, ENVIRONMENT, delivery)
        return refereed_opened(groundswell, ENVIRONMENT, delivery, tables=tables)

    return opened


@pytest.fixture(params=DELIVERIES)
def world(request: pytest.FixtureRequest, open_world: OpenWorld) -> Iterator[QuickWorld]:
    """A world under one of the deliveries; what is left at the end must agree with itself."""
    with open_world(DELIVERIES[request.param]()) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)


@pytest.fixture
def calm_world(open_world: OpenWorld) -> Iterator[QuickWorld]:
    """Delivered once and in order: for stories in which the test itself holds deliveries back."""
    with open_world(None) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)


@pytest.fixture
def watched_world() -> Iterator[QuickWorld]:
    """A calm world in memory alone, for stories that look on at every write, or cut in between two."""
    with quickly_opened(groundswell, ENVIRONMENT) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)
