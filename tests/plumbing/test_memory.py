"""What a container remembers: for so long and no longer, and never so much that it fills up."""

from datetime import timedelta

import pytest

from chalicelib.plumbing import memory
from chalicelib.plumbing.memory import Memory
from tests.hands import START, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def known(clock: HandClock) -> Memory:
    """Something that was read a second after `START`."""
    found = Memory(clock)
    clock.forward(seconds=1)
    found.keep("name", "thing", since=START)
    return found


def test_nothing_is_known_that_was_not_kept(known: Memory):
    assert known.recall("other", seconds=99) is None


@pytest.mark.parametrize(("milliseconds", "found"), [(1_000, "thing"), (1_999, "thing"), (2_000, None), (9_999, None)])
def test_it_is_forgotten_so_many_seconds_after_the_moment_before_it_was_read(
    known: Memory, clock: HandClock, milliseconds: int, found: str | None
):
    """That is how old it may be, however long reading took and whenever it was kept."""
    clock.moment = START + timedelta(milliseconds=milliseconds)
    assert known.recall("name", seconds=2) == found


def test_one_thing_may_be_old_enough_for_one_and_too_old_for_another(known: Memory):
    assert known.recall("name", seconds=1.5) == "thing"
    assert known.recall("name", seconds=0.5) is None


def test_for_no_seconds_nothing_is_remembered(clock: HandClock):
    found = Memory(clock)
    found.keep("name", "thing", since=clock.now())
    assert found.recall("name", seconds=0) is None


def test_a_clock_that_was_put_back_makes_nothing_younger(known: Memory, clock: HandClock):
    """Rather forget than believe that something was read in the future."""
    clock.moment = START - timedelta(milliseconds=1)
    assert known.recall("name", seconds=2) is None


def test_what_is_kept_again_counts_from_then_on(known: Memory, clock: HandClock):
    clock.forward(seconds=5)
    known.keep("name", "newer", since=clock.now())
    assert known.recall("name", seconds=2) == "newer"


def test_what_is_forgotten_is_gone_and_all_else_is_there(known: Memory):
    known.keep("other", "thing too", since=START)
    known.forget("name")
    known.forget("never known")
    assert known.recall("name", seconds=9) is None
    assert known.recall("other", seconds=9) == "thing too"


def test_a_container_that_serves_many_stays_small(clock: HandClock):
    """It begins anew, and what it has just kept is there."""
    found = Memory(clock)
    for number in range(3 * memory.MOST):
        found.keep(number, number, since=clock.now())
        assert found.recall(number, seconds=1) == number
        assert len(found.known) <= memory.MOST


def test_what_is_remembered_stands_in_no_log(known: Memory):
    assert "thing" not in repr(known)
