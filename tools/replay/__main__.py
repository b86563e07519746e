"""`python -m tools.replay --ballots FILE --orders FILE --crowd N [--url URL] [--limit N]`: `make replay` calls it.

Ends with 0 when every figure agrees, 1 when one does not or something broke, 2 when it could not begin,
130 when it was stopped.
"""

import argparse
import gzip
import sys
import time
from functools import lru_cache
from pathlib import Path

from chalicelib.plumbing.clock import SystemClock
from infra.local import lifetime, tokens
from infra.local.api import Api
from infra.local.manufacturer import SAMPLE_ID
from tools.replay import abif, report, retail, server
from tools.replay.abif import Election
from tools.replay.calls import Calls, Unexpected
from tools.replay.retail import NotOrders, Orders
from tools.replay.run import Replay
from tools.replay.session import Session

# A million voters must not stay in memory with their tokens.
MOST_TOKENS = 20_000


def main() -> int:
    asked = _asked()
    lifetime.follow_parent_if_asked()
    try:
        election, orders = _election(asked.ballots, asked.limit), _orders(asked.orders, asked.limit, asked.times)
    except (OSError, UnicodeDecodeError, NotOrders) as problem:
        print(f"The input cannot be read: {problem}", file=sys.stderr)
        return 2
    try:
        with server.running(asked.url) as url:
            return _replay(url, asked, election, orders)
    except server.ServerDown as problem:
        print(problem, file=sys.stderr)
        return 2
    except Unexpected as problem:
        print(f"The replay cannot go on: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before the end: nothing was compared.", file=sys.stderr)
        return 130


def _replay(url: str, asked: argparse.Namespace, election: Election | None, orders: Orders | None) -> int:
    calls = Calls(Api(url, connections=asked.workers).ask)
    session = Session(calls, lru_cache(MOST_TOKENS)(tokens.issue), SystemClock(), SAMPLE_ID, workers=asked.workers)
    shelf = server.shelf(url)
    if shelf is None:
        print(
            f"{url} is not served from this checkout: stored items cannot be read, pre-orders are asked for one by one."
        )
    replay, began = Replay(session, shelf, burst=asked.burst), time.monotonic()
    voted = [replay.ballots(asked.ballots.name, election)] if election is not None else []
    voted += [replay.crowd(asked.crowd, asked.seed)] if asked.crowd else []
    for campaign_id in filter(None, voted):
        replay.recounted(f"{url}/v1/campaigns/{campaign_id}")
    if orders is not None:
        replay.orders(asked.orders.name, orders)
    print("\n" + "\n".join(report.traffic(calls, time.monotonic() - began)))
    wrong = [figure.name for figure in replay.figures if not figure.agrees]
    print(f"DISAGREES: {'; '.join(wrong)}" if wrong else f"All {len(replay.figures)} figures agree.")
    return 1 if wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.replay", description="Replays real ballots and orders over HTTP.")
    parser.add_argument("--ballots", type=Path, help="ranked ballots (.abif)")
    parser.add_argument("--orders", type=Path, help="order lines (.csv, .csv.gz)")
    parser.add_argument("--crowd", type=_positive, help="so many made-up voters, who vote by every method")
    parser.add_argument("--seed", type=int, default=1, help="what the crowd is made from")
    parser.add_argument("--url", help="a running server; without it, one is started for the replay")
    parser.add_argument("--limit", type=_positive, help="at most so many ballots (in proportion) and rows (the first)")
    parser.add_argument("--times", type=_positive, default=1, help="each customer of the order file is so many fans")
    parser.add_argument("--burst", action="store_true", help="all orders as fast as they are taken, payments or not")
    parser.add_argument("--workers", type=_positive, default=8, help="threads that send requests")
    asked = parser.parse_args()
    if not (asked.ballots or asked.orders or asked.crowd):
        parser.error("name --ballots, --orders or --crowd, or several")
    return asked


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _election(path: Path | None, limit: int | None) -> Election | None:
    if path is None:
        return None
    with path.open(encoding="utf-8") as lines:
        return abif.read(lines, limit=limit)


def _orders(path: Path | None, limit: int | None, times: int) -> Orders | None:
    if path is None:
        return None
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="") as lines
    ):
        return retail.read(lines, limit=limit).times(times)


if __name__ == "__main__":
    sys.exit(main())
