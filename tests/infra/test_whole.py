"""The whole, as `make serve` starts it: one line on standard output, an API that answers, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import environment, sample, tokens, whole
from infra.local.api import Api

START_SECONDS, STOP_SECONDS = 60, 20

pytestmark = pytest.mark.skipif(
    not environment.ENGINE_PYTHON.exists(), reason="the local engine is not installed: `make .engine/ready` does it"
)


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "infra.local.serve", *options],
        cwd=environment.ROOT,
        env=environment.child(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    started = start("--port", "0", "--sample", "10")
    yield started
    if started.poll() is None:
        started.kill()
        started.wait()


@pytest.fixture(scope="module")
def url(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    line = server.stdout.readline().strip()
    assert line.startswith("ready http://127.0.0.1:"), server.communicate()
    return line.removeprefix("ready ")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_sample_campaign_can_be_voted_on_and_the_tally_moves(url: str) -> None:
    api = Api(url)
    [campaign] = api.must("GET", "/v1/campaigns")["items"]
    assert (campaign["state"], campaign["title"]) == ("voting", sample.campaign()["title"])
    path, token = f"/v1/campaigns/{campaign['campaign_id']}", tokens.issue("Ada", "fan")
    api.must("PUT", f"{path}/ballot", token=token, body={"votes": {"case": ["brass"]}})
    ends = time.monotonic() + STOP_SECONDS
    while api.must("GET", f"{path}/tally")["ballots"] != 1:
        assert time.monotonic() < ends, "the pump did not carry the ballot to the tally"
        time.sleep(0.1)


def test_a_token_is_asked_for_where_the_cloud_asks_for_one(url: str) -> None:
    api = Api(url)
    assert api.ask("GET", "/v1/preorders") == (401, {"message": "Unauthorized"})
    assert api.ask("GET", "/v1/preorders", token=tokens.issue("Ada", "fan"))[0] == 200


def test_a_port_that_is_taken_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second = start("--port", str(taken.getsockname()[1]))
        said, complained = second.communicate(timeout=START_SECONDS)
    assert (second.returncode, said) == (2, "")
    assert complained.count("\n") == 1
    assert "PORT=" in complained


def test_a_signal_ends_it_with_nothing_left(server: subprocess.Popen[str], url: str) -> None:
    note = whole.run_file(int(url.rpartition(":")[2]))
    assert note.exists()
    engines = children(server.pid)
    assert engines
    server.send_signal(signal.SIGTERM)
    assert server.wait(STOP_SECONDS) == 0
    assert not any(is_alive(pid) for pid in engines)
    assert not note.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_even_a_killed_server_takes_its_engine_along() -> None:
    server = start("--port", "0")
    assert server.stdout is not None
    assert server.stdout.readline().startswith("ready")
    engines = children(server.pid)
    os.kill(server.pid, signal.SIGKILL)
    server.wait()
    ends = time.monotonic() + STOP_SECONDS
    while any(is_alive(pid) for pid in engines):
        assert time.monotonic() < ends
        time.sleep(0.05)
