"""Each rule of AWS's metering on an example worked out by hand. The page that states the rule is named with it."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from moto import mock_aws

from benchmarks import request_units
from benchmarks.metering import Charge, Index, Metered, NotMetered, indexes, item_bytes, read_units, write_units
from benchmarks.scene import Notes, opened
from infra.local import resources

NAME = "metered"
DUE = Index(keys=("gsi2pk", "gsi2sk"), table_keys=("pk", "sk"))


def item(size: int, **attributes: Any) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    made = {"pk": {"S": "p"}, "sk": {"S": "s"}, "kind": {"S": "ballot"}, "fill": {"S": ""}, **attributes}
    return {**made, "fill": {"S": "x" * (size - item_bytes(made))}}


def due(at: str) -> dict[str, Any]:
    return {"gsi2pk": {"S": "DUE"}, "gsi2sk": {"S": at}}


# -- "DynamoDB item sizes and formats" -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "red"}, 3),
        ({"S": "zażółć"}, 10),  # UTF-8: four letters of two bytes, two of one
        ({"N": "7"}, 2),  # a byte for two digits, and one more
        ({"N": "1234"}, 3),
        ({"N": "12345"}, 4),
        ({"N": "12000"}, 2),  # zeros at the ends are not significant
        ({"N": "0.0012"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 3 + (1 + 2) + (1 + 1)),
        ({"M": {}}, 3),
        ({"M": {"lens": {"S": "wide"}}}, 3 + 1 + 4 + 4),
        ({"M": {"lens": {"L": [{"S": "wide"}]}}}, 3 + 1 + 4 + (3 + 1 + 4)),
    ],
)
def test_a_value_has_the_documented_size(value: dict[str, Any], size: int):
    assert item_bytes({"name": value}) == len("name") + size


def test_what_has_no_rule_here_is_not_guessed():
    with pytest.raises(NotMetered):
        item_bytes({"name": {"B": b"x"}})


# -- "DynamoDB read and write operations" ----------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (8192, 2)])
def test_a_consistent_read_costs_one_unit_for_four_kilobytes_begun(size: int, units: int):
    assert read_units(size, consistent=True) == units


def test_an_eventually_consistent_read_costs_half_and_a_transactional_one_double():
    assert read_units(4097, consistent=False) == 1.0
    assert read_units(0, consistent=False) == 0.5
    assert read_units(4097, consistent=True, transaction=True) == 4.0


@pytest.mark.parametrize(("size", "units"), [(30, 1), (1024, 1), (1025, 2), (2049, 3)])
def test_a_write_costs_one_unit_for_a_kilobyte_begun(size: int, units: int):
    assert write_units(None, item(size)) == units


def test_an_update_costs_the_larger_of_before_and_after():
    assert write_units(item(3000), item(100)) == 3
    assert write_units(item(100), item(3000)) == 3


def test_a_deletion_costs_what_is_deleted_and_that_of_nothing_the_least():
    assert write_units(item(2000), None) == 2
    assert write_units(None, None) == 1


# The page "Amazon DynamoDB Transactions: How it works" has this and the cancelled transaction below.
def test_a_transaction_doubles_after_the_rounding():
    assert write_units(None, item(1025), transaction=True) == 4


# -- "Using Global Secondary Indexes in DynamoDB" --------------------------------------------------------------------


def test_an_item_without_the_indexs_keys_costs_the_index_nothing():
    assert DUE.write_units(None, item(500)) == 0
    assert DUE.write_units(None, item(500, gsi2pk={"S": "DUE"})) == 0


def test_entering_and_leaving_an_index_cost_one_write_each():
    assert DUE.write_units(item(500), item(1500, **due("1"))) == 2
    assert DUE.write_units(item(1500, **due("1")), item(500)) == 2


def test_a_changed_index_key_is_a_deletion_and_a_put():
    assert DUE.write_units(item(1500, **due("1")), item(500, **due("2"))) == 2 + 1


def test_a_changed_attribute_that_the_index_carries_is_one_write():
    assert DUE.write_units(item(500, **due("1"), units={"N": "1"}), item(500, **due("1"), units={"N": "2"})) == 1


def test_what_the_index_does_not_carry_costs_it_nothing():
    keys_only = Index(keys=("gsi2pk", "gsi2sk"), table_keys=("pk", "sk"), attributes=frozenset())
    before, after = item(5000, **due("1"), units={"N": "1"}), item(5000, **due("1"), units={"N": "2"})
    assert keys_only.write_units(before, after) == 0
    assert keys_only.write_units(None, after) == 1


def test_the_stacks_indexes_are_sparse_and_carry_everything():
    assert [index.keys for index in indexes(resources.table_definition())] == [
        ("gsi1pk", "gsi1sk"),
        ("gsi2pk", "gsi2sk"),
    ]
    assert all(index.attributes is None for index in indexes(resources.table_definition()))


# -- calls as they are made ------------------------------------------------------------------------------------------


class Bench:
    """A watched client on moto, and what its last call was charged."""

    def __init__(self) -> None:
        boto3.setup_default_session()
        probe = boto3.session.Session().client("dynamodb")
        self.charged: list[Charge] = []
        definition = resources.table_definition()
        self.metered = Metered(
            lambda key: probe.get_item(TableName=NAME, Key=key, ConsistentRead=True).get("Item"),
            indexes(definition),
            self.charged.extend,
        )
        assert boto3.DEFAULT_SESSION is not None
        self.metered.watch(boto3.DEFAULT_SESSION.events)
        self.client = boto3.client("dynamodb")
        self.client.create_table(TableName=NAME, **definition)
        self.metered.on = True

    def call(self, operation: str, **request: Any) -> list[Charge]:
        self.charged.clear()
        known = self.client.exceptions
        with suppress(known.ConditionalCheckFailedException, known.TransactionCanceledException):
            getattr(self.client, operation)(**request)
        return list(self.charged)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with mock_aws():
        yield Bench()
        boto3.DEFAULT_SESSION = None


def key(sk: str = "s") -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sk}}


def by_kind(charge: Charge) -> tuple[str, float]:
    return charge.kind, charge.rru


ABSENT = "attribute_not_exists(pk)"


def test_a_put_and_its_read_are_charged_by_their_kind(bench: Bench):
    assert bench.call("put_item", TableName=NAME, Item=item(1500)) == [Charge("ballot", wru=2)]
    assert bench.call("get_item", TableName=NAME, Key=key(), ConsistentRead=True) == [Charge("ballot", rru=1)]
    assert bench.call("get_item", TableName=NAME, Key=key()) == [Charge("ballot", rru=0.5)]


# "DynamoDB read and write operations": a read of what does not exist is charged as well
def test_a_read_of_nothing_costs_the_least(bench: Bench):
    assert bench.call("get_item", TableName=NAME, Key=key(), ConsistentRead=True) == [Charge("nothing", rru=1)]


def test_a_query_adds_up_its_items_before_it_rounds(bench: Bench):
    for number in range(5):
        bench.call("put_item", TableName=NAME, Item=item(1000, sk={"S": f"s{number}"}))
    asked = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    assert bench.call("query", TableName=NAME, ConsistentRead=True, **asked) == [Charge("ballot", rru=2)]


# "DynamoDB read and write operations": BatchGetItem rounds each item up by itself, "as if you had performed individual
# GetItem operations"
def test_many_reads_in_one_call_are_charged_one_by_one(bench: Bench):
    for number in range(3):
        bench.call("put_item", TableName=NAME, Item=item(1000 + 2000 * number, sk={"S": f"s{number}"}))
    asked = [key(f"s{number}") for number in range(4)]
    charged = bench.call("batch_get_item", RequestItems={NAME: {"Keys": asked, "ConsistentRead": True}})
    assert sorted(charged, key=by_kind) == [
        *[Charge("ballot", rru=1)] * 2,
        Charge("ballot", rru=2),
        Charge("nothing", rru=1),
    ]
    charged = bench.call("batch_get_item", RequestItems={NAME: {"Keys": asked}})
    assert [charge.rru for charge in sorted(charged, key=by_kind)] == [0.5, 0.5, 1.0, 0.5]


def test_many_reads_that_hide_what_they_read_are_not_metered(bench: Bench):
    with pytest.raises(NotMetered):
        bench.call("batch_get_item", RequestItems={NAME: {"Keys": [key()], "ProjectionExpression": "pk"}})


def test_a_query_that_hides_what_it_read_is_not_metered(bench: Bench):
    asked = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    with pytest.raises(NotMetered):
        bench.call("query", TableName=NAME, Select="COUNT", **asked)


def test_an_update_is_measured_before_and_after(bench: Bench):
    bench.call("put_item", TableName=NAME, Item=item(2500))
    change = {"UpdateExpression": "SET fill = :f", "ExpressionAttributeValues": {":f": {"S": "x"}}}
    assert bench.call("update_item", TableName=NAME, Key=key(), **change) == [Charge("ballot", wru=3)]
    assert bench.call("update_item", TableName=NAME, Key=key(), **change) == [Charge("ballot", wru=1)]


# "DynamoDB read and write operations": a failed condition consumes units by the larger of the old and the new item
def test_a_failed_condition_is_charged_and_touches_no_index(bench: Bench):
    bench.call("put_item", TableName=NAME, Item=item(1500, **due("1")))
    refused = bench.call("put_item", TableName=NAME, Item=item(2500, **due("2")), ConditionExpression=ABSENT)
    assert refused == [Charge("ballot", wru=3)]
    gone = bench.call("delete_item", TableName=NAME, Key=key("none"), ConditionExpression="attribute_exists(pk)")
    assert gone == [Charge("nothing", wru=1)]


def test_a_transaction_charges_each_item_twice_and_each_index_once(bench: Bench):
    writes = [
        {"Put": {"TableName": NAME, "Item": item(1500, **due("1"))}},
        {"Put": {"TableName": NAME, "Item": item(100, sk={"S": "t"})}},
        {"ConditionCheck": {"TableName": NAME, "Key": key("u"), "ConditionExpression": ABSENT}},
    ]
    charged = bench.call("transact_write_items", TransactItems=writes)
    assert charged == [Charge("ballot", wru=4 + 2), Charge("ballot", wru=2), Charge("nothing", wru=2)]


# A cancelled transaction consumes what it has prepared: all of it, at most, which is what is charged here.
def test_a_cancelled_transaction_is_charged_for_all_its_items(bench: Bench):
    bench.call("put_item", TableName=NAME, Item=item(100))
    refused = {"Put": {"TableName": NAME, "Item": item(100), "ConditionExpression": ABSENT}}
    other = {"Put": {"TableName": NAME, "Item": item(1500, sk={"S": "t"}, **due("1"))}}
    charged = bench.call("transact_write_items", TransactItems=[refused, other])
    assert charged == [Charge("ballot", wru=2), Charge("ballot", wru=4)]


def test_calls_pass_unseen_while_it_is_off(bench: Bench):
    bench.metered.on = False
    assert bench.call("put_item", TableName=NAME, Item=item(100)) == []


# -- the paths that have a goal --------------------------------------------------------------------------------------


def test_a_vote_costs_one_write_and_no_read_first_or_repeated():
    with opened(Notes()) as scene:
        paths = {}
        for path, figures in request_units.votes(scene):
            paths[path] = figures
            if path == "vote_repeated":
                break
    for path in ("vote_first", "vote_repeated"):
        assert paths[path]["api"]["wru"] == 1
        assert paths[path]["api"]["rru"] == 0
        assert paths[path]["fold"] == {**paths[path]["fold"], "wru": 1, "rru": 1, "lambda_invocations": 1}


def test_a_preorder_costs_two_writes_and_reads_nothing_but_the_sale():
    with opened(Notes()) as scene:
        figures = next(figures for path, figures in request_units.preorders(scene) if path == "preorder_placed")
    assert figures["api"] == {**figures["api"], "wru": 2, "rru": 2}


def test_a_quiet_minute_is_four_invocations_that_read_empty_indexes():
    with opened(Notes()) as scene:
        ((_, figures),) = request_units.idle(scene)
    assert figures["total"] == {**figures["total"], "wru": 0, "rru": 4, "lambda_invocations": 4, "log_lines": 0}
