"""What was given up is delivered again, as often as anybody likes."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib import news
from infra.deploy.names import Stage
from infra.local import engine, environment, resources
from tests.cameras import batch_plan
from tests.tools.stage import Deployed, deployed
from tools.redrive import __main__ as redrive
from tools.redrive import functions, items, letters
from tools.redrive.pieces import Gone, Piece, piece, records

STAGE = Stage("test")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    # moto knows at once that a queue is empty.
    monkeypatch.setattr(letters, "WAIT_SECONDS", 0)
    with deployed() as found:
        yield found


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["redrive", "--stage", "test", *arguments])
    return redrive.main()


def stream(stage: Deployed, *, count: bool = False, from_table: bool = False) -> int:
    return redrive.stream(stage.account, STAGE, stage.outputs, count=count, from_table=from_table)


def undelivered_order(stage: Deployed) -> str:
    """An order that the manufacturer refused five times."""
    world = stage.world
    campaign_id = world.presale(batches=[batch_plan(capacity=5)])
    assert world.place("ada", campaign_id, 5).status == 201
    world.endpoint.replies = [500] * 5
    world.settle_down()
    return f"{campaign_id}.1.1"


def delivered_at(stage: Deployed, order_id: str) -> Any:
    return stage.world.maker().get(f"/v1/manufacturing-orders/{order_id}").json["delivered_at"]


# -- queues --------------------------------------------------------------------------------------------------------


def test_a_dead_letter_goes_back_to_its_queue_and_is_delivered(
    stage: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = undelivered_order(stage)
    assert delivered_at(stage, order_id) is None
    for _ in range(2):
        assert command(monkeypatch, "--queue", "orders") == 0
        stage.world.settle_down()
    assert delivered_at(stage, order_id) is not None
    assert len({body for _, _, body in stage.world.endpoint.calls}) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" in ")[0].split(" to ")[0] for line in told] == [
        "1 dead letters",
        "1 moved back",
        "0 dead letters",
        "0 moved back",
    ]


def test_counting_moves_nothing(stage: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = undelivered_order(stage)
    assert command(monkeypatch, "--queue", "orders", "--count") == 0
    stage.world.settle_down()
    assert delivered_at(stage, order_id) is None


@pytest.mark.parametrize("queue", redrive.QUEUES)
def test_each_queue_has_its_own_dead_letters(stage: Deployed, monkeypatch: pytest.MonkeyPatch, queue: str) -> None:
    name = stage.outputs[redrive.QUEUES[queue]]
    url = stage.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    policy = stage.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    dead = json.loads(policy["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
    for number in range(25):
        address = stage.sqs.get_queue_url(QueueName=dead)["QueueUrl"]
        stage.sqs.send_message(QueueUrl=address, MessageBody=json.dumps({"number": number}))
    assert command(monkeypatch, "--queue", queue) == 0
    assert (stage.waiting(dead), stage.waiting(name)) == (0, 25)


def test_a_stage_that_is_not_there_is_named(
    stage: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["redrive", "--stage", "gone", "--queue", "orders"])
    assert redrive.main() == 2
    assert "There is no stage 'gone'" in capsys.readouterr().err


# -- the stream ----------------------------------------------------------------------------------------------------


def unheard_preorder(stage: Deployed) -> tuple[str, str]:
    """A pre-order whose piece of the stream was never read: the first and the last sequence number."""
    campaign_id = stage.world.presale()
    before = len(stage.written())
    assert stage.world.place("ada", campaign_id).status == 201
    first, *_, last = stage.written()[before:]
    return first, last


def test_a_given_up_piece_wakes_whom_it_should_have_woken(stage: Deployed) -> None:
    stage.give_up("react", *unheard_preorder(stage))
    assert stage.world.items("payment") == []
    assert stream(stage) == 0
    [payment] = stage.world.items("payment")
    assert payment["state"] == "requested"
    assert stage.world.items("batch")[0]["held_units"] == 1
    assert stage.waiting(stage.failures) == 0


def test_only_records_that_the_mapping_lets_through_are_passed_on(stage: Deployed) -> None:
    stage.give_up("react", *unheard_preorder(stage))
    stream(stage)
    [event] = stage.functions.events
    kinds = [record["dynamodb"]["NewImage"]["kind"]["S"] for record in event["Records"]]
    assert set(kinds) == {"page"}
    assert {record["eventSourceARN"] for record in event["Records"]} == {stage.outputs["StreamArn"]}


def test_a_note_stays_until_its_function_takes_the_records(stage: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    stage.give_up("react", *unheard_preorder(stage))
    stage.functions.broken = {"react"}
    assert stream(stage) == 1
    assert "groundswell-test-react failed: Busy: later" in capsys.readouterr().out
    assert stage.waiting(stage.failures) == 1
    stage.functions.broken = set()
    assert stream(stage) == 0
    assert stage.waiting(stage.failures) == 0


def test_a_note_stays_when_single_records_fail(stage: Deployed) -> None:
    stage.give_up("react", *unheard_preorder(stage))
    healthy = stage.functions.handlers["react"]
    stage.functions.handlers["react"] = lambda event, _: {
        "batchItemFailures": [{"itemIdentifier": event["Records"][-1]["dynamodb"]["SequenceNumber"]}]
    }
    assert stream(stage) == 1
    stage.functions.handlers["react"] = healthy
    assert stream(stage) == 0


def test_a_piece_that_is_read_twice_counts_every_ballot_once(stage: Deployed) -> None:
    campaign_id = stage.world.voting()
    before = len(stage.written())
    for name in ("ada", "bob"):
        assert stage.world.vote(name, campaign_id, colour=["red"], lens=["wide"]).status in {200, 201}
    first, *_, last = stage.written()[before:]
    for _ in range(2):
        stage.give_up("fold", first, last)
        assert stream(stage) == 0
    [part] = [item for item in stage.world.items() if item.get("watermark")]
    assert part["ballots"] == 2
    voters, red, _ = part["counts"]["colour"]
    assert (voters, red) == (2, 2)


def test_what_the_stream_has_no_longer_is_rung_for_from_the_table(
    stage: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    unheard_preorder(stage)
    stage.give_up("react", "9" * 30, "9" * 31)
    assert stream(stage) == 1
    assert "--from-table" in capsys.readouterr().out
    assert stage.waiting(stage.failures) == 1
    assert stream(stage, from_table=True) == 0
    assert stage.waiting(stage.failures) == 0
    assert len(stage.world.items("payment")) == 1


def test_a_note_of_a_table_that_was_left_is_never_read_into_the_new_one(stage: Deployed) -> None:
    """The former table's stream is still there, with its ballots."""
    client, streams = boto3.client("dynamodb"), boto3.client("dynamodbstreams")
    made = client.create_table(TableName="former", **resources.table_definition())["TableDescription"]
    ballot = {"pk": "C#1#B", "sk": "ada", "kind": "ballot", "campaign_id": "1"}
    item = {name: {"S": value} for name, value in ballot.items()} | {"votes": {"M": {}}}
    client.put_item(TableName="former", Item=item)
    arn = made["LatestStreamArn"]
    shard_id = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = {"StreamArn": arn, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
    [record] = streams.get_records(ShardIterator=streams.get_shard_iterator(**place)["ShardIterator"])["Records"]
    number = record["dynamodb"]["SequenceNumber"]
    stage.give_up("fold", number, number, streamArn=arn, shardId=shard_id)
    assert stream(stage) == 1
    assert stage.functions.events == []
    assert stream(stage, from_table=True) == 0
    assert stage.waiting(stage.failures) == 0


def test_a_strange_message_is_told_and_left_alone(stage: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    url = stage.sqs.get_queue_url(QueueName=stage.failures)["QueueUrl"]
    for body in ("hello", "{}", '{"DDBStreamBatchInfo": {}, "requestContext": {"functionArn": "a:b"}}'):
        stage.sqs.send_message(QueueUrl=url, MessageBody=body)
    assert stream(stage) == 1
    assert "0 read again, 3 left" in capsys.readouterr().out
    assert stream(stage, from_table=True) == 0
    assert stage.waiting(stage.failures) == 3


def test_ringing_for_the_whole_table_changes_nothing_that_is_done(stage: Deployed) -> None:
    order_id = undelivered_order(stage)
    stage.world.settle_down()
    before = {item["pk"] + item["sk"]: item for item in stage.world.items()}
    calls = len(stage.world.endpoint.calls)
    assert stream(stage, from_table=True) == 0
    for source in stage.world.pump.sources:
        while source.turn():
            pass
    after = {item["pk"] + item["sk"]: item for item in stage.world.items()}
    changed = {key for key in after if after[key] != before.get(key)}
    # The order that nobody had taken is sent once more, and nothing else happens.
    assert delivered_at(stage, order_id) is not None
    assert len(stage.world.endpoint.calls) == calls + 1
    assert {after[key]["kind"] for key in changed} == {"order"}


def test_a_cancelled_draft_is_not_announced_by_ringing(stage: Deployed) -> None:
    campaign_id = stage.world.campaign()
    assert stage.world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel").status == 200
    rung = items.rings(stage.world.dynamodb, stage.outputs["TableName"], stage.outputs["StreamArn"])
    [record] = [one for one in rung if one["dynamodb"]["NewImage"]["kind"] == {"S": "campaign"}]
    assert news.news("test", record["dynamodb"]) is None


def test_a_call_takes_no_more_than_lambda_does() -> None:
    small = [{"number": number} for number in range(250)]
    assert [len(batch) for batch in functions.batches(small, most=100)] == [100, 100, 50]
    large = [{"text": "x" * 2_000_000} for _ in range(5)]
    assert [len(batch) for batch in functions.batches(large, most=100)] == [2, 2, 1]


def test_a_function_is_known_with_its_version_behind() -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:groundswell-test-react:$LATEST"
    batch = {"shardId": "s", "startSequenceNumber": "1", "endSequenceNumber": "2", "streamArn": "a"}
    found = piece(STAGE, json.dumps({"requestContext": {"functionArn": arn}, "DDBStreamBatchInfo": batch}))
    assert (found.function, found.first, found.last) == ("react", "1", "2")


@pytest.mark.skipif(
    not environment.ENGINE_PYTHON.exists(), reason="the local engine is not installed: `make .engine/ready` does it"
)
def test_a_trimmed_stream_says_so(tmp_path: Path) -> None:
    """moto trims nothing; the other engine does."""
    with engine.running(tmp_path / "engine.log") as url:
        own = {"endpoint_url": url, "aws_access_key_id": "000000000000", "aws_secret_access_key": "local"}
        dynamodb, streams = (
            boto3.client(name, region_name="us-east-1", **own) for name in ("dynamodb", "dynamodbstreams")
        )
        arn = dynamodb.create_table(TableName="given-up", **resources.table_definition())["TableDescription"][
            "LatestStreamArn"
        ]
        dynamodb.put_item(TableName="given-up", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        with pytest.raises(Gone):
            records(streams, Piece("react", arn, shard, "900000000000000000001", "900000000000000000002", ""))
