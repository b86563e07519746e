"""What is made of a cut batch: one price, nobody above the own cap, every run at its minimum or empty."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.batches import settlement_store
from chalicelib.batches.model import Batch, ClaimLine
from chalicelib.batches.playbook import Play
from chalicelib.batches.settlement_store import Entry, ManifestDisagrees
from chalicelib.batches.settling import TOP_UP, Verdict, judge
from chalicelib.campaigns import prices
from chalicelib.campaigns.model import Campaign
from chalicelib.room.model import Spot
from chalicelib.room.wants import Wish, Wishes, wishes
from tests import examples
from tests.hands import START
from tests.stored import Stored

WIDE, TELE = "00", "01"
RUNS = [{"kind": "option", "feature_id": "lens", "option_id": lens, "units": 4} for lens in ("wide", "tele")]
FOLD = {"kind": "fold", "feature_id": "lens", "from_option": "tele", "into_option": "wide"}


def decided(texts: dict[str, str], campaign: Campaign | None = None, batch: Batch | None = None) -> Verdict:
    manifest = {ref: wishes(text) for ref, text in texts.items()}
    return judge(campaign or examples.campaign(), batch or examples.batch(), manifest)


class TestWants:
    @pytest.mark.parametrize(
        "text", ["00*2", "00*2/01*1", "01*2-5", "01*2~00", "01*2-5~00/00*1@9000^sqk3f", "00*1@0", "zz*12-100000~10"]
    )
    def test_what_was_written_is_read(self, text: str) -> None:
        assert str(wishes(text)) == text

    def test_the_old_form_means_what_it_meant(self) -> None:
        assert wishes("01*2/00*1") == Wishes((Wish("01", 2, 2), Wish("00", 1, 1)), None, 0)


class TestCaps:
    def test_who_does_not_get_the_own_price_leaves_and_the_others_pay_one(self) -> None:
        verdict = decided({"a": "00*6", "b": "00*3@9999"})
        assert (verdict.made, verdict.units, verdict.quantities) == (True, 6, {WIDE: 6})
        assert {ref: fate.left for ref, fate in verdict.fates.items()} == {"b": "price_above_cap"}

    def test_caps_that_are_met_together_lower_the_price_for_all(self) -> None:
        verdict = decided({"a": "00*6", "b": "00*4@9000"})
        assert (verdict.units, verdict.fates) == (10, {})

    def test_without_enough_at_any_price_nothing_is_made(self) -> None:
        assert not decided({"a": "00*4", "b": "00*4@9000"}).made

    def test_who_leaves_a_run_can_raise_the_price_above_a_cap(self) -> None:
        """Ten units cost 9,000; without the 3 of a lens that is not made they cost 10,000, and b leaves as well."""
        verdict = decided({"a": "00*5", "b": "00*2@9000", "c": "01*3"}, examples.campaign(run_minimums=RUNS))
        assert {ref: fate.left for ref, fate in verdict.fates.items()} == {"b": "price_above_cap", "c": "run_not_made"}
        assert verdict.units == 5

    def test_a_lower_minimum_counts_only_those_who_have_accepted_its_price(self) -> None:
        ladder = [{"from_units": 1, "unit_price_minor": 100}, {"from_units": 5, "unit_price_minor": 90}]
        steps = [{"kind": "next_tier", "minimum": 3}]
        campaign = examples.campaign(price_ladder=ladder, playbook=steps)
        assert decided({"a": "00*4"}, campaign).accepting == {3: 0}
        assert decided({"a": "00*3@100", "b": "00*1"}, campaign).accepting == {3: 3}
        lowered = examples.batch(lowered_minimum=3)
        verdict = decided({"a": "00*3@100", "b": "00*1"}, campaign, lowered)
        assert (verdict.units, verdict.fates["b"].left) == (3, "price_above_cap")


class TestPlays:
    def test_a_fold_is_told_to_each_whose_variant_it_changes(self) -> None:
        campaign = examples.campaign(run_minimums=RUNS, playbook=[FOLD])
        play = Play(index=0, kind="fold", due_at=START, sentence="playbook.fold")
        texts = {"a": "00*3", "b": "01*3"}
        assert not decided(texts, campaign).made
        verdict = decided(texts, campaign, examples.batch(played=(play,)))
        assert (verdict.quantities, verdict.fates["b"].lines, "a" in verdict.fates) == ({WIDE: 6}, ((WIDE, 3),), False)
        assert [move.kind for move in verdict.fates["b"].moves] == ["folded"]

    def test_a_fold_that_was_passed_changes_nothing(self) -> None:
        campaign = examples.campaign(run_minimums=RUNS, playbook=[FOLD])
        play = Play(index=0, kind="fold", passed=True, due_at=START, sentence="playbook.fold_passed")
        assert not decided({"a": "00*3", "b": "01*3"}, campaign, examples.batch(played=(play,))).made

    def test_what_the_organiser_takes_counts_for_the_minimum_and_is_made(self) -> None:
        line = ClaimLine(variant=examples.VARIANT, quantity=2)
        verdict = decided({"a": "01*3"}, batch=examples.batch(top_up=(line,)))
        assert (verdict.made, verdict.quantities, verdict.fates) == (True, {WIDE: 2, TELE: 3}, {})


CODES = st.sampled_from([WIDE, TELE])
LINES = st.builds(
    lambda code, quantity, more, second: Wish(code, quantity, quantity + more, second if second != code else None),
    CODES,
    st.integers(1, 4),
    st.integers(0, 3),
    st.none() | CODES,
)
WISHES = st.builds(
    lambda lines, cap, joined: Wishes(tuple(lines), cap, joined),
    st.lists(LINES, min_size=1, max_size=2),
    st.sampled_from([None, None, 8_000, 9_000, 10_000]),
    st.integers(1, 9),
)


class TestWhateverIsWished:
    @given(st.lists(WISHES, max_size=8), st.integers(0, 6), st.randoms(use_true_random=False))
    def test_all_that_was_agreed_holds(self, wished: list[Wishes], run: int, chance: random.Random) -> None:
        runs = [{**one, "units": run} for one in RUNS] if run else []
        campaign, batch = examples.campaign(run_minimums=runs), examples.batch(minimum=5, capacity=200)
        manifest = {f"r{place}": one for place, one in enumerate(wished)}
        verdict = judge(campaign, batch, manifest)
        shuffled = list(manifest.items())
        chance.shuffle(shuffled)
        assert judge(campaign, batch, dict(shuffled)) == verdict
        if not verdict.made:
            assert not verdict.fates
            return
        assert batch.minimum <= verdict.units == sum(verdict.quantities.values()) <= batch.capacity
        price = prices.tier(campaign.price_ladder, verdict.units).unit_price_minor
        total: Counter[str] = Counter()
        for ref, one in manifest.items():
            fate = verdict.fates.get(ref)
            if fate and fate.left:
                assert not fate.lines
                continue
            lines = fate.lines if fate else tuple((line.code, line.quantity) for line in one.lines)
            for (code, quantity), line in zip(lines, one.lines, strict=True):
                assert code in (line.code, line.second)
                assert line.quantity <= quantity <= line.up_to
                total[code] += quantity
            assert one.cap_minor is None or price <= one.cap_minor
        assert total == verdict.quantities
        assert all(units >= run for units in total.values())

    @given(st.lists(st.builds(lambda n: Wishes((Wish(WIDE, n, n),)), st.integers(1, 4)), max_size=6))
    def test_where_nothing_is_open_the_sum_decides(self, wished: list[Wishes]) -> None:
        manifest = {f"r{place}": one for place, one in enumerate(wished)}
        units = sum(one.lines[0].quantity for one in wished)
        verdict = judge(examples.campaign(), examples.batch(capacity=30), manifest)
        # An option minimum of one unit changes nothing but the way.
        ruled = examples.campaign(run_minimums=[{**RUNS[0], "units": 1}])
        assert verdict == judge(ruled, examples.batch(capacity=30), manifest)
        assert verdict.made == (units >= 5)


class TestStored:
    def test_a_settlement_that_is_written_again_after_a_crash_is_one(self, stored: Stored) -> None:
        campaign, batch = examples.campaign(run_minimums=RUNS), examples.batch(settled=True)
        texts = {f"r_{n:03d}": "01*1~00" for n in range(3)} | {"a_000": "00*4", "b_000": "01*1@8000"}
        entries = {ref: Entry(Spot(1, 1, 0), wishes(text)) for ref, text in texts.items()}
        fates = judge(campaign, batch, {ref: entry.wishes for ref, entry in entries.items()}).fates
        assert len(fates) == 4
        for _ in range(2):
            settlement_store.write(stored.table, batch, entries, fates)
        read = settlement_store.read(stored.table, batch, book=1, group=0)
        assert {ref: (fate.left, fate.lines) for ref, fate in read.items()} == {
            ref: (fate.left, fate.lines) for ref, fate in fates.items()
        }
        assert settlement_store.read(stored.table, batch, book=1, group=1) == {}

    def test_another_fate_for_the_same_pre_order_is_an_alarm(self, stored: Stored) -> None:
        batch, entries = examples.batch(settled=True), {"a_000": Entry(Spot(1, 1, 0), wishes("00*1@8000"))}
        settlement_store.write(stored.table, batch, entries, decided({"a_000": "00*1@8000", "b": "00*5"}).fates)
        other = {
            "a_000": decided({"a_000": "01*1~00", "b": "00*5"}, examples.campaign(run_minimums=RUNS)).fates["a_000"]
        }
        with pytest.raises(ManifestDisagrees):
            settlement_store.write(stored.table, batch, entries, other)


def test_the_organisers_own_units_are_no_pre_order() -> None:
    """So that its name can never be a claim's."""
    assert "_" not in TOP_UP
