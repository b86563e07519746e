"""What a running system says costs nothing where it is switched off, and fails nobody."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.plumbing import telemetry

SCRIPT = """
import sys
from chalicelib.plumbing import telemetry
handler = telemetry.traced("work")(lambda event: event + 1)
assert handler(1) == 2
print("aws_xray_sdk" in sys.modules)
"""


@pytest.mark.parametrize(("setting", "loaded"), [("off", "False"), ("on", "True")])
def test_the_tracing_sdk_is_imported_only_where_tracing_is_on(setting: str, loaded: str) -> None:
    environment = {**os.environ, "TRACING": setting}  # noqa: TID251 - for another process
    command = [sys.executable, "-c", SCRIPT]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split()[-1] == loaded


def test_threads_that_count_at_once_lose_nothing_and_fail_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """The local run answers several requests in one process: none may find another's metrics half written."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")

    def answer(_: int) -> None:
        telemetry.count("answers")
        telemetry.flush()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, range(400)))
    told = [json.loads(line)["answers"] for line in capsys.readouterr().out.splitlines()]
    assert sum(sum(one) for one in told) == 400
