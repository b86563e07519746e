"""Tables of the referee's, whatever engine the rest of the run has."""

from collections.abc import Iterator

import pytest

from tests import tables as tables_
from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks
from tests.referee.world import RefereedWorld, refereed_opened
from tests.stored import NAME, Stored
from tests.tables import Tables


@pytest.fixture
def stored(referee: Tables) -> Iterator[Stored]:
    """A table with nothing in it."""
    client = referee.dynamodb()
    with tables_.created(client, NAME):
        yield Stored(client)


@pytest.fixture
def world(referee: Tables) -> Iterator[RefereedWorld]:
    """What is left at the end must agree with itself."""
    with refereed_opened(groundswell, ENVIRONMENT, tables=referee) as opened:
        yield opened
        opened.settle_down()
        checks.everything(opened)
