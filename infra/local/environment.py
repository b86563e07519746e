"""The one place of the local cloud that knows the environment and the places of files."""

# ruff: noqa: TID251 - see above

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
STACK = ROOT / "infra" / "stack.yaml"
PAGE = ROOT / "web" / "dist"
ENGINE_PYTHON = ROOT / ".engine" / "bin" / "python"
REGION = "us-east-1"
STAGE = "local"
# A variable of whoever runs this must not lead a local call to a real account.
_FOREIGN = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN")


def credentials(endpoint_url: str) -> dict[str, str]:
    """What makes every boto3 client of this process talk to the engine and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def export(variables: Mapping[str, str]) -> None:
    """Makes these the environment of this process; before app.py is imported, since handlers read it then."""
    os.environ.update(variables)


def forget_foreign() -> None:
    """Takes away what would lead this process to another account or endpoint than `credentials` names."""
    for name in list(os.environ):
        if name in _FOREIGN or name.startswith("AWS_ENDPOINT_URL"):
            del os.environ[name]


def inherited(**more: str) -> dict[str, str]:
    """This process's environment with some variables more, for a program that it starts."""
    return {**os.environ, **more}


def option(name: str, default: str = "") -> str:
    """What the caller asked for through the environment, as `make demo CROWD=50` does; empty counts as absent."""
    return os.environ.get(name) or default


def number(name: str, default: int) -> int:
    """A whole number from the environment. Ends with one sentence when it is something else."""
    asked = option(name, str(default))
    if not asked.isdecimal():
        raise SystemExit(f"{name} must be a whole number, not {asked!r}.")
    return int(asked)


def child(**more: str) -> dict[str, str]:
    """The environment for a program that belongs to this one and must not outlive it."""
    return {**os.environ, "GROUNDSWELL_FOLLOW_PARENT": str(os.getpid()), **more}
