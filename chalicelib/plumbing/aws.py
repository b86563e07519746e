"""boto3 clients: the one place that makes them, with timeouts short enough that a request fails before its function
does."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=4,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=32,
    # The service checks as well, and our requests are made by code that tests have run.
    parameter_validation=False,
)


@cache
def client(name: str) -> Any:
    """The client of an AWS service: making one costs tens of milliseconds, so each is made once per process, when
    first used."""
    return boto3.client(name, config=_CONFIG)  # type: ignore[call-overload]
