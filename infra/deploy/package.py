"""The Chalice project that a stage is deployed from: sources, libraries and the bytecode of all, so that Chalice's own
packager puts into the zip what Lambda should find.

    app.py  chalicelib/         as in this checkout, chalicelib with its bytecode
    requirements.txt            empty: nothing is left to fetch for Chalice
    vendor/                     goes to the zip's root
        <libraries>             pinned, pruned, compiled (libraries.py)
        __pycache__/app...      app.py's bytecode
        chalice/__pycache__/    that of the runtime that Chalice adds by itself

Run as a command it builds one: python -m infra.deploy.package FOLDER
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

import chalice
from chalice.deploy.packager import DependencyBuilder, LambdaDeploymentPackager
from chalice.utils import UI, OSUtils

from infra.deploy import bytecode, libraries
from infra.deploy.names import NotPossible
from infra.local import environment

PYTHON = "3.11"
_RUNTIME = ("__init__.py", "app.py")


def build(root: Path, target: Path, *, python: str = PYTHON) -> None:
    """Makes the project anew; `.chalice` in it stays as it is. The same checkout gives the same bytes.

    Raises NotPossible when this interpreter is another version than the functions', or libraries cannot be fetched.
    """
    _check(python)
    vendored = libraries.ready(root, python)
    for part in ("vendor", "chalicelib"):
        shutil.rmtree(target / part, ignore_errors=True)
    libraries.copy_into(vendored, target / "vendor")
    with tempfile.TemporaryDirectory() as scratch:
        compiled = _compiled(root, Path(scratch))
        libraries.copy_into(compiled / "chalicelib", target / "chalicelib")
        libraries.copy_into(compiled / "__pycache__", target / "vendor" / "__pycache__")
        libraries.copy_into(compiled / "chalice" / "__pycache__", target / "vendor" / "chalice" / "__pycache__")
    shutil.copyfile(root / "app.py", target / "app.py")
    (target / "app.py").chmod(0o644)
    (target / "requirements.txt").write_text("")


def _check(python: str) -> None:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if running != python:
        raise NotPossible(
            f"The functions run Python {python}, but this is Python {running}, whose bytecode they could not read, and "
            f"Chalice would choose the runtime by it. Set up .venv with Python {python}: "
            f"make clean && make setup PYTHON=python{python}"
        )


def _compiled(root: Path, folder: Path) -> Path:
    """app.py, chalicelib and Chalice's runtime as they will lie in the zip, with bytecode."""
    shutil.copyfile(root / "app.py", folder / "app.py")
    shutil.copytree(root / "chalicelib", folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "chalice").mkdir()
    for name in _RUNTIME:
        shutil.copyfile(Path(chalice.__file__).with_name(name), folder / "chalice" / name)
    bytecode.compile_below(folder)
    return folder


def zipped(project: Path, *, python: str = PYTHON) -> Path:
    """The zip that `chalice deploy` uploads from this project, made by Chalice: for tests and measurements."""
    files, silent = OSUtils(), io.StringIO()
    packager = LambdaDeploymentPackager(files, DependencyBuilder(files), UI(out=silent, err=silent))
    return Path(packager.create_deployment_package(str(project), f"python{python}"))


def main() -> int:
    try:
        build(environment.ROOT, Path(sys.argv[1]))
    except NotPossible as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
