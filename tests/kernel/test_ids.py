"""Ids: what is ours is recognised, what is not never becomes a key."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import ids
from chalicelib.kernel.ids import CursorInvalid

UUIDS = st.uuids().map(str)


@given(UUIDS)
def test_every_uuid_in_our_spelling_is_one_of_our_ids(text):
    assert ids.is_uuid(text)


@given(UUIDS)
def test_other_spellings_of_the_same_uuid_are_not_ours(text):
    value = uuid.UUID(text)
    others = {text.upper(), value.hex, value.urn, f"{{{text}}}", f" {text}", f"{text}\n", text + "\u0301"} - {text}
    assert not any(ids.is_uuid(other) for other in others)


def test_digits_of_other_scripts_are_not_ours():
    assert not ids.is_uuid("\u0660" * 8 + "-0000-7000-8000-000000000000")


@given(st.text(max_size=60))
def test_text_that_is_no_uuid_is_never_taken_for_one(text):
    assert ids.is_uuid(text) <= (len(text) == 36 and text.isascii() and text.count("-") == 4)


@given(UUIDS, st.integers(1, 50), st.integers(1, 999))
def test_an_order_id_says_what_it_is_for_and_is_recognised(campaign_id, number, revision):
    """O1: a function of campaign, batch and revision, so that a second order cannot stand beside the first."""
    order_id = ids.order_id(campaign_id, number, revision)
    assert ids.is_order_id(order_id)
    assert order_id.split(".") == [campaign_id, str(number), str(revision)]


@given(st.lists(st.tuples(UUIDS, st.integers(1, 50), st.integers(1, 9)), unique=True))
def test_two_orders_never_share_an_id(wanted):
    assert len({ids.order_id(*one) for one in wanted}) == len(wanted)


@given(UUIDS)
def test_ids_that_a_list_has_given_are_cursors(text):
    assert ids.read_cursor(text) == text
    assert ids.read_cursor(f"{text}.1.1", ids.is_order_id) == f"{text}.1.1"


@given(UUIDS)
def test_a_cursor_of_one_kind_of_list_is_none_of_another(text):
    for cursor, is_id in ((f"{text}.1.1", ids.is_uuid), (text, ids.is_order_id)):
        with pytest.raises(CursorInvalid):
            ids.read_cursor(cursor, is_id)


def test_no_cursor_is_the_beginning():
    assert ids.read_cursor(None) is ids.read_cursor(None, ids.is_order_id) is None


@pytest.mark.parametrize("text", ["", "null", "L#0001", "%00", "01900000-0000-7000-8000-000000000001\n", "0.1.1", "#"])
def test_any_other_cursor_is_refused(text):
    with pytest.raises(CursorInvalid):
        ids.read_cursor(text)
