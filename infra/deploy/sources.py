"""Event-source settings that Chalice does not know, brought to what `infra/event_sources.py` says."""

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from infra import event_sources
from infra.deploy import record, say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage

_POLL_SECONDS, _MOST_SECONDS = 2.0, 300.0
_BUSY = {"ResourceInUseException", "ResourceConflictException"}


def apply(account: Account, stage: Stage, failures_arn: str) -> None:
    """Sets what differs. Raises NotPossible when a function has no event source, or more than one."""
    for source in event_sources.ALL:
        mapping = _mapping(account, stage, source.function)
        wanted = source.wanted(failures_arn)
        changed = {name: value for name, value in wanted.items() if not same(mapping.get(name), value)}
        if changed:
            _update(account, mapping["UUID"], changed)
        say.line(f"{source.function:10} {', '.join(sorted(changed)) if changed else 'as it should be'}")


def leave_former(account: Account, stage: Stage, outputs: dict[str, str]) -> None:
    """Takes functions off a stream or queue that is no longer the stage's, as after a restore: Chalice keeps a mapping.

    Waits until each is gone: a function cannot have a new one while the old one is being deleted.
    """
    current = {outputs["StreamArn"], *(value for name, value in outputs.items() if name.endswith("Queue"))}
    for function in record.functions(account, stage):
        for mapping in record.mappings(account, function["FunctionName"]):
            source = str(mapping["EventSourceArn"])
            if source in current or source.rpartition(":")[2] in current:
                continue
            say.line(f"{stage.handler(function['FunctionName'])} leaves {source}")
            account.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])
            _wait_until_gone(account, mapping["UUID"])


def _wait_until_gone(account: Account, uuid: str) -> None:
    client, ends = account.client("lambda"), time.monotonic() + _MOST_SECONDS
    while time.monotonic() < ends:
        try:
            client.get_event_source_mapping(UUID=uuid)
        except ClientError as problem:
            if code_of(problem) == "ResourceNotFoundException":
                return
            raise
        time.sleep(_POLL_SECONDS)
    raise NotPossible(f"The event source {uuid} is still being deleted: deploy again in a few minutes.")


def same(there: Any, wanted: Any) -> bool:
    """Whether a setting is already so: filters are compared by meaning, lists of words without their order."""
    if isinstance(wanted, dict) and "Filters" in wanted:
        return _patterns(there or {}) == _patterns(wanted)
    if isinstance(wanted, list):
        return sorted(there or []) == sorted(wanted)
    if isinstance(wanted, dict):
        return all((there or {}).get(name) == value for name, value in wanted.items())
    return bool(there == wanted)


def _patterns(criteria: dict[str, Any]) -> list[Any]:
    return sorted((json.loads(one["Pattern"]) for one in criteria.get("Filters", [])), key=repr)


def _mapping(account: Account, stage: Stage, function: str) -> dict[str, Any]:
    found = record.mappings(account, stage.function(function))
    if len(found) != 1:
        raise NotPossible(f"{stage.function(function)} should have one event source, but has {len(found)}.")
    return found[0]


def _update(account: Account, uuid: str, settings: dict[str, Any]) -> None:
    """Waits for a mapping that is still being made: until then it refuses changes."""
    client, ends = account.client("lambda"), time.monotonic() + _MOST_SECONDS
    while True:
        try:
            client.update_event_source_mapping(UUID=uuid, **settings)
        except ClientError as problem:
            # The second is a new role's permission to send to the failure queue, which Lambda learns of late.
            passing = code_of(problem) in _BUSY or "permissions" in str(problem)
            if not passing or time.monotonic() > ends:
                raise
        else:
            return
        time.sleep(_POLL_SECONDS)
