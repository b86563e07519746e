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


FANS, PLACES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.integers(0, 999)


@given(UUIDS, FANS, PLACES)
def test_a_pre_orders_id_is_a_function_of_campaign_fan_and_place(campaign_id, fan_id, place):
    """Two requests at once mean the same item, so that only one of them can write it."""
    preorder_id = ids.preorder_id(campaign_id, fan_id, place)
    assert preorder_id == ids.preorder_id(campaign_id, fan_id, place)
    assert ids.is_preorder_id(preorder_id)
    assert (preorder_id.split(".")[0], ids.place_of(preorder_id)) == (campaign_id, place)


def test_the_ids_of_stored_pre_orders_never_move():
    campaign_id = "01900000-0000-7000-8000-0000000c0001"
    assert ids.preorder_id(campaign_id, "sub-ada", 7) == f"{campaign_id}.45dc584347aaf609.007"


@given(st.lists(st.tuples(UUIDS, FANS, PLACES), unique=True))
def test_two_pre_orders_never_share_an_id(wanted):
    assert len({ids.preorder_id(*one) for one in wanted}) == len(wanted)


@given(UUIDS, FANS, PLACES)
def test_a_claims_name_stands_for_one_pre_order_of_its_campaign(campaign_id, fan_id, place):
    preorder_id = ids.preorder_id(campaign_id, fan_id, place)
    ref = ids.preorder_ref(preorder_id)
    assert ids.of_ref(campaign_id, ref) == preorder_id
    assert campaign_id not in ref


@given(UUIDS, FANS, PLACES)
def test_a_claims_name_is_a_plain_attribute(campaign_id, fan_id, place):
    """In an expression a dot leads into a map: a name with one would be written somewhere else."""
    ref = ids.preorder_ref(ids.preorder_id(campaign_id, fan_id, place))
    assert ref.isascii()
    assert "." not in ref
    assert len(ref) == 20


def test_the_pre_orders_of_one_fan_sort_by_their_place():
    names = [ids.preorder_id("01900000-0000-7000-8000-0000000c0001", "sub-ada", place) for place in range(1000)]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "more", ["", ".000", ".0123456789abcde.000", ".0123456789ABCDEF.000", ".0123456789abcdef.0000"]
)
def test_text_that_is_no_id_of_a_pre_order_is_never_taken_for_one(more):
    campaign_id = "01900000-0000-7000-8000-0000000c0001"
    assert not ids.is_preorder_id(campaign_id + more)
    assert not ids.is_preorder_id(f"{campaign_id}.0123456789abcdef.000\n")


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
