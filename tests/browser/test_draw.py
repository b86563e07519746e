"""A wave that is drawn, from the way in to what was drawn."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_page import sign_in
from tests.browser.test_presale import arrive, assert_sound, disclose, fan, presale, summary, to_hour, wave
from tests.cameras import batch_plan

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)


def drawn_sale(site: Site, units: int = 4) -> str:
    waves = [wave(0, 2, units, title="First cameras", draw=True), wave(6, 9, 6, title="Everybody")]
    return presale(site, waves=waves, batches=[batch_plan(capacity=20)])


def enter(site: Site, name: str, campaign_id: str, quantity: int) -> None:
    body = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], "all_or_none": True}
    reply = fan(site, name).put(f"/v1/campaigns/{campaign_id}/waves/1/entry", body)
    assert reply.status == 200, reply.text


def own_entry(site: Site, name: str, campaign_id: str) -> dict[str, Any]:
    return dict(fan(site, name).get(f"/v1/campaigns/{campaign_id}/waves/1/entry").json)


def hold(site: Site, page: Page) -> None:
    """The wave closes, its list is published, the draw is held."""
    for hours in (2, 2.1, 2.2, 2.3):
        to_hour(site, page, hours)
        site.world.settle_down()


def test_a_fan_enters_a_draw_changes_the_entry_and_takes_what_was_drawn(site: Site, page: Page) -> None:
    campaign_id = drawn_sale(site)
    arrive(site, page, campaign_id)
    expect(page.get_by_text("4 units to be drawn")).to_be_visible()
    disclose(page, "How anybody can check this draw")
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    expect(summary(page).get_by_text("everybody who has entered has the same chance")).to_be_visible()
    expect(summary(page).get_by_text("kept for you for 24 hours")).to_be_visible()
    expect(summary(page).get_by_text("€100.00")).to_be_visible()
    expect(page.get_by_text("More ways to order")).to_have_count(0)
    assert_sound(page)

    sign_in(page)
    page.get_by_role("button", name="Enter the draw").click()
    expect(summary(page).locator(".waiting-place")).to_have_text("You are in the draw.")
    expect(page.get_by_role("heading", name="Draw: First cameras")).to_be_focused()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("radio", name="Up to 2 units").check()
    page.get_by_role("button", name="Enter with this instead").click()
    expect(summary(page).get_by_text("Choose differently above")).to_be_visible()
    entry = own_entry(site, "Ada", campaign_id)
    assert (entry["units"], entry["all_or_none"], entry["state"]) == (2, False, "entered")
    disclose(page, "Your entry in the list")
    expect(page.get_by_text(entry["entry_id"])).to_be_visible()
    assert_sound(page)

    hold(site, page)
    page.reload()
    expect(page.get_by_role("link", name=re.compile("A place is kept for you"))).to_be_visible()
    page.get_by_role("link", name=re.compile("A place is kept for you")).click()
    expect(page.get_by_role("heading", name="Your pre-order", exact=True)).to_be_focused()
    expect(summary(page).get_by_text("Drawn: your rank is 1.")).to_be_visible()
    expect(summary(page).get_by_text("You got everything that you wanted.")).to_be_visible()
    disclose(page, "How anybody can check this draw")
    expect(page.get_by_role("link", name=re.compile("waves.1.draw$"))).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Pre-order for at most €200.00").click()
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["secured_units"] == 2


@at_one_size
def test_an_entry_is_taken_back_while_the_wave_is_open(site: Site, page: Page) -> None:
    campaign_id = drawn_sale(site)
    arrive(site, page, campaign_id, "Ada")
    page.get_by_role("button", name="Enter the draw").click()
    page.get_by_role("button", name="Take my entry back").click()
    expect(page.get_by_text("Your entry is taken back.")).to_be_visible()
    expect(page.get_by_role("button", name="Enter the draw")).to_be_visible()


@at_one_size
def test_who_draws_nothing_waits_in_the_order_of_the_draw_or_does_not(site: Site, page: Page) -> None:
    campaign_id = drawn_sale(site, units=1)
    for name in ("Ada", "Bob"):
        enter(site, name, campaign_id, 1)
    hold(site, page)
    [unlucky] = [name for name in ("Ada", "Bob") if own_entry(site, name, campaign_id)["allotted"] == 0]
    arrive(site, page, campaign_id, unlucky)
    expect(summary(page).get_by_text("Drawn: your rank is 2.")).to_be_visible()
    expect(summary(page).get_by_text("You wait for what is given back, in the order of the draw.")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Do not wait any longer").click()
    expect(page.get_by_role("button", name="Do not wait any longer")).to_have_count(0)
    left = fan(site, unlucky).get(f"/v1/campaigns/{campaign_id}/waves/1/entry")
    assert left.status == 404 or left.json["state"] == "left"


@at_one_size
def test_a_draw_is_explained_in_polish(site: Site, page: Page) -> None:
    campaign_id = drawn_sale(site)
    arrive(site, page, campaign_id)
    page.get_by_role("button", name="Polski").click()
    expect(page.get_by_text("Do wylosowania: 4 sztuki")).to_be_visible()
    expect(page.get_by_role("heading", name="Losowanie: First cameras")).to_be_visible()
    disclose(page, "Jak każdy może sprawdzić to losowanie")
    expect(page.get_by_text("Odcisk tajnej liczby")).to_be_visible()
    assert_sound(page)
