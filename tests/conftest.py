"""What every test shares: an environment that reaches no account, the app imported once, and a world for those who
ask for one."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import settings

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
    "STAGE": "test",
    "TABLE_NAME": "groundswell-test",
    "STREAM_ARN": "arn:aws:dynamodb:us-east-1:123456789012:table/groundswell-test/stream/now",
    "COUNTING_QUEUE": "groundswell-test-counting",
    "PAYMENTS_QUEUE": "groundswell-test-payments",
    "FOLLOWING_QUEUE": "groundswell-test-following",
    "ORDERS_QUEUE": "groundswell-test-orders",
    "EVENT_BUS": "groundswell-test",
    "USER_POOL_ARN": "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_test",
    "USER_POOL_CLIENT_ID": "app",
    "WEBHOOK_SECRET_PREFIX": "groundswell/test/webhook/",
    "PAYMENT_SECRET": "groundswell/test/payments",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
    "POWERTOOLS_METRICS_DISABLED": "true",
}
# The same examples on every machine and every run, so that a failure is about the change and not about luck.
settings.register_profile("fixed", derandomize=True, database=None, deadline=None, max_examples=60)
# Examples that were never tried: `pytest tests/payments/test_machine.py --hypothesis-profile=long`.
settings.register_profile("long", database=None, deadline=None, max_examples=6000)
settings.load_profile("fixed")

os.environ.update(ENVIRONMENT)  # noqa: TID251 - before anything is imported that reads it
os.environ.pop("AWS_ENDPOINT_URL", None)  # noqa: TID251

from moto import mock_aws  # noqa: E402

from app import app as groundswell  # noqa: E402
from infra.local.delivery import Delivery  # noqa: E402
from infra.referee import dynamodb_local  # noqa: E402
from tests.tables import IN_MOTO, AtTheReferee, Tables  # noqa: E402
from tests.world import World, opened  # noqa: E402

REFEREE = "dynamodb-local"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["moto", REFEREE], default="moto", help="where the tests' tables are")


def pytest_configure(config: pytest.Config) -> None:
    """Asked for the referee, a run without it is no run."""
    if config.getoption("--engine") == REFEREE:
        try:
            dynamodb_local.java_or_absent()
        except dynamodb_local.RefereeAbsent as absent:
            raise pytest.UsageError(str(absent)) from None


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """The referee is given the tests that write into a table, and no others."""
    if config.getoption("--engine") == REFEREE:
        taken = {item: _is_for_the_referee(item) for item in items}
        config.hook.pytest_deselected(items=[item for item in items if not taken[item]])
        items[:] = [item for item in items if taken[item]]


def _is_for_the_referee(item: Any) -> bool:
    """Of a journey's deliveries two will do: what they vary is in front of the table, and tried in memory."""
    delivery = item.callspec.params.get("world") if hasattr(item, "callspec") else None
    return bool({"tables", "referee"} & set(item.fixturenames)) and delivery in (None, "once", "hostile 0")


@pytest.fixture(scope="session")
def referee(request: pytest.FixtureRequest) -> Iterator[Tables]:
    """DynamoDB Local, once for all. Where it cannot run the test is skipped, unless the whole run is meant for it."""
    with ExitStack() as stack:
        try:
            yield AtTheReferee(stack.enter_context(dynamodb_local.running()))
        except dynamodb_local.RefereeAbsent as absent:
            if request.config.getoption("--engine") == REFEREE:
                raise
            pytest.skip(str(absent))


@pytest.fixture(scope="session")
def tables(request: pytest.FixtureRequest) -> Tables:
    """Where this run has its tables."""
    chosen: Tables = IN_MOTO if request.config.getoption("--engine") == "moto" else request.getfixturevalue("referee")
    return chosen


@pytest.fixture
def make_world(tables: Tables) -> Iterator[Callable[..., World]]:
    """Opens a world with the delivery that a test wants."""
    with ExitStack() as stack:

        def make(delivery: Delivery | None = None, **_: Any) -> World:
            stack.enter_context(mock_aws())
            return stack.enter_context(opened(groundswell, ENVIRONMENT, delivery, tables))

        yield make


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A world that delivers everything once and in order."""
    return make_world()
