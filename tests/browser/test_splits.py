"""Ordering where one batch has too little room, one address is limited, or a wave allows fewer units."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_presale import arrive, assert_sound, fan, place, presale, summary, wave
from tests.cameras import batch_plan

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)
ADDRESS = {"name": "Olaf", "street": "Other street 2", "postal_code": "10115", "city": "Berlin", "country": "DE"}


def own(site: Site, name: str) -> list[dict[str, Any]]:
    return list(fan(site, name).get("/v1/preorders").json["items"])


def test_a_pre_order_is_split_over_two_batches(site: Site, page: Page) -> None:
    campaign_id = presale(site, batches=[batch_plan(capacity=20), batch_plan(capacity=20)])
    place(site, "Olaf", campaign_id, 18)
    arrive(site, page, campaign_id, "Ada")
    expect(page.get_by_label("Split my order over two batches")).to_have_count(0)
    page.get_by_label("Quantity", exact=True).fill("5")
    page.get_by_label("Split my order over two batches").check()
    expect(summary(page).get_by_text("2 units in batch 1")).to_be_visible()
    expect(summary(page).get_by_text("3 units in batch 2")).to_be_visible()
    expect(summary(page).get_by_text(re.compile("^ships .*, at most €300.00$"))).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Review pre-order").click()
    expect(
        summary(page).get_by_text("Each part can be withdrawn free of charge until its batch locks.")
    ).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    expect(page.get_by_text("Placed together with another part")).to_be_visible()
    site.world.settle_down()
    assert sorted((one["batch_number"], one["units"]) for one in own(site, "Ada")) == [(1, 2), (2, 3)]
    page.get_by_role("link", name="See my pre-orders").click()
    expect(page.get_by_text("Placed together with the other part, in batch 1.")).to_be_visible()
    expect(page.get_by_text("Placed together with the other part, in batch 2.")).to_be_visible()
    assert_sound(page)


@at_one_size
def test_one_batch_alone_offers_no_split(site: Site, page: Page) -> None:
    arrive(site, page, presale(site, batches=[batch_plan(capacity=20)]))
    page.get_by_role("button", name="One more").click()
    expect(summary(page).get_by_text("€200.00").first).to_be_visible()
    expect(page.get_by_label("Split my order over two batches")).to_have_count(0)


def test_a_limit_per_household_asks_for_the_address(site: Site, page: Page) -> None:
    campaign_id = presale(site, limit_per_household=2)
    place(site, "Olaf", campaign_id, 1, address=ADDRESS)
    arrive(site, page, campaign_id, "Ada")
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Review pre-order").click()
    expect(summary(page).get_by_text("At most 2 units per household.")).to_be_visible()
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Fill in name, street, postal code, city and country first.")).to_be_visible()
    typed = {"Name": "Ada", "Street and number": "Other street 2", "Postal code": "10115", "City": "Berlin"}
    for field, text in typed.items():
        page.get_by_label(field, exact=True).fill(text)
    page.get_by_label("Country").select_option(label="Germany")
    assert_sound(page)
    page.get_by_role("button", name="Place pre-order").click()
    expect(summary(page).get_by_text("Your household would have more units")).to_be_visible()

    page.get_by_role("button", name="Review pre-order").click()
    expect(page.get_by_label("City")).to_have_value("Berlin")
    page.get_by_label("Street and number").fill("Main street 1")
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    assert own(site, "Ada")[0]["address"]["street"] == "Main street 1"


@at_one_size
def test_an_open_wave_narrows_the_quantity(site: Site, page: Page) -> None:
    waves = [wave(0, 2, 8, title="Early birds", limit_per_fan=2)]
    arrive(site, page, presale(site, waves=waves, batches=[batch_plan(capacity=20)]))
    expect(page.get_by_text("At most 2 units per fan in the wave that is open.")).to_be_visible()
    page.get_by_label("Quantity", exact=True).fill("9")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Quantity", exact=True)).to_have_value("2")
    expect(summary(page).get_by_text("€200.00").first).to_be_visible()
