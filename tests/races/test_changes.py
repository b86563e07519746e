"""Changing a pre-order while something else happens to it: at each call of the change the other runs to its end.

Whatever comes first, everything that is stored agrees with itself afterwards, and the change is made as a whole or not
at all.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.cameras import batch_plan
from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks
from tests.journeys.test_edits import WIDE, edit, placed, wanted
from tests.journeys.test_households import HOME
from tests.races.quick_world import QuickWorld, quickly_opened

Other = Callable[[QuickWorld, str, str], object]
ALL = {"accepts_total_minor": 999_999}


def withdraw(world: QuickWorld, _: str, preorder_id: str) -> object:
    return world.fan("ada").delete(f"/v1/preorders/{preorder_id}")


def change_otherwise(world: QuickWorld, _: str, preorder_id: str) -> object:
    return edit(world, "ada", preorder_id, wanted(({"lens": "tele"}, 3), **ALL))


def let_things_happen(world: QuickWorld, *_: str) -> object:
    return world.settle_down()


def place_another(world: QuickWorld, campaign_id: str, _: str) -> object:
    return world.place("ada", campaign_id, 7, key="k2", address=HOME)


def place_the_same(world: QuickWorld, campaign_id: str, _: str) -> object:
    return world.place("ada", campaign_id, 4, address=HOME)


def fill_the_batch(world: QuickWorld, campaign_id: str, _: str) -> object:
    return [world.place(f"fan{n}", campaign_id, 4, address={**HOME, "street": str(n)}) for n in range(4)]


def close(world: QuickWorld, campaign_id: str, _: str) -> object:
    return world.organiser().post(f"/v1/campaigns/{campaign_id}/close"), world.settle_down()


OTHERS: tuple[Other, ...] = (
    withdraw,
    change_otherwise,
    let_things_happen,
    place_another,
    place_the_same,
    fill_the_batch,
    close,
)


@pytest.fixture
def world() -> Iterator[QuickWorld]:
    with quickly_opened(groundswell, ENVIRONMENT) as opened:
        yield opened


class Died(BaseException):
    """The function is gone, in the middle of its work."""


def prepared(world: QuickWorld, *, secured: bool) -> tuple[str, str]:
    """A fan who may have 11 units, as may the household, has pre-ordered 4, and could pay for 8."""
    campaign_id = world.presale(batches=[batch_plan(minimum=2)], limit_per_fan=11, limit_per_household=11)
    preorder_id = placed(world, "ada", campaign_id, 8, address=HOME)
    if secured:
        world.settle_down()
    assert edit(world, "ada", preorder_id, wanted((WIDE, 4))).status == 200
    if secured:
        world.settle_down()
    return campaign_id, preorder_id


def agrees(world: QuickWorld) -> None:
    """Everything that is stored, and the household's units."""
    checks.agree(world.items(), checks.AT_EVERY_INSTANT)
    world.settle_down()
    checks.everything(world)
    promises = [one for one in world.items("preorder") if one["state"] not in ("withdrawn", "lapsed", "refused")]
    for item in world.items("household"):
        living = [one["units"] for one in promises if one.get("household", "?") in item["pk"]]
        assert item["units"] == sum(living) <= 11


@pytest.mark.parametrize("quantity", [1, 8])
@pytest.mark.parametrize("secured", [False, True], ids=["placed", "secured"])
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.__name__)
def test_whatever_happens_at_the_same_moment(world: QuickWorld, other: Other, *, secured: bool, quantity: int) -> None:
    campaign_id, preorder_id = prepared(world, secured=secured)
    before, cut = world.moment(), 0
    while True:
        world.back_to(before)
        calls = iter(range(1000))

        def cuts_in(when: str, _: str, at: int = cut, calls: Iterator[int] = calls) -> None:
            if when == "before" and next(calls) == at:
                world.engine.hook = None
                other(world, campaign_id, preorder_id)

        world.engine.hook = cuts_in
        reply = edit(world, "ada", preorder_id, wanted((WIDE, quantity), **ALL))
        over, world.engine.hook = world.engine.hook is cuts_in, None
        assert reply.status < 500, reply.text
        agrees(world)
        if over:
            assert reply.status == 200
            break
        cut += 1
    assert cut > 4


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("secured", [False, True], ids=["placed", "secured"])
def test_a_change_that_dies_is_made_by_asking_again(world: QuickWorld, *, secured: bool, when: str) -> None:
    _, preorder_id = prepared(world, secured=secured)
    before, cut = world.moment(), 0
    while True:
        world.back_to(before)
        calls = iter(range(1000))

        def dies(at_call: str, _: str, at: int = cut, calls: Iterator[int] = calls) -> None:
            if at_call == when and next(calls) == at:
                world.engine.hook = None
                raise Died

        world.engine.hook = dies
        try:
            edit(world, "ada", preorder_id, wanted((WIDE, 7), **ALL))
        except Died:
            assert edit(world, "ada", preorder_id, wanted((WIDE, 7), **ALL)).json["units"] == 7
            agrees(world)
            cut += 1
            continue
        world.engine.hook = None
        break
    assert cut > 4
