"""The engine in memory is believed because it answers like moto, and like the referee where that is asked: on a whole
story, and on single writes of every kind.

Where moto is laxer than DynamoDB, the engine sides with DynamoDB: an empty condition, a name that nothing uses, one
item twice in a transaction, and a page that is exactly full, which says that there may be another.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Refusal
from chalicelib.plumbing.expressions import absent, absent_or_at_most, at_most, equals, exists, one_of
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, deleting, putting
from tests.cameras import batch_plan
from tests.hands import PROVIDER_SECRET, CountedIds
from tests.races.engine import Dynamo, Engine
from tests.races.quick_world import QuickWorld
from tests.world import World


def tell(world: World) -> list[Any]:
    """A short story that makes every kind of call; the answers, without what is no part of them."""
    world.ids.given = 1000  # registering the maker took one id here, none there
    campaign_id = world.presale(ballots=2, batches=[batch_plan(capacity=6), batch_plan(days=60)])
    told = [world.place(name, campaign_id, n) for name, n in (("ada", 4), ("bob", 3), ("cyd", 2), ("dan", 25))]
    told.append(world.place("bob", campaign_id, 3))
    world.settle_down()
    told.append(world.fan("bob").delete(f"/v1/preorders/{told[1].json['preorder_id']}"))
    world.settle_down()
    world.clock.forward(days=61)
    world.tick()
    told += [world.anybody.get(f"/v1/campaigns/{campaign_id}/{part}") for part in ("batches", "tally", "result")]
    told += [world.fan("bob").get("/v1/preorders"), world.maker().get("/v1/manufacturing-orders")]
    told.append(world.organiser().get("/v1/manufacturing-orders"))
    return [(reply.status, reply.text) for reply in told]


def stored(world: World) -> list[dict[str, Any]]:
    plain = [{k: v for k, v in item.items() if k not in ("attempt", "watermark")} for item in world.items()]
    for item in plain:
        if item.get("kind") == "tally":
            item["sk"] = "the shard's name is the engine's own"
    return sorted(plain, key=lambda item: (item["pk"], item["sk"]))


def test_one_story_is_told_and_stored_alike(make_world: Callable[..., World], quick: QuickWorld) -> None:
    quickly = tell(quick)
    quick_items = stored(quick)
    moto = make_world()
    # Its books are the provider's; there they are beside the table, too.
    moto.provider = SimulatedProvider(MemoryShelf(), moto.clock, lambda: PROVIDER_SECRET)
    assert tell(moto) == quickly
    assert stored(moto) == quick_items


HERE = Key("P", "S")
CONDITIONS = {
    "exists": [exists()],
    "absent": [absent()],
    "no name": [absent("name")],
    "equals": [equals("state", "open")],
    "one of": [one_of("state", ("open", "shut"))],
    "none of": [one_of("state", ("shut",))],
    "at most": [at_most("n", 5)],
    "too much": [at_most("n", 4)],
    "absent or at most": [absent_or_at_most("m", 1)],
    "text or absent": [absent_or_at_most("state", "p")],
    "boolean": [equals("flag", False)],
    "both": [equals("state", "open"), absent_or_at_most("n", 5)],
    "one of both": [equals("state", "shut"), absent_or_at_most("n", 5)],
}
WRITES: dict[str, Callable[[Any], Write]] = {
    "put": lambda c: putting(HERE, {"state": "new", "n": 1}, provided=c, refusal=Refusal),
    "change": lambda c: changing(HERE, put={"state": "new", "name": None}, add={"n": -7, "k": 2}, provided=c),
    "change within": lambda c: changing(HERE, put={"map.a": 2, "map.b": {"c": "x"}}, provided=c, refusal=Refusal),
    "delete": lambda c: deleting(HERE, provided=c),
}


def tables_of_both(world: World) -> list[Table]:
    clients = (world.dynamodb, Dynamo(Engine(world.clock.now)))
    return [Table(client, "groundswell-test", world.clock, CountedIds()) for client in clients]


def outcome(table: Table, *writes: Write) -> tuple[str, dict[str, Any] | None]:
    """How it went, and what is there afterwards, whoever wrote it."""
    try:
        table.commit(*writes)
        told = "done"
    except Refusal as refusal:
        told = type(refusal).__name__
    except ClientError as error:
        told = error.response["Error"]["Code"]
    there = table.get(HERE)
    return told, there and {name: value for name, value in there.items() if name != "attempt"}


def test_every_condition_and_write_is_judged_alike(make_world: Callable[..., World]) -> None:
    world = make_world()
    beside = putting(Key("Q", "S"), {"seen": 1}, provided=[absent("no")], refusal=Refusal)
    judged, tables = set(), tables_of_both(world)
    for there, condition, name in product((True, False), CONDITIONS.values(), WRITES):
        write, others = WRITES[name], [beside] if name == "change" else []
        found = []
        for table in tables:
            table.commit(deleting(HERE, provided=[absent("no")]))
            if there:
                fresh = {"state": "open", "n": 5, "name": "x", "flag": False, "map": {"a": 1, "z": 1}}
                table.commit(putting(HERE, fresh, refusal=Refusal))
            found.append(outcome(table, write(condition), *others))
        assert found[0] == found[1], (there, condition, write(condition).kind)
        judged.add(found[0][0])
    assert judged == {"done", "Refusal", "Busy", "ValidationException"}


@pytest.mark.parametrize(
    "request_",
    [
        {"ConditionExpression": ""},
        {"ConditionExpression": "attribute_exists(#a)", "ExpressionAttributeNames": {"#a": "x", "#b": "y"}},
        {"ConditionExpression": "#a = ", "ExpressionAttributeNames": {"#a": "x"}},
    ],
    ids=["an empty condition", "a name that is not used", "half a condition"],
)
def test_what_dynamodb_refuses_as_invalid_the_engine_refuses(quick: QuickWorld, request_: dict[str, Any]) -> None:
    with pytest.raises((ClientError, KeyError)):
        quick.dynamodb.put_item(Item={"pk": {"S": "a"}, "sk": {"S": "b"}}, **request_)


def test_one_item_twice_in_a_transaction_is_refused(quick: QuickWorld) -> None:
    """As DynamoDB does: two writes of one transaction never fall on one item."""
    write = changing(HERE, put={"a": 1}, provided=[absent("no")])
    with pytest.raises(ClientError, match="ValidationException"):
        quick.ports.table.commit(write, write)


def test_a_transaction_that_is_sent_again_under_its_token_acts_once(quick: QuickWorld) -> None:
    """F3: the answer was lost, the SDK repeats the very same request."""
    quick.ports.table.commit(putting(HERE, {"n": 1}, refusal=Refusal))
    more = changing(HERE, add={"n": 1}, provided=[exists()]).request("attempt")
    values = {
        name: {"N": "1"} if value == 1 else {"S": value} for name, value in more["ExpressionAttributeValues"].items()
    }
    update = {**more, "Key": {"pk": {"S": HERE.pk}, "sk": {"S": HERE.sk}}, "ExpressionAttributeValues": values}
    for _ in range(2):
        quick.dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="token")
    assert (quick.ports.table.get(HERE) or {})["n"] == 2
