"""The stage's Chalice configuration: generated from the stack's outputs, never edited, never committed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.plumbing.settings import Settings
from infra.deploy import policies
from infra.deploy.account import Account
from infra.deploy.names import API_STAGE, NotPossible, Stage
from infra.local import environment, resources

TEMPLATE = environment.ROOT / ".chalice" / "config.json"


def settings(outputs: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """What the functions find in their environment: the outputs that are settings, and what was asked for besides.

    Raises NotPossible for a setting that nobody reads, or when one is missing.
    """
    found = {resources.setting_name(key): value for key, value in outputs.items()}
    known = {name.upper(): field for name, field in Settings.model_fields.items()}
    strange = sorted(set(extra) - set(known) - {"TRACING", "POWERTOOLS_LOG_LEVEL"})
    if strange:
        raise NotPossible(f"No function reads the setting {', '.join(strange)}. There are: {', '.join(sorted(known))}.")
    made = {name: found[name] for name in known if name in found} | dict(extra)
    missing = sorted(name for name, field in known.items() if field.is_required() and name not in made)
    if missing:
        raise NotPossible(f"The stack tells nothing about {', '.join(missing)}: is it of an older version?")
    return made


def further(text: str) -> dict[str, str]:
    """`A=1 B=2` as settings. Raises NotPossible for anything else."""
    parts = [part.partition("=") for part in text.split()]
    if wrong := [name for name, sign, _ in parts if not sign or not name.isupper()]:
        raise NotPossible(f"{' '.join(wrong)!r} is no setting: write them as KEY=VALUE, with spaces between.")
    return {name: value for name, _, value in parts}


def values(account: Account, stage: Stage, outputs: Mapping[str, str]) -> dict[str, str]:
    """The stack's outputs and what else the placeholders of the policies stand for."""
    own = {"Partition": account.partition, "Region": account.region, "Account": account.number, "Stage": stage.name}
    return {**outputs, **own}


def write(project: Path, stage: Stage, known: Mapping[str, str], extra: Mapping[str, str]) -> None:
    """Writes config.json and one policy per function into the project's `.chalice` folder. `known`: see `values`."""
    folder = project / ".chalice"
    folder.mkdir(parents=True, exist_ok=True)
    environment_variables = settings(known, extra)
    tracing = environment_variables.get("TRACING") == "on"
    for function in policies.functions():
        _write(folder / f"policy-{function}.json", policies.render(function, known, tracing=tracing))
    _write(folder / "config.json", _config(stage, environment_variables, tracing=tracing))


def _config(stage: Stage, environment_variables: dict[str, str], *, tracing: bool) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(TEMPLATE.read_text())
    functions = template.pop("lambda_functions", {})
    block = {
        "api_gateway_stage": API_STAGE,
        "environment_variables": environment_variables,
        "autogen_policy": False,
        "tags": {"groundswell-stage": stage.name},
        "xray": tracing,
        "lambda_functions": {
            function: {
                **functions.get(function, {}),
                "autogen_policy": False,
                "iam_policy_file": f"policy-{function}.json",
            }
            for function in policies.functions()
        },
    }
    return {**template, "stages": {stage.name: block}}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")
