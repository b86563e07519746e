"""The doors to time and chance: what they promise of what they give."""

from datetime import UTC

from chalicelib.kernel import ids, instants
from chalicelib.plumbing.clock import SystemClock, SystemIds


def test_now_is_utc_in_whole_milliseconds():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now == instants.to_utc(now)


def test_monotonic_seconds_never_run_backwards():
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_new_ids_are_ours_unique_and_sort_by_the_order_in_which_they_were_made():
    source = SystemIds()
    made = [source.new() for _ in range(500)]
    assert all(map(ids.is_uuid, made))
    assert made == sorted(set(made))


def test_jitter_is_a_share_of_one():
    source = SystemIds()
    assert all(0 <= source.jitter() < 1 for _ in range(100))
