"""What a pre-sale asks and tells beyond the simple order: waves, waiting, what is agreed, slips and changes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.local import tokens
from tests.browser import polls
from tests.browser.conftest import Site
from tests.browser.test_page import assert_accessible, assert_fits, sign_in
from tests.cameras import batch_plan
from tests.hands import START
from tests.people import Person, claims_of

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)

CODE = "early-bird-7"


def presale(site: Site, **changes: Any) -> str:
    campaign_id = site.voting(**changes)
    polls.vote(site.world, campaign_id, "Vera", {"colour": ["red"], "lens": ["wide", "tele"]})
    site.world.clock.forward(seconds=1)
    site.organise(campaign_id, "settle")
    site.organise(campaign_id, "open-presale")
    return campaign_id


def fan(site: Site, name: str) -> Person:
    """The same person as whoever signs in on the page under this name."""
    return site.world.person(claims_of(name) | {"aud": tokens.AUDIENCE, "sub": tokens.claims(name, "fan")["sub"]})


def place(site: Site, name: str, campaign_id: str, quantity: int, **body: Any) -> str:
    wanted = {"lines": [{"variant": {"lens": "wide"}, "quantity": quantity}], **body}
    reply = fan(site, name).post(f"/v1/campaigns/{campaign_id}/preorders", wanted, Idempotency_Key=f"{name}-1")
    assert reply.status == 201, reply.text
    site.world.settle_down()
    return str(reply.json["preorder_id"])


def wave(opens: float, closes: float, units: int, **more: Any) -> dict[str, Any]:
    at = [(START + timedelta(hours=hours)).isoformat() for hours in (opens, closes)]
    return {"opens_at": at[0], "closes_at": at[1], "units": units, **more}


def to_hour(site: Site, page: Page, hours: float) -> None:
    """The world and the browser move on together; the schedules have fired."""
    site.world.clock.moment = START + timedelta(hours=hours, minutes=1)
    site.world.tick()
    page.clock.set_fixed_time(site.world.clock.moment)


def arrive(site: Site, page: Page, campaign_id: str, name: str | None = None) -> None:
    page.clock.set_fixed_time(site.world.clock.moment)
    page.goto(f"{site.url}/campaigns/{campaign_id}")
    if name:
        sign_in(page, name)


def assert_sound(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def disclose(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).click()


def summary(page: Page) -> Locator:
    return page.get_by_role("region", name="Your pre-order")


def test_a_wave_asks_for_its_code_and_tells_when_the_next_one_opens(site: Site, page: Page) -> None:
    waves = [
        wave(0, 2, 8, title="Early birds", access_code=CODE),
        wave(6, 8, 6, title="Neighbours", regions=["DE", "PL"], limit_per_fan=2),
    ]
    campaign_id = presale(site, waves=waves, batches=[batch_plan(capacity=20)])
    arrive(site, page, campaign_id)
    shown = page.get_by_role("region", name="Waves")
    expect(shown.get_by_text("With an access code")).to_be_visible()
    expect(shown.get_by_text("8 units left of 8")).to_be_visible()
    expect(shown.get_by_text(re.compile(r"^Opens today at .*\(in 6 hours\)"))).to_be_visible()
    expect(shown.get_by_text("For people in: Germany and Poland · At most 2 units per fan")).to_be_visible()
    expect(summary(page).get_by_text("Enter the access code of the wave that is open")).to_be_visible()
    assert_sound(page)

    page.get_by_label("Access code").fill("EARLY")
    page.keyboard.press("Enter")
    expect(summary(page).get_by_text("This is not the access code")).to_be_visible()
    page.get_by_label("Access code").fill(CODE)
    page.keyboard.press("Enter")
    expect(summary(page).get_by_text("€100.00").first).to_be_visible()
    sign_in(page)
    page.get_by_role("button", name="Review pre-order").click()
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    expect(shown.get_by_text("7 units left of 8")).to_be_visible()


@at_one_size
def test_between_waves_and_in_another_country(site: Site, page: Page) -> None:
    waves = [wave(0, 1, 8, title="Early birds"), wave(6, 8, 6, title="Neighbours", regions=["DE"])]
    campaign_id = presale(site, waves=waves, batches=[batch_plan(capacity=20)])
    to_hour(site, page, 2)
    arrive(site, page, campaign_id)
    expect(
        summary(page).get_by_text(
            re.compile("No wave is open to you .*The next wave for you, “Neighbours”, opens today")
        )
    ).to_be_visible()
    to_hour(site, page, 6)
    page.reload()
    expect(summary(page).get_by_text("Choose your country to see")).to_be_visible()
    page.get_by_label("Your country").select_option(label="Japan")
    expect(
        summary(page).get_by_text(re.compile("not for your country. What the waves leave is for everybody"))
    ).to_be_visible()
    assert_sound(page)
    page.get_by_label("Your country").select_option(label="Germany")
    expect(summary(page).get_by_text("€100.00").first).to_be_visible()


def test_a_fan_waits_in_line_and_takes_the_place_that_is_offered(site: Site, page: Page) -> None:
    campaign_id = presale(site, batches=[batch_plan(capacity=20)])
    place(site, "Olaf", campaign_id, 16)
    bobs = place(site, "Bob", campaign_id, 3)
    arrive(site, page, campaign_id)
    sign_in(page)
    expect(summary(page)).to_be_visible()
    page.get_by_role("button", name="One more").click()
    expect(summary(page).get_by_text("There is no room for so many units at the moment.")).to_be_visible()
    page.get_by_role("radio", name="Up to 2 units").check()
    assert_sound(page)
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_text("You are next: your place on the list is 1.")).to_be_visible()
    assert_accessible(page)

    assert fan(site, "Bob").delete(f"/v1/preorders/{bobs}").status == 200
    site.world.settle_down()
    expect(
        page.get_by_text(re.compile("It is your turn. 2 units are kept for you until tomorrow at .*in 24 hours"))
    ).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Pre-order for at most €200.00").click()
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["secured_units"] == 18


@at_one_size
def test_a_fan_leaves_the_waiting_list(site: Site, page: Page) -> None:
    campaign_id = presale(site, batches=[batch_plan(capacity=20)])
    place(site, "Olaf", campaign_id, 19)
    arrive(site, page, campaign_id, "Ada")
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Join the waiting list").click()
    page.get_by_role("button", name="Leave the list").click()
    expect(page.get_by_text("You are no longer on the list")).to_be_visible()
    expect(page.get_by_role("button", name="Join the waiting list")).to_be_visible()


@at_one_size
def test_nobody_is_asked_to_wait_for_a_sale_that_is_over(site: Site, page: Page) -> None:
    campaign_id = presale(site, batches=[batch_plan(capacity=20)])
    place(site, "Olaf", campaign_id, 20)
    arrive(site, page, campaign_id, "Ada")
    expect(summary(page).get_by_text("Everything is taken.")).to_be_visible()
    expect(page.get_by_role("button", name="Join the waiting list")).to_have_count(0)


AGREED = [{"kind": "extend", "days": 7}, {"kind": "top_up", "hours": 48}]


def test_what_is_agreed_is_told_before_the_order_and_while_it_happens(site: Site, page: Page) -> None:
    campaign_id = presale(site, playbook=AGREED, batches=[batch_plan(minimum=5)])
    arrive(site, page, campaign_id, "Ada")
    disclose(page, "What happens if the minimum is missed")
    expect(page.get_by_text("The batch stays open 7 days longer.").first).to_be_visible()
    page.get_by_role("button", name="Review pre-order").click()
    expect(summary(page).get_by_text("By placing the pre-order you agree to it.")).to_be_visible()
    expect(summary(page).get_by_text("The organiser has 48 hours to take the missing units.")).to_be_visible()
    expect(summary(page).get_by_text("All pre-orders are released")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()

    to_hour(site, page, 30 * 24)
    site.world.settle_down()
    page.reload()
    expect(page.get_by_text("The minimum was missed: what happens now")).to_be_visible()
    expect(page.get_by_text(re.compile("^Done on"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Next, unless the minimum is reached by 28 December 2026"))).to_be_visible()
    assert_sound(page)


def test_what_is_left_open_is_behind_one_disclosure(site: Site, page: Page) -> None:
    minimums = [{"kind": "option", "feature_id": "lens", "option_id": "tele", "units": 4}]
    campaign_id = presale(site, run_minimums=minimums)
    arrive(site, page, campaign_id, "Ada")
    expect(
        summary(page).get_by_text(
            "9 more units after yours, and everyone in this batch pays €90.00 instead of €100.00."
        )
    ).to_be_visible()
    disclose(page, "More ways to order")
    page.get_by_label("Only if the price gets low enough").select_option(label="Only if it gets to €90.00 or less")
    expect(summary(page).get_by_text("At today's count the price is above your limit.")).to_be_visible()
    page.get_by_label("If it helps the batch, I take up to").fill("3")
    page.keyboard.press("Tab")
    page.get_by_label("If my variant is not made").check()
    expect(
        summary(page).get_by_text("€285.00", exact=True)
    ).to_be_visible()  # three at 90.00, and 5.00 for the dearer lens
    assert_sound(page)
    page.get_by_role("button", name="Review pre-order").click()
    expect(summary(page).get_by_text("Only if a unit costs €90.00 or less")).to_be_visible()
    expect(summary(page).get_by_text("“Tele” is made from 4 units on.")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Place pre-order").click()
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    [line] = fan(site, "Ada").get("/v1/preorders").json["items"][0]["lines"]
    assert (line["up_to"], line["second_choice"]["lens"], line["unit_price_at_most_minor"]) == (3, "tele", 9000)


def test_a_fan_changes_a_pre_order_until_the_lock(site: Site, page: Page) -> None:
    campaign_id = presale(site)
    place(site, "Ada", campaign_id, 3)
    page.clock.set_fixed_time(site.world.clock.moment)
    page.goto(f"{site.url}/preorders")
    sign_in(page)
    page.get_by_role("button", name=re.compile("^Change")).click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Lens").select_option(label="Tele +€5.00")
    expect(page.get_by_text("You then pay at most €210.00.")).to_be_visible()
    disclose(page, "Delivery address")
    for field, text in {"Name": "Ada", "Street and number": "Main 1", "Postal code": "00-001", "City": "Łódź"}.items():
        page.get_by_label(field, exact=True).fill(text)
    page.get_by_label("Country").select_option(label="Poland")
    assert_sound(page)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Your pre-order is changed. You pay at most €210.00.")).to_be_visible()
    expect(page.get_by_text(re.compile("^2 . Red, Tele$"))).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["held_units"] == 2


def test_a_slipped_ship_date_is_told_with_its_reason_and_a_choice(site: Site, page: Page) -> None:
    rule = {"days": 14, "choice": True, "silence": "wait", "answer_hours": 72}
    campaign_id = presale(site, on_slip=rule)
    place(site, "Ada", campaign_id, 2)
    ships = (START + timedelta(days=95)).isoformat()
    site.ship_date(campaign_id, 1, ships, "The lens maker delivers a month late.")
    arrive(site, page, campaign_id)
    disclose(page, "The ship date was moved 1 time")
    expect(page.get_by_text("The lens maker delivers a month late.")).to_be_visible()
    assert_sound(page)

    page.goto(f"{site.url}/preorders")
    sign_in(page)
    expect(
        page.get_by_text("This batch ships later than you were promised: 24 February 2027 instead of 20 January 2027.")
    ).to_be_visible()
    expect(page.get_by_text("If you say nothing, you wait.")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="I wait").click()
    expect(page.get_by_text("You can still change your mind.")).to_be_visible()
    page.get_by_role("button", name="Money back").click()
    page.get_by_role("button", name="Yes, money back").click()
    expect(page.get_by_text("You withdrew it before the batch locked.")).to_be_visible()
    site.world.settle_down()
    assert site.world.batch(campaign_id)["held_units"] == 0


@at_one_size
def test_the_pre_sale_speaks_polish_from_the_first_word_to_the_last(site: Site, page: Page) -> None:
    waves = [wave(0, 3, 8, title="Early birds"), wave(6, 8, 6, title="Neighbours", regions=["DE"])]
    campaign_id = presale(site, waves=waves, playbook=AGREED, batches=[batch_plan(capacity=20)])
    arrive(site, page, campaign_id)
    expect(page.get_by_role("region", name="Waves")).to_be_visible()
    page.get_by_role("button", name="Polski").click()
    shown = page.get_by_role("region", name="Tury sprzedaży")
    expect(shown.get_by_text(re.compile("^Trwa do: dzisiaj o .* Koniec za 3 godziny.$"))).to_be_visible()
    expect(shown.get_by_text("Zostało 8 sztuk z 8")).to_be_visible()
    disclose(page, "Co się stanie, jeśli minimum się nie zbierze")
    expect(page.get_by_text("Partia pozostaje otwarta o 7 dni dłużej.")).to_be_visible()
    disclose(page, "Więcej możliwości")
    assert_sound(page)
    page.reload()
    expect(page.get_by_role("region", name="Twoje zamówienie")).to_be_visible()
