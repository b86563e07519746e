"""What a first visit fetches, compressed as the CDN does it: scripts, styles, words and the page itself."""

import gzip

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Site
from tests.browser.test_presale import AGREED, arrive, presale, wave
from tests.cameras import batch_plan

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["desktop"], indirect=True)

BUDGET_BYTES = 40_000
SETTLED_MS = 1_000


class Weighed:
    """What a page fetches of our own files from now on; not the API's answers, which depend on the campaign."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", lambda answer: self._answers.append(answer))  # noqa: PLW0108 -- playwright takes no built-in method

    def files(self) -> dict[str, int]:
        ours = [answer for answer in self._answers if answer.ok and "/v1/" not in answer.url]
        return {answer.url.rpartition("/")[2]: len(gzip.compress(answer.body(), 6)) for answer in ours}


def assert_light(page: Page, weighed: Weighed) -> None:
    # What is fetched for the first sight may still be on its way.
    page.wait_for_timeout(SETTLED_MS)
    files = weighed.files()
    heaviest = "\n".join(f"{size:7} {name}" for name, size in sorted(files.items(), key=lambda file: -file[1]))
    assert 20_000 < sum(files.values()) < BUDGET_BYTES, f"{sum(files.values())} bytes are fetched:\n{heaviest}"


def in_polish(page: Page) -> None:
    """The longer words of the two languages."""
    page.add_init_script("localStorage.setItem('groundswell.language', 'pl')")


@at_one_size
def test_a_first_visit_to_a_vote_is_light(site: Site, page: Page) -> None:
    in_polish(page)
    weighed = Weighed(page)
    page.goto(f"{site.url}/campaigns/{site.voting()}")
    expect(page.get_by_role("button", name="Oddaj głos")).to_be_visible()
    assert_light(page, weighed)


@at_one_size
def test_a_first_visit_to_a_pre_sale_is_light(site: Site, page: Page) -> None:
    campaign_id = presale(site, playbook=AGREED)
    in_polish(page)
    weighed = Weighed(page)
    arrive(site, page, campaign_id)
    expect(page.get_by_role("button", name="Sprawdź zamówienie")).to_be_visible()
    assert_light(page, weighed)


@at_one_size
def test_a_first_visit_to_a_pre_sale_in_waves_is_light(site: Site, page: Page) -> None:
    waves = [wave(0, 2, 8, title="Early birds", access_code="early-bird-7"), wave(2, 8, 6, title="All")]
    campaign_id = presale(site, waves=waves, playbook=AGREED, batches=[batch_plan(capacity=20)])
    in_polish(page)
    weighed = Weighed(page)
    arrive(site, page, campaign_id)
    expect(page.get_by_label("Kod dostępu")).to_be_visible()
    assert_light(page, weighed)


@at_one_size
def test_the_result_is_fetched_when_a_fan_of_a_pre_sale_comes_to_it(site: Site, page: Page) -> None:
    campaign_id = presale(site, batches=[batch_plan(), batch_plan()], playbook=AGREED)
    page.set_viewport_size({"width": 1280, "height": 500})
    weighed = Weighed(page)
    arrive(site, page, campaign_id)
    expect(page.get_by_role("button", name="Review pre-order")).to_be_visible()
    assert not any(name.startswith("Certificate") for name in weighed.files())
    page.get_by_role("heading", name="What the fans decided").scroll_into_view_if_needed()
    expect(page.get_by_text("The 2 best options were to be kept.")).to_be_visible()
    assert any(name.startswith("Certificate") for name in weighed.files())
