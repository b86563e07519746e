"""The server that a replay drives: one that runs already, or one of its own for as long as the replay lasts."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from infra.local import environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STOP_SECONDS = 60.0
READY = "ready "


class ServerDown(Exception):  # noqa: N818 - a fact, told in one sentence
    """The server did not start; it has said why on standard error."""


@dataclass(frozen=True)
class Shelf:
    """The table behind a server, for reading stored items."""

    client: "DynamoDBClient"
    table_name: str


@contextmanager
def running(url: str | None) -> Iterator[str]:
    """The given URL, or that of a server that is started now and stopped at the end. Raises ServerDown."""
    if url is not None:
        yield url.rstrip("/")
        return
    command = [sys.executable, "-m", "infra.local.serve", "--port", "0"]
    child = subprocess.Popen(command, cwd=environment.ROOT, env=environment.child(), stdout=subprocess.PIPE, text=True)
    try:
        yield _ready(child)
    finally:
        _stop(child)


def _ready(child: "subprocess.Popen[str]") -> str:
    for line in child.stdout or ():
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    raise ServerDown("The server for the replay did not start.")


def _stop(child: "subprocess.Popen[str]") -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def shelf(url: str) -> Shelf | None:
    """The table behind a server of this machine, or None when the server is somebody else's."""
    run = _run(url)
    if run is None:
        return None
    import boto3  # noqa: PLC0415 - only now is there something to read

    credentials = environment.credentials(run["engine_url"])
    client = boto3.client(
        "dynamodb",
        endpoint_url=run["engine_url"],
        region_name=credentials["AWS_REGION"],
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
    )
    return Shelf(client, run["settings"]["TABLE_NAME"])


def _run(url: str) -> dict[str, Any] | None:
    path = environment.LOCAL / f"run-{urlsplit(url).port}.json"
    run: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return run if run.get("url") == url else None
