"""A stranger's program repeats a draw, and names whatever was tampered with."""

import copy
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.waiting import draw
from tools import verify

CAMPAIGN = "0199c0de-0000-7000-8000-000000000001"
PROGRAM = Path(verify.__file__)
SPECIFICATION = PROGRAM.parents[1] / "docs" / "DRAWS.md"
SEED, OTHER_SEED = "5eed" * 16, "bad0" * 16


def digits(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def held(*, count: int = 12, room: int = 10, seed: str = SEED) -> dict[str, Any]:
    """A draw as the project holds and publishes it."""
    entries = [
        draw.Entry(entry_id=digits(number)[:32], units=1 + number % 3, all_or_none=number % 2 == 0)
        for number in range(count)
    ]
    told = draw.list_hash(CAMPAIGN, 1, room, entries)
    return draw.PublishedDraw(
        campaign_id=CAMPAIGN,
        wave=1,
        units=room,
        commitment=draw.commitment(seed),
        seed=seed,
        list_hash=told,
        entries=tuple(draw.hold(seed, told, entries, room=room)),
    ).model_dump(mode="json")


def secret(document: dict[str, Any]) -> dict[str, Any]:
    """The same draw as published before its seed was."""
    entries = [{**one, "rank": None, "allotted": None} for one in document["entries"]]
    return {**document, "seed": None, "entries": entries}


def anew(document: dict[str, Any]) -> None:
    """Holds the draw again on whatever it says now, as a publisher does who knows how."""
    entries = [draw.Entry.model_validate(one) for one in document["entries"]]
    document["commitment"] = draw.commitment(document["seed"])
    document["list_hash"] = draw.list_hash(CAMPAIGN, document["wave"], document["units"], entries)
    drawn = draw.hold(document["seed"], document["list_hash"], entries, room=document["units"])
    document["entries"] = [one.model_dump() for one in drawn]


@pytest.fixture
def heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The program's status and words about a document, and about what is given beside it."""

    def ask(document: Any, *arguments: Any, before: Any = None) -> tuple[int, str]:
        path, earlier = tmp_path / "draw.json", tmp_path / "before.json"
        path.write_text(json.dumps(document))
        earlier.write_text(json.dumps(before))
        given = ["--before", str(earlier)] if before is not None else []
        status = verify.main(["draw", str(path), *given, *map(str, arguments)])
        told = capsys.readouterr()
        return status, told.out + told.err

    return ask


def by_rank(document: dict[str, Any], rank: int) -> dict[str, Any]:
    return next(one for one in document["entries"] if one["rank"] == rank)


# ---- the same draw


@pytest.mark.parametrize(("count", "room"), [(0, 5), (1, 0), (12, 10), (40, 1), (40, 1_000)])
def test_a_draw_of_the_project_is_repeated(count, room, heard):
    assert heard(held(count=count, room=room))[1].startswith("same draw\n")


def test_the_example_of_the_specification_is_the_same_draw(heard):
    block = re.search(r"```json\n(.*?)```", SPECIFICATION.read_text(), re.DOTALL)
    assert block is not None
    status, told = heard(json.loads(block[1]), "--entry", "a" * 32, "--entry", "c" * 32)
    assert status == 0
    assert told.splitlines() == [
        "same draw",
        "4 entries of wave 1 of campaign lamp: commitment, hash of the list, every rank",
        "3 of 3 units allotted, 2 entries wait",
        f"entry {'a' * 32}: rank 2, waits",
        f"entry {'c' * 32}: rank 3, 1 of 3 units",
    ]


def test_all_that_was_noted_and_kept_agrees(heard):
    made = held()
    noted = ["--commitment", made["commitment"].upper(), "--list-hash", made["list_hash"]]
    assert heard(made, *noted, before=secret(made))[0] == 0


# ---- what differs


def wrong(document: dict[str, Any], rank: int, name: str, value: Any) -> None:
    by_rank(document, rank)[name] = value


def swapped(document: dict[str, Any]) -> None:
    first, last = by_rank(document, 1), by_rank(document, 12)
    first["rank"], last["rank"] = 12, 1


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda made: made.update(seed=OTHER_SEED), ["commitment: it is", "the revealed seed makes", ": rank is"]),
        (lambda made: made.update(commitment="0" * 64), ["commitment: it is"]),
        (lambda made: made.update(seed="secret"), ["seed: secret is not 64 hexadecimal digits"]),
        (lambda made: made["entries"].pop(3), ["list_hash: it is", "an entry was dropped, added or changed"]),
        (lambda made: wrong(made, 4, "units", 9), ["list_hash: it is"]),
        (lambda made: wrong(made, 4, "all_or_none", not by_rank(made, 4)["all_or_none"]), ["list_hash: it is"]),
        (lambda made: made.update(units=11), ["list_hash: it is"]),
        (lambda made: made.update(units=-1), ["draw: units is -1"]),
        (lambda made: made.update(wave=2), ["list_hash: it is"]),
        (swapped, ["rank is 12, the draw makes it 1", "rank is 1, the draw makes it 12"]),
        (lambda made: wrong(made, 5, "rank", None), ["rank is nothing, the draw makes it 5"]),
        (lambda made: wrong(made, 1, "allotted", 0), ["allotted is 0, the draw makes it"]),
        (lambda made: wrong(made, 12, "allotted", 1), ["allotted is 1, the draw makes it 0"]),
        (lambda made: made["entries"].reverse(), ["is out of order"]),
        (lambda made: made["entries"].insert(1, made["entries"][0]), ["is in the list twice"]),
        (lambda made: made["entries"].append({}), ["entry 13: entry_id is nothing, not text"]),
        (lambda made: wrong(made, 2, "units", 0), ["it wants 0 units"]),
        (lambda made: wrong(made, 2, "units", True), ["units is true, not a whole number"]),
        (lambda made: wrong(made, 2, "entry_id", "Ada"), ["Ada is not 32 to 64 hexadecimal digits"]),
    ],
)
def test_each_lie_is_named(tamper, says, heard):
    made = held()
    tamper(made)
    status, told = heard(made)
    assert status == 1
    assert [words for words in says if words not in told] == [], told


