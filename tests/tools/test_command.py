"""The command line: what it refuses to begin with, and the server that it starts."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.replay import __main__ as command
from tools.replay import server
from tools.replay.comparing import Figure


@contextmanager
def no_server(url: str | None) -> Iterator[str]:
    raise AssertionError("no server is needed")
    yield ""


@pytest.fixture(autouse=True)
def unserved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "running", no_server)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["replay", *arguments])
    return command.main()


def test_nothing_to_replay_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch)
    assert ended.value.code == 2


def test_a_missing_or_wrong_file_is_told_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "names.csv"
    wrong.write_text("name,price\nlamp,3\n")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(b"no gzip")
    assert run(monkeypatch, "--ballots", str(tmp_path / "none.abif")) == 2
    assert run(monkeypatch, "--orders", str(wrong)) == 2
    assert run(monkeypatch, "--orders", str(broken)) == 2
    assert capsys.readouterr().err.count("The input cannot be read") == 3


def test_a_url_that_this_checkout_does_not_serve_has_no_shelf() -> None:
    assert server.shelf("http://127.0.0.1:1") is None


def test_figures_agree_when_every_entry_does_and_zeros_do_not_count() -> None:
    assert Figure("units", {"file": {"a": 1, "b": 0}, "stored": {"a": 1}}).agrees
    swapped = Figure("units", {"file": {"a": 1, "b": 2}, "stored": {"a": 2, "b": 1}})
    assert not swapped.agrees
    assert swapped.total("file") == swapped.total("stored") == 3
    assert swapped.difference() == "a, b"
