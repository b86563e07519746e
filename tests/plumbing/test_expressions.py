"""Conditions and updates: what is sent to DynamoDB reads as the rule that it enforces."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.keys import Key
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import writes
from chalicelib.plumbing.expressions import (
    Expressions,
    absent,
    absent_or_at_most,
    absent_or_equals,
    after,
    at_most,
    equals,
    exists,
    one_of,
)
from tests.hands import START

# A dot leads into a map.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=8)
KEY = Key("A#1", "META")


def meant(expressions: Expressions, text: str) -> str:
    """The expression with its placeholders filled in."""
    names, values = expressions.names, expressions.values
    text = re.sub(r"#n\d+", lambda found: names[found[0]], text)
    return re.sub(r":v\d+", lambda found: repr(values[found[0]]), text)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (exists(), "attribute_exists(pk)"),
        (absent("voting_closed_at"), "attribute_not_exists(voting_closed_at)"),
        (equals("state", "open"), "state = 'open'"),
        (one_of("state", ("open", "confirmed")), "state IN ('open', 'confirmed')"),
        (at_most("held_units", 17), "held_units <= 17"),
        (absent_or_at_most("units", 17), "(attribute_not_exists(units) OR units <= 17)"),
        (absent_or_equals("kind", "manufacturer"), "(attribute_not_exists(kind) OR kind = 'manufacturer')"),
        (absent_or_equals("overrulings", []), "(attribute_not_exists(overrulings) OR overrulings = [])"),
        (equals("votes.colour", "red"), "votes.colour = 'red'"),
        (after("closes_at", START), "closes_at > '2026-11-21T12:00:00.000Z'"),
    ],
)
def test_a_condition_reads_as_its_rule(condition, sentence):
    expressions = Expressions()
    assert meant(expressions, expressions.condition([condition])) == sentence


def test_parts_are_joined_by_and():
    expressions = Expressions()
    text = expressions.condition([equals("state", "open"), absent_or_at_most("units", 3)])
    assert meant(expressions, text) == "state = 'open' AND (attribute_not_exists(units) OR units <= 3)"


def test_more_than_ten_values_are_not_mixed_up():
    expressions = Expressions()
    text = expressions.condition([one_of("state", list(range(12)))])
    assert meant(expressions, text) == "state IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)"


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_any_attribute_name_is_only_ever_sent_as_a_placeholder(attributes):
    """Reserved words and `#` cannot change what an expression means."""
    expressions = Expressions()
    text = expressions.condition([equals(attribute, 1) for attribute in attributes])
    assert re.fullmatch(r"#n\d+ = :v\d+( AND #n\d+ = :v\d+)*", text)
    assert [expressions.names[found] for found in re.findall(r"#n\d+", text)] == attributes


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_each_name_is_sent_once(attributes):
    expressions = Expressions()
    expressions.condition([exists(attribute) for attribute in attributes])
    assert sorted(expressions.names.values()) == sorted(set(attributes))


def test_an_update_sets_adds_and_removes():
    expressions = Expressions()
    text = expressions.update(put={"state": "short", "gsi2pk": None}, add={"units": -3}, remove=("note",))
    assert meant(expressions, text) == "SET state = 'short' ADD units -3 REMOVE note, gsi2pk"


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_each_step_of_a_path_into_maps_is_a_placeholder_of_its_own(steps):
    """Fans' features have any name that a slug may be, `size` and `0` among them."""
    expressions = Expressions()
    text = expressions.update(put={".".join(steps): 1}, add={}, remove=())
    assert re.fullmatch(r"SET #n\d+(\.#n\d+)* = :v0", text)
    assert [expressions.names[found] for found in re.findall(r"#n\d+", text)] == steps


def test_a_place_in_a_map_is_set_and_the_map_itself_is_not():
    expressions = Expressions()
    text = expressions.update(put={"votes.colour": ["red"], "cast_at": "now"}, add={"version": 1}, remove=())
    assert meant(expressions, text) == "SET votes.colour = ['red'], cast_at = 'now' ADD version 1"


def test_an_update_of_one_kind_has_one_clause():
    expressions = Expressions()
    assert meant(expressions, expressions.update(put={}, add={"units": 1}, remove=())) == "ADD units 1"


def test_a_write_without_a_condition_sends_none():
    """DynamoDB refuses an empty expression, although moto takes it."""
    write = writes.putting(KEY, {"kind": "example"}, provided=(), refusal=Busy)
    assert "ConditionExpression" not in write.request("attempt")


def test_every_item_that_is_put_or_changed_is_marked_with_its_attempt():
    put = writes.putting(KEY, {"attempt": "an older one"}, refusal=Busy).request("a7")
    change = writes.changing(KEY, put={"state": "open"}, provided=[exists()]).request("a7")
    assert put["Item"]["attempt"] == "a7"
    assert "a7" in change["ExpressionAttributeValues"].values()


def test_checks_and_deletions_name_the_key_and_change_nothing_else():
    for write in (
        writes.deleting(KEY, provided=[exists()]),
        writes.checking(KEY, provided=[exists()], refusal=Busy),
    ):
        request = write.request("a7")
        assert request["Key"] == {"pk": "A#1", "sk": "META"}
        assert not {"Item", "UpdateExpression"} & request.keys()
