"""What was decided and how, the proof of it, and the organiser's view."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import polls
from tests.browser.conftest import ORGANISER, Site
from tests.browser.test_page import assert_accessible, assert_fits, sign_in

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)

# Wrist leads in first choices; None wins each pair, and the runoff once Sling has left.
RANKINGS = 4 * [["wrist", "none"]] + 3 * [["none", "wrist"]] + 2 * [["sling", "none"]]


def voted(site: Site) -> str:
    campaign_id = site.voting(features=polls.every_method())
    for number, order in enumerate(RANKINGS):
        votes = {"strap": [[option] for option in order], "colour": ["red" if number % 2 else "blue"]}
        polls.vote(site.world, campaign_id, f"Fan {number}", votes | {"grip": {"cork": 5, "leather": number % 4}})
    site.world.settle_down()
    return campaign_id


def settle(site: Site, campaign_id: str) -> None:
    site.world.clock.forward(seconds=1)
    site.organise(campaign_id, "settle")


def test_a_result_is_explained_and_a_fan_finds_the_ballot_in_the_list(site: Site, page: Page) -> None:
    campaign_id = voted(site)
    settle(site, campaign_id)
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    strap = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Strap"))
    expect(strap.get_by_text("Other methods would have chosen: Wrist (first choices).")).to_be_visible()
    strap.get_by_text("Instant runoff, round by round").click()
    expect(strap.get_by_text("Round 1 of 3. Neck has the fewest ballots (0) and leaves.")).to_be_visible()
    for _ in range(2):
        strap.get_by_role("button", name="Next round").click()
    expect(strap.get_by_text("Wrist has the fewest ballots (4) and leaves. None is left.")).to_be_visible()
    strap.get_by_text("What other methods say").click()
    strap.get_by_text("Each against each").click()
    bonus = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Bonus"))
    expect(bonus.get_by_text("Nothing was decided: fewer than 2 voters took part")).to_be_visible()
    page.get_by_text("How to check this result").click()
    expect(page.get_by_text(re.compile("^[0-9a-f]{64}$"))).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    sign_in(page, "Fan 3")
    page.get_by_role("button", name="Look for my ballot").click()
    expect(page.get_by_text("Yes. Your ballot is in the list as you cast it")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "Somebody else")
    page.get_by_role("button", name="Look for my ballot").click()
    expect(page.get_by_text("You have not voted in this campaign")).to_be_visible()


@at_one_size
def test_a_ballot_that_was_changed_in_the_list_is_noticed(site: Site, page: Page) -> None:
    campaign_id = voted(site)
    settle(site, campaign_id)

    def falsify(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        route.fulfill(response=answer, body=answer.text().replace('"cork":5', '"cork":0'))  # type: ignore[attr-defined]

    page.route(re.compile(r"/ballots/\d+"), falsify)
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    sign_in(page, "Fan 3")
    page.get_by_role("button", name="Look for my ballot").click()
    expect(page.get_by_text("No. The list has another ballot in your place")).to_be_visible()


def test_an_organiser_sees_more_and_overrules_in_public(site: Site, page: Page) -> None:
    campaign_id = voted(site)
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    page.get_by_role("banner").get_by_role("button", name="Sign in").click()
    page.get_by_label("Your name").fill(ORGANISER)
    page.get_by_label("I organise campaigns").check()
    page.get_by_role("button", name="Sign in and continue").click()
    page.get_by_role("link", name="Organiser's view").click()
    expect(page.get_by_text("Most in one hour: 9 ballots.")).to_be_visible()
    page.get_by_label("also chose").select_option(label="Strap")
    expect(page.get_by_role("row", name=re.compile("^Red 4"))).to_be_visible()
    expect(page.get_by_text("Nothing here drops or changes a ballot")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    settle(site, campaign_id)
    page.reload()
    page.get_by_label("Feature").select_option(label="Colour")
    page.get_by_role("checkbox", name="Red").check()
    page.get_by_role("checkbox", name="Blue").check()
    page.get_by_label("Reason").fill("too short")
    page.get_by_role("button", name="Overrule and publish").click()
    expect(page.get_by_text("Write at least 10 characters.")).to_be_visible()
    page.get_by_label("Reason").fill("Both shells come out of the same mould.")
    page.get_by_role("button", name="Overrule and publish").click()
    expect(page.get_by_text("Published.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="To the campaign").click()
    expect(page.get_by_text("Overruled by the organiser on")).to_be_visible()
    expect(page.get_by_text("Both shells come out of the same mould.")).to_be_visible()
    assert_accessible(page)


@at_one_size
def test_the_organisers_view_is_not_for_fans(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/campaigns/{site.voting()}/organise")
    expect(page.get_by_text("Sign in as the organiser of this campaign.")).to_be_visible()
    assert_accessible(page)
    sign_in(page)
    expect(page.get_by_text("This view is for the organiser of this campaign.")).to_be_visible()
