"""infra/stack.yaml: what the resources must be, and that the local cloud makes the same ones."""

from typing import Any

import boto3
import pytest

from infra.local import resources
from tests.infra.conftest import Settings

QUEUES = ("COUNTING_QUEUE", "PAYMENTS_QUEUE", "FOLLOWING_QUEUE", "ORDERS_QUEUE")
WORKER_TIMEOUT_SECONDS = 30


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources.template()


def of_type(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: it for name, it in template["Resources"].items() if it["Type"] == kind}


def test_the_table_of_the_stack_exists_with_stream_and_indexes(settings: Settings) -> None:
    table = boto3.client("dynamodb").describe_table(TableName=settings["TABLE_NAME"])["Table"]
    assert table["LatestStreamArn"] == settings["STREAM_ARN"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert {index["IndexName"]: index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]} == {
        "gsi1": "ALL",
        "gsi2": "ALL",
    }


def test_a_table_from_the_definition_alone_is_the_same_table(settings: Settings) -> None:
    client = boto3.client("dynamodb")
    client.create_table(TableName="alone", **resources.table_definition())
    stacks = client.describe_table(TableName=settings["TABLE_NAME"])["Table"]
    alone = client.describe_table(TableName="alone")["Table"]
    for part in ("KeySchema", "StreamSpecification", "BillingModeSummary"):
        assert alone[part] == stacks[part]
    assert [index["KeySchema"] for index in alone["GlobalSecondaryIndexes"]] == [
        index["KeySchema"] for index in stacks["GlobalSecondaryIndexes"]
    ]


def test_expired_items_are_tidied_up_and_yesterday_can_be_restored(template: dict[str, Any]) -> None:
    table = template["Resources"]["Table"]["Properties"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_every_queue_has_dead_letters_and_hides_messages_long_enough(template: dict[str, Any]) -> None:
    queues = {name: it["Properties"] for name, it in of_type(template, "AWS::SQS::Queue").items()}
    working = {name: it for name, it in queues.items() if name.endswith("Queue")}
    assert len(working) == len(QUEUES)
    for name, queue in working.items():
        dead = name.removesuffix("Queue") + "DeadLetters"
        assert queue["RedrivePolicy"] == {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}, "maxReceiveCount": 5}
        assert queue["VisibilityTimeout"] == {"Ref": "VisibilityTimeoutSeconds"}
        assert queues[dead]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert template["Parameters"]["VisibilityTimeoutSeconds"]["Default"] >= 6 * WORKER_TIMEOUT_SECONDS


def test_a_person_cannot_write_the_claim_that_makes_a_manufacturer(template: dict[str, Any]) -> None:
    client = template["Resources"]["UserPoolClient"]["Properties"]
    assert not [attribute for attribute in client["WriteAttributes"] if attribute.startswith("custom:")]
    assert "custom:manufacturer_id" in client["ReadAttributes"]
    groups = {it["Properties"]["GroupName"] for it in of_type(template, "AWS::Cognito::UserPoolGroup").values()}
    assert groups == {"organisers", "manufacturers"}
