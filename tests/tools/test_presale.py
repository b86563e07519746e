"""The crowd waits for the background, and gives up when that stands still."""

from typing import Any

import pytest

from tests.hands import HandClock
from tests.tools.conftest import token_of
from tests.tools.test_retail import HEADER, row
from tools.replay import presale, retail
from tools.replay.calls import Calls, Unexpected
from tools.replay.presale import Pace
from tools.replay.session import Session

INVOICE = retail.read([HEADER, row()]).invoices[0]


class Background:
    """A batch of 100 units, all of them held, of which some more are secured whenever somebody looks."""

    def __init__(self, a_look: int) -> None:
        self.secured, self.a_look, self.looks = 0, a_look, 0

    def __call__(self, method: str, path: str, **_: Any) -> tuple[int, Any]:
        assert (method, path) == ("GET", "/v1/campaigns/campaign/batches")
        self.looks += 1
        self.secured += self.a_look
        batch = {"held_units": 100, "secured_units": self.secured, "capacity": 100, "state": "open"}
        return 200, {"items": [batch]}


def pace(background: Background) -> Pace:
    clock = HandClock()
    calls = Calls(background, pause=lambda seconds: clock.forward(seconds=seconds))
    return Pace(Session(calls, token_of, clock, "maker", quiet=True), "campaign", every=2)


def test_every_so_often_the_crowd_waits_until_most_units_are_secured() -> None:
    background, acted = Background(a_look=20), []
    waiting = pace(background)
    waiting.then(acted.append, INVOICE)
    assert background.looks == 0
    waiting.then(acted.append, INVOICE)
    assert (background.looks, len(acted)) == (4, 2)


def test_a_background_that_stands_still_ends_the_replay() -> None:
    waiting, acted = pace(Background(a_look=0)), []
    waiting.then(acted.append, INVOICE)
    with pytest.raises(Unexpected, match="stands still"):
        waiting.then(acted.append, INVOICE)
    assert len(acted) == 1


def test_a_batch_that_never_ends_is_not_waited_for_for_ever() -> None:
    session = pace(Background(a_look=0)).session
    assert not presale.await_rest(session, "campaign", lambda: 0)


def test_one_fan_s_invoices_stay_together_and_in_order() -> None:
    rows = [row(str(number), customer=f"{number % 7}.0") for number in range(40)]
    shares = presale._shares(retail.read([HEADER, *rows]).invoices, 3)
    homes: dict[str, int] = {}
    for place, share in enumerate(shares):
        assert [int(invoice.number) for invoice in share] == sorted(int(invoice.number) for invoice in share)
        for invoice in share:
            assert homes.setdefault(invoice.customer, place) == place
    assert sum(map(len, shares)) == 40
