"""Applying and removing the stack as the commands do, on MiniStack: shown, repeated, protected, half made."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import account as account_
from infra.deploy import changes, destroy
from infra.deploy.account import Account
from infra.deploy.changes import ChangeSet
from infra.deploy.names import NotPossible, Stage
from infra.deploy.stack import Stack
from infra.local import engine, environment

QUICK = 0.05


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    log: Path = tmp_path_factory.mktemp("engine") / "engine.log"
    with pytest.MonkeyPatch.context() as patch, engine.running(log, "infra.emulators.ministack") as url:
        for name, value in environment.credentials(url).items():
            patch.setenv(name, value)
        yield account_.connect()


def parameters(stage: Stage, **more: str) -> dict[str, str]:
    return {"Stage": stage.name, **more}


def test_nothing_happens_without_an_agreement(account: Account, capsys: Any) -> None:
    stack = Stack(account, Stage("shy"), QUICK)
    with pytest.raises(NotPossible, match="Nothing was changed"):
        stack.apply(parameters(stack.stage), yes=False)
    assert "Table" in capsys.readouterr().out
    stack.apply(parameters(stack.stage), yes=True)
    assert stack.outputs()["Stage"] == "shy"


def test_a_creation_that_failed_is_removed_and_made_anew(account: Account, capsys: Any) -> None:
    stack, cloudformation = Stack(account, Stage("broken"), QUICK), account.client("cloudformation")
    nowhere = {
        "Type": "AWS::Cognito::UserPoolGroup",
        "Properties": {"GroupName": "any", "UserPoolId": "us-east-1_none"},
    }
    cloudformation.create_stack(StackName=stack.stage.stack, TemplateBody=json.dumps({"Resources": {"It": nowhere}}))
    while (status := (stack.describe() or {})["StackStatus"]).endswith("_IN_PROGRESS"):
        time.sleep(QUICK)
    assert status == "ROLLBACK_COMPLETE"
    stack.apply(parameters(stack.stage), yes=True)
    assert "removing what is left" in capsys.readouterr().out
    assert stack.outputs()["Stage"] == "broken"


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"])
def test_a_stuck_stack_is_told_with_the_way_out(account: Account, status: str) -> None:
    class Stuck(Stack):
        def describe(self) -> dict[str, Any]:
            return {"StackStatus": status}

    with pytest.raises(NotPossible, match=rf"stuck in {status}. Run `(make destroy STAGE=any|aws cloudformation )"):
        Stuck(account, Stage("any")).apply({}, yes=True)


def test_what_was_asked_for_once_is_kept(account: Account) -> None:
    stack = Stack(account, Stage("steady"), QUICK)
    stack.apply(parameters(stack.stage, AlarmEmail="ops@example.org", ExtraSettings="DRAIN_SECONDS=3"), yes=True)
    stack.apply(parameters(stack.stage), yes=True)
    assert stack.parameters()["AlarmEmail"] == "ops@example.org"
    assert stack.outputs()["ExtraSettings"] == "DRAIN_SECONDS=3"


def test_applying_again_has_nothing_to_change(account: Account, capsys: Any) -> None:
    stack = Stack(account, Stage("same"), QUICK)
    stack.apply(parameters(stack.stage), yes=True)
    capsys.readouterr()
    stack.apply(parameters(stack.stage), yes=True)
    assert "nothing to change" in capsys.readouterr().out


class CloudFormation:
    """As AWS answers when only outputs or settings change; MiniStack calls that no change at all."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers, self.executed = list(answers), []

    def create_change_set(self, **_: Any) -> dict[str, Any]:
        return {"Id": "arn:set/1"}

    def describe_change_set(self, **_: Any) -> dict[str, Any]:
        return self.answers.pop(0)

    def execute_change_set(self, *, ChangeSetName: str) -> None:  # noqa: N803 - AWS's word
        self.executed.append(ChangeSetName)


def made_with(client: CloudFormation) -> ChangeSet | None:
    return changes.make(client, Stage("any"), "UPDATE", {}, kept={"Stage"}, poll_seconds=0)


