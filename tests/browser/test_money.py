"""A fan's money, from the sentence before the order to the refund that has arrived, and what its organiser sees."""

import csv
import io
import re
from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_after_ordering import organise, own_page
from tests.browser.test_presale import arrive, assert_sound, place, presale, summary, to_hour
from tests.cameras import batch_plan

pytestmark = pytest.mark.browser
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)

DAY = 24
CLOSES, DROPS = 30 * DAY, 37 * DAY
DEPOSIT, PREPAY = {"kind": "deposit", "percent": 20}, {"kind": "prepay"}


def sale(site: Site, **changes: Any) -> str:
    """One batch of 2 units or more, which closes after 30 days; a unit costs 100.00."""
    return presale(site, **{"batches": [batch_plan(minimum=2)], **changes})


def review(page: Page, units: int = 2) -> None:
    for _ in range(units - 1):
        page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Review pre-order").click()
    expect(page.get_by_role("heading", name="Confirm your pre-order")).to_be_focused()


def place_with(page: Page, card: str) -> None:
    page.get_by_label("Test card").select_option(label=card)
    page.get_by_role("button", name="Place pre-order").click()


def pay_with(page: Page, card: str) -> None:
    page.get_by_label("Test card").select_option(label=card)
    page.get_by_role("button", name=re.compile("^Pay €")).click()
    expect_answered(page)


def expect_answered(page: Page) -> None:
    """The API has answered: the focus is on where the payment stands, and the world can move on."""
    expect(page.get_by_role("status").locator("p:focus")).to_have_count(1)


def fill_address(page: Page) -> None:
    for field, text in {"Name": "Ada", "Street and number": "Main 1", "Postal code": "00-001", "City": "Łódź"}.items():
        page.get_by_label(field, exact=True).fill(text)
    page.get_by_label("Country").select_option(label="Poland")


def tab_to(page: Page, wanted: Locator) -> None:
    """By the keyboard alone, as far as it takes; where it is shows."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement"):
            assert wanted.evaluate("it => getComputedStyle(it).outlineStyle") != "none", "the focus cannot be seen"
            return
    raise AssertionError(f"no way leads to {wanted}")


def goes_on(site: Site, page: Page, hours: float) -> None:
    to_hour(site, page, hours)
    site.world.settle_down()


def status(page: Page, words: str | re.Pattern[str]) -> Locator:
    """What is said aloud to who cannot see it: a live region's words."""
    return page.get_by_role("status").get_by_text(words)


def test_a_saved_card_is_charged_at_the_lock_and_not_before(site: Site, page: Page) -> None:
    arrive(site, page, sale(site), "Ada")
    review(page)
    said = "Nothing is taken now: your card is saved. When the batch locks, at most €200.00 is taken."
    expect(summary(page).get_by_text(said)).to_be_visible()
    expect(page.get_by_text("No money moves here")).to_be_visible()
    assert_sound(page)
    place_with(page, "Works")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    expect(status(page, "Your card is saved. Nothing has been taken.")).to_be_visible()
    assert_sound(page)

    page.get_by_role("link", name="See my pre-orders").click()
    expect(page.get_by_text("Secured", exact=True)).to_be_visible()
    expect(status(page, "Your card is saved. Nothing has been taken.")).to_be_visible()
    goes_on(site, page, CLOSES)
    page.reload()
    expect(status(page, "Paid in full: €200.00.")).to_be_visible()
    expect(page.get_by_text("Ordered", exact=True)).to_be_visible()
    assert_sound(page)


@at_one_size
def test_a_card_is_saved_by_the_keyboard_alone(site: Site, page: Page) -> None:
    arrive(site, page, sale(site))
    button, keys = page.get_by_role, page.keyboard
    tab_to(page, page.get_by_role("banner").get_by_role("button", name="Sign in"))
    keys.press("Enter")
    expect(page.get_by_label("Your name")).to_be_focused()
    keys.type("Ada")
    keys.press("Enter")
    expect(page.get_by_text("Signed in as Ada")).to_be_visible()
    tab_to(page, button("button", name="One more"))
    keys.press("Enter")
    tab_to(page, button("button", name="Review pre-order"))
    keys.press("Enter")
    expect(button("heading", name="Confirm your pre-order")).to_be_focused()
    tab_to(page, page.get_by_label("Test card"))
    keys.type("Works, after")
    tab_to(page, button("button", name="Place pre-order"))
    keys.press("Enter")
    expect(button("heading", name="Pre-order placed")).to_be_focused()
    site.world.settle_down()
    ask = button("button", name="Confirm with my bank")
    tab_to(page, ask)
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Your bank asks")).to_be_visible()
    keys.press("Enter")
    expect_answered(page)
    site.world.settle_down()
    expect(page.locator("p:focus")).to_have_text("Your card is saved. Nothing has been taken.")


