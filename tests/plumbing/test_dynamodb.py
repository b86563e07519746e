"""The table's small client does what boto3's does: the same answers, errors and retries."""

import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from moto.server import ThreadedMotoServer

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Conflict
from chalicelib.plumbing import aws
from chalicelib.plumbing.dynamodb import TRIES, DynamoDB
from chalicelib.plumbing.expressions import absent, equals, exists
from chalicelib.plumbing.sigv4 import Credentials
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing, checking, deleting, putting
from tests.hands import CountedIds, HandClock
from tests.tables import definition

WHO = Credentials("testing", "testing", None, "us-east-1", "dynamodb")
ONE, TWO = Key("A#1", "META"), Key("A#2", "META")


class Taken(Conflict):
    """An example of a refusal."""


def client_of(url: str) -> DynamoDB:
    return DynamoDB(endpoint=url, who=WHO, clock=HandClock(), ids=CountedIds())


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def both(moto_url: str) -> Iterator[tuple[Any, Any]]:
    """Our client and boto3's, for one fresh table."""
    theirs = boto3.client("dynamodb", endpoint_url=moto_url, region_name="us-east-1")
    theirs.create_table(TableName="t", **definition())
    yield client_of(moto_url), theirs
    theirs.delete_table(TableName="t")


def table(client: Any) -> Table:
    return Table(client, "t", HandClock(), CountedIds())


def stripped(told: Any) -> Any:
    return {name: value for name, value in told.items() if name != "ResponseMetadata"}


CALLS = [
    ("put_item", {"Item": {"pk": {"S": "A"}, "sk": {"S": "ż"}, "n": {"N": "7"}}}),
    ("get_item", {"Key": {"pk": {"S": "A"}, "sk": {"S": "ż"}}, "ConsistentRead": True}),
    ("get_item", {"Key": {"pk": {"S": "A"}, "sk": {"S": "none"}}}),
    (
        "update_item",
        {
            "Key": {"pk": {"S": "A"}, "sk": {"S": "ż"}},
            "UpdateExpression": "SET m = :m",
            "ExpressionAttributeValues": {":m": {"M": {"a": {"L": [{"S": "b"}, {"BOOL": True}]}}}},
            "ReturnValues": "ALL_NEW",
        },
    ),
    ("query", {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "A"}}}),
    ("delete_item", {"Key": {"pk": {"S": "A"}, "sk": {"S": "ż"}}, "ReturnValues": "ALL_OLD"}),
]


def test_every_call_is_answered_as_boto3_would_have_it(both: tuple[Any, Any]):
    ours, theirs = both
    heard = [stripped(getattr(ours, call)(TableName="t", **request)) for call, request in CALLS]
    assert heard == [stripped(getattr(theirs, call)(TableName="t", **request)) for call, request in CALLS]


def refused(client: Any, call: str, **request: Any) -> Any:
    with pytest.raises(ClientError) as caught:
        getattr(client, call)(
            TableName="t", **request
        ) if call != "transact_write_items" else client.transact_write_items(**request)
    response = caught.value.response
    told = {name: response.get(name) for name in ("Item", "CancellationReasons")}
    return response["Error"]["Code"], told, caught.value.operation_name


