"""CPU of one cast vote through the deployed handler: ratio to the usual way (a read and a transaction, boto3 with stock
settings) on the same framework, medians of interleaved rounds. The table answers at once, from another process.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import report
from infra.local import environment

ROUNDS, WARM, CASTS = 15, 50, 300
CAMPAIGN_ID = "01900000-0000-7000-8000-0000000c0001"
VOTES = {"colour": ["red"], "lens": ["wide", "tele"]}
WAYS = {"ours": "app", "usual": "benchmarks.usual_cast"}
OK = 200


def event() -> dict[str, Any]:
    """A vote as the gateway hands it over, its token verified."""
    claims = {"sub": "sub-ada", "aud": "app", "token_use": "id", "cognito:username": "ada", "email_verified": "true"}
    path = f"/v1/campaigns/{CAMPAIGN_ID}/ballot"
    headers = {
        "Content-Type": "application/json",
        "Host": "api.example",
        "User-Agent": "fan",
        "Authorization": "x" * 900,
    }
    return {
        "resource": "/v1/campaigns/{campaign_id}/ballot",
        "path": path,
        "httpMethod": "PUT",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"campaign_id": CAMPAIGN_ID},
        "stageVariables": None,
        "requestContext": {
            "authorizer": {"claims": claims},
            "httpMethod": "PUT",
            "identity": {"sourceIp": "192.0.2.1"},
            "path": f"/api{path}",
            "resourcePath": "/v1/campaigns/{campaign_id}/ballot",
            "stage": "api",
            "requestId": "r",
        },
        "body": json.dumps({"votes": VOTES}),
        "isBase64Encoded": False,
    }


def answers() -> dict[str, Any]:
    """What the table says to every call."""
    from chalicelib.campaigns import store  # noqa: PLC0415 - after the settings have been exported
    from chalicelib.plumbing.typed_json import pack  # noqa: PLC0415
    from tests import examples  # noqa: PLC0415

    stored = store.item(examples.voting(campaign_id=CAMPAIGN_ID))
    ballot = {"pk": "C#x#B#0001", "sk": "f" * 32, "kind": "ballot", "votes": VOTES, "version": 1, "attempt": "a" * 36}
    ballot["cast_at"] = "2026-11-21T12:00:00.000Z"
    return {
        "GetItem": {"Item": pack(stored)},
        "UpdateItem": {"Attributes": pack(ballot)},
        "TransactWriteItems": {},
    }


def cpu_of_a_request(module: str, asked: dict[str, Any], *, status: int = OK) -> float:
    """Runs in a child: seconds of CPU of this process for one request, when all is warm."""
    import importlib  # noqa: PLC0415 - only the child loads what it measures

    handler = importlib.import_module(module).app
    with redirect_stdout(Path(os.devnull).open("w")):
        for _ in range(WARM):
            assert handler(asked, None)["statusCode"] == status
        started = time.process_time()
        for _ in range(CASTS):
            handler(asked, None)
        return (time.process_time() - started) / CASTS


@contextmanager
def canned(said: dict[str, Any]) -> Iterator[str]:
    """The address of a table of canned answers."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(said, file)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.canned_table", file.name]
        server = subprocess.Popen(command, cwd=environment.ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()
            server.wait()


def measured(way: str, url: str, *, bench: str = "casting") -> float:
    """One round of one way, in a process of its own."""
    from tests.conftest import ENVIRONMENT  # noqa: PLC0415

    lambdas_own = {"AWS_LAMBDA_FUNCTION_NAME": "groundswell-test", "AWS_ENDPOINT_URL_DYNAMODB": url}
    variables = {**os.environ, **ENVIRONMENT, **lambdas_own}  # noqa: TID251 - a child needs its parent's PATH
    variables.pop("POWERTOOLS_METRICS_DISABLED")
    command = [sys.executable, "-m", f"benchmarks.{bench}", way]
    done = subprocess.run(command, cwd=environment.ROOT, env=variables, capture_output=True, text=True, check=True)
    return float(done.stdout)


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    with canned(answers()) as url:
        each = tqdm(range(rounds), desc="casting", unit="round", file=sys.stderr, disable=None)
        ratios = [measured("ours", url) / measured("usual", url) for _ in each]
    return {"cast_cpu_ratio": round(statistics.median(ratios), 2)}


def table(results: report.Results) -> list[str]:
    ratio = results["cast_cpu_ratio"]
    return report.table(["a vote", "CPU, ratio to the usual way"], [("Groundswell", ratio), ("the usual way", 1)])


if __name__ == "__main__":
    print(cpu_of_a_request(WAYS[sys.argv[1]], event()))
