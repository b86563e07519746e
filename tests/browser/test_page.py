"""A fan votes and pre-orders by clicking, on a desktop and on a phone, and every page passes axe."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str = "Ada") -> None:
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in and continue").click()
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def assert_fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"the page is {too_wide} px too wide"


def test_a_fan_votes_then_pre_orders_then_withdraws(site: Site, page: Page) -> None:
    campaign_id = site.voting()

    page.goto(site.url)
    expect(page.get_by_role("heading", name="Campaigns")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("Pocket camera")).first.click()
    expect(page.get_by_role("heading", name="Pocket camera")).to_be_visible()
    sign_in(page)
    page.get_by_role("radio", name=re.compile("^Red")).check()
    page.get_by_role("checkbox", name=re.compile("^Wide")).check()
    page.get_by_role("checkbox", name=re.compile("^Tele")).check()
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()
    site.world.settle_down()
    expect(page.get_by_text("1 ballot so far")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    site.world.clock.forward(seconds=1)
    site.organise(campaign_id, "settle")
    site.organise(campaign_id, "open-presale")
    page.reload()
    expect(page.get_by_role("heading", name="What the fans decided")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Tele")).check()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("€210.00").first).to_be_visible()  # two at 100.00 and 5.00 for the lens
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Review pre-order").click()
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["secured_units"] == 2

    page.get_by_role("link", name="My pre-orders", exact=True).first.click()
    expect(page.get_by_role("heading", name="My pre-orders")).to_be_visible()
    expect(page.get_by_text("Secured").first).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name=re.compile("^Withdraw")).first.click()
    page.get_by_role("button", name="Yes, withdraw").click()
    expect(page.get_by_text(re.compile("is withdrawn. You pay nothing"))).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["held_units"] == 0


def test_the_page_speaks_polish(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/campaigns/{site.voting()}")
    page.get_by_role("button", name="Polski").click()
    expect(page.get_by_role("button", name="Zaloguj się", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "pl"
    assert_accessible(page)
    assert_fits(page)


def test_a_fan_votes_with_the_keyboard_alone(site: Site, page: Page) -> None:
    campaign_id = site.voting()
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    expect(page.get_by_role("radio", name=re.compile("^Red"))).to_be_visible()

    def tab_to(role: str, name: str) -> None:
        wanted = page.get_by_role(role, name=re.compile(f"^{name}"))  # type: ignore[arg-type]
        for _ in range(40):
            page.keyboard.press("Tab")
            if wanted.evaluate("it => it === document.activeElement"):
                return
        pytest.fail(f"{name} cannot be reached with the Tab key")

    tab_to("radio", "Red")
    page.keyboard.press("Space")
    tab_to("button", "Cast ballot")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Grace")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()
    [ballot] = site.world.items("ballot")
    assert ballot["votes"]["colour"] == ["red"]
