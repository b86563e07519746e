"""Clients of AWS: the one place that makes them, with timeouts short enough that a request fails before its function
does."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from chalicelib.plumbing.clock import Clock, Ids
from chalicelib.plumbing.dynamodb import DynamoDB
from chalicelib.plumbing.sigv4 import Credentials


@cache
def client(name: str) -> Any:
    """boto3's client of a service. boto3 is loaded by whoever asks first, and each client is made once per process: the
    one takes as long as all else of a start, the other tens of milliseconds."""
    import boto3  # noqa: PLC0415 - a vote asks for none of these
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=2,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=32,
        # The service checks as well, and our requests are made by code that tests have run.
        parameter_validation=False,
        # Given, it is sent as it is; else it is put together twice for each call, an eighth of its processor time.
        user_agent="groundswell",
    )
    return boto3.client(name, config=config)  # type: ignore[call-overload]


def table_client(clock: Clock, ids: Ids) -> Any:
    """The table's client: our own small one where the environment has keys, as a function's has; else, and where calls
    are traced, boto3's."""
    return _small(os.environ, clock, ids) or client("dynamodb")  # noqa: TID251 - AWS's own variables


def _small(environment: Mapping[str, str], clock: Clock, ids: Ids) -> DynamoDB | None:
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    access_key, secret_key = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not (region and access_key and secret_key) or environment.get("TRACING") == "on":
        return None
    who = Credentials(access_key, secret_key, environment.get("AWS_SESSION_TOKEN"), region, "dynamodb")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    given = environment.get("AWS_ENDPOINT_URL_DYNAMODB") or environment.get("AWS_ENDPOINT_URL")
    endpoint = (given or f"https://dynamodb.{region}.{suffix}").rstrip("/")
    return DynamoDB(endpoint=endpoint, who=who, clock=clock, ids=ids)
