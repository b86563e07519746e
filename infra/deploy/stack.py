"""The stage's stack: its change set is shown, then applied; a half-made stack is mended or told."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import changes, say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage

_POLL_SECONDS = 3.0
_MOST_SECONDS = 45 * 60  # a CDN may take twenty minutes
_READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
_STUCK = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {stack}",
    "ROLLBACK_FAILED": "make destroy STAGE={stage}",
    "DELETE_FAILED": "make destroy STAGE={stage}",
    "CREATE_FAILED": "make destroy STAGE={stage}",
}


@dataclass(frozen=True)
class Stack:
    """The CloudFormation stack of one stage."""

    account: Account
    stage: Stage
    poll_seconds: float = _POLL_SECONDS

    @property
    def _cloudformation(self) -> Any:
        return self.account.client("cloudformation")

    def describe(self) -> dict[str, Any] | None:
        """The stack as it stands, or None."""
        try:
            found: dict[str, Any] = self._cloudformation.describe_stacks(StackName=self.stage.stack)["Stacks"][0]
        except ClientError as problem:
            if code_of(problem) == "ValidationError" and "does not exist" in str(problem):
                return None
            raise
        return found

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by key. Raises NotPossible when the stage has no stack."""
        found = self.describe()
        if found is None:
            raise NotPossible(
                f"There is no stage {self.stage.name!r} in {self.account.region} of account {self.account.number}: "
                f"is the region right? `make deploy STAGE={self.stage.name}` makes it."
            )
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def parameters(self) -> dict[str, str]:
        """The parameters that hold now; empty for a stack that is not there yet."""
        found = self.describe() or {}
        return {given["ParameterKey"]: given["ParameterValue"] for given in found.get("Parameters", [])}

    def apply(self, parameters: Mapping[str, str], *, yes: bool) -> None:
        """Brings the stack to the template. What is not among the parameters keeps its value.

        Raises NotPossible when nobody agrees, when `yes` alone would lose table or pool, or with the first reason
        when it fails.
        """
        wanted = self._changes(parameters)
        if wanted is None:
            say.line("nothing to change")
            return
        wanted.show()
        if yes and wanted.lost:
            raise NotPossible(
                f"This would put an empty {' and an empty '.join(wanted.lost)} in the place of what is there. Nothing "
                "was changed. If that is meant, run it without YES=1 and agree by hand."
            )
        if not say.agreed("Apply these changes?", yes=yes):
            raise NotPossible("Nothing was changed.")
        wanted.apply()
        self._wait(len(wanted.changes))

    def _changes(self, parameters: Mapping[str, str]) -> changes.ChangeSet | None:
        kind = "UPDATE" if self._made_ready() else "CREATE"
        kept = set(self.parameters()) if kind == "UPDATE" else set()
        if self.describe() is not None:
            # One of an earlier run, interrupted or not agreed to, would be in the way.
            self._cloudformation.delete_change_set(StackName=self.stage.stack, ChangeSetName=changes.NAME)
        return changes.make(
            self._cloudformation, self.stage, kind, parameters, kept=kept, poll_seconds=self.poll_seconds
        )

    def _made_ready(self) -> bool:
        """Whether there is a stack to update; waits for one that is busy, removes one whose creation failed."""
        found = self._at_rest()
        status = found["StackStatus"] if found else ""
        if status in _STUCK:
            remedy = _STUCK[status].format(stack=self.stage.stack, stage=self.stage.name)
            raise NotPossible(f"The stack {self.stage.stack} is stuck in {status}. Run `{remedy}`, then deploy again.")
        if status == "ROLLBACK_COMPLETE":
            say.line("the first creation failed and was rolled back: removing what is left of it")
            self._cloudformation.delete_stack(StackName=self.stage.stack)
            return self._made_ready()
        return status in _READY

    def _at_rest(self) -> dict[str, Any] | None:
        ends, told = time.monotonic() + _MOST_SECONDS, False
        while time.monotonic() < ends:
            found = self.describe()
            status = found["StackStatus"] if found else ""
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                return found
            if not told:
                say.line(f"waiting: another change of the stack is under way ({status})")
                told = True
            time.sleep(self.poll_seconds)
        raise NotPossible(f"The stack {self.stage.stack} is still busy: look at its events in the console.")

    def _wait(self, total: int) -> None:
        with say.bar("resources", total) as progress:
            ends = time.monotonic() + _MOST_SECONDS
            while time.monotonic() < ends:
                found = self.describe()
                status = found["StackStatus"] if found else ""
                progress.n = min(total, self._done())
                progress.refresh()
                if not status.endswith("_IN_PROGRESS"):
                    break
                time.sleep(self.poll_seconds)
        if status.endswith("_IN_PROGRESS"):
            raise NotPossible(f"The stack {self.stage.stack} is still {status}. Run this again: it waits for it.")
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise NotPossible(f"The stack ended in {status}: {self._first_failure()}. Mend it, then deploy again.")
        say.line(f"{self.stage.stack}: {status}")

    def _done(self) -> int:
        found = self._cloudformation.describe_stack_resources(StackName=self.stage.stack)["StackResources"]
        return sum(one["ResourceStatus"].endswith("_COMPLETE") for one in found)

    def _first_failure(self) -> str:
        """Why: the earliest failure of the newest change. Events come newest first, and a roll back has many."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self.stage.stack)
        first = None
        for event in (one for page in pages for one in page["StackEvents"]):
            if event["ResourceStatus"].endswith("_FAILED"):
                first = event
            if event.get("ResourceStatusReason") == "User Initiated":
                break
        if first is None:
            return "no reason given"
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason given')}"
