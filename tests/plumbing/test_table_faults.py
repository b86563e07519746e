"""The table when the network or others come in between: nothing happens twice, and conflicts end (F2, F3, F14)."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from moto.core.models import botocore_stubber

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Conflict
from chalicelib.plumbing.expressions import absent, absent_or_at_most, equals, exists
from chalicelib.plumbing.table import CONFLICT_TRIES
from chalicelib.plumbing.writes import changing, deleting, putting
from tests.hands import START
from tests.stored import Stored

ONE, TWO = Key("A#1", "META"), Key("A#2", "META")


class Taken(Conflict):
    """An example of a refusal."""


def put(key: Key):
    return putting(key, {"kind": "example"}, refusal=Taken)


def lose_responses(stored: Stored, times: int, meanwhile: Callable[[], None] = lambda: None) -> list[dict[str, Any]]:
    """The engine carries calls out, but so many responses are lost: the SDK retries by itself. Answers the calls."""
    seen: list[dict[str, Any]] = []

    def lose(request: Any, event_name: str, **_: Any) -> None:
        seen.append(json.loads(request.body))
        if len(seen) <= times:
            botocore_stubber(event_name, request) or URLLib3Session().send(request)
            meanwhile()
            raise ReadTimeoutError(endpoint_url=request.url)

    for operation in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"):
        stored.client.meta.events.register_first(f"before-send.dynamodb.{operation}", lose)
    return seen


def test_a_put_whose_response_was_lost_is_a_success(stored: Stored):
    """F3: the retry meets our own item; its attempt id tells."""
    calls = lose_responses(stored, times=1)
    stored.commit(put(ONE))
    assert len(calls) == 2
    assert stored.item(ONE) == {"pk": "A#1", "sk": "META", "kind": "example"}


def test_a_change_whose_response_was_lost_answers_the_item_as_it_is(stored: Stored):
    """F3: as though the response had come."""
    stored.commit(putting(ONE, {"state": "draft"}, refusal=Taken))
    lose_responses(stored, times=2)
    changed = stored.table.apply(changing(ONE, put={"state": "voting"}, provided=[equals("state", "draft")]))
    assert changed["state"] == "voting"


@pytest.mark.parametrize("guard", [exists("pk"), absent_or_at_most("cast_at", "2026"), absent("delivered_at")])
def test_a_count_whose_response_was_lost_is_counted_once(stored: Stored, guard):
    """F3: also where the condition holds after the write as it did before, as for ballots cast and deliveries tried."""
    stored.commit(putting(ONE, {"version": 1, "cast_at": "2026"}, refusal=Taken))
    lose_responses(stored, times=1)
    changed = stored.table.apply(changing(ONE, put={"cast_at": "2026"}, add={"version": 1}, provided=[guard]))
    assert changed["version"] == 2


def test_a_retry_that_meets_anothers_item_is_refused(stored: Stored):
    """Two puts at once: the loser must not take the winner's item for its own."""
    stored.commit(put(ONE))
    lose_responses(stored, times=1)
    with pytest.raises(Taken):
        stored.commit(put(ONE))


def test_a_put_that_never_arrived_is_simply_sent_again(stored: Stored):
    """F2."""
    failed: list[str] = []

    def refuse(request: Any, **_: Any) -> None:
        if not failed:
            failed.append(request.url)
            raise ConnectTimeoutError(endpoint_url=request.url)

    stored.client.meta.events.register_first("before-send.dynamodb.PutItem", refuse)
    stored.commit(put(ONE))
    assert stored.item(ONE) is not None


def test_a_response_that_stays_lost_is_no_refusal(stored: Stored):
    """M7: unknown stays unknown; whoever asks again finds out."""
    lose_responses(stored, times=100)
    with pytest.raises(ReadTimeoutError):
        stored.commit(put(ONE))
    assert stored.item(ONE) is not None


def test_a_transaction_is_retried_under_the_same_token(stored: Stored):
    """F3: DynamoDB answers a repeated token with the first outcome, as tests/referee shows; moto acts again."""
    calls = lose_responses(stored, times=1)
    with suppress(Taken):
        stored.commit(put(ONE), put(TWO))
    assert len(calls) == 2
    assert calls[0]["ClientRequestToken"] == calls[1]["ClientRequestToken"]


