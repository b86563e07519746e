"""The whole of Groundswell on this machine, as one context: engine, resources, sample manufacturer, gateway, pump, and
the simulated payment provider's mailman.

```
browser, crowd --HTTP--> gateway -> app --> engine (table, queues, secrets)
                                     ^          | stream, messages
sample manufacturer <--webhook-- handlers <-- pump
mailman --event--> gateway
```
Imports of the app happen late, inside functions: its modules read their settings when they are imported.
"""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import engine, environment, manufacturer, resources, tokens
from infra.local.api import Api

if TYPE_CHECKING:
    from chalice.app import Chalice

_THREADS = 8
# Deployed: 180 s. Nobody waits three minutes at a terminal for a second try.
_VISIBILITY_SECONDS = 10
# Deployed: a minute.
_SCHEDULE_SECONDS = 2.0
_DRAIN_SECONDS = 1
# Of a day for mending a declined payment.
_SECONDS_PER_DAY = 60
# Of a stream record, two seconds in all, before it is parked.
_TRIES = 10
_JOIN_SECONDS = 10.0


@contextmanager
def running(listening: socket.socket) -> Iterator[str]:
    """Everything, serving on this socket; yields the URL once the API answers. Once per process, in the main thread."""
    port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as parts:
        endpoint = parts.enter_context(engine.running(environment.LOCAL / "engine.log"))
        secret = manufacturer.new_secret()
        maker_url = parts.enter_context(manufacturer.receiving(manufacturer.SampleManufacturer(secret), url))
        settings = _settings(endpoint, url, maker_url)
        _register(secret, maker_url, settings)
        from app import app  # noqa: PLC0415 - only now do its settings exist

        parts.enter_context(_gateway(app, listening))
        parts.enter_context(_pump(app))
        Api(url).must("GET", "/v1/campaigns")
        parts.enter_context(_mailman(url))
        run = {"url": url, "pid": os.getpid(), "engine_url": endpoint, "manufacturer_url": maker_url}
        parts.enter_context(_noted(run_file(port), {**run, "settings": settings}))
        yield url


def run_file(port: int) -> Path:
    """Where other tools on this machine find a run and its stored items, as long as it lasts."""
    return environment.LOCAL / f"run-{port}.json"


def _settings(endpoint: str, url: str, maker_url: str) -> dict[str, str]:
    """Exports the settings of all functions, most of them the stack's outputs, and answers them."""
    environment.forget_foreign()
    environment.export(environment.credentials(endpoint))
    import boto3  # noqa: PLC0415 - reads the environment that was just made

    cloudformation = boto3.client("cloudformation")
    made = resources.create(cloudformation, environment.STAGE, visibility_timeout_seconds=_VISIBILITY_SECONDS)
    settings = {
        **made,
        **tokens.SETTINGS,
        "OUTBOUND_ALLOW": maker_url.removeprefix("http://").partition("/")[0],
        "DRAIN_SECONDS": str(_DRAIN_SECONDS),
        "PUBLIC_URL": url,
        "PAYMENT_PROVIDER": "simulated",
        "SECONDS_PER_DAY": str(environment.number("SECONDS_PER_DAY", _SECONDS_PER_DAY)),
        "TRACING": "off",
        "LOG_LEVEL": environment.option("LOG_LEVEL", "INFO"),
        "POWERTOOLS_SERVICE_NAME": "groundswell",
        "POWERTOOLS_METRICS_NAMESPACE": "Groundswell",
    }
    environment.export(settings)
    return settings


def _register(secret: str, maker_url: str, settings: dict[str, str]) -> None:
    """Makes the sample manufacturer known, as `tools/manufacturer.py` does for a real one."""
    import boto3  # noqa: PLC0415

    from chalicelib.manufacturing import store  # noqa: PLC0415
    from chalicelib.manufacturing.model import Manufacturer  # noqa: PLC0415
    from chalicelib.plumbing import ports  # noqa: PLC0415

    name = f"{settings['WEBHOOK_SECRET_PREFIX']}{manufacturer.SAMPLE_ID}"
    boto3.client("secretsmanager").create_secret(Name=name, SecretString=secret)
    entry = Manufacturer(manufacturer_id=manufacturer.SAMPLE_ID, name=manufacturer.SAMPLE_NAME, endpoint_url=maker_url)
    ports.current().table.commit(store.registering(entry))


@contextmanager
def _gateway(app: "Chalice", listening: socket.socket) -> Iterator[None]:
    import waitress  # noqa: PLC0415
    from waitress import wasyncore  # noqa: PLC0415

    from infra.local.gateway import MOST_BODY_BYTES, Gateway  # noqa: PLC0415
    from infra.local.page import Page  # noqa: PLC0415

    channels: dict[int, Any] = {}
    server = waitress.create_server(
        Gateway(app, otherwise=Page(environment.PAGE)),
        map=channels,
        sockets=[listening],
        threads=_THREADS,
        ident="groundswell",
        # Above what the gateway refuses, so that the refusal is the gateway's own.
        max_request_body_size=2 * MOST_BODY_BYTES,
    )
    thread = threading.Thread(target=server.run, name="gateway", daemon=True)
    thread.start()
    try:
        yield
    finally:
        # Closed by its own thread, with the connections that clients keep open: a socket must not close under a select.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(channels, ignore_all=True))
        thread.join(_JOIN_SECONDS)


@contextmanager
def _pump(app: "Chalice") -> Iterator[None]:
    import boto3  # noqa: PLC0415

    from infra.local.pump import Pump  # noqa: PLC0415

    stop = threading.Event()
    streams, sqs = boto3.client("dynamodbstreams"), boto3.client("sqs")
    threads = Pump(app, streams=streams, sqs=sqs, most_tries=_TRIES, every_seconds=_SCHEDULE_SECONDS).run(stop)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_JOIN_SECONDS)


@contextmanager
def _mailman(url: str) -> Iterator[None]:
    from chalicelib.plumbing import ports  # noqa: PLC0415
    from chalicelib.plumbing.gateway.simulated import SimulatedProvider  # noqa: PLC0415
    from infra.local import mailman  # noqa: PLC0415

    provider = ports.current().gateway
    assert isinstance(provider, SimulatedProvider)
    with mailman.walking(provider, url):
        yield


@contextmanager
def _noted(path: Path, run: dict[str, object]) -> Iterator[None]:
    _forget_dead_runs()
    path.write_text(json.dumps(run, indent=1))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _forget_dead_runs() -> None:
    """A run that was killed could not take its note along."""
    for path in environment.LOCAL.glob("run-*.json"):
        try:
            os.kill(int(json.loads(path.read_text())["pid"]), 0)
        except (ProcessLookupError, ValueError, KeyError, FileNotFoundError):
            path.unlink(missing_ok=True)
        except PermissionError:
            continue