def dropped(made: dict[str, Any]) -> str:
    return made["entries"].pop(3)["entry_id"] + " was dropped"


def added(made: dict[str, Any]) -> str:
    made["entries"].append({"entry_id": digits("late")[:32], "units": 1})
    return digits("late")[:32] + " was added"


def changed(made: dict[str, Any]) -> str:
    entry_id, all_or_none = made["entries"][3]["entry_id"], made["entries"][3]["all_or_none"]
    made["entries"][3]["units"] = 9
    return f"{entry_id} was changed: 1 {'all' if all_or_none else 'up_to'} in the earlier copy, 9"


def reseeded(made: dict[str, Any]) -> str:
    made["seed"] = OTHER_SEED
    return "commitment: "


def enlarged(made: dict[str, Any]) -> str:
    made["units"] = 20
    return "units: 10 in the earlier copy, 20 now"


@pytest.mark.parametrize("tamper", [dropped, added, changed, reseeded, enlarged])
def test_a_draw_that_was_held_anew_is_named_by_who_kept_the_list(tamper, heard):
    """In itself it is sound: only the earlier copy tells."""
    made = held()
    made["entries"][3]["units"] = 1
    anew(made)
    earlier = secret(copy.deepcopy(made))
    told = tamper(made)
    anew(made)
    assert heard(made)[0] == 0
    status, words = heard(made, before=earlier)
    assert (status, told in words) == (1, True), words


def test_a_draw_that_was_held_anew_is_found_by_who_noted_its_digits(heard):
    made = held()
    noted = ["--commitment", made["commitment"], "--list-hash", made["list_hash"]]
    made["seed"] = OTHER_SEED
    made["entries"].pop()
    anew(made)
    status, told = heard(made, *noted)
    assert (status, [line.partition(":")[0] for line in told.splitlines()]) == (1, ["commitment", "list_hash"])


def test_an_entry_in_the_wrong_place_is_told_once_and_drawn_all_the_same(heard):
    made = held()
    made["entries"].append(made["entries"].pop(3))
    status, told = heard(made)
    assert (status, len(told.splitlines())) == (1, 1)
    assert "entry 12: " in told
    assert "is out of order" in told


def test_an_entry_that_was_left_out_is_missed(heard):
    status, told = heard(held(), "--entry", "0" * 32)
    assert (status, f"entry {'0' * 32} is not in the list" in told) == (1, True)


def test_of_many_wrong_ranks_the_first_are_told(heard):
    made = held(count=40)
    made["seed"] = OTHER_SEED
    made["commitment"] = draw.commitment(OTHER_SEED)
    told = heard(made)[1]
    assert told.count(": rank is") == 5
    assert re.search(r"and \d\d more entries have another rank", told)


# ---- before the seed is revealed


def test_a_draw_that_is_not_held_yet_cannot_be_repeated(heard, tmp_path):
    made = secret(held())
    status, told = heard(made, "--save", tmp_path / "kept" / "copy.json")
    assert (status, "is not drawn yet; its 12 entries make the published hash" in told) == (2, True)
    assert json.loads((tmp_path / "kept" / "copy.json").read_text()) == made


def test_a_list_that_lacks_an_entry_is_named_before_the_draw(heard):
    made = secret(held())
    assert heard(made, "--entry", "0" * 32)[0] == 1
    made["entries"].pop()
    assert "list_hash: it is" in heard(made)[1]


# ---- over the network