class Unruly:
    """A client whose next calls fail with these errors; then it is the real one."""

    def __init__(self, client: Any, *errors: ClientError) -> None:
        self.client, self.errors, self.calls = client, list(errors), 0

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self.calls += 1
            if self.errors:
                raise self.errors.pop(0)
            return getattr(self.client, name)(**request)

        return call


def error(code: str, *reasons: str) -> ClientError:
    told = {"CancellationReasons": [{"Code": reason} for reason in reasons]} if reasons else {}
    return ClientError({"Error": {"Code": code, "Message": ""}, **told}, "TransactWriteItems")


CONFLICTS = [
    error("TransactionCanceledException", "None", "TransactionConflict"),
    error("TransactionInProgressException"),
    error("TransactionConflictException"),
]


@pytest.mark.parametrize("conflict", CONFLICTS, ids=lambda conflict: conflict.response["Error"]["Code"])
def test_a_conflict_is_tried_again_after_a_moment(stored: Stored, conflict: ClientError):
    client = Unruly(stored.client, conflict, conflict)
    stored.over(client).commit(put(ONE), put(TWO))
    assert (client.calls, len(stored.everything())) == (3, 2)
    assert stored.clock.now() > START


@pytest.mark.parametrize("writes", [(put(ONE),), (put(ONE), put(TWO))], ids=["one write", "several"])
def test_conflicts_without_end_are_busy(stored: Stored, writes):
    client = Unruly(stored.client, *[error("TransactionConflictException")] * 99)
    with pytest.raises(Busy):
        stored.over(client).commit(*writes)
    assert client.calls == CONFLICT_TRIES
    assert stored.everything() == []


def test_a_failed_condition_counts_before_a_conflict(stored: Stored):
    """It will not hold on the next try either."""
    client = Unruly(
        stored.client, error("TransactionCanceledException", "TransactionConflict", "ConditionalCheckFailed")
    )
    with pytest.raises(Taken):
        stored.over(client).commit(deleting(ONE, provided=[exists()]), put(TWO))
    assert client.calls == 1


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ValidationException", "InternalServerError"]
)
def test_what_is_no_refusal_is_raised_as_it_is(stored: Stored, code: str):
    """F1: throttled is not refused, and never Busy."""
    with pytest.raises(ClientError, match=code):
        stored.over(Unruly(stored.client, error(code))).commit(put(ONE))
    with pytest.raises(ClientError, match=code):
        stored.over(Unruly(stored.client, error(code))).commit(put(ONE), put(TWO))


class Stingy:
    """A client that answers a few keys of many, and names the rest."""

    def __init__(self, client: Any, at_once: int) -> None:
        self.client, self.at_once, self.calls = client, at_once, 0

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        self.calls += 1
        [(name, asked)] = RequestItems.items()
        served, left = asked["Keys"][: self.at_once], asked["Keys"][self.at_once :]
        answer = self.client.batch_get_item(RequestItems={name: {**asked, "Keys": served}}) if served else {}
        unserved = {name: {**asked, "Keys": left}} if left else {}
        return {"Responses": {}, **answer, "UnprocessedKeys": unserved}


def test_what_was_left_out_of_an_answer_is_asked_for_again(stored: Stored):
    """F1: a call for many items may serve some of them."""
    stored.commit(put(ONE))
    stored.commit(put(TWO))
    client = Stingy(stored.client, at_once=1)
    found = stored.over(client).get_many([TWO, Key("A#3", "META"), ONE], consistent=True)
    assert [item and item["pk"] for item in found] == ["A#2", None, "A#1"]
    assert client.calls == 3
    assert stored.clock.now() > START


def test_what_is_never_served_is_busy(stored: Stored):
    """Nothing that is there is taken for absent."""
    stored.commit(put(ONE))
    with pytest.raises(Busy):
        stored.over(Stingy(stored.client, at_once=0)).get_many([ONE], consistent=True)
