"""Worlds for whole modules, since opening one costs more than asking a hundred things of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from app import app as groundswell
from infra.local import tokens
from infra.local.gateway import Gateway
from tests.conftest import ENVIRONMENT
from tests.doors.scene import Scene
from tests.world import opened


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """One world for the tests of a module, which make what they need in it and leave each other's things alone."""
    with mock_aws(), opened(groundswell, ENVIRONMENT) as world:
        yield Scene(world)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The local issuer of tokens, for the app of these worlds, with a key that is forgotten afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        path = tmp_path_factory.mktemp("issuer") / "key.pem"
        patch.setattr(tokens, "KEY_FILE", path)
        patch.setattr(tokens, "AUDIENCE", ENVIRONMENT["USER_POOL_CLIENT_ID"])
        tokens._key.cache_clear()
        yield path
    tokens._key.cache_clear()


@pytest.fixture(scope="module")
def behind_gateway(issuer: Path) -> Iterator[tuple[Scene, Gateway]]:
    """A world that believes the local issuer, and the gateway in front of it."""
    with mock_aws(), opened(groundswell, ENVIRONMENT) as world:
        yield Scene(world), Gateway(groundswell)
