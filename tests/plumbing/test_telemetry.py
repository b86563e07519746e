"""What a running system says costs nothing where it is switched off."""

import os
import subprocess
import sys

import pytest

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