@dataclass
class Site:
    """Serves a draw, five entries a page. `endless`: each page names another; `circular`: the same one. `two_faced`:
    later pages have another seed."""

    document: dict[str, Any]
    endless: bool = False
    circular: bool = False
    two_faced: bool = False

    def answer(self, address: str) -> Any:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        if path != f"/api/v1/campaigns/{CAMPAIGN}/waves/1/draw":
            return None
        start = int(query.get("cursor", ["0"])[0])
        following = str(start + 5) if self.endless or start + 5 < len(self.document["entries"]) else None
        following = "5" if self.circular else following
        page = {"entries": self.document["entries"][start : start + 5], "entries_next_cursor": following}
        return {**self.document, **page, **({"seed": OTHER_SEED} if self.two_faced and start else {})}


@pytest.fixture
def serve() -> Iterator[Callable[[Site], str]]:
    servers = []

    def start(site: Site) -> str:
        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = site.answer(self.path)
                self.send_response(200 if found else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/api"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "names",
    [
        [f"/v1/campaigns/{CAMPAIGN}/waves/1/draw"],
        [f"/v1/campaigns/{CAMPAIGN}/", "1"],
        ["", CAMPAIGN, "1"],
        ["/v1", CAMPAIGN, "1"],
    ],
)
def test_a_draw_is_read_page_by_page_and_saved(names, serve, tmp_path, capsys):
    saved = tmp_path / "draw.json"
    address = serve(Site(held())) + names[0]
    assert verify.main(["draw", address, *names[1:], "--save", str(saved)]) == 0
    assert verify.main(["draw", str(saved)]) == 0
    assert capsys.readouterr().out.count("12 entries of wave 1") == 2


@pytest.mark.parametrize(
    ("site", "says"),
    [
        (Site(held(), endless=True), "its pages do not end"),
        (Site(held(), circular=True), "its pages do not end"),
        (Site(held(), two_faced=True), "its pages say different things"),
        (Site(held() | {"wave": 2}), "the draw is of wave 2, not of 1"),
        (Site(held() | {"campaign_id": "other"}), "the draw is of campaign_id other, not of"),
    ],
    ids=["endless", "circular", "two-faced", "another wave", "another campaign"],
)
def test_an_address_that_answers_something_else_is_named(site, says, serve, capsys):
    assert verify.main(["draw", serve(site), CAMPAIGN, "1"]) == 1
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["", CAMPAIGN, "7"], "answers 404"),
        (["", CAMPAIGN], "names no draw"),
        (["", CAMPAIGN, "one"], "names no draw"),
        (["", "../secret", "1"], "names no"),
        ([""], "names no draw"),
    ],
)
def test_what_names_no_draw_ends_with_2(names, says, serve, capsys):
    assert verify.main(["draw", serve(Site(held())) + names[0], *names[1:]]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("names", [[], ["1"]])
def test_a_file_that_is_not_there_ends_with_2(names, tmp_path, capsys):
    assert verify.main(["draw", str(tmp_path / "none.json"), *names]) == 2
    assert "cannot repeat the draw" in capsys.readouterr().err


# ---- whatever is published


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a document at which something can be put."""
    for key in list(document) if isinstance(document, dict) else range(len(document)):
        yield document, key
        if isinstance(document[key], (dict, list)):
            yield from places(document[key])


PLANTED: tuple[Any, ...] = (True, -1, 1.5, "x\x1b", [], {}, [[]], {"a": {}}, 10**17)


def goes_unnoticed(document: dict[str, Any]) -> bool:
    findings: list[str] = []
    try:
        verify.verify_draw(document, verify.Noted([], [], []), findings)
    except (verify.Odd, verify.Unreadable):
        return False
    return not findings


def test_whatever_stands_anywhere_is_a_finding_and_never_a_crash():
    made, unnoticed, chance = held(), [], random.Random(1)
    made.pop("entries_next_cursor")
    for holder, key in list(places(made)):
        value = holder[key]
        for planted in (*chance.sample(PLANTED, 4), None):
            holder[key] = planted
            if json.dumps(planted) != json.dumps(value) and goes_unnoticed(made):
                unnoticed.append((key, value, planted))
        holder[key] = value
    assert goes_unnoticed(made)
    assert unnoticed == []


@pytest.mark.parametrize("text", ["<html>", "[]", "null", '{"wave": 1, "wave": 2}', "[" * 100_000, '"\\ud800"'])
def test_no_text_makes_it_crash(text, tmp_path, capsys):
    (tmp_path / "draw.json").write_text(text)
    assert verify.main(["draw", str(tmp_path / "draw.json")]) in (1, 2)
    assert capsys.readouterr()


def test_it_runs_alone_from_any_folder(tmp_path):
    (tmp_path / "draw.json").write_text(json.dumps(held()))
    (tmp_path / "verify.py").write_text(PROGRAM.read_text())
    command = [sys.executable, "-I", "-S", "verify.py", "draw", "draw.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "same draw", "")
