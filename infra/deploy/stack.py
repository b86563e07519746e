"""The stage's stack: its change set is shown, then applied; a half-made stack is mended or told."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage
from infra.local import environment, resources

CHANGE_SET = "deploy"
_POLL_SECONDS = 3.0
_MOST_SECONDS = 45 * 60  # a CDN may take twenty minutes
_READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
_NOTHING = ("didn't contain changes", "No updates are to be performed", "no changes")
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

        Raises NotPossible when nobody agrees, or with the first reason when it fails.
        """
        kind = "UPDATE" if self._made_ready() else "CREATE"
        changes = self._change_set(kind, parameters)
        if changes is None:
            say.line("nothing to change")
            return
        show(changes)
        if not say.agreed("Apply these changes?", yes=yes):
            raise NotPossible("Nothing was changed.")
        self._cloudformation.execute_change_set(StackName=self.stage.stack, ChangeSetName=CHANGE_SET)
        self._wait(len(changes))

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
            self._at_rest()
            return False
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

    def _change_set(self, kind: str, parameters: Mapping[str, str]) -> list[dict[str, Any]] | None:
        client, stack = self._cloudformation, self.stage.stack
        template = resources.template(environment.STACK)
        kept = set(self.parameters()) if kind == "UPDATE" else set()
        if self.describe() is not None:
            # One of an earlier run, interrupted or not agreed to, would be in the way.
            client.delete_change_set(StackName=stack, ChangeSetName=CHANGE_SET)
        client.create_change_set(
            StackName=stack,
            ChangeSetName=CHANGE_SET,
            ChangeSetType=kind,
            # As JSON without comments: far below the 51,200 bytes that may be sent without a bucket.
            TemplateBody=json.dumps(template, separators=(",", ":")),
            Parameters=_parameters(template, parameters, kept),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "groundswell-stage", "Value": self.stage.name}],
        )
        return self._created_change_set()

    def _created_change_set(self) -> list[dict[str, Any]] | None:
        client, stack = self._cloudformation, self.stage.stack
        while True:
            found = client.describe_change_set(StackName=stack, ChangeSetName=CHANGE_SET)
            reason = found.get("StatusReason", "")
            if found["Status"] == "CREATE_COMPLETE":
                changes = list(found["Changes"])
                while token := found.get("NextToken"):
                    found = client.describe_change_set(StackName=stack, ChangeSetName=CHANGE_SET, NextToken=token)
                    changes += found["Changes"]
                return changes or None
            if found["Status"] == "FAILED":
                if any(text in reason for text in _NOTHING):
                    return None
                raise NotPossible(f"CloudFormation refuses the change: {reason}")
            time.sleep(self.poll_seconds)

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
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise NotPossible(f"The stack ended in {status}: {self._first_failure()}. Mend it, then deploy again.")
        say.line(f"{self.stage.stack}: {status}")

    def _done(self) -> int:
        found = self._cloudformation.describe_stack_resources(StackName=self.stage.stack)["StackResources"]
        return sum(one["ResourceStatus"].endswith("_COMPLETE") for one in found)

    def _first_failure(self) -> str:
        """Why: the earliest failure of the newest change (events come newest first)."""
        events = self._cloudformation.describe_stack_events(StackName=self.stage.stack)["StackEvents"]
        begun = next(
            (place for place, event in enumerate(events) if event.get("ResourceStatusReason") == "User Initiated"),
            len(events),
        )
        failed = [event for event in events[:begun] if event["ResourceStatus"].endswith("_FAILED")]
        if not failed:
            return "no reason given"
        return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', 'no reason given')}"


def show(changes: list[dict[str, Any]]) -> None:
    """One line per change; a replacement is shouted, since it makes a thing anew."""
    for change in (one["ResourceChange"] for one in changes):
        action = change["Action"].lower()
        if change.get("Replacement") in {"True", "Conditional"}:
            action += " (REPLACES IT)" if change["Replacement"] == "True" else " (may replace it)"
        say.line(f"{action:24} {change['LogicalResourceId']:28} {change['ResourceType']}")


def _parameters(template: dict[str, Any], given: Mapping[str, str], kept: set[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key in template["Parameters"]:
        if key in given:
            found.append({"ParameterKey": key, "ParameterValue": given[key]})
        elif key in kept:
            found.append({"ParameterKey": key, "UsePreviousValue": True})
    return found
