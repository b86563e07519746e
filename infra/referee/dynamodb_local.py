"""DynamoDB Local in a process of its own, on a free port of this machine, with nothing kept after the end."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import environment
from infra.local.engine import free_port

FOLDER = environment.ROOT / ".referee"
JAR = FOLDER / "DynamoDBLocal.jar"
POLICY = Path(__file__).with_name("only_this_machine.policy")
# From 24 on, Java has no policies, and would let every machine of the network in.
OLDEST_JAVA, NEWEST_JAVA = 17, 23
_START_SECONDS, _STOP_SECONDS = 60.0, 5.0
# The request to be killed with its parent outlasts the change of program: see `lifetime`.
_FOLLOWING_PROGRAM = """
import ctypes, os, signal, sys
parent, program = int(sys.argv[1]), sys.argv[2:]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has ended already")
os.execv(program[0], program)
"""


class RefereeAbsent(Exception):  # noqa: N818 - told as a fact, like a refusal
    """DynamoDB Local cannot run here, or did not start; the text says what to do."""


@contextmanager
def running() -> Iterator[str]:
    """Yields its URL once it answers. Must be entered from the main thread: see `lifetime`. Raises RefereeAbsent."""
    java = java_or_absent()
    home = tempfile.mkdtemp(prefix="groundswell-referee-")
    port, log = free_port(), Path(home) / "referee.log"
    try:
        with log.open("ab") as output:
            referee = _start(java, port, home, output.fileno())
        try:
            _wait_until_it_answers(referee, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(referee)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def java_or_absent() -> str:
    """The path of a Java that runs it. Raises RefereeAbsent with what is missing and how to get it."""
    java = shutil.which("java")
    if java is None:
        raise RefereeAbsent(
            "DynamoDB Local needs Java 17, and there is none (Debian: apt-get install openjdk-17-jre-headless)."
        )
    version = _version(java)
    if not OLDEST_JAVA <= version <= NEWEST_JAVA:
        raise RefereeAbsent(f"DynamoDB Local needs Java {OLDEST_JAVA} to {NEWEST_JAVA}; `java` is version {version}.")
    if not JAR.exists():
        raise RefereeAbsent("DynamoDB Local is not installed: `make .referee/ready` does it.")
    return java


def _version(java: str) -> int:
    """17 for `openjdk version "17.0.15" 2025-04-15`; 1 for what is older than 9; 0 when it does not say."""
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found[1]) if found else 0


def _start(java: str, port: int, home: str, output: int) -> subprocess.Popen[bytes]:
    # Compiling for long runs costs more than half of the start, and most of a second processor.
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g"]
    closed = ["-Djava.security.manager", f"-Djava.security.policy=={POLICY}"]
    options = ["-inMemory", "-disableTelemetry", "-port", str(port)]
    program = [java, *quick, *closed, "-Djava.library.path=DynamoDBLocal_lib", "-jar", str(JAR), *options]
    return subprocess.Popen(
        [sys.executable, "-c", _FOLLOWING_PROGRAM, str(os.getpid()), *program],
        # A clean environment: no JAVA_TOOL_OPTIONS of the caller's, no account.
        env={"PATH": os.defpath, "HOME": home, "TMPDIR": home},
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _wait_until_it_answers(referee: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while time.monotonic() < ends:
        if referee.poll() is not None:
            raise RefereeAbsent(f"DynamoDB Local ended with status {referee.returncode}: {_last_words(log)}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as asked:
                asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
                if asked.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise RefereeAbsent(f"DynamoDB Local did not answer within {_START_SECONDS:.0f} s: {_last_words(log)}")


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return " / ".join(line.strip() for line in lines[-10:] if line.strip()) or "it said nothing"


def _stop(referee: subprocess.Popen[bytes]) -> None:
    referee.terminate()
    try:
        referee.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        referee.kill()
        referee.wait()
