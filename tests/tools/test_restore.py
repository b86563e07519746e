"""A table is restored beside the old one, and made its equal."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from infra.deploy.names import NotPossible
from tests.tools.stage import Deployed, deployed
from tools import restore

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


@pytest.fixture
def stage() -> Iterator[Deployed]:
    """moto's CloudFormation leaves backups and expiry off."""
    with deployed() as found:
        client, table = boto3.client("dynamodb"), found.outputs["TableName"]
        on = {"PointInTimeRecoveryEnabled": True}
        client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=on)
        expiry = {"AttributeName": "expires_at", "Enabled": True}
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
        yield found


def window(stage: Deployed) -> tuple[datetime, datetime]:
    """From when to when the table can be restored."""
    table = stage.outputs["TableName"]
    found = boto3.client("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    told = found["PointInTimeRecoveryDescription"]
    return told["EarliestRestorableDateTime"], told["LatestRestorableDateTime"]


def moment(stage: Deployed) -> datetime:
    return window(stage)[0].astimezone(UTC).replace(microsecond=0)


def settings_of(table: str) -> dict[str, Any]:
    client = boto3.client("dynamodb")
    described = client.describe_table(TableName=table)["Table"]
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return {
        "keys": described["KeySchema"],
        "indexes": sorted(index["IndexName"] for index in described["GlobalSecondaryIndexes"]),
        "stream": described["StreamSpecification"],
        "protected": described["DeletionProtectionEnabled"],
        "backups": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "expiry": client.describe_time_to_live(TableName=table)["TimeToLiveDescription"],
        "tags": client.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"],
    }


def dress(stage: Deployed) -> str:
    """Gives the stage's table all that a table in production has. Answers its name."""
    client, table = boto3.client("dynamodb"), stage.outputs["TableName"]
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "groundswell-stage", "Value": "test"}])
    return table


def test_the_new_table_is_set_up_like_the_old_one(stage: Deployed) -> None:
    table = dress(stage)
    campaign_id = stage.world.campaign()
    made = restore.restore(stage.account, table, moment(stage), poll_seconds=0)
    assert settings_of(made) == settings_of(table)
    assert settings_of(made)["expiry"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    assert settings_of(made)["stream"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    found = boto3.client("dynamodb").scan(TableName=made)["Items"]
    assert campaign_id in {item.get("campaign_id", {}).get("S") for item in found}


def test_a_run_that_was_interrupted_goes_on(stage: Deployed) -> None:
    table, at = dress(stage), moment(stage)
    names = {"SourceTableName": table, "TargetTableName": restore.target(table, at)}
    boto3.client("dynamodb").restore_table_to_point_in_time(**names, RestoreDateTime=at)
    for _ in range(2):
        assert restore.restore(stage.account, table, at, poll_seconds=0) == names["TargetTableName"]
        assert settings_of(names["TargetTableName"]) == settings_of(table)


@pytest.mark.parametrize("off", [timedelta(days=-40), timedelta(hours=1)])
def test_a_moment_outside_of_the_window_is_refused_with_the_window(stage: Deployed, off: timedelta) -> None:
    at, table = moment(stage) + off, stage.outputs["TableName"]
    with pytest.raises(
        NotPossible, match=f"cannot be restored as it was at .* only from {moment(stage).isoformat()[:16]}"
    ):
        restore.restore(stage.account, table, at, poll_seconds=0)
    assert boto3.client("dynamodb").list_tables()["TableNames"] == [table]


def test_without_backups_nothing_is_begun(stage: Deployed) -> None:
    client, table = boto3.client("dynamodb"), stage.outputs["TableName"]
    off = {"PointInTimeRecoveryEnabled": False}
    client.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)
    with pytest.raises(NotPossible, match="no point-in-time recovery"):
        restore.restore(stage.account, table, AT, poll_seconds=0)


def test_a_strange_table_in_the_way_is_not_taken_for_a_restored_one(stage: Deployed) -> None:
    client, table = boto3.client("dynamodb"), stage.outputs["TableName"]
    schema = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    client.create_table(
        TableName="other", AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}], **schema
    )
    at = moment(stage)
    names = {"SourceTableName": "other", "TargetTableName": restore.target(table, at)}
    client.restore_table_to_point_in_time(**names, RestoreDateTime=at)
    with pytest.raises(NotPossible, match="another table"):
        restore.restore(stage.account, table, at, poll_seconds=0)


def test_the_name_tells_the_moment_and_does_not_grow() -> None:
    once = restore.target("groundswell-prod-Table-1ABC", AT)
    assert once == "groundswell-prod-Table-1ABC-202611211800"
    assert restore.target(once, AT + timedelta(days=1)) == "groundswell-prod-Table-1ABC-202611221800"
    assert restore.target(once, AT + timedelta(seconds=7)) == "groundswell-prod-Table-1ABC-20261121180007"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-21", "2026-11-21T18:00:00", ""])
def test_a_moment_needs_its_offset(text: str) -> None:
    with pytest.raises(NotPossible, match="write date, time and offset"):
        restore.moment_of(text)


def test_a_moment_is_understood_in_any_offset() -> None:
    assert restore.moment_of("2026-11-21T19:00:00+01:00") == restore.moment_of("2026-11-21T18:00:00Z") == AT


def test_the_command_says_what_to_do_next(
    stage: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = moment(stage)
    monkeypatch.setattr(sys, "argv", ["restore", "--stage", "test", "--at", at.isoformat()])
    assert restore.main() == 0
    assert f"make deploy STAGE=test TABLE={restore.target(stage.outputs['TableName'], at)}" in capsys.readouterr().out


def test_the_table_in_use_is_not_restored_into_itself(stage: Deployed) -> None:
    at = moment(stage)
    made = restore.restore(stage.account, stage.outputs["TableName"], at, poll_seconds=0)
    with pytest.raises(NotPossible, match="works on"):
        restore.restore(stage.account, made, at, poll_seconds=0)
