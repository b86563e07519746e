"""Every way to vote, by clicking and by keyboard, and what is told before and after."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import polls
from tests.browser.conftest import Site
from tests.browser.test_page import assert_accessible, assert_fits, sign_in

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)


def group(page: Page, title: str) -> Locator:
    return page.get_by_role("group", name=title)


def cast(page: Page) -> None:
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()


def arrive(site: Site, page: Page, name: str | None = "Ada") -> str:
    campaign_id = site.voting(features=polls.every_method())
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    if name:
        sign_in(page, name)
    expect(group(page, "Colour")).to_be_visible()
    return campaign_id


def test_a_fan_votes_in_every_way_and_gets_a_receipt(site: Site, page: Page) -> None:
    arrive(site, page)
    lens = group(page, "Lens")
    expect(lens.get_by_text("2 of 2 left")).to_be_visible()
    lens.get_by_role("checkbox", name="Wide").check()
    lens.get_by_role("checkbox", name="Macro").check()
    expect(lens.get_by_text("0 of 2 left")).to_be_visible()
    expect(lens.get_by_role("checkbox", name="Tele")).to_be_disabled()

    group(page, "Grip").get_by_role("radiogroup", name="Cork").get_by_role("radio", name="4 points").check(force=True)
    strap = group(page, "Strap")
    for option in ("Sling", "Wrist", "None"):
        strap.get_by_role("button", name=re.compile(f"^{option}")).click()
    strap.get_by_role("button", name="Move Wrist up").click()
    strap.get_by_role("button", name="None: same place as the one above").click()

    bonus = group(page, "Bonus")
    expect(bonus.get_by_text("Screen 1 of 4")).to_be_visible()
    best, worst = (bonus.get_by_role("rowheader").nth(row).inner_text() for row in (1, 3))
    bonus.get_by_role("radio", name=f"Best: {best}").check()
    bonus.get_by_role("radio", name=f"Worst: {worst}").check()
    bonus.get_by_role("button", name="Next").click()
    expect(bonus.get_by_text("Screen 2 of 4")).to_be_focused()
    for _ in range(3):
        bonus.get_by_role("button", name="Skip").click()
    expect(bonus.get_by_text("You answered 1 of 4 screens.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    cast(page)
    [ballot] = site.world.items("ballot")
    [answered] = ballot["votes"].pop("bonus")
    assert (answered["best"], answered["worst"]) == (best.lower(), worst.lower())
    assert len(answered["shown"]) == 4
    assert ballot["votes"] == {
        "lens": ["wide", "macro"],
        "grip": {"cork": 4},
        "strap": [["wrist"], ["sling", "none"]],
    }
    site.world.settle_down()
    expect(page.get_by_text("1 ballot so far")).to_be_visible()
    expect(group(page, "Grip").get_by_text("4.0 of 5 points")).to_be_visible()
    expect(group(page, "Strap").get_by_text("1 first choice, 100%")).to_be_visible()
    expect(bonus.get_by_text("+1.00 ± 0.00")).to_be_visible()
    expect(page.get_by_role("heading", name="Your receipt")).to_be_visible()
    strap.get_by_text("Each against each").click()
    expect(strap.get_by_role("row", name=re.compile("^Wrist")).get_by_text("(wins)")).to_have_count(3)
    assert_accessible(page)
    assert_fits(page)


@at_one_size
def test_a_fan_ranks_with_the_keyboard_alone_and_never_loses_the_focus(site: Site, page: Page) -> None:
    arrive(site, page)
    strap = group(page, "Strap")
    strap.get_by_role("button", name=re.compile("^Wrist")).focus()
    page.keyboard.press("Enter")
    expect(strap.get_by_role("button", name=re.compile("^Neck"))).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(strap.get_by_role("button", name="Move None up")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(strap.get_by_role("status")).to_have_text("None is in place 2.")
    expect(strap.get_by_role("button", name="Move None up")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(strap.get_by_role("button", name="None: same place as the one above")).to_be_focused()
    cast(page)
    [ballot] = site.world.items("ballot")
    assert ballot["votes"]["strap"] == [["wrist", "none"], ["neck"], ["sling"]]


@at_one_size
def test_what_is_chosen_before_signing_in_is_kept_and_the_screens_follow(site: Site, page: Page) -> None:
    arrive(site, page, name=None)
    group(page, "Strap").get_by_role("button", name=re.compile("^Neck")).click()
    bonus = group(page, "Bonus")
    expect(bonus.get_by_text("Sign in to see yours")).to_be_visible()
    page.reload()
    expect(group(page, "Strap").get_by_role("button", name="Take Neck out of the ranking")).to_be_visible()
    bonus.get_by_role("button", name="Sign in").click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Sign in and continue").click()
    expect(bonus.get_by_text("Screen 1 of 4")).to_be_visible()
    cast(page)
    [ballot] = site.world.items("ballot")
    assert ballot["votes"] == {"strap": [["neck"]]}


@at_one_size
def test_a_vote_can_be_taken_back(site: Site, page: Page) -> None:
    arrive(site, page)
    colour = group(page, "Colour")
    colour.get_by_role("radio", name="Red").check()
    group(page, "Lens").get_by_role("checkbox", name="Wide").check()
    colour.get_by_role("button", name="Take back my vote here").click()
    expect(colour.get_by_role("radio", name="Red")).not_to_be_checked()
    expect(colour.get_by_role("radio", name="Red")).to_be_focused()
    cast(page)
    [ballot] = site.world.items("ballot")
    assert ballot["votes"] == {"lens": ["wide"]}


@at_one_size
def test_the_count_is_kept_back_until_one_has_voted(site: Site, page: Page) -> None:
    campaign_id = site.voting(features=polls.every_method(), tally_shown="after_voting")
    polls.vote(site.world, campaign_id, "Grace", {"colour": ["red"]})
    site.world.settle_down()
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    expect(page.get_by_text("You see how others vote once you have voted.")).to_be_visible()
    expect(group(page, "Colour").get_by_text("1 vote, 100%")).to_have_count(0)
    sign_in(page)
    group(page, "Colour").get_by_role("radio", name="Blue").check()
    cast(page)
    site.world.settle_down()
    expect(group(page, "Colour").get_by_text("1 vote, 50%")).to_have_count(2)
    expect(page.get_by_text("You see how others vote once you have voted.")).to_have_count(0)


@at_one_size
def test_who_may_vote_is_told_before_and_a_refusal_says_why(site: Site, page: Page) -> None:
    campaign_id = site.voting(features=polls.every_method(), eligibility={"account_days": 900})
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    expect(page.get_by_text("Accounts that were at least 900 days old when voting opened.")).to_be_visible()
    expect(page.get_by_text("sha256(campaign_id:ballots:feature_id:option_id)")).to_be_visible()
    sign_in(page)
    group(page, "Colour").get_by_role("radio", name="Blue").check()
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("This vote is for certain accounts only")).to_be_visible()
    assert site.world.items("ballot") == []
