"""Strict JSON: what the standard parser forgives is refused, always as a refusal and never as a surprise (F28)."""

import json
from contextlib import suppress
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from chalicelib.kernel.words import Quantity, Sent, Story
from chalicelib.plumbing import strict_json
from chalicelib.plumbing.strict_json import MOST_BYTES, BodyInvalid, BodyTooLarge


class Inner(Sent):
    """A part of the example."""

    quantity: Quantity


class Body(Sent):
    """An example of what a client sends."""

    quantity: Quantity = 1
    limit: int = 0
    story: Story = ""
    inner: Annotated[tuple[Inner, ...], Field(max_length=3)] = ()


def parse(text: str | bytes) -> Body:
    return strict_json.parse(text if isinstance(text, bytes) else text.encode(), Body)


def nested(opening: str, levels: int, closing: str) -> str:
    return '{"inner":' + opening * levels + closing * levels + "}"


def test_an_honest_body_is_taken():
    assert parse('{"quantity": 2, "story": "żółw \\u017c", "inner": [{"quantity": 3}]}') == Body(
        quantity=2, story="żółw ż", inner=(Inner(quantity=3),)
    )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1.0", "2.5", "1e0", "1E3"])
def test_numbers_that_are_no_whole_numbers_are_refused(number):
    with pytest.raises(BodyInvalid, match=r"whole|not a number"):
        parse(f'{{"quantity": {number}}}')


@pytest.mark.parametrize("value", ['"1"', '"1e3"', "true", "false", "null", "[1]", "{}", "01", "+1", "0x1", "1_0", ""])
def test_nothing_but_an_integer_is_an_integer(value):
    with pytest.raises(BodyInvalid):
        parse(f'{{"quantity": {value}}}')


@pytest.mark.parametrize("number", ["0", "-0", "-1", "100001", "9007199254740993", "1" * 400, "1" * 5000])
def test_a_quantity_out_of_bounds_is_refused_however_large(number):
    with pytest.raises(BodyInvalid):
        parse(f'{{"quantity": {number}}}')


def test_minus_zero_is_zero_where_zero_is_allowed():
    assert str(parse('{"limit": -0}').limit) == "0"


@pytest.mark.parametrize(
    "body", ['{"limit":1,"limit":1}', '{"inner":[{"quantity":1,"quantity":2}]}', '{"limit":1,"lim\\u0069t":2}']
)
def test_the_same_field_twice_is_refused_at_every_depth(body):
    with pytest.raises(BodyInvalid, match="twice"):
        parse(body)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ("[", ""), ("", "]")])
@pytest.mark.parametrize("levels", [21, 500, 5_000])
def test_bottomless_nesting_is_refused(opening, closing, levels):
    with pytest.raises(BodyInvalid):
        parse(nested(opening, levels, closing))


@pytest.mark.parametrize("levels", [200, 900, 5_000, 20_000])
def test_brackets_in_a_text_cannot_hide_the_depth(levels):
    with pytest.raises(BodyInvalid):
        parse('{"story":"' + "]" * levels + '","inner":' + "[" * levels + "]" * levels + "}")


def test_brackets_in_a_text_are_no_depth():
    """A story of thirty smileys is an honest body."""
    assert parse(json.dumps({"story": ":[ " * 30})).story == ":[ " * 30


@pytest.mark.parametrize("text", [r'{"story":"\ud800"}', r'{"story":"\udfff\ud800"}', r'{"\ud800":1}'])
def test_half_a_letter_is_refused(text):
    with pytest.raises(BodyInvalid):
        parse(text)


def test_a_letter_written_as_two_halves_is_one_letter():
    assert parse(r'{"story":"\ud83d\ude00"}').story == "\U0001f600"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"\x00",
        b'\xef\xbb\xbf{"limit":1}',
        '{"limit":1}'.encode("utf-16"),
        b'{"story":"\xff"}',
        b'{"story":"\xc0\xaf"}',
        b'{"story":"\xed\xa0\x80"}',
        b'{"story":"\x01"}',
        b'{"limit":1} x',
        b'{"limit":1}{"limit":1}',
        b'{"limit":1,}',
        b"{'limit':1}",
        b'{"limit":1 /* one */}',
        b"[1,2",
    ],
)
def test_what_is_no_json_in_utf_8_is_refused(raw):
    with pytest.raises(BodyInvalid):
        parse(raw)


@pytest.mark.parametrize("text", ["null", "[]", "1", '"limit"', "true"])
def test_a_body_that_is_no_object_is_refused(text):
    with pytest.raises(BodyInvalid):
        parse(text)


@pytest.mark.parametrize("text", ['{"limitt":1}', '{"inner":[{"quantity":1,"colour":"red"}]}'])
def test_a_field_that_nobody_knows_is_refused_at_every_depth(text):
    with pytest.raises(BodyInvalid) as caught:
        parse(text)
    assert "limitt" in caught.value.errors[0]["where"] or "colour" in caught.value.errors[0]["where"]


def test_a_refusal_says_where_and_why_without_the_value():
    with pytest.raises(BodyInvalid) as caught:
        parse('{"inner":[{"quantity":"a secret"}]}')
    assert [error["where"] for error in caught.value.errors] == ["inner.0.quantity"]
    assert "secret" not in json.dumps(caught.value.errors)


def test_a_body_of_a_thousand_errors_is_answered_with_a_few():
    with pytest.raises(BodyInvalid) as caught:
        parse(json.dumps({f"x{number}": 1 for number in range(1000)}))
    assert len(caught.value.errors) == 20


def test_65_536_bytes_are_read_and_one_more_is_too_large():
    body = b'{"limit":1}'
    assert parse(body.ljust(MOST_BYTES)).limit == 1
    with pytest.raises(BodyTooLarge):
        parse(body.ljust(MOST_BYTES + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["quantity", "inner", "x"]), inner),
)


@given(JSON | st.fixed_dictionaries({"quantity": JSON, "inner": JSON}))
def test_any_json_is_taken_or_refused_and_nothing_else(value):
    with suppress(BodyInvalid):
        assert isinstance(parse(json.dumps(value)), Body)


@given(st.binary(max_size=80))
def test_any_bytes_are_taken_or_refused_and_nothing_else(raw):
    with suppress(BodyInvalid):
        assert isinstance(parse(raw), Body)
