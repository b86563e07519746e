"""A change set: made, shown, judged, applied. Only what was shown is applied."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.deploy import say
from infra.deploy.names import NotPossible, Stage
from infra.local import environment, resources

NAME = "deploy"
_MOST_SECONDS = 15 * 60
_NOTHING = ("didn't contain changes", "No updates are to be performed", "no changes")
# What cannot be made again: a stage must not go on with an empty one because nobody was looking.
_PRECIOUS = {"AWS::DynamoDB::Table", "AWS::Cognito::UserPool"}


@dataclass(frozen=True)
class ChangeSet:
    """One set of changes by its own id: another deployer's set of the same name is another one."""

    client: Any
    number: str
    changes: list[dict[str, Any]]

    def show(self) -> None:
        """One line per change; a replacement is shouted, since it makes a thing anew."""
        for change in self.changes:
            say.line(f"{_action(change):24} {change['LogicalResourceId']:28} {change['ResourceType']}")
        if not self.changes:
            say.line("no resource changes, only what the stack tells: settings or outputs")

    @property
    def lost(self) -> list[str]:
        """Precious resources that this would replace or remove."""
        return [
            change["LogicalResourceId"]
            for change in self.changes
            if change["ResourceType"] in _PRECIOUS
            and (change["Action"] == "Remove" or change.get("Replacement") == "True")
        ]

    def apply(self) -> None:
        self.client.execute_change_set(ChangeSetName=self.number)


def sent(template: dict[str, Any]) -> str:
    """The template as JSON without comments, the descriptions of its parameters, which the command line tells itself,
    and the spaces of its dashboard: below the 51,200 bytes that may be sent without a bucket."""
    parameters = {
        name: {word: value for word, value in told.items() if word != "Description"}
        for name, told in template["Parameters"].items()
    }
    resources_ = dict(template["Resources"])
    if board := resources_.get("Dashboard"):
        text, names = board["Properties"]["DashboardBody"]["Fn::Sub"]
        short = json.dumps(json.loads(text), separators=(",", ":"))
        resources_["Dashboard"] = board | {
            "Properties": board["Properties"] | {"DashboardBody": {"Fn::Sub": [short, names]}}
        }
    whole = template | {"Parameters": parameters, "Resources": resources_}
    return json.dumps(whole, separators=(",", ":"))


def make(  # noqa: PLR0913 - what a change set is made of
    client: Any, stage: Stage, kind: str, parameters: Mapping[str, str], *, kept: set[str], poll_seconds: float
) -> ChangeSet | None:
    """The changes that bring the stack to the template, or None when there are none.

    `kept`: parameters that hold their value unless they are given. Raises NotPossible with CloudFormation's reason.
    """
    template = resources.template(environment.STACK)
    made = client.create_change_set(
        StackName=stage.stack,
        ChangeSetName=NAME,
        ChangeSetType=kind,
        TemplateBody=sent(template),
        Parameters=_parameters(template, parameters, kept),
        Capabilities=["CAPABILITY_IAM"],
        Tags=[{"Key": "groundswell-stage", "Value": stage.name}],
    )
    number, ends = str(made["Id"]), time.monotonic() + _MOST_SECONDS
    while time.monotonic() < ends:
        found = client.describe_change_set(ChangeSetName=number)
        if found["Status"] == "CREATE_COMPLETE":
            return ChangeSet(client, number, _all_changes(client, found))
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if any(text in reason for text in _NOTHING):
                return None
            raise NotPossible(f"CloudFormation refuses the change: {reason}")
        time.sleep(poll_seconds)
    raise NotPossible("CloudFormation is still working out the changes. Run this again in a few minutes.")


def _all_changes(client: Any, found: dict[str, Any]) -> list[dict[str, Any]]:
    changes = list(found["Changes"])
    while token := found.get("NextToken"):
        found = client.describe_change_set(ChangeSetName=found["ChangeSetId"], NextToken=token)
        changes += found["Changes"]
    return [change["ResourceChange"] for change in changes]


def _action(change: dict[str, Any]) -> str:
    replacement = {"True": " (REPLACES IT)", "Conditional": " (may replace it)"}
    return str(change["Action"]).lower() + replacement.get(change.get("Replacement", ""), "")


def _parameters(template: dict[str, Any], given: Mapping[str, str], kept: set[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key in template["Parameters"]:
        if key in given:
            found.append({"ParameterKey": key, "ParameterValue": given[key]})
        elif key in kept:
            found.append({"ParameterKey": key, "UsePreviousValue": True})
    return found
