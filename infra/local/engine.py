"""The engine: MiniStack in a process of its own, on a free port of this machine, with nothing kept after the end."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import environment, lifetime

# The engine as it comes; `infra.emulators.ministack` closes the gaps that a whole deployment meets.
PLAIN = "ministack"
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0


class EngineDown(Exception):  # noqa: N818 - told as a fact, like a refusal
    """The engine did not start or is not installed; the text says what to do."""


@contextmanager
def running(log: Path, program: str = PLAIN, *, state: Path | None = None) -> Iterator[str]:
    """Yields the engine's URL once it answers. Must be entered from the main thread: see `lifetime`.

    `state`: a folder of the caller's that the engine works in; otherwise it has one that goes with it.
    """
    if not environment.ENGINE_PYTHON.exists():
        raise EngineDown("The local engine is not installed: run `make setup` first.")
    own = None if state else tempfile.mkdtemp(prefix="groundswell-engine-")
    port = free_port()
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            engine = _start(program, port, str(state or own), output.fileno())
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_answers(engine, url, log)
            yield url
        finally:
            _stop(engine)
    finally:
        if own:
            shutil.rmtree(own, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on. Someone else may take it before we do; then the start fails and says so."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _start(program: str, port: int, state: str, output: int) -> subprocess.Popen[bytes]:
    # A clean environment: nothing of the caller's may switch on persistence, TLS or another address.
    variables = {
        "PATH": os.defpath,
        "HOME": state,
        "TMPDIR": state,
        "STATE_DIR": state,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": environment.REGION,
        # Otherwise it opens an MQTT port for devices as well.
        "IOT_MTLS_ENABLED": "0",
        # One log line per request costs more than a fifth of its speed.
        "LOG_LEVEL": "WARNING",
        # Never look for a container engine to tidy up.
        "DOCKER_HOST": f"unix://{state}/none.sock",
    }
    command = [str(environment.ENGINE_PYTHON), "-c", lifetime.FOLLOWING_MAIN, str(os.getpid()), program]
    # The folder, not a variable, makes our own program importable: functions inherit variables, and must not find us.
    return subprocess.Popen(
        command,
        env=variables,
        cwd=environment.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _wait_until_it_answers(engine: subprocess.Popen[bytes], url: str, log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        if engine.poll() is not None:
            raise EngineDown(f"The local engine ended with status {engine.returncode}; its output is in {log}.")
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2):  # noqa: S310 - http on this machine
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise EngineDown(f"The local engine did not answer within {_START_SECONDS:.0f} s; its output is in {log}.")


def _stop(engine: subprocess.Popen[bytes]) -> None:
    engine.terminate()
    try:
        engine.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()
