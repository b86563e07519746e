"""A background function imports what it runs and no more: cold start is imports."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT
from tests.conftest import ENVIRONMENT

WORKERS = sorted(PACKAGE.glob("*/worker.py"))
DOORS = [f"chalicelib.{path.parent.name}.worker" for path in WORKERS if path.parent.name != "plumbing"]


@cache
def loaded_by(module: str) -> frozenset[str]:
    """Every module that importing this one loads, in a fresh interpreter."""
    program = f"import sys, {module}; print(*sys.modules)"
    environment = {**os.environ, **ENVIRONMENT}  # noqa: TID251 - a child needs the PATH of its parent
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return frozenset(done.stdout.split())


def test_there_are_workers_to_look_at():
    assert len(DOORS) == 5


@pytest.mark.parametrize("module", [*DOORS, "chalicelib.stream"])
def test_a_background_door_loads_neither_the_app_nor_any_address(module: str):
    loaded = loaded_by(module)
    assert module in loaded
    assert "app" not in loaded
    assert {name for name in loaded if name.startswith("chalicelib.") and Path(name).suffix == ".api"} == set()


@pytest.mark.parametrize("module", [*DOORS, "chalicelib.stream"])
def test_a_background_door_does_not_load_what_only_some_calls_need(module: str):
    """The HTTP client, the signing library, the tracer and the description of the API wait until they are asked for."""
    late = {"standardwebhooks", "aws_xray_sdk", "chalicelib.plumbing.openapi", "chalicelib.plumbing.docs_page"}
    assert loaded_by(module) & late == set()


@pytest.mark.parametrize(
    "module", ["chalicelib.batches.rules", "chalicelib.ballots.rules", "chalicelib.preorders.rules"]
)
def test_a_rule_loads_nothing_of_aws(module: str):
    loaded = loaded_by(module)
    assert loaded & {"boto3", "botocore", "chalice", "urllib3", "aws_lambda_powertools", "chalicelib.plumbing"} == set()