def test_a_setting_alone_is_a_change_too_and_applied_by_its_own_id() -> None:
    client = CloudFormation({"Status": "CREATE_IN_PROGRESS"}, {"Status": "CREATE_COMPLETE", "Changes": []})
    made = made_with(client)
    assert made is not None
    made.show()
    made.apply()
    assert client.executed == ["arn:set/1"]


def test_nothing_to_change_is_no_change_set_and_a_refusal_is_told() -> None:
    nothing = "The submitted information didn't contain changes. Submit different information to create a change set."
    assert made_with(CloudFormation({"Status": "FAILED", "StatusReason": nothing})) is None
    with pytest.raises(NotPossible, match="refuses the change: No such type"):
        made_with(CloudFormation({"Status": "FAILED", "StatusReason": "No such type"}))


def change(kind: str, action: str, replacement: str | None = None) -> dict[str, Any]:
    return {"LogicalResourceId": "It", "ResourceType": kind, "Action": action, "Replacement": replacement}


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        (change("AWS::DynamoDB::Table", "Modify", "True"), ["It"]),
        (change("AWS::Cognito::UserPool", "Remove"), ["It"]),
        (change("AWS::DynamoDB::Table", "Modify", "False"), []),
        (change("AWS::DynamoDB::Table", "Add"), []),
        (change("AWS::SQS::Queue", "Modify", "True"), []),
    ],
)
def test_only_a_person_may_lose_table_or_people(changed: dict[str, Any], lost: list[str]) -> None:
    assert ChangeSet(None, "", [changed]).lost == lost


def test_a_restored_table_takes_the_place_of_the_stacks_own(account: Account) -> None:
    stack = Stack(account, Stage("restored"), QUICK)
    stack.apply(parameters(stack.stage), yes=True)
    own = stack.outputs()["TableName"]
    stream = "arn:aws:dynamodb:us-east-1:000000000000:table/other/stream/now"
    stack.apply(parameters(stack.stage, RestoredTable="other", RestoredStreamArn=stream), yes=True)
    told = stack.outputs()
    assert (told["TableName"], told["StreamArn"]) == ("other", stream)
    assert told["TableArn"].endswith(":table/other")
    stack.apply(parameters(stack.stage, RestoredTable="", RestoredStreamArn=""), yes=True)
    assert stack.outputs()["TableName"] == own


def test_destroying_production_keeps_what_is_protected_and_names_it(account: Account) -> None:
    stage = Stage("precious")
    Stack(account, stage, QUICK).apply(parameters(stage, Production="yes"), yes=True)
    outputs = Stack(account, stage).outputs()
    name = f"{outputs['WebhookSecretPrefix']}maker"
    account.client("secretsmanager").create_secret(Name=name, SecretString="whsec_")
    kept = destroy.destroy(account, stage, yes=True)
    told = "\n".join(kept)
    assert outputs["TableName"] in told
    assert outputs["UserPoolId"] in told
    assert f"{outputs['WebhookSecretPrefix']}maker" in told
    assert outputs["TableName"] in account.client("dynamodb").list_tables()["TableNames"]
    assert Stack(account, stage).describe() is None


def test_a_stage_for_trying_out_goes_without_a_trace(account: Account) -> None:
    stage = Stage("fleeting")
    Stack(account, stage, QUICK).apply(parameters(stage), yes=True)
    table = Stack(account, stage).outputs()["TableName"]
    assert destroy.destroy(account, stage, yes=True) == []
    assert table not in account.client("dynamodb").list_tables()["TableNames"]


def test_a_stage_that_is_not_there_is_told_with_the_region(account: Account) -> None:
    with pytest.raises(NotPossible, match="no stage 'nowhere' in us-east-1"):
        Stack(account, Stage("nowhere")).outputs()


@pytest.mark.parametrize("name", ["", "Dev", "a-b", "1st", "x" * 17, "dev;rm"])
def test_a_stages_name_is_plain(name: str) -> None:
    with pytest.raises(NotPossible, match="no name for a stage"):
        Stage(name)