@at_one_size
def test_money_speaks_polish(site: Site, page: Page) -> None:
    campaign_id = sale(site, payment_plan=DEPOSIT)
    page.add_init_script("localStorage.setItem('groundswell.language', 'pl')")
    place(site, "Ada", campaign_id, 2, payment_method="card_expires_later")
    place(site, "Bob", campaign_id, 2)
    goes_on(site, page, CLOSES)
    page.goto(f"{site.url}/preorders")
    page.get_by_role("banner").get_by_role("button", name="Zaloguj się").click()
    page.get_by_label("Twoje imię").fill("Ada")
    page.get_by_role("button", name="Zaloguj się i kontynuuj").click()
    expect(
        status(page, re.compile(r"Nie udało się pobrać 160,00\s€ z Twojej karty. Karta straciła ważność."))
    ).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Zapłać inną kartą").click()
    page.get_by_label("Karta testowa").select_option(label="Działa")
    assert_sound(page)
    page.get_by_role("button", name=re.compile(r"^Zapłać 160,00\s€$")).click()
    expect_answered(page)
    site.world.settle_down()
    expect(status(page, re.compile(r"^Zapłacono całość: 200,00\s€\.$"))).to_be_visible()


@at_one_size
@pytest.mark.parametrize(
    ("plan", "before", "secured"),
    [
        (
            DEPOSIT,
            "€40.00 is taken now as a deposit. When the batch locks, at most €160.00 more is taken.",
            "€40.00 has been taken.",
        ),
        (
            PREPAY,
            "€200.00 is taken now. When the batch locks and its price is known, what is too much comes back to you.",
            "€200.00 has been taken.",
        ),
    ],
    ids=["deposit", "prepay"],
)
def test_what_is_taken_at_once_is_said_with_its_sum_before_it_is(
    site: Site, page: Page, plan: dict[str, Any], before: str, secured: str
) -> None:
    """Others fill the batch, so that in the end a unit costs 90.00."""
    campaign_id = sale(site, payment_plan=plan)
    arrive(site, page, campaign_id, "Ada")
    review(page)
    expect(summary(page).get_by_text(before)).to_be_visible()
    expect(
        summary(page).get_by_text("If you withdraw before that, or it is not made, all that was taken")
    ).to_be_visible()
    assert_sound(page)
    place_with(page, "Works")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    expect(status(page, secured)).to_be_visible()
    place(site, "Bob", campaign_id, 8)
    goes_on(site, page, CLOSES)
    page.get_by_role("link", name="See my pre-orders").click()
    expect(status(page, "Paid in full: €180.00.")).to_be_visible()
    if plan is PREPAY:
        expect(page.get_by_text("Taken in all: €200.00")).to_be_visible()
        expect(page.get_by_text("€20.00 is on its way back to you")).to_be_visible()
        expect(page.get_by_text("The price came out lower.")).to_be_visible()
        assert_sound(page)


def test_a_declined_card_is_told_in_place_and_another_one_mends_it(site: Site, page: Page) -> None:
    campaign_id = sale(site, limit_per_household=5)
    arrive(site, page, campaign_id, "Ada")
    review(page, units=3)
    fill_address(page)
    place_with(page, "Has too little money on it")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    heading = page.get_by_role("heading", name="Your pre-order does not stand")
    expect(heading).to_be_visible()
    told = status(page, re.compile("There is too little money on the card. Nothing was taken"))
    expect(told).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Try another card").click()
    expect(page.get_by_role("heading", name="Confirm your pre-order")).to_be_focused()
    expect(summary(page).get_by_text("at most €300.00 is taken")).to_be_visible()
    expect(page.get_by_label("City", exact=True)).to_have_value("Łódź")
    place_with(page, "Works")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    expect(status(page, "Your card is saved. Nothing has been taken.")).to_be_visible()
    assert site.world.batch(campaign_id)["secured_units"] == 3


