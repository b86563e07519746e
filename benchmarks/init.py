"""CPU time from the start of the interpreter until a function could take its first event, run from the unzipped package
as Lambda runs it: ratios to a bare `import boto3` from that package in the same round, medians of interleaved rounds.

The usual way is the same code as most would deploy it: no bytecode, every door loaded, every model built, boto3, and
the tracer loaded though it is off.
"""

import os
import shutil
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import report
from infra.deploy import package
from infra.local import environment
from tests.conftest import ENVIRONMENT

ROUNDS = 11
LAMBDA = {**ENVIRONMENT, "AWS_LAMBDA_FUNCTION_NAME": "groundswell-test"}
UNIT = "import boto3"
USUAL = (
    "import app, boto3; boto3.client('dynamodb'); from aws_lambda_powertools import Tracer; Tracer(disabled=True); "
    "import pydantic; from chalicelib.kernel.words import Kept; below = lambda one: [one, *(a for s in "
    "one.__subclasses__() for a in below(s))]; [one.model_rebuild() for one in below(Kept)]"
)


def functions() -> dict[str, str]:
    """The module that Lambda imports, of every function."""
    from app import app  # noqa: PLC0415 - reads the environment that the import of the tests has made

    told: list[Any] = [*app.event_sources, *app.pure_lambda_functions]
    events = {one.name: one.handler_string.rpartition(".")[0] for one in told}
    return {"api_handler": "app", **events}


@contextmanager
def unzipped() -> Iterator[tuple[Path, Path, int]]:
    """The package as Lambda unpacks it, the same without its bytecode, and the bytes of the zip."""
    with tempfile.TemporaryDirectory() as scratch:
        package.build(environment.ROOT, Path(scratch) / "project")
        archive = package.zipped(Path(scratch) / "project")
        compiled, source = Path(scratch) / "compiled", Path(scratch) / "source"
        with zipfile.ZipFile(archive) as file:
            file.extractall(compiled)
        shutil.copytree(compiled, source, ignore=shutil.ignore_patterns("__pycache__"))
        yield compiled, source, archive.stat().st_size


def cpu_seconds(folder: Path, program: str, variables: Mapping[str, str]) -> float:
    """What a fresh interpreter, with nothing but the package and its own library, spends on the program."""
    whole = f"import sys; sys.path.insert(0, {str(folder)!r}); {program}"
    child = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-B", "-c", whole], variables)
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"the package does not run: {program}")
    return used.ru_utime + used.ru_stime


def measured(rounds: int, compiled: Path, source: Path) -> dict[tuple[str, str], float]:
    """The median ratio to the unit of the same round, of every module with bytecode and without."""
    modules = sorted(set(functions().values()))
    runs = {("bytecode", module): (compiled, f"import {module}", LAMBDA) for module in modules}
    runs |= {("source", module): (source, f"import {module}", LAMBDA) for module in modules}
    runs["usual", "app"] = (source, USUAL, ENVIRONMENT)
    ratios: dict[tuple[str, str], list[float]] = {name: [] for name in runs}
    for _ in tqdm(range(rounds), desc="init", unit="round", file=sys.stderr, disable=None):
        unit = cpu_seconds(compiled, UNIT, LAMBDA)
        for name, run in runs.items():
            ratios[name].append(cpu_seconds(*run) / unit)
    return {name: statistics.median(found) for name, found in ratios.items()}


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    with unzipped() as (compiled, source, size):
        ratio = measured(rounds, compiled, source)
    of = sorted(functions().items())
    return {
        "init_ratio": {name: round(ratio["bytecode", module], 2) for name, module in of},
        "init_ratio_source_only": {name: round(ratio["source", module], 2) for name, module in of},
        "init_to_usual_way": {name: round(ratio["bytecode", module] / ratio["usual", "app"], 2) for name, module in of},
        "cast_init_ratio": round(ratio["bytecode", "app"] / ratio["usual", "app"], 2),
        "init_ratio_usual_way": round(ratio["usual", "app"], 2),
        "bytecode_gain": round(ratio["source", "app"] / ratio["bytecode", "app"], 1),
        "zip_mb": round(size / 1e6, 1),
    }


def table(results: report.Results) -> list[str]:
    heads = ["function", "ratio to `import boto3`", "source only", "ratio to the usual way"]
    rows = [
        (name, ratio, results["init_ratio_source_only"][name], results["init_to_usual_way"][name])
        for name, ratio in results["init_ratio"].items()
    ]
    usual = ("(the usual way)", "", results["init_ratio_usual_way"], 1)
    return [
        *report.table(heads, [*rows, usual]),
        "",
        f"Bytecode makes the API's start {results['bytecode_gain']} times faster. The zip has {results['zip_mb']} MB.",
    ]
