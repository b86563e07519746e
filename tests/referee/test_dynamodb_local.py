"""The referee's own process: who may talk to it, and what is said where it cannot run."""

import socket
import sys
from pathlib import Path

import pytest

from infra.referee import dynamodb_local
from infra.referee.dynamodb_local import RefereeAbsent
from tests.tables import Tables


def ask(referee: Tables, *, coming_from: str) -> bytes:
    """The first bytes of its answer; none when it hangs up."""
    port = int(referee.dynamodb().meta.endpoint_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(coming_from, 0)) as asked:
        try:
            asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return asked.recv(8)
        except ConnectionError:
            return b""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a second address without a network")
def test_it_answers_to_this_machine_and_to_no_other_address(referee: Tables) -> None:
    """127.0.0.2 stands for any other machine."""
    assert ask(referee, coming_from="127.0.0.1") == b"HTTP/1.1"
    assert ask(referee, coming_from="127.0.0.2") == b""


def test_without_java_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefereeAbsent, match=r"needs Java 17, and there is none \(Debian: apt-get install"):
        dynamodb_local.java_or_absent()


@pytest.mark.parametrize(("told", "version"), [("11.0.2", 11), ("24", 24), ("1.8.0_452", 1), ("?", 0)])
def test_with_another_java_it_says_which(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, told: str, version: int
) -> None:
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{told}\" 2025-04-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefereeAbsent, match=f"needs Java 17 to 23; `java` is version {version}"):
        dynamodb_local.java_or_absent()
