"""What the functions need of other people's code: installed for Lambda, without what Lambda never reads, with its
bytecode.

Made once for a set of pins and kept in `.cache`; the folder's name is a digest of all that it is made from.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.deploy import bytecode, say
from infra.deploy.names import NotPossible
from infra.local import environment

# The services whose clients chalicelib makes (a test holds it to that), and xray, which the tracing SDK asks for its
# rules where tracing is on. botocore knows 400 services, and looks into every folder before it makes a client.
SERVICES = frozenset({"cognito-idp", "dynamodb", "events", "secretsmanager", "sqs", "xray"})
# Commands, typing only, the resources and examples of boto3, the scripts of a page that nobody serves from here.
_NEVER_READ = (
    "bin",
    "boto3/data",
    "boto3/examples",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui",
    "*-stubs",
    "**/py.typed",
    "**/*.pyi",
    "botocore/data/*/*/examples-1.json",
)
# What installers leave for themselves. METADATA stays, since uuid6 asks for its own version when imported, and the
# licences stay, since they ask to travel with the code.
_INSTALLERS_OWN = ("INSTALLER", "RECORD", "REQUESTED", "WHEEL", "sboms", "top_level.txt", "zip-safe")
_PLATFORM = "manylinux2014"


def ready(root: Path, python: str) -> Path:
    """The folder with the libraries for these pins. Raises NotPossible when they can neither be found nor fetched."""
    pins = root / "requirements.txt"
    made_from = hashlib.sha256(pins.read_bytes() + python.encode() + sys.version.encode())
    for part in (__file__, bytecode.__file__):
        made_from.update(Path(part).read_bytes())
    folder = root / ".cache" / f"libraries-{made_from.hexdigest()[:16]}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _make(Path(scratch) / "libraries", pins, python)
            _settle(Path(scratch) / "libraries", folder)
    return folder


def _settle(made: Path, folder: Path) -> None:
    """Two builds at the same time make the same, so that the second may keep the first one's."""
    try:
        made.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def _make(folder: Path, pins: Path, python: str) -> None:
    say.line("fetching the libraries for Lambda and compiling them; once for each change of requirements.txt")
    _install(folder, pins, python)
    prune(folder)
    bytecode.compile_below(folder)


def _install(folder: Path, pins: Path, python: str) -> None:
    """Through uv, first from what it has at hand: pins and hashes say what is right, wherever it comes from."""
    pinned = ["--only-binary", ":all:", "--require-hashes", "--target", str(folder), "-r", str(pins)]
    scripts = Path(sys.executable).parent
    uv = [str(scripts / "uv"), "pip", "install", "-q", "--python", sys.executable, "--python-version", python]
    # Copied, never linked: files are rewritten here, and a link would rewrite uv's cache and this machine's .venv too.
    uv += ["--python-platform", f"x86_64-{_PLATFORM}", "--link-mode", "copy", *pinned]
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
    pip += ["--python-version", python, "--platform", f"{_PLATFORM}_x86_64", *pinned]
    told = ""
    for command in ([*uv, "--offline"], uv, pip):
        shutil.rmtree(folder, ignore_errors=True)
        try:
            done = subprocess.run(command, env=environment.inherited(), capture_output=True, text=True, check=False)
        except FileNotFoundError:
            continue  # set up by pip alone
        if done.returncode == 0:
            return
        told = done.stderr.strip()
    raise NotPossible(
        f"The libraries for Lambda could not be fetched:\n{told}\nThey come from the package index that pip or uv is "
        "set up for. Check that it can be reached and run this again."
    )


def prune(folder: Path) -> None:
    """Takes away what Lambda never reads: three quarters of the package. Every client in SERVICES can still be made."""
    for pattern in _NEVER_READ:
        for path in list(folder.glob(pattern)):
            _remove(path)
    for path in [found for name in _INSTALLERS_OWN for found in folder.glob(f"*.dist-info/{name}")]:
        _remove(path)
    models = folder / "botocore" / "data"
    for path in [found for found in models.iterdir() if found.is_dir() and found.name not in SERVICES]:
        _remove(path)
    _shorten_endpoints(models / "endpoints.json")
    for path in sorted(models.glob("*/*/service-2.json.gz")):
        _shorten_model(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _shorten_endpoints(path: Path) -> None:
    """A megabyte that every first client parses: the hosts of services that are not here are never looked up."""
    known = json.loads(path.read_text())
    for partition in known["partitions"]:
        partition["services"] = {name: told for name, told in partition["services"].items() if name in SERVICES}
    path.write_text(json.dumps(known, separators=(",", ":")))


def _shorten_model(path: Path) -> None:
    """The documentation is for `help()`; it is most of what a new client has to parse."""
    model = _undocumented(json.loads(gzip.decompress(path.read_bytes())))
    path.write_bytes(gzip.compress(json.dumps(model, separators=(",", ":")).encode(), mtime=0))


def _undocumented(part: Any) -> Any:
    if isinstance(part, list):
        return [_undocumented(one) for one in part]
    if not isinstance(part, dict):
        return part
    # A text: a field that is called `documentation` would be a shape.
    return {
        name: _undocumented(one) for name, one in part.items() if not (name == "documentation" and isinstance(one, str))
    }


def copy_into(folder: Path, target: Path) -> None:
    """Copies a tree in the order of its names, readable by everyone: Chalice's zip and its name follow the order in
    which a folder was filled, and keep the modes."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        copy = target / path.name
        if path.is_dir():
            copy_into(path, copy)
        else:
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
