"""Journeys are travelled under every delivery that AWS permits, and every one of them ends with all invariants."""

from collections.abc import Callable, Iterator

import pytest

from infra.local.delivery import Delivery
from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks
from tests.races.quick_world import QuickWorld, quickly_opened

DELIVERIES: dict[str, Callable[[], Delivery]] = {
    "once": Delivery,
    "twice": lambda: Delivery(seed=1, twice=0.5),
    "late": lambda: Delivery(seed=2, late=0.5),
    "cut": lambda: Delivery(seed=3, cut=True),
    "reordered": lambda: Delivery(seed=4, shards=4),
    **{f"hostile {seed}": (lambda seed=seed: Delivery.hostile(seed)) for seed in range(2)},
}


@pytest.fixture(params=DELIVERIES)
def world(request: pytest.FixtureRequest) -> Iterator[QuickWorld]:
    """A world under one of the deliveries; what is left at the end must agree with itself."""
    with quickly_opened(groundswell, ENVIRONMENT, DELIVERIES[request.param]()) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)


@pytest.fixture
def calm_world() -> Iterator[QuickWorld]:
    """Delivered once and in order: for stories in which the test itself holds deliveries back."""
    with quickly_opened(groundswell, ENVIRONMENT) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)
