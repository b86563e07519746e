"""The pump against moto: event shapes, partial failures, parking, and every delivery that AWS permits."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.delivery import Delivery
from infra.local.pump import Restless
from infra.local.shard import first_failed
from tests.infra.conftest import World

Event = dict[str, Any]


def numbers(events: Iterable[Event]) -> list[str]:
    return [record["dynamodb"]["SequenceNumber"] for event in events for record in event["Records"]]


def versions(events: Iterable[Event]) -> dict[str, list[int]]:
    """Per item: the versions in the order in which they were seen."""
    seen: dict[str, list[int]] = defaultdict(list)
    for event in events:
        for record in event["Records"]:
            image = record["dynamodb"]["NewImage"]
            seen[image["pk"]["S"]].append(int(image["version"]["N"]))
    return seen


def bodies(events: Iterable[Event]) -> list[str]:
    return [record["body"] for event in events for record in event["Records"]]


def test_a_stream_record_has_the_shape_that_lambda_gives_it(world: World) -> None:
    world.put("a", 1)
    world.put("a", 2)
    world.pump().settle()
    first, second = world.reacted[0]["Records"]
    assert set(first) >= {"eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "eventSourceARN"}
    assert (first["eventName"], second["eventName"]) == ("INSERT", "MODIFY")
    assert first["eventSourceARN"] == world.settings["STREAM_ARN"]
    assert second["dynamodb"]["OldImage"]["version"] == {"N": "1"}
    assert second["dynamodb"]["Keys"] == {"pk": {"S": "a"}, "sk": {"S": "META"}}
    assert second["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert isinstance(second["dynamodb"]["ApproximateCreationDateTime"], float)
    assert set(world.reacted[0]) == {"Records"}


def test_a_windowed_handler_is_told_shard_and_state(world: World) -> None:
    world.put("a", 1)
    world.pump().settle()
    event = world.folded[0]
    assert event["state"] == {}
    assert event["shardId"].startswith("shardId-")
    assert event["isFinalInvokeForWindow"] is False


def test_each_handler_of_a_stream_keeps_its_own_place(world: World) -> None:
    for version in range(10):
        world.put("a", version)
    world.pump().settle()
    assert versions(world.reacted) == versions(world.folded) == {"a": list(range(10))}
    assert [len(event["Records"]) for event in world.reacted] == [4, 4, 2]
    assert [len(event["Records"]) for event in world.folded] == [10]


def test_a_failed_record_is_tried_again_with_all_after_it(world: World) -> None:
    failures = iter([2])

    def fail_once(event: Event) -> Any:
        for place in failures:
            number = event["Records"][place]["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        return {"batchItemFailures": []}

    world.react = fail_once
    for version in range(4):
        world.put("a", version)
    world.pump().settle()
    assert versions(world.reacted) == {"a": [0, 1, 2, 3, 2, 3]}


def test_lambda_resumes_at_the_lowest_failure_and_at_the_start_for_an_unknown_one() -> None:
    batch = [{"dynamodb": {"SequenceNumber": str(number)}} for number in (98, 99, 100)]
    failed = [{"itemIdentifier": "100"}, {"itemIdentifier": "99"}]
    assert first_failed(batch, {"batchItemFailures": failed}) == 1
    assert first_failed(batch, {"batchItemFailures": [{"itemIdentifier": "7"}]}) == 0
    assert first_failed(batch, {"batchItemFailures": [{"itemIdentifier": None}]}) == 0
    assert first_failed(batch, {"batchItemFailures": []}) is None
    assert first_failed(batch, None) is None


@pytest.mark.parametrize("raises", [True, False])
def test_a_poisoned_record_is_parked_and_the_others_go_on(world: World, *, raises: bool) -> None:
    tries = 0

    def choke(event: Event) -> Any:
        nonlocal tries
        for record in event["Records"]:
            if record["dynamodb"]["NewImage"]["version"] == {"N": "2"}:
                tries += 1
                if raises:
                    raise ValueError("cannot read this")
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}

    world.react = choke
    for version in range(6):
        world.put("a", version)
    pump = world.pump(most_tries=3)
    pump.settle()
    [parked] = pump.parked
    assert parked.record["dynamodb"]["NewImage"]["version"] == {"N": "2"}
    assert parked.source == "react"
    assert tries >= 3
    assert set(versions(world.reacted)["a"]) == set(range(6))
    assert pump.settle() == 0


@pytest.mark.parametrize("seed", range(8))
def test_hostile_delivery_loses_nothing_and_keeps_the_order_of_each_item(world: World, seed: int) -> None:
    for version in range(8):
        for pk in "abcdef":
            world.put(pk, version)
    world.pump(Delivery.hostile(seed)).settle()
    for seen in versions(world.reacted).values():
        fresh = [version for place, version in enumerate(seen) if version not in seen[:place]]
        assert fresh == list(range(8)), "a version was first seen before an older one"
        assert all(after <= before + 1 for before, after in pairwise(seen)), "a repetition skipped a version"


def test_hostile_delivery_really_repeats_cuts_and_reorders(world: World) -> None:
    for version in range(8):
        for pk in "abcdef":
            world.put(pk, version)
    world.pump(Delivery.hostile(1)).settle()
    seen = [int(number) for number in numbers(world.reacted)]
    assert len(seen) > len(set(seen))
    assert seen != sorted(seen)
    assert len({len(event["Records"]) for event in world.reacted}) > 1
    per_shard: dict[str, list[int]] = defaultdict(list)
    for event in world.folded:
        per_shard[event["shardId"]] += [int(number) for number in numbers([event])]
    assert len(per_shard) == 3
    for inside in per_shard.values():
        assert list(dict.fromkeys(inside)) == sorted(set(inside)), "inside one shard the order is strict"


def test_the_same_seed_delivers_the_same(world: World) -> None:
    for version in range(20):
        world.put(str(version % 3), version)
    world.pump(Delivery.hostile(7)).settle()
    once, world.reacted = numbers(world.reacted), []
    world.pump(Delivery.hostile(7)).settle()
    assert numbers(world.reacted) == once


def test_a_cancelled_transaction_leaves_no_trace_and_hides_nothing_after_it(world: World) -> None:
    pump, table = world.pump(), world.settings["TABLE_NAME"]
    world.put("a", 1)
    pump.settle()
    taken = {"pk": {"S": "a"}, "sk": {"S": "META"}, "version": {"N": "9"}}
    fresh = {**taken, "pk": {"S": "never"}}
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(ClientError):
        world.table.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": fresh}},
                {"Put": {"TableName": table, "Item": taken, **condition}},
            ]
        )
    pump.settle()
    world.put("a", 2)
    pump.settle()
    assert versions(world.reacted) == {"a": [1, 2]}


def test_a_message_has_the_shape_that_lambda_gives_it(world: World) -> None:
    world.send("hello")
    world.pump().settle()
    [record] = world.received[0]["Records"]
    assert record["body"] == "hello"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(world.settings["ORDERS_QUEUE"])
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"messageId", "receiptHandle", "messageAttributes", "md5OfBody", "awsRegion"} <= set(record)


def test_only_the_failed_message_comes_back(world: World) -> None:
    failures = iter(["bad"])

    def fail_once(event: Event) -> Any:
        for body in failures:
            failed = [record["messageId"] for record in event["Records"] if record["body"] == body]
            return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
        return {"batchItemFailures": []}

    world.receive = fail_once
    for body in ("good", "bad", "fine"):
        world.send(body)
    world.pump().settle()
    seen = bodies(world.received)
    assert (seen.count("bad"), seen.count("good"), seen.count("fine")) == (2, 1, 1)
    assert world.received[-1]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"


def test_a_message_that_always_fails_ends_in_the_dead_letters(world: World) -> None:
    def refuse(event: Event) -> Any:
        raise ValueError(event)

    world.receive = refuse
    world.send("poison")
    world.pump().settle()
    assert bodies(world.received) == ["poison"] * 5
    [dead] = [url for url in world.sqs.list_queues()["QueueUrls"] if "OrdersDeadLetters" in url]
    assert world.sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "poison"


def test_hostile_delivery_repeats_messages_and_loses_none(world: World) -> None:
    sent = [f"m{number}" for number in range(20)]
    for body in sent:
        world.send(body)
    world.pump(Delivery.hostile(3)).settle()
    seen = bodies(world.received)
    assert set(seen) == set(sent)
    assert len(seen) > len(sent)
    assert list(dict.fromkeys(seen)) != sent


def test_a_delayed_message_is_waited_for_when_asked(world: World) -> None:
    world.sqs.send_message(QueueUrl=world.address("ORDERS_QUEUE"), MessageBody="later", DelaySeconds=1)
    pump = world.pump()
    pump.settle()
    assert world.received == []
    pump.settle(patience_seconds=5)
    assert bodies(world.received) == ["later"]


def test_a_tick_fires_each_schedule_once_with_eventbridge_s_event(world: World) -> None:
    world.pump().tick()
    [event] = world.ticks
    assert event["detail-type"] == "Scheduled Event"
    assert event["source"] == "aws.events"
    assert event["time"].endswith("Z")


def test_what_wakes_itself_for_ever_is_reported(world: World) -> None:
    world.receive = lambda _event: world.send("again")
    world.send("again")
    with pytest.raises(Restless):
        world.pump().settle(most_rounds=50)
