"""A transaction under the same token: once, and never another one (F3). moto looks at no token."""

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing.expressions import exists
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, changing, putting
from tests.hands import CountedIds
from tests.plumbing.test_table_faults import lose_responses
from tests.stored import Stored

COUNTER, OTHER = Key("A#1", "COUNT"), Key("A#1", "OTHER")


class SameId(CountedIds):
    """Gives one id again and again, as no source of ids may."""

    def new(self) -> str:
        return "01900000-0000-7000-8000-00000000000a"


def put(key: Key) -> Write:
    return putting(key, {"kind": "example", "units": 1}, refusal=Busy)


def one_more() -> Write:
    return changing(COUNTER, add={"units": 1}, provided=[exists()])


@pytest.fixture
def counting(stored: Stored) -> Stored:
    stored.commit(put(COUNTER))
    return stored


def test_a_transaction_whose_response_was_lost_is_a_success_and_happens_once(counting: Stored) -> None:
    calls = lose_responses(counting, times=2)
    counting.commit(one_more(), put(OTHER))
    assert len(calls) == 3
    assert (counting.item(COUNTER) or {})["units"] == 2


def test_a_lost_refusal_is_heard_from_the_repetition(counting: Stored) -> None:
    """What was cancelled is not remembered: it is judged again, and cancelled again."""
    counting.commit(put(OTHER))
    lose_responses(counting, times=1)
    counting.assert_refused(Busy, one_more(), put(OTHER))


def test_the_same_writes_in_two_commits_are_two(counting: Stored) -> None:
    """Each commit has a token of its own: what is the same by chance is not a repetition."""
    for number in (1, 2):
        counting.commit(one_more(), put(Key("A#1", f"OTHER {number}")))
    assert (counting.item(COUNTER) or {})["units"] == 3


def test_other_writes_under_a_used_token_are_neither_made_nor_taken_for_a_refusal(counting: Stored) -> None:
    """It can only come from a broken source of ids: the door answers with 503, the queue tries again, it is logged."""
    table = Table(counting.client, counting.table.name, counting.clock, SameId())
    table.commit(one_more(), put(OTHER))
    before = counting.everything()
    with pytest.raises(ClientError, match="IdempotentParameterMismatch") as caught:
        table.commit(one_more(), put(Key("A#1", "THIRD")))
    assert not isinstance(caught.value, Refusal)
    assert counting.everything() == before
