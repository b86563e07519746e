"""Plain types: what fits in them, at their edges."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.kernel import money, words
from chalicelib.kernel.words import Kept


def fits(kind, value):
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("slug", ["a", "Red", "f-1_b", "0", "x" * 40])
def test_slugs_are_plain_ascii_names(slug):
    assert fits(words.Slug, slug)


@pytest.mark.parametrize("text", ["", "-a", "_a", "x" * 41, "a b", "a#b", "a|b", "a=b", "a\n", "ré", "\u0430", "a\x00"])
def test_a_slug_cannot_carry_what_keys_and_names_are_made_of(text):
    assert not fits(words.Slug, text)


@pytest.mark.parametrize(("kind", "least", "most"), [(words.Quantity, 1, 100_000), (money.Minor, 0, money.MOST_MINOR)])
def test_numbers_are_bounded_whole_and_no_booleans(kind, least, most):
    assert fits(kind, least)
    assert fits(kind, most)
    assert not any(fits(kind, value) for value in (least - 1, most + 1, 1.0, True, "1", None))


def test_the_largest_amount_is_exact_in_javascript():
    assert money.MOST_MINOR < 2**53


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "E\u00dcR", "EUR\n", ""])
def test_a_currency_is_three_capitals(currency):
    assert fits(money.Currency, "EUR")
    assert not fits(money.Currency, currency)


class Note(Kept):
    """An example of what is stored."""

    text: str


def test_old_code_reads_what_newer_code_wrote():
    assert Note.model_validate({"text": "a", "colour": "unknown to us"}) == Note(text="a")


def test_what_is_stored_is_never_changed_in_place():
    with pytest.raises(ValidationError):
        Note(text="a").text = "b"


def test_an_error_never_repeats_the_value():
    with pytest.raises(ValidationError) as caught:
        Note.model_validate({"text": ["a secret"]})
    assert "secret" not in str(caught.value)