@pytest.mark.parametrize("approves", [True, False], ids=["approved", "denied"])
def test_a_bank_that_asks_is_answered(site: Site, page: Page, *, approves: bool) -> None:
    campaign_id = sale(site)
    arrive(site, page, campaign_id, "Ada")
    review(page)
    place_with(page, "Works, after the bank has asked once")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    asked = re.compile(r"Your bank wants you to confirm.*Your place is kept until today at .* \(in 1\d minutes\)")
    expect(status(page, asked)).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Confirm with my bank").click()
    bank = page.get_by_role("dialog", name="Your bank asks")
    expect(bank).to_be_visible()
    assert_sound(page)
    bank.get_by_role("button", name="Yes, approve" if approves else "No, decline").click()
    expect(bank).to_have_count(0)
    expect_answered(page)
    site.world.settle_down()
    if approves:
        expect(status(page, "Your card is saved. Nothing has been taken.")).to_be_visible()
    else:
        expect(
            status(page, re.compile("The payment was not confirmed with the bank. Nothing was taken"))
        ).to_be_visible()
        expect(page.get_by_role("button", name="Try another card")).to_be_visible()
    assert site.world.batch(campaign_id)["secured_units"] == (2 if approves else 0)


@at_one_size
def test_who_turns_back_from_the_bank_can_go_there_again(site: Site, page: Page) -> None:
    arrive(site, page, sale(site), "Ada")
    review(page)
    place_with(page, "Works, after the bank has asked once")
    expect(page.get_by_text("Pre-order placed")).to_be_visible()
    site.world.settle_down()
    ask = page.get_by_role("button", name="Confirm with my bank")
    ask.click()
    page.keyboard.press("Escape")
    expect(status(page, "It was not confirmed with the bank.")).to_be_visible()
    ask.click()
    expect(page.get_by_role("dialog", name="Your bank asks")).to_be_visible()


def test_a_card_that_fails_at_the_lock_is_mended_through_its_link(site: Site, page: Page) -> None:
    campaign_id = sale(site)
    preorder_id = place(site, "Ada", campaign_id, 2, payment_method="card_declines_later")
    place(site, "Bob", campaign_id, 2)
    goes_on(site, page, CLOSES)
    own_page(site, page, "Ada")
    owed = re.compile(
        r"€200.00 could not be taken from your card. There is too little money on the card. "
        r"Pay until 28 December 2026 at .* \(in 7 days\); after that your pre-order leaves the batch."
    )
    expect(status(page, owed)).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Pay with another card").click()
    # Where the reminder leads as well.
    expect(page).to_have_url(f"{site.url}/campaigns/{campaign_id}/preorders/{preorder_id}/payment")
    expect(page.get_by_role("heading", name="Payment: Pocket camera")).to_be_visible()
    expect(status(page, owed)).to_be_visible()
    assert_sound(page)
    pay_with(page, "Is declined")
    site.world.settle_down()
    expect(status(page, re.compile("Your bank declined the card."))).to_be_visible()
    pay_with(page, "Works")
    site.world.settle_down()
    expect(status(page, "Paid in full: €200.00.")).to_be_visible()
    expect(page.get_by_label("Test card")).to_have_count(0)
    assert_sound(page)
    assert site.world.batch(campaign_id)["state"] == "ordered"


@at_one_size
def test_who_does_not_pay_in_time_reads_that_the_deposit_comes_back(site: Site, page: Page) -> None:
    campaign_id = sale(site, payment_plan=DEPOSIT)
    place(site, "Ada", campaign_id, 2, payment_method="card_declines_later")
    place(site, "Bob", campaign_id, 2)
    for hours in (CLOSES, DROPS):
        goes_on(site, page, hours)
    own_page(site, page, "Ada")
    expect(page.get_by_text("Dropped", exact=True)).to_be_visible()
    expect(status(page, re.compile("What was taken comes back to you"))).to_be_visible()
    expect(page.get_by_text("€40.00 is on its way back to you")).to_be_visible()
    assert_sound(page)


