"""Idempotency keys, and what counts as the same body (F29)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing import strict_json
from chalicelib.preorders import rules
from chalicelib.preorders.model import NewPreorder
from chalicelib.preorders.rules import IdempotencyKeyMissing

LINE = '{"variant": {"colour": "red", "lens": "wide"}, "quantity": 1}'


def body(text: str) -> NewPreorder:
    return strict_json.parse(text.encode(), NewPreorder)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=64))
def test_visible_ascii_is_a_key(key):
    assert rules.check_key(key) == key


@pytest.mark.parametrize("key", [None, "", "a b", " a", "a\n", "x" * 65, "ż", "\x00", "\x7f", "\u2028", "\ud800"])
def test_anything_else_is_none(key):
    with pytest.raises(IdempotencyKeyMissing):
        rules.check_key(key)


@pytest.mark.parametrize(
    "same",
    [
        f'{{"lines":[{LINE}]}}',
        f' {{ "lines" : [ {LINE} ] }} ',
        '{"lines":[{"quantity":1,"variant":{"colour":"red","lens":"wide"}}]}',
        '{"lines":[{"quantity":1,"variant":{"lens":"wide","colour":"red"}}]}',
        '{"lines":[{"quantity":1,"variant":{"colour":"red","lens":"w\\u0069de"}}]}',
    ],
    ids=[
        "the same",
        "spaces",
        "fields in another order",
        "features in another order",
        "letters in another spelling",
    ],
)
def test_spaces_and_the_order_of_fields_do_not_make_another_body(same):
    """F29: a client that writes its maps in any order can still retry."""
    assert rules.fingerprint(body(same)) == rules.fingerprint(body(f'{{"lines":[{LINE}]}}'))


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": 2},
        {"variant": {"colour": "red", "lens": "tele"}},
        {"variant": {"lens": "wide"}},
    ],
)
def test_another_wish_is_another_body(other):
    changed = json.dumps({"lines": [{**json.loads(LINE), **other}]})
    assert rules.fingerprint(body(changed)) != rules.fingerprint(body(f'{{"lines":[{LINE}]}}'))


@pytest.mark.parametrize("more", ['"accepts_total_minor":0', '"payment_method":"card_declined"'])
def test_another_promise_is_another_body(more):
    assert rules.fingerprint(body(f'{{"lines":[{LINE}],{more}}}')) != rules.fingerprint(body(f'{{"lines":[{LINE}]}}'))
