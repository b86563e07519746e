"""The table's own conversion does what boto3's does, for all that is ever stored."""

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing.typed_json import NotStorable, pack, unpack

SIMPLE = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=20)
VALUES = st.recursive(
    SIMPLE, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
ITEMS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=6)


@given(ITEMS)
def test_what_was_packed_is_what_boto3_packs(item):
    assert pack(item) == {name: TypeSerializer().serialize(value) for name, value in item.items()}


@given(ITEMS)
def test_what_comes_back_is_what_went_in(item):
    assert unpack(pack(item)) == item
    assert unpack(pack(item)) == {name: TypeDeserializer().deserialize(value) for name, value in pack(item).items()}


@given(st.integers(-(10**18), 10**18))
def test_numbers_come_back_as_integers(number):
    assert type(unpack(pack({"n": number}))["n"]) is int


@pytest.mark.parametrize("value", [1.5, b"bytes", {1, 2}, object()])
def test_what_has_no_place_in_the_table_is_not_stored(value):
    with pytest.raises(NotStorable):
        pack({"it": value})


@pytest.mark.parametrize("typed", [{"B": b"x"}, {"SS": ["a"]}, {"N": "1.5"}])
def test_what_we_never_wrote_is_not_read(typed):
    with pytest.raises((NotStorable, ValueError)):
        unpack({"it": typed})