def test_a_refund_is_seen_until_it_has_arrived(site: Site, page: Page) -> None:
    campaign_id = sale(site)
    preorder_id = place(site, "Ada", campaign_id, 2)
    goes_on(site, page, CLOSES)
    site.give_back(preorder_id, 1_500, "A scratch on the box")
    own_page(site, page, "Ada")
    expect(page.get_by_text("€15.00 is on its way back to you, since 21 December 2026.")).to_be_visible()
    expect(page.get_by_text("A scratch on the box")).to_be_visible()
    expect(status(page, "Paid in full: €200.00.")).to_be_visible()
    assert_sound(page)
    goes_on(site, page, CLOSES + 1)
    page.reload()
    expect(page.get_by_text("€15.00 has arrived back at your card.")).to_be_visible()
    assert_sound(page)


def test_the_organiser_reads_where_the_money_is_and_takes_the_ledger_along(site: Site, page: Page) -> None:
    campaign_id = sale(site)
    preorder_id = place(site, "Ada", campaign_id, 2, payment_method="card_refund_fails")
    place(site, "Bob", campaign_id, 3, payment_method="card_declines_later")
    goes_on(site, page, CLOSES)
    organise(site, page, campaign_id)
    shown = page.get_by_role("region", name="Money", exact=True)
    expect(shown.get_by_text(re.compile("^Batch 1: 2 of 5 units are paid."))).to_be_visible()
    assert_sound(page)

    goes_on(site, page, DROPS)
    site.give_back(preorder_id, 1_500, "A scratch on the box")
    goes_on(site, page, DROPS + 1)
    page.reload()
    balance = shown.get_by_role("row", name=re.compile("^At the payment provider"))
    expect(balance.get_by_text("€200.00")).to_be_visible()
    expect(
        shown.get_by_role("row", name=re.compile("^Promised back, not yet arrived")).get_by_text("€15.00")
    ).to_be_visible()
    expect(shown.get_by_text(re.compile("movements, and the accounts add up."))).to_be_visible()
    assert_sound(page)
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download the ledger (CSV)").click()
    assert arriving.value.suggested_filename == f"ledger-{campaign_id}.csv"
    assert_ledger(arriving.value.path().read_text("utf-8"))
    expect(shown.get_by_text("The ledger is in your downloads.")).to_be_visible()

    again = shown.get_by_role("button", name=f"Try it again: {preorder_id}-1")
    expect(again).to_be_visible()
    again.click()
    expect(status(page, f"Refund {preorder_id}-1 is being sent once more.")).to_be_visible()


def test_the_organiser_gives_a_part_back_and_is_told_what_cannot_be(site: Site, page: Page) -> None:
    campaign_id = sale(site)
    preorder_id = place(site, "Ada", campaign_id, 2)
    goes_on(site, page, CLOSES)
    organise(site, page, campaign_id)
    form = page.get_by_role("form", name="Give money back")
    form.get_by_role("button", name="Give back").click()
    expect(status(page, "Write the number of the pre-order.")).to_be_visible()
    fill(form, f"{preorder_id}-1", "fifteen", "A scratch on the box")
    form.get_by_role("button", name="Give back").click()
    expect(status(page, "Write an amount in EUR, like 15.00.")).to_be_visible()
    assert_sound(page)
    fill(form, preorder_id, "15,5", "A scratch on the box")
    form.get_by_role("button", name="Give €15.50 back").click()
    expect(status(page, "€15.50 is promised to the fan, and being sent.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile(f"^{re.escape(preorder_id)}-1 €15.50"))).to_be_visible()
    expect(form.get_by_label("Why")).to_have_value("")
    fill(form, preorder_id, "200", "All of it")
    form.get_by_role("button", name="Give €200.00 back").click()
    expect(status(page, "That is more than is left of what was paid.")).to_be_visible()
    assert_sound(page)


def fill(form: Locator, of: str, amount: str, reason: str) -> None:
    form.get_by_label("Pre-order").fill(of)
    form.get_by_label("Amount in EUR").fill(amount)
    form.get_by_label("Why").fill(reason)


def assert_ledger(text: str) -> None:
    """Each movement sums to zero, and what was paid is there."""
    sums: dict[str, int] = defaultdict(int)
    accounts: dict[str, int] = defaultdict(int)
    for row in csv.DictReader(io.StringIO(text)):
        sums[row["transaction_id"]] += int(row["amount_minor"])
        accounts[row["account"]] += int(row["amount_minor"])
    assert len(sums) == 3, "charged, ordered, and given back"
    assert set(sums.values()) == {0}
    assert accounts == {
        "provider": 20_000,
        "fans": 0,
        "manufacturer": -20_000,
        "organiser": 1_500,
        "refunds_due": -1_500,
    }
