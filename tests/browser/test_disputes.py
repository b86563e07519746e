"""A payment that a bank has taken back, as its organiser and its fan read it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_after_ordering import organise, own_page
from tests.browser.test_money import CLOSES, goes_on, sale
from tests.browser.test_presale import assert_sound, place
from tests.hands import START

pytestmark = pytest.mark.browser


def hear(site: Site) -> None:
    """Everything that the provider has told so far comes to the door, signed."""
    for event in site.world.provider.events(START - timedelta(days=1)):
        headers, body = site.world.provider.signed(event, site.world.clock.now())
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        assert site.world.anybody.call("POST", "/v1/payments/events", body, **named).status == 200
    site.world.settle_down()


def dispute(site: Site, campaign_id: str) -> tuple[str, str]:
    """Ada pays, and goes to her bank; answers her pre-order and the provider's name of the dispute."""
    preorder_id = place(site, "Ada", campaign_id, 2, payment_method="card_disputed")
    site.world.clock.moment = START + timedelta(hours=CLOSES, minutes=1)
    site.world.tick()
    site.world.clock.forward(seconds=11)
    hear(site)
    [found] = [one for one in site.world.provider.look_up(preorder_id, None) if one.kind == "dispute"]
    return preorder_id, found.reference


def test_a_dispute_is_shown_until_the_bank_has_decided(site: Site, page: Page) -> None:
    campaign_id = sale(site)
    preorder_id, reference = dispute(site, campaign_id)
    organise(site, page, campaign_id)
    shown = page.get_by_role("region", name="Disputes").get_by_role("listitem")
    expect(shown.get_by_text("€200.00 since 21 December 2026 at 12:01")).to_be_visible()
    expect(shown.get_by_text(preorder_id)).to_be_visible()
    expect(shown.get_by_text("Now the bank decides.")).to_be_visible()
    assert_sound(page)

    site.world.provider.close_dispute(reference, won=True)
    goes_on(site, page, CLOSES + 1)
    hear(site)
    page.reload()
    expect(shown.get_by_text(re.compile("^Decided for you on 21 December 2026 at 13:01"))).to_be_visible()
    assert_sound(page)


def test_a_fan_reads_that_the_bank_has_paid_back(site: Site, page: Page) -> None:
    dispute(site, sale(site))
    own_page(site, page, "Ada")
    expect(page.get_by_text("€200.00 has gone back to you through your bank.")).to_be_visible()
    assert_sound(page)
