"""`make serve`: serves Groundswell on this machine until it is told to stop.

Standard output carries one line, `ready http://127.0.0.1:n`; everything else goes to .local/serve.log.
"""

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import TextIO

from infra.local import environment, lifetime, sample, whole
from infra.local.api import Api
from infra.local.engine import EngineDown

DEFAULT_PORT = 8000
LOG = environment.LOCAL / "serve.log"
_HIGHEST_PORT = 65535
_MOST_LOG_BYTES = 20_000_000
_log = logging.getLogger(__name__)


class PortTaken(Exception):  # noqa: N818 - told as a fact, like a refusal
    """The port that was asked for cannot be had."""


class Interrupted(BaseException):
    """A signal asks for the end. It passes every `except Exception`, so that each `finally` on its way runs."""


def main() -> int:
    """Serves until a signal and ends with 0; with 2 and one sentence when it cannot start, 1 when something broke."""
    asked = _asked()
    told = _redirect_output()
    _interrupt_once()
    lifetime.follow_parent_if_asked()
    try:
        _serve(asked.port, asked.sample, told)
    except Interrupted:
        _log.info("stopped by a signal")
        return 0
    except (EngineDown, PortTaken) as problem:
        print(problem, file=sys.stderr)
        return 2
    except Exception as problem:  # noqa: BLE001 - the last door: told in one sentence, logged in full
        _log.exception("could not go on")
        print(f"Groundswell could not go on: {problem!r}. More is in {LOG}.", file=sys.stderr)
        return 1
    return 0


def _serve(port: int | None, sample_units: int | None, told: TextIO) -> None:
    with whole.running(listen(port)) as url:
        if sample_units is not None:
            sample.open_for_voting(Api(url), sample_units or sample.CAPACITY_UNITS)
        print(f"ready {url}", file=told, flush=True)
        threading.Event().wait()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Runs Groundswell on this machine.")
    parser.add_argument("--port", type=int, help=f"default {DEFAULT_PORT}, or a free one if that is taken")
    parser.add_argument(
        "--sample", type=int, nargs="?", const=0, metavar="UNITS", help="open the sample campaign; UNITS fill a batch"
    )
    return parser.parse_args()


def listen(port: int | None) -> socket.socket:
    """A socket that listens on the port. Only the default one is swapped for a free one when it is taken."""
    wanted = DEFAULT_PORT if port is None else port
    if not 0 <= wanted <= _HIGHEST_PORT:
        raise PortTaken(f"{wanted} is no port: choose one from 1 to {_HIGHEST_PORT}.")
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", wanted))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if port is None:
            return listen(0)
        raise PortTaken(f"Port {port} cannot be used ({error.strerror}): choose another one with PORT=.") from None
    return listening


def _interrupt_once() -> None:
    """The first signal unwinds the main thread; further ones during that change nothing."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for wanted in (signal.SIGINT, signal.SIGTERM):
            signal.signal(wanted, signal.SIG_IGN)
        raise Interrupted

    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, interrupt)


def _redirect_output() -> TextIO:
    """Keeps the real standard output for the one line; what handlers print, metrics among it, goes to the log."""
    environment.LOCAL.mkdir(exist_ok=True)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    if LOG.exists() and LOG.stat().st_size > _MOST_LOG_BYTES:
        LOG.unlink()
    # Appending: several runs may be under way.
    log = LOG.open("a", buffering=1)
    os.dup2(log.fileno(), sys.stdout.fileno())
    sys.stdout = log
    logging.basicConfig(stream=log, level=logging.INFO, format="%(asctime)s %(threadName)s %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    return told


if __name__ == "__main__":
    sys.exit(main())
