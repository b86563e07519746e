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
from typing import Any

from tqdm import tqdm

from infra.local import environment, lifetime, outcomes, recount, sample, tokens
from infra.local.api import Api, Unexpected
from infra.local.crowd import Crowd
from infra.local.fans import gather

DEFAULT_CROWD, FEWEST = 100, 5
_AGREE_SECONDS = 20.0


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
        env=environment.child(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _ready(server: subprocess.Popen[str]) -> str:
    """The URL once it answers; empty when the server ended instead, having said why."""
    assert server.stdout is not None
    return server.stdout.readline().strip().removeprefix("ready ")


def _show(server: subprocess.Popen[str], url: str, size: int) -> int:
    started = time.monotonic()
    crowd = _play(url, size)
    run = json.loads(Path(environment.LOCAL / f"run-{url.rpartition(':')[2]}.json").read_text())
    stored, differing = _compare(run, crowd)
    _summarise(stored, crowd, time.monotonic() - started)
    for one in differing:
        print(f"  DISAGREES  {one.figure}: stored items say {one.stored}, the API says {one.told}")
    print("  figures agree" if not differing else f"  {len(differing)} figures disagree")
    print(f"\nThe page: {url}/campaigns/{crowd.campaign_id}")
    if environment.option("EXIT") != "1":
        print("Serving until Ctrl-C.", flush=True)
        server.wait()
    return 1 if differing else 0


def _play(url: str, size: int) -> Crowd:
    api = Api(url)
    campaign = api.must("GET", "/v1/campaigns")["items"][0]
    fans = gather(campaign, size)
    milestones = 8
    steps = sum(fan.steps for fan in fans) + milestones
    # A log, unlike a terminal, keeps every redrawn bar.
    pause_seconds = 0.1 if sys.stdout.isatty() else 5.0
    with tqdm(total=steps, unit="step", file=sys.stdout, mininterval=pause_seconds, dynamic_ncols=True) as bar:
        crowd = Crowd(api, campaign["campaign_id"], fans, bar.update)
        for text, act in (
            ("voting", crowd.vote),
            ("settling", crowd.settle),
            ("pre-ordering", crowd.preorder),
            ("waiting", crowd.queue_up),
            ("filling", crowd.fill_first_batch),
            ("ordering", crowd.wait_for_acceptance),
        ):
            bar.set_description(f"{text:12}", refresh=False)
            act()
        bar.total = bar.n
        bar.set_description("done        ", refresh=False)
    return crowd


def _compare(run: dict[str, Any], crowd: Crowd) -> tuple[recount.Figures, list[recount.Disagreement]]:
    """Recounts until both sides agree or time is up: what the stream carries may be seconds behind."""
    environment.forget_foreign()
    environment.export({**environment.credentials(run["engine_url"]), **run["settings"]})
    import boto3  # noqa: PLC0415 - reads the environment that was just made

    client, token = boto3.client("dynamodb"), tokens.issue(sample.ORGANISER, "organiser")
    ends = time.monotonic() + _AGREE_SECONDS
    while True:
        items = recount.stored_items(client, run["settings"]["TABLE_NAME"])
        stored = recount.recounted(items, crowd.campaign_id)
        received = recount.received_by(run["manufacturer_url"])
        touched = outcomes.touched(items, crowd.campaign_id) & crowd.placed.keys()
        said = recount.told(
            crowd.api,
            crowd.campaign_id,
            organiser_token=token,
            received=received,
            entries=crowd.own_entries(),
            preorders=crowd.own_preorders(touched),
        )
        differing = recount.disagreements(stored, said)
        if not differing or time.monotonic() > ends:
            return stored, differing
        time.sleep(0.5)


def _summarise(stored: recount.Figures, crowd: Crowd, seconds: float) -> None:
    refused = ", ".join(f"{number} {code}" for code, number in sorted(crowd.refusals.items())) or "none"
    print(f"\nIn {seconds:.0f} s, {crowd.requests} requests (refused: {refused}). Recounted from stored items:")
    print(f"  {stored['ballots']} ballots")
    for feature, counts in stored["votes"].items():
        liked = sorted(counts.items(), key=lambda option: -option[1])
        print(f"    {feature}: " + ", ".join(f"{option} {votes}" for option, votes in liked))
    _summarise_outcomes(stored)
    number = 1
    while (state := stored.get(f"batch {number} state")) is not None:
        print(f"  batch {number}: {state}, {stored[f'batch {number} secured units']} units secured")
        for variant, units in sorted(stored.get(f"batch {number} order lines", {}).items()):
            print(f"    order line: {units:4} x {variant}")
        if (total := stored.get(f"batch {number} order total")) is not None:
            print(f"    order total: {total / 100:.2f} EUR, received and accepted by the manufacturer")
        number += 1


def _summarise_outcomes(stored: recount.Figures) -> None:
    """Who waited and was offered a place, and what the lock did to whom."""
    waited = stored["waiting list"]
    offered = sum(units for state, units in waited.items() if state in ("offered", "taken"))
    print(f"  waiting list: {sum(waited.values())} waited, {offered} were offered a place")
    for title, found in (("moved at the lock", stored["moves"]), ("let go", stored["left"])):
        told = ", ".join(f"{number} {why}" for why, number in sorted(found.items()))
        print(f"  {title}: {told or 'nobody'}")


def _stop(server: subprocess.Popen[str]) -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


if __name__ == "__main__":
    sys.exit(main())