def test_a_failed_condition_tells_the_item_that_stood_in_the_way(both: tuple[Any, Any]):
    ours, theirs = both
    item = {"pk": {"S": "A"}, "sk": {"S": "1"}, "n": {"N": "1"}}
    ours.put_item(TableName="t", Item=item)
    absent_ = {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
    request = {**absent_, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    assert refused(ours, "put_item", **request) == refused(theirs, "put_item", **request)
    assert refused(ours, "put_item", **request)[1]["Item"] == item


def test_a_cancelled_transaction_tells_which_part_failed(both: tuple[Any, Any]):
    ours, theirs = both
    ours.put_item(TableName="t", Item={"pk": {"S": "A"}, "sk": {"S": "1"}})
    one = {"TableName": "t", "Item": {"pk": {"S": "B"}, "sk": {"S": "1"}}}
    two = {"TableName": "t", "Item": {"pk": {"S": "A"}, "sk": {"S": "1"}}}
    two["ConditionExpression"] = "attribute_not_exists(pk)"
    request = {"TransactItems": [{"Put": one}, {"Put": two}]}
    code, told, _ = refused(ours, "transact_write_items", **request)
    assert code == "TransactionCanceledException"
    assert [reason["Code"] for reason in told["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    assert refused(theirs, "transact_write_items", **request)[0] == code


def test_the_table_reads_and_writes_through_it(both: tuple[Any, Any]):
    store = table(both[0])
    store.commit(putting(ONE, {"kind": "example"}, refusal=Taken), putting(TWO, {"n": 1}, refusal=Taken))
    assert store.apply(changing(ONE, put={"state": "x"}, add={"n": 2}, provided=[exists()]))["n"] == 2
    with pytest.raises(Taken):
        store.commit(putting(ONE, {}, refusal=Taken))
    held = checking(TWO, provided=[equals("n", 9)], refusal=Taken)
    with pytest.raises(Taken):
        store.commit(held, deleting(ONE, provided=[exists()]))
    store.commit(deleting(TWO, provided=[exists()]))
    assert store.get(TWO) is None
    assert [item["state"] for item in store.query("A#1", limit=5).items] == ["x"]
    assert [item and item["pk"] for item in store.get_many([TWO, ONE], consistent=True)] == [None, "A#1"]
    with pytest.raises(Taken):
        store.commit(changing(TWO, put={"n": 1}, provided=[exists()], refusal=Taken))
    store.commit(changing(TWO, put={"n": 1}, provided=[absent()], refusal=Taken))


class Troubled(BaseHTTPRequestHandler):
    """Answers what a test has lined up, each once; then that all is well. Notes what it was asked."""

    protocol_version = "HTTP/1.1"
    lined_up: list[Any]
    asked: list[bytes]

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        status, body, checksum = self.lined_up.pop(0) if self.lined_up else (200, b'{"ok": 1}', None)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amz-crc32", str(checksum if checksum is not None else zlib.crc32(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@pytest.fixture
def troubled() -> Iterator[type[Troubled]]:
    class Handler(Troubled):
        url = ""

    Handler.lined_up, Handler.asked = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Handler
    server.shutdown()
    server.server_close()


def error(code: str) -> bytes:
    return json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "m"}).encode()


LOST = (0, b"", None)
DAMAGED = (200, b'{"ok": 2}', 12345)
THROTTLED = (400, error("ProvisionedThroughputExceededException"), None)
BROKEN = (500, b"<html>", None)


@pytest.mark.parametrize("trouble", [LOST, DAMAGED, THROTTLED, BROKEN], ids=["lost", "damaged", "throttled", "broken"])
def test_what_passes_is_tried_again_with_the_same_request(troubled, trouble):
    """F1, F3: the table's attempt id makes the second try harmless."""
    troubled.lined_up += [trouble] * (TRIES - 1)
    assert client_of(troubled.url).put_item(TableName="t") == {"ok": 1}
    assert troubled.asked == [b'{"TableName":"t"}'] * TRIES


@pytest.mark.parametrize(
    ("trouble", "raised"), [(LOST, EndpointConnectionError), (THROTTLED, ClientError), (BROKEN, ClientError)]
)
def test_after_so_many_tries_the_caller_hears_of_it(troubled, trouble, raised):
    troubled.lined_up += [trouble] * TRIES
    with pytest.raises(raised):
        client_of(troubled.url).put_item(TableName="t")
    assert len(troubled.asked) == TRIES


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "ValidationException", "AccessDeniedException"])
def test_what_does_not_pass_is_asked_once(troubled, code):
    troubled.lined_up += [(400, error(code), None)]
    with pytest.raises(ClientError) as caught:
        client_of(troubled.url).put_item(TableName="t")
    assert (caught.value.response["Error"]["Code"], len(troubled.asked)) == (code, 1)


def test_a_server_that_does_not_answer_is_given_up_in_time(troubled):
    slow = threading.Event()
    troubled.do_POST = lambda _: slow.wait(5)  # type: ignore[method-assign]
    client = client_of(troubled.url)
    client.pool.connection_pool_kw["timeout"] = 0.05
    with pytest.raises(ReadTimeoutError):
        client.put_item(TableName="t")
    slow.set()


def test_nobody_at_the_address_is_told_as_such():
    with pytest.raises(EndpointConnectionError):
        client_of("http://127.0.0.1:9").get_item(TableName="t")


# -- who gets it ------------------------------------------------------------------------------------------------------

KEYS = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


def small(**environment: str) -> DynamoDB | None:
    return aws._small({**KEYS, **environment}, HandClock(), CountedIds())


@pytest.mark.parametrize(
    ("environment", "endpoint"),
    [
        ({}, "https://dynamodb.eu-central-1.amazonaws.com"),
        ({"AWS_REGION": "cn-north-1"}, "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL": "http://x", "AWS_ENDPOINT_URL_DYNAMODB": "http://y"}, "http://y"),
    ],
)
def test_it_asks_where_the_environment_says(environment, endpoint):
    found = small(**environment)
    assert found is not None
    assert found.endpoint == endpoint


@pytest.mark.parametrize("lacking", KEYS)
def test_without_keys_in_the_environment_boto3_looks_for_them(lacking):
    assert small(**{lacking: ""}) is None


def test_where_calls_are_traced_boto3_makes_them():
    assert small(TRACING="on") is None
