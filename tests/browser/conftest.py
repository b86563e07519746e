"""The built page in a real browser, against a whole Groundswell on moto behind the local gateway: nothing between is
pretended."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import waitress
from moto import mock_aws
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress import wasyncore

from app import app as groundswell
from infra.local import environment, tokens
from infra.local.gateway import Gateway
from infra.local.page import LOCAL_CONFIG
from infra.local.page import Page as ServedPage
from tests.browser import pool as pools
from tests.cameras import new_campaign
from tests.conftest import ENVIRONMENT
from tests.people import claims_of
from tests.world import World, opened

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Long, because a busy machine may be slow; nothing waits for it when all goes well.
PATIENCE_MS = 20_000
ORGANISER = "Olga"
expect.set_options(timeout=PATIENCE_MS)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    if not (environment.PAGE / "index.html").exists():
        pytest.skip("the page is not built (make page)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


class Site:
    """A served world, and where it is. The organiser's calls go past the gateway: what is clicked is the fan's page."""

    def __init__(self, world: World, url: str) -> None:
        self.world, self.url = world, url
        claims = claims_of("olga", groups=["organisers"]) | {"aud": tokens.AUDIENCE}
        # The same person as whoever signs in on the page under this name, as an organiser.
        self._organiser = world.person(claims | {"sub": tokens.claims(ORGANISER, "organiser")["sub"]})

    def voting(self, **changes: Any) -> str:
        """A campaign whose voting is open; answers its id."""
        reply = self._organiser.post("/v1/campaigns", new_campaign(**changes))
        assert reply.status == 201, reply.text
        campaign_id = str(reply.json["campaign_id"])
        self.organise(campaign_id, "open-voting")
        return campaign_id

    def organise(self, campaign_id: str, step: str) -> None:
        assert self._organiser.post(f"/v1/campaigns/{campaign_id}/{step}").status == 200
        self.world.settle_down()

    def give_back(self, preorder_id: str, amount_minor: int, reason: str) -> None:
        body = {"amount_minor": amount_minor, "reason": reason}
        reply = self._organiser.post(f"/v1/preorders/{preorder_id}/refunds", body, Idempotency_Key="refund")
        assert reply.status == 201, reply.text
        self.world.settle_down()

    def ship_date(self, campaign_id: str, number: int, ships_at: str, reason: str) -> None:
        body = {"ships_at": ships_at, "reason": reason}
        reply = self._organiser.post(f"/v1/campaigns/{campaign_id}/batches/{number}/ship-date", body)
        assert reply.status == 200, reply.text
        self.world.settle_down()


@pytest.fixture
def site(browser: Browser) -> Iterator[Site]:
    """A fresh world served on a free port; the test pumps it by hand, so that nothing moves behind its back."""
    with mock_aws(), opened(groundswell, ENVIRONMENT | tokens.SETTINGS) as world, serving() as url:
        yield Site(world, url)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[pools.Pool]:
    with pools.running(tmp_path) as started:
        yield started


@pytest.fixture
def pooled_site(browser: Browser, pool: pools.Pool) -> Iterator[Site]:
    """The same with people signing in to a user pool."""
    settings = ENVIRONMENT | tokens.SETTINGS
    with mock_aws(), opened(groundswell, settings) as world, serving(pool.config) as url:
        pool.home = f"{url}/"
        yield Site(world, url)


@contextmanager
def serving(config: Mapping[str, Any] = LOCAL_CONFIG) -> Iterator[str]:
    gateway = Gateway(groundswell, otherwise=ServedPage(Path(environment.PAGE), config))
    channels: dict[int, Any] = {}
    server = waitress.create_server(gateway, host="127.0.0.1", port=0, threads=6, map=channels)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # By its own thread: a socket must not close under a select.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(channels, ignore_all=True))
    thread.join(5)


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    sizes = {"desktop": (1280, 900), "phone": (360, 740)}
    width, height = sizes[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
