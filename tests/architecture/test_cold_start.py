"""A function imports what it runs and no more: cold start is imports (docs/decisions/0009-cold-start.md)."""

import os
import subprocess
import sys
from functools import cache

import pytest

from tests.architecture.tree import PACKAGE, ROOT
from tests.conftest import ENVIRONMENT, groundswell

WORKERS = sorted(PACKAGE.glob("*/worker.py"))
SLICES = [path.parent.name for path in WORKERS if path.parent.name != "plumbing"]
DOORS = [*(f"chalicelib.{name}.worker" for name in SLICES), "chalicelib.stream"]
# Who starts for a queue or a clock and has no answers to give record by record.
WITHOUT_BATCHES = ["app", "chalicelib.ballots.worker", "chalicelib.batches.worker"]
LATE = {
    "aws_lambda_powertools.utilities.parser",  # a model for every kind of event; see plumbing/worker.py
    "aws_xray_sdk",
    "chalicelib.plumbing.docs_page",
    "chalicelib.plumbing.openapi",
    "hypothesis",
    "jwt",
    "moto",
    "standardwebhooks",
    "stripe",
}


@cache
def told_by(program: str, *, on_lambda: bool = True) -> frozenset[str]:
    """The words that a program prints in a fresh interpreter."""
    lambdas_own = {"AWS_LAMBDA_FUNCTION_NAME": "groundswell-test"} if on_lambda else {}
    environment = {**os.environ, **ENVIRONMENT, **lambdas_own}  # noqa: TID251 - a child needs the PATH of its parent
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return frozenset(done.stdout.split())


def loaded_by(module: str) -> frozenset[str]:
    """Every module that importing this one loads, where Lambda does it."""
    return told_by(f"import sys, {module}; print(*sys.modules)")


def test_there_are_workers_to_look_at():
    assert len(SLICES) == 7


def test_these_are_the_modules_that_lambda_imports():
    handlers = [*groundswell.event_sources, *groundswell.pure_lambda_functions]
    assert {handler.handler_string.rpartition(".")[0] for handler in handlers} == set(DOORS)


@pytest.mark.parametrize("module", DOORS)
def test_a_background_door_loads_neither_the_app_nor_any_address(module: str):
    loaded = loaded_by(module)
    assert module in loaded
    assert "app" not in loaded
    assert {name for name in loaded if name.startswith("chalicelib.") and name.endswith(".api")} == set()


@pytest.mark.parametrize("name", SLICES)
def test_a_worker_loads_the_actions_of_its_own_slice_alone(name: str):
    actions = {one for one in loaded_by(f"chalicelib.{name}.worker") if one.endswith(".actions")}
    assert actions == {f"chalicelib.{name}.actions"}


def test_the_api_loads_no_background_door():
    loaded = loaded_by("app")
    assert "chalicelib.preorders.api" in loaded
    assert loaded & set(DOORS) == set()


SAY_DOORS = "from app import app; print(*app.routes, *(event.name for event in app.event_sources))"


def test_the_api_has_every_address_on_lambda_too():
    assert told_by(SAY_DOORS) == frozenset(groundswell.routes)


def test_whoever_deploys_sees_every_door():
    every = {*groundswell.routes, *(event.name for event in groundswell.event_sources)}
    assert told_by(SAY_DOORS, on_lambda=False) == every
    assert len(groundswell.event_sources) == 12


@pytest.mark.parametrize("module", ["app", *DOORS])
def test_a_function_does_not_load_what_only_some_calls_need(module: str):
    assert loaded_by(module) & LATE == set()


@pytest.mark.parametrize("module", WITHOUT_BATCHES)
def test_a_function_without_partial_answers_does_not_load_batches(module: str):
    assert "aws_lambda_powertools.utilities.batch" not in loaded_by(module)


SAY_BUILT = """
import app
from chalicelib.kernel.words import Kept
below = lambda one: [one, *(found for part in one.__subclasses__() for found in below(part))]
print(*(one.__name__ for one in below(Kept)[1:] if one.__pydantic_complete__))
"""


def test_no_model_is_built_before_it_is_used():
    """But that of the settings, which a function reads first of all."""
    assert told_by(SAY_BUILT) == {"Settings"}


SAY_MADE = "from chalicelib.plumbing import ports; print(ports._of_this_process.cache_info().currsize)"


@pytest.mark.parametrize(("on_lambda", "made"), [(True, "1"), (False, "0")])
def test_the_first_client_is_made_while_the_function_starts(on_lambda: bool, made: str):  # noqa: FBT001
    """Starting has a whole processor and answering a share: what every request needs is made before the first one."""
    assert told_by(SAY_MADE, on_lambda=on_lambda) == {made}


@pytest.mark.parametrize(
    "module", ["chalicelib.batches.rules", "chalicelib.ballots.rules", "chalicelib.preorders.rules"]
)
def test_a_rule_loads_nothing_of_aws(module: str):
    loaded = loaded_by(module)
    assert loaded & {"boto3", "botocore", "chalice", "urllib3", "aws_lambda_powertools", "chalicelib.plumbing"} == set()
