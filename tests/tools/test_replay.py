"""The replay end to end against a whole Groundswell in this process, with inline files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.tools.test_retail import HEADER, row
from tests.world import World
from tools.replay import abif, retail
from tools.replay.run import Replay
from tools.replay.server import Shelf

VOTES = "3:Ann>Bob\n2:Bob=Cy\n1:Cy>Ann>Bob\n4:\n"
INVOICES = [
    row("100", "11111", 10, customer="1"),
    row("100", "22222", 5, customer="1"),
    row("100", "22222", 5, customer="1"),
    row("101", "11111", 7, customer="2"),
    row("102", "POST", 1, customer="2"),
    row("C103", "22222", -2, customer="1"),
    row("C104", "33333", -1, customer="2"),
    row("105", "11111", 3, customer=""),
    row("106", "33333", 9, customer="3"),
    row("C107", "33333", -9, customer="3"),
]
Make = Callable[..., Replay]


def orders(*rows: str) -> retail.Orders:
    return retail.read([HEADER, *rows])


def test_ballots_are_cast_and_every_count_agrees(make_replay: Make) -> None:
    lines: list[str] = []
    replay = make_replay(lines)
    replay.ballots("inline", abif.read(VOTES.splitlines()))
    assert replay.agrees
    figures = {figure.name: figure for figure in replay.figures}
    assert figures["ballots"].values == {"sent": 6, "API: tally": 6, "API: result": 6, "stored": 6}
    assert figures["votes: first_choice"].values["stored"] == {"Ann": 3, "Cy": 1}
    assert figures["votes: approved"].values["stored"] == {"Ann": 4, "Bob": 6, "Cy": 3}
    assert "not used: blank" in "\n".join(lines)


def test_a_file_of_blank_ballots_sends_nothing(make_replay: Make) -> None:
    replay = make_replay([])
    replay.ballots("blank", abif.read(["100:"]))
    assert replay.agrees
    assert replay.session.calls.requests == 0


def test_a_refused_ballot_is_counted_by_its_code(world: World, make_replay: Make) -> None:
    replay = make_replay([])
    election = abif.read(VOTES.splitlines())
    wire, cast = replay.session.calls.ask, 0

    def closing_early(method: str, path: str, **options: Any) -> tuple[int, Any]:
        nonlocal cast
        cast += method == "PUT"
        if cast == 5:
            return 409, {"code": "voting_closed"}
        return wire(method, path, **options)

    def once(method: str, path: str, **options: Any) -> tuple[int, Any]:
        nonlocal cast
        answer = closing_early(method, path, **options)
        cast += cast == 5
        return answer

    replay.session.calls.ask = once
    replay.ballots("inline", election)
    assert election.account.classes["refused_voting_closed"] == 1
    assert replay.session.calls.refusals == {"voting_closed": 1}
    assert replay.agrees


def test_orders_are_placed_withdrawn_made_and_every_figure_agrees(world: World, make_replay: Make) -> None:
    lines: list[str] = []
    replay = make_replay(lines)
    found = orders(*INVOICES)
    presold = replay.orders("inline", found)
    assert found.account.classes == {
        "preordered": 4,
        "withdrawn": 2,
        "cancellation_unmatched": 1,
        "missing_customer": 1,
        "not_a_product": 1,
        "duplicate": 1,
        "sent": 0,
        "cancelling": 0,
    }
    assert replay.agrees, "\n".join(lines)
    figures = {figure.name: figure.values for figure in replay.figures}
    assert figures["pre-orders placed"] == {"sent": 4, "stored": 4}
    assert figures["pre-orders withdrawn"] == {"sent": 2, "stored": 2}
    assert figures["units wanted in the end, by product"]["stored"] == {"11111": 17, "22222": 3}
    assert len(replay.figures) == 21

    replay.figures.clear()
    replay.shelf = None
    replay.judge(presold, found)
    assert replay.agrees
    assert {"file", "API: pre-orders"} == set(replay.figures[2].values)
    assert all(item["state"] in ("withdrawn", "ordered", "lapsed") for item in world.items("preorder"))


def test_busy_and_silent_answers_are_asked_again_and_counted(make_replay: Make) -> None:
    replay = make_replay([])
    wire, seen = replay.session.calls.ask, []

    def troubled(method: str, path: str, **options: Any) -> tuple[int, Any]:
        seen.append(path)
        if len(seen) % 3 == 1:
            return 409, {"code": "busy"}
        if len(seen) % 3 == 2:
            wire(method, path, **options)  # it took effect, and the answer was lost
            raise TimeoutError
        return wire(method, path, **options)

    replay.session.calls.ask = lambda method, path, **options: (
        troubled(method, path, **options) if path.endswith("/preorders") else wire(method, path, **options)
    )
    replay.orders("inline", orders(*INVOICES[:4]))
    assert replay.agrees
    assert replay.session.calls.refusals == {"busy": 2, "no_answer": 2}


def test_ten_shops_in_one_burst_agree_as_well(make_replay: Make) -> None:
    replay = make_replay([], batches=3)
    replay.burst = True
    replay.orders("inline", orders(*INVOICES[:5]).times(10))
    assert replay.agrees
    figures = {figure.name: figure for figure in replay.figures}
    assert figures["pre-orders placed"].values == {"sent": 20, "stored": 20}
    assert figures["money paid, by batch"].total("stored: payments")
    assert figures["money at the provider"].total("stored: ledger")


class Forgetful:
    """A table that loses one item of a kind whenever it is scanned."""

    def __init__(self, client: Any, kind: str) -> None:
        self._client, self._kind = client, kind

    def get_paginator(self, name: str) -> "Forgetful":
        self._paginator = self._client.get_paginator(name)
        return self

    def _matters(self, item: dict[str, Any]) -> bool:
        """A page that was sealed before anybody came to it holds nothing that could be missed."""
        held = self._kind != "page" or int(item.get("s", {"N": "0"})["N"]) > 0
        return held and item.get("kind", {}).get("S") == self._kind

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        lost = False
        for page in self._paginator.paginate(**request):
            kept = []
            for item in page.get("Items", []):
                if not lost and self._matters(item):
                    lost = True
                else:
                    kept.append(item)
            yield {**page, "Items": kept}


def test_a_lost_item_is_noticed(world: World, make_replay: Make) -> None:
    replay, found = make_replay([]), orders(*INVOICES[:4])
    presold = replay.orders("inline", found)
    assert replay.agrees
    for kind in ("preorder", "page", "payment", "batch", "order_lines"):
        replay.figures.clear()
        replay.shelf = Shelf(Forgetful(world.dynamodb, kind), world.settings.table_name)  # type: ignore[arg-type]
        replay.judge(presold, found)
        assert not replay.agrees, kind


def test_a_lost_ballot_is_noticed(world: World, make_replay: Make) -> None:
    replay = make_replay([])
    replay.shelf = Shelf(Forgetful(world.dynamodb, "ballot"), world.settings.table_name)  # type: ignore[arg-type]
    replay.ballots("inline", abif.read(VOTES.splitlines()))
    assert not replay.agrees


def test_burlington_2009_has_three_winners_over_the_api(elections: Path, make_replay: Make) -> None:
    """As in reality: the plurality winner, the winner of the runoff and the Condorcet winner are three people. In
    proportion, so that it takes seconds; `make replay` casts all 8,980."""
    lines: list[str] = []
    replay = make_replay(lines)
    with (elections / "burl2009.abif").open() as file:
        campaign_id = replay.ballots("Burlington", abif.read(file, limit=100))
    assert replay.agrees
    result = replay.session.calls.must("GET", f"/v1/campaigns/{campaign_id}/result")
    plurality, _, ranking = result["features"]
    assert (plurality["kept"], ranking["runoff"][0], ranking["kept"]) == (["Wright"], "Kiss", ["Montroll"])
    assert "ranking: Schulze Montroll, instant runoff Kiss" in "\n".join(lines)


def test_a_made_up_crowd_votes_by_every_method_and_every_count_agrees(make_replay: Make) -> None:
    replay = make_replay([])
    campaign_id = replay.crowd(40, seed=1)
    assert replay.agrees
    counted = {figure.name: figure.values for figure in replay.figures}
    assert counted["ballots"] == {"sent": 40, "API: tally": 40, "API: result": 40, "stored": 40}
    result = replay.session.calls.must("GET", f"/v1/campaigns/{campaign_id}/result")
    assert {feature["method"] for feature in result["features"] if feature["voters"]} == {
        *("plurality", "approval", "score", "ranked", "best_worst")
    }
