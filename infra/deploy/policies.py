"""What each function may do: `.chalice/policies/<function>.json`, with the names of a stage put into its placeholders.

Each is written by hand and grants what that function's code calls and what the platform does in its name, on this
stage's resources only. tests/permissions.py holds every call of the whole test suite against them, and
tests/infra/test_policies.py finds what is granted without being used.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from infra.deploy.names import NotPossible
from infra.local import environment

FOLDER = environment.ROOT / ".chalice" / "policies"
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# In a value these would make a pattern of what is meant as a name, or a variable that IAM fills in itself.
_MEANS_MORE = re.compile(r"[*?$]")
_SEND_TRACES = {
    "Sid": "SendTraces",
    "Effect": "Allow",
    "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    # The one bare "*": a trace belongs to no resource, so IAM takes nothing narrower for these two.
    "Resource": ["*"],
}


def functions() -> tuple[str, ...]:
    """The functions that have a policy, by the names of Chalice's handlers."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def render(function: str, values: Mapping[str, str], *, tracing: bool = False) -> dict[str, Any]:
    """The policy document of one function of one stage.

    `values`: the stack's outputs, and Partition, Region, Account, Stage. Raises NotPossible when there is no policy, a
    placeholder has no value, or a value would grant more than one name.
    """
    path = FOLDER / f"{function}.json"
    if not path.is_file():
        raise NotPossible(f"The function {function} has no policy: write .chalice/policies/{path.name}.")
    document: dict[str, Any] = _filled(json.loads(path.read_text()), path.name, values)
    if tracing:
        document["Statement"].append(_SEND_TRACES)
    return document


def _filled(part: Any, where: str, values: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, where, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(one, where, values) for one in part]
    text = _PLACEHOLDER.sub(lambda found: _value(found[1], where, values), part)
    if "$" in text:
        raise NotPossible(f"The policy {where} has a placeholder that is none, in {part!r}: write it as ${{Name}}.")
    return text


def _value(name: str, where: str, values: Mapping[str, str]) -> str:
    value = values.get(name, "")
    if not value:
        raise NotPossible(
            f"The policy {where} asks for ${{{name}}}, and the stage has no such value: correct its spelling, or add "
            "the output to infra/stack.yaml."
        )
    if _MEANS_MORE.search(value):
        raise NotPossible(f"{name} is {value!r}: with that the policy {where} would grant more than one name.")
    return value
