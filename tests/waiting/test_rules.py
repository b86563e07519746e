"""Who is offered what: a pure function of the list and of what is free."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches.model import ClaimLine
from chalicelib.waiting import draw, rules
from chalicelib.waiting.model import NewEntry, Waiter


def waiter(number: int, units: int, *, all_or_none: bool = False) -> Waiter:
    lines = (ClaimLine(variant={"colour": "red"}, quantity=units),)
    return Waiter(
        entry_id=f"{number:04d}",
        campaign_id="c",
        fan_id=f"f{number}",
        lines=lines,
        units=units,
        all_or_none=all_or_none,
    )


def chosen(waiters: list[Waiter], free: int) -> list[tuple[str, int]]:
    return [(one.waiter.entry_id, one.units) for one in rules.choose(waiters, free).offers]


def test_the_first_are_offered_what_they_want_and_the_last_what_is_left() -> None:
    assert chosen([waiter(1, 2), waiter(2, 2), waiter(3, 1)], 3) == [("0001", 2), ("0002", 1)]


def test_what_is_too_little_for_all_or_none_goes_on_to_the_next() -> None:
    assert chosen([waiter(1, 5, all_or_none=True), waiter(2, 2)], 3) == [("0002", 2)]


def test_while_somebody_wants_it_all_it_is_kept() -> None:
    assert rules.choose([waiter(1, 5, all_or_none=True)], 3) == ([], True)
    assert rules.choose([], 3) == ([], False)


def test_one_transaction_carries_forty_offers() -> None:
    assert len(chosen([waiter(number, 1) for number in range(60)], 60)) == rules.MOST_OFFERS


WISHES = st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=12)


@given(WISHES, st.integers(1, 30))
def test_the_list_is_gone_down_as_a_draw_goes_down_its_ranks(wishes: list[tuple[int, bool]], free: int) -> None:
    waiters = [waiter(number, units, all_or_none=whole) for number, (units, whole) in enumerate(wishes)]
    allotted = draw.allocate(waiters, free)  # type: ignore[arg-type]
    expected = [(one.entry_id, units) for one, units in zip(waiters, allotted, strict=True) if units]
    assert chosen(waiters, free) == expected
    assert sum(allotted) <= free


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(1, 30))
def test_clipped_lines_are_the_first_of_what_was_wanted(quantities: list[int], units: int) -> None:
    lines = [ClaimLine(variant={"lens": str(place)}, quantity=many) for place, many in enumerate(quantities)]
    clipped = rules.clipped(lines, units)
    assert sum(line.quantity for line in clipped) == min(units, sum(quantities))
    assert all(line.quantity for line in clipped)
    assert [line.variant for line in clipped] == [line.variant for line in lines[: len(clipped)]]


def test_the_access_code_does_not_change_what_a_body_is() -> None:
    """It is kept nowhere, not even as a hash that could be guessed at."""
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    without, with_code = (NewEntry.model_validate(body | more) for more in ({}, {"access_code": "for-friends"}))
    assert rules.fingerprint(without) == rules.fingerprint(with_code)
    assert rules.fingerprint(without) != rules.fingerprint(NewEntry.model_validate(body | {"all_or_none": True}))
