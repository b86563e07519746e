"""What a fan can follow afterwards, and what an organiser can do meanwhile."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import polls
from tests.browser.conftest import ORGANISER, Site
from tests.browser.test_page import sign_in
from tests.browser.test_presale import AGREED, arrive, assert_sound, disclose, fan, place, presale, to_hour
from tests.cameras import batch_plan
from tests.hands import START

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)
DAY = 24


def own_page(site: Site, page: Page, name: str) -> None:
    page.clock.set_fixed_time(site.world.clock.moment)
    page.goto(f"{site.url}/preorders")
    sign_in(page, name)


def organise(site: Site, page: Page, campaign_id: str) -> None:
    page.clock.set_fixed_time(site.world.clock.moment)
    page.goto(f"{site.url}/campaigns/{campaign_id}/organise")
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    page.get_by_label("Your name").fill(ORGANISER)
    page.get_by_label("I organise campaigns").check()
    page.get_by_role("button", name="Sign in and continue").click()


def test_a_fan_follows_the_thread_from_the_vote_to_the_order_line(site: Site, page: Page) -> None:
    campaign_id = site.voting(batches=[batch_plan(minimum=2, capacity=2)])
    polls.vote(site.world, campaign_id, "Ada", {"colour": ["red"], "lens": ["wide"]})
    site.world.clock.forward(seconds=1)
    site.organise(campaign_id, "settle")
    site.organise(campaign_id, "open-presale")
    place(site, "Ada", campaign_id, 2)
    own_page(site, page, "Ada")
    disclose(page, "From your vote to the order")
    expect(page.get_by_text("You voted: Red.")).to_be_visible()
    expect(page.get_by_text("Kept by the vote: Red.")).to_be_visible()
    expect(page.get_by_text(re.compile("^2 . Red, Wide: line 1 of the manufacturing order$"))).to_be_visible()
    assert_sound(page)


@at_one_size
def test_until_when_a_pre_order_can_be_changed_and_that_the_batch_closes_soon(site: Site, page: Page) -> None:
    campaign_id = presale(site, notice_hours=48)
    place(site, "Ada", campaign_id, 2)
    own_page(site, page, "Ada")
    expect(page.get_by_text(re.compile("until its batch locks: 21 December 2026 at .* at the latest"))).to_be_visible()
    to_hour(site, page, 29 * DAY)
    site.world.settle_down()
    page.reload()
    expect(page.get_by_text(re.compile("Your batch closes soon: tomorrow at .*in 24 hours"))).to_be_visible()
    assert_sound(page)


def test_a_batch_that_misses_its_minimum_rolls_into_the_next(site: Site, page: Page) -> None:
    later = START + timedelta(days=60)
    second = batch_plan(minimum=1) | {
        "closes_at": later.isoformat(),
        "ships_at": (later + timedelta(days=30)).isoformat(),
    }
    campaign_id = presale(site, playbook=[{"kind": "roll"}], batches=[batch_plan(minimum=5), second])
    place(site, "Ada", campaign_id, 2)
    to_hour(site, page, 30 * DAY)
    site.world.settle_down()
    arrive(site, page, campaign_id)
    expect(page.get_by_text("Minimum missed: pre-orders moved to batch 2, as far as it had room")).to_be_visible()

    own_page(site, page, "Ada")
    expect(
        page.get_by_text(re.compile("Batch 1 missed its minimum, so this pre-order moved to batch 2"))
    ).to_be_visible()
    assert_sound(page)


def test_an_organiser_takes_the_missing_units_and_moves_a_ship_date(site: Site, page: Page) -> None:
    campaign_id = presale(site, playbook=AGREED[1:], batches=[batch_plan(minimum=5)])
    place(site, "Ada", campaign_id, 2)
    organise(site, page, campaign_id)
    page.get_by_role("button", name="Move the ship date").click()
    expect(page.get_by_text("Choose the new date.")).to_be_visible()
    page.get_by_label("New ship date").fill("2027-02-24")
    page.get_by_label("Reason, for everybody to read").fill("The lens maker delivers a month late.")
    assert_sound(page)
    page.get_by_role("button", name="Move the ship date").click()
    expect(page.get_by_text("Published. Everybody sees the new date and your reason.")).to_be_visible()

    to_hour(site, page, 30 * DAY)
    site.world.settle_down()
    page.reload()
    expect(page.get_by_text("3 units are missing.")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Take these units").click()
    expect(page.get_by_role("button", name="Take these units")).to_have_count(0)
    site.world.tick()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["state"] == "ordered"
    assert fan(site, "Ada").get("/v1/preorders").json["items"][0]["state"] == "ordered"
