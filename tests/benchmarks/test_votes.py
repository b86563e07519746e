"""The benches of voting measure what they say, on small figures."""

from benchmarks import casting, fold_schedules, key_heat, recounting


def test_no_delivery_makes_the_fold_wrong_and_most_make_plain_adding_wrong():
    """V1, V4: goal 2 of the benchmarks, on a few histories."""
    for schedule in fold_schedules.CLASSES.values():
        assert fold_schedules.wrong(schedule, adding=False, seeds=4) == 0
    assert fold_schedules.wrong(fold_schedules.CLASSES["late repeats"], adding=True, seeds=4) == 4


def test_a_recount_counts_every_ballot_once_in_each_pass_and_keeps_little():
    found = recounting.run(recounting.BUCKETS * 20)
    assert (found["recount_ballots"], found["recount_passes"]) == (recounting.BUCKETS * 20, 2)
    assert found["recount_largest_state_bytes"] < 10_000
    larger = recounting.run(recounting.BUCKETS * 40)
    assert larger["recount_largest_state_bytes"] < found["recount_largest_state_bytes"] + 200
    assert 30 < larger["recount_rru_per_1000"] <= found["recount_rru_per_1000"] <= 100


def test_the_layout_for_many_voters_has_no_hot_key():
    heat = key_heat.run(voters=40_000)["key_heat"]
    assert heat["100000"]["expected"]["hottest_key_writes"] < key_heat.PARTITION_WRITES
    assert heat["100000"]["expected"]["refused_share"] == 0
    assert heat["100000"]["one_item"]["refused_share"] == 0.99


def test_a_vote_takes_less_processor_time_than_the_usual_way():
    assert casting.run(rounds=1)["cast_cpu_ratio"] < 0.7
