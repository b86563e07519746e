"""The checks of draws agree with sound ones, and tell every disagreement that is planted in them."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from tests.conftest import ENVIRONMENT, groundswell
from tests.invariants import checks, draws
from tests.invariants.items import Items, of
from tests.invariants.test_checks import adding, find, setting
from tests.journeys.test_draws import draw, enter
from tests.journeys.test_waves import to_hour, wave
from tests.races.quick_world import quickly_opened


@pytest.fixture(scope="session")
def drawn_story() -> Items:
    """One wave was drawn; the second stands as a list; the third is open."""
    with quickly_opened(groundswell, ENVIRONMENT) as world:
        campaign_id = world.presale(waves=[wave(1 + n, 2 + n, 4, draw=True) for n in range(3)])
        for number in (1, 2, 3):
            to_hour(world, number)
            for name in ("ada", "bob", "cyd"):
                assert enter(world, name, campaign_id, 2, number).status == 200
            if number == 1:
                draw(world)
        return world.items()


@pytest.fixture
def items(drawn_story: Items) -> Items:
    return deepcopy(drawn_story)


def words(kind: str, name: str, old: str, new: str) -> Callable[[Items], None]:
    """Another word in one page."""

    def spoil(items: Items) -> None:
        page = find(items, kind)
        page[name] = page[name].replace(old, new, 1)

    return spoil


def swapped(kind: str, name: str) -> Callable[[Items], None]:
    """The first two lines of a page change places."""

    def spoil(items: Items) -> None:
        page = find(items, kind)
        first, second, *others = page[name].split("\n")
        page[name] = "\n".join([second, first, *others])

    return spoil


def in_kept_room(items: Items) -> None:
    batch = of(items, "batch")[0]
    number = next(place for place, book in enumerate(batch["books"], start=1) if book.get("draw"))
    pk = f"C#{batch['campaign_id']}#N#0001#K#{number:03d}#P#00000"
    items.append({"pk": pk, "sk": "P", "kind": "page", "n": 1, "x": "p;1;00*1;;f"})


def smaller_offer(items: Items) -> None:
    find(items, "waiting_entry", state="offered")["offer"].update(units=1)


def forgotten(items: Items) -> None:
    find(items, "waiting_entry").update(kind="draw_entry", state="entered")


def cut_otherwise(items: Items) -> None:
    for batch in of(items, "batch"):
        for book in batch["books"]:
            book["each"] = book.get("each", 0) and book["each"] + 1


DRAWN, LISTED = {"wave": 1}, {"wave": 2}
SOUND, KEPT, ENDED = draws.ALL[0], draws.ALL[1], draws.ALL[2]
PLANTED: list[tuple[Callable[[Items], None], Callable[[Items], None], str]] = [
    (SOUND, setting("draw", {"wave": 3}, commitment="f" * 64), "commitment is of another seed"),
    (SOUND, setting("draw", DRAWN, seed="f" * 64), "another seed was revealed"),
    (SOUND, setting("draw", LISTED, seed="f" * 64), "a draw that is listed: its seed"),
    (SOUND, setting("draw", LISTED, units=5), "hash is of another list"),
    (SOUND, words("draw_list", "entries", " 2 ", " 3 "), "hash is of another list"),
    (SOUND, swapped("draw_list", "entries"), "out of order"),
    (SOUND, swapped("draw_ranks", "drawn"), "published ranks are not"),
    (SOUND, adding("waiting_entry", {}, rank=1), "told something else"),
    (SOUND, adding("draw", DRAWN, told=-1), "told out of turn"),
    (SOUND, smaller_offer, "is offered something"),
    (KEPT, in_kept_room, "somebody is in room"),
    (KEPT, cut_otherwise, "cut otherwise"),
    (ENDED, setting("draw", DRAWN, state="held"), "held and not told"),
    (ENDED, setting("draw", DRAWN, told=1), "not every entry was told"),
    (ENDED, forgotten, "an entry was forgotten"),
]


def test_sound_draws_agree_with_themselves(items: Items) -> None:
    checks.agree(items)


@pytest.mark.parametrize(("check", "spoil", "sentence"), PLANTED)
def test_a_planted_disagreement_is_told(
    items: Items, check: Callable[[Items], None], spoil: Callable[[Items], None], sentence: str
) -> None:
    spoil(items)
    with pytest.raises(AssertionError, match=sentence):
        check(items)


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check for check, _, _ in PLANTED} == set(draws.ALL)
