"""`make demo`: a whole campaign in a minute, from the first ballot to an accepted manufacturing order.

Ends with a summary whose every figure is recounted from stored items and compared with what the API tells.
CROWD=n fans (at least 5), PORT=n, EXIT=1 to end there: with 0, or with 1 if a figure disagrees.
"""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

from infra.local import environment, lifetime, summary
from infra.local.api import Api, Unexpected
from infra.local.crowd import Crowd
from infra.local.fans import gather
from infra.local.judging import Judge
from infra.local.latecomers import Latecomers
from infra.local.payers import Payers

DEFAULT_CROWD, FEWEST = 100, 5
# So long the day lasts in which a declined payment can be mended: charging a large crowd takes its time.
_SECONDS_PER_DAY, _FANS_PER_SECOND = 6, 15


def main() -> int:
    """0 when all figures agree, 1 when not or when something broke, 2 when it could not start."""
    size = environment.number("CROWD", DEFAULT_CROWD)
    if size < FEWEST:
        print(f"CROWD must be at least {FEWEST}: a batch has to fill.", file=sys.stderr)
        return 2
    # Also when whoever started us ignores Ctrl-C, as a shell does for what it runs in the background.
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, signal.default_int_handler)
    lifetime.follow_parent_if_asked()
    server = _start(size)
    try:
        url = _ready(server)
        return _show(server, url, size) if url else server.wait()
    except KeyboardInterrupt:
        return 0
    except Unexpected as problem:
        print(f"\nThe demo stopped: {problem}", file=sys.stderr)
        return 1
    finally:
        _stop(server)


def _start(first_batch_units: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "infra.local.serve", "--sample", str(first_batch_units)]
    if port := environment.option("PORT"):
        command += ["--port", port]
    print("Starting the local cloud ...", flush=True)
    # Its own session: Ctrl-C reaches the demo alone, which then stops the server in good order.
    return subprocess.Popen(
        command,
        cwd=environment.ROOT,
        env=environment.child(SECONDS_PER_DAY=str(_grace_seconds(first_batch_units))),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _grace_seconds(size: int) -> int:
    return environment.number("SECONDS_PER_DAY", _SECONDS_PER_DAY + size // _FANS_PER_SECOND)


def _ready(server: subprocess.Popen[str]) -> str:
    """The URL once it answers; empty when the server ended instead, having said why."""
    assert server.stdout is not None
    return server.stdout.readline().strip().removeprefix("ready ")


def _show(server: subprocess.Popen[str], url: str, size: int) -> int:
    started = time.monotonic()
    crowd, latecomers, payers = _play(url, size)
    run = json.loads(Path(environment.LOCAL / f"run-{url.rpartition(':')[2]}.json").read_text())
    stored, differing = Judge(run, crowd, latecomers, payers).compare()
    print("\n".join(summary.lines(stored, crowd, time.monotonic() - started)))
    for one in differing:
        print(f"  DISAGREES  {one.figure}: stored items say {one.stored}, the API says {one.told}")
    print("  figures agree" if not differing else f"  {len(differing)} figures disagree")
    print(f"\nThe page: {url}/campaigns/{crowd.campaign_id}")
    if environment.option("EXIT") != "1":
        print("Serving until Ctrl-C.", flush=True)
        server.wait()
    return 1 if differing else 0


def _play(url: str, size: int) -> tuple[Crowd, Latecomers, Payers]:
    api = Api(url)
    campaign = api.must("GET", "/v1/campaigns")["items"][0]
    fans = gather(campaign, size)
    milestones = 8
    steps = sum(fan.steps for fan in fans) + milestones
    # A log, unlike a terminal, keeps every redrawn bar.
    pause_seconds = 0.1 if sys.stdout.isatty() else 5.0
    with tqdm(total=steps, unit="step", file=sys.stdout, mininterval=pause_seconds, dynamic_ncols=True) as bar:
        crowd = Crowd(api, campaign["campaign_id"], fans, bar.update)
        latecomers, payers = Latecomers(crowd), Payers(crowd, _grace_seconds(size))
        for text, act in (
            ("voting", crowd.vote),
            ("settling", crowd.settle),
            ("pre-ordering", crowd.preorder),
            ("confirming", payers.answer_banks),
            ("waiting", latecomers.queue_up),
            ("filling", latecomers.fill_first_batch),
            ("collecting", payers.mend),
            ("ordering", crowd.wait_for_acceptance),
        ):
            bar.set_description(f"{text:12}", refresh=False)
            act()
        bar.total = bar.n
        bar.set_description("done        ", refresh=False)
    return crowd, latecomers, payers


def _stop(server: subprocess.Popen[str]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())
