"""Signing in at a user pool: away from the page and back, by clicking, with everything as the fan left it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Site
from tests.browser.pool import Pool
from tests.browser.test_page import assert_accessible, assert_fits

pytestmark = pytest.mark.browser
# Where nothing depends on the width of the page.
at_one_size = pytest.mark.parametrize("page", ["phone"], indirect=True)


def tick_red(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Red")).check()
    # The sentence pushes the button down; nobody clicks while it does.
    expect(page.get_by_text("You say nothing on: Lens")).to_be_visible()


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign in and continue").click()


def test_a_fan_signs_in_on_the_way_to_the_ballot_votes_and_signs_out(pooled_site: Site, pool: Pool, page: Page) -> None:
    asked: list[Request] = []
    spoken: list[str] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - Playwright marks what it is given
    page.on("console", lambda message: spoken.append(message.text))
    address = f"{pooled_site.url}/campaigns/{pooled_site.voting()}"
    page.goto(address)
    tick_red(page)
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("address keeps your ballot")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Sign in and continue").click()

    expect(page.get_by_text("Signed in as Zażółć")).to_be_attached()
    assert page.url == address, "the fan is where the ballot is, and the address says nothing of the sign-in"
    expect(page.get_by_role("radio", name=re.compile("^Red"))).to_be_checked()
    expect(page.get_by_text("Your choices are as you left them.")).to_be_visible()
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()
    [ballot] = pooled_site.world.items("ballot")
    assert ballot["votes"]["colour"] == ["red"]

    kept = page.evaluate("({...sessionStorage})")
    assert page.evaluate("({...localStorage})").keys() <= {"groundswell.language"}
    assert set(kept) <= {"groundswell.session", "groundswell.drafts"}, "no verifier, no state, no access token"
    assert "access" not in kept["groundswell.session"]
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page).to_have_url(pool.home)
    assert pool.sign_outs == 1
    assert pool.refresh_tokens == {}, "a token that was copied away cannot be renewed"
    assert "groundswell.session" not in page.evaluate("({...sessionStorage})")
    assert not any("token" in request.url.partition("?")[2] for request in asked)
    # The browser's own line for the ballot that is not there yet.
    assert [line for line in spoken if "404 (Not Found)" not in line] == []


@at_one_size
def test_the_sign_in_outlives_its_token(pooled_site: Site, pool: Pool, page: Page) -> None:
    pool.lifetime_seconds = 60  # sooner than the page would dare to send it
    page.goto(f"{pooled_site.url}/campaigns/{pooled_site.voting()}")
    sign_in(page)
    expect(page.get_by_text("Signed in as Zażółć")).to_be_attached()
    tick_red(page)
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()
    assert pool.renewals > 0


@at_one_size
def test_a_sign_in_that_has_ended_keeps_the_ticks_and_asks_again(pooled_site: Site, pool: Pool, page: Page) -> None:
    page.goto(f"{pooled_site.url}/campaigns/{pooled_site.voting()}")
    sign_in(page)
    expect(page.get_by_text("Signed in as Zażółć")).to_be_attached()
    tick_red(page)
    pool.generous = False
    page.evaluate(
        "const s = JSON.parse(sessionStorage['groundswell.session']); s.renewal.endsAt = 1;"
        "sessionStorage['groundswell.session'] = JSON.stringify(s)"
    )
    page.reload()
    expect(page.get_by_text("Your choices are as you left them.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.get_by_role("button", name="Cast ballot").click()
    page.get_by_role("button", name="Sign in and continue").click()
    expect(page.get_by_text("Signed in as Zażółć")).to_be_attached()
    page.get_by_role("button", name="Cast ballot").click()
    expect(page.get_by_text("Your ballot is cast.")).to_be_visible()


def test_a_refused_sign_in_is_told_and_can_be_tried_again(pooled_site: Site, pool: Pool, page: Page) -> None:
    address = f"{pooled_site.url}/campaigns/{pooled_site.voting()}"
    pool.error = "access_denied"
    page.goto(address)
    sign_in(page)
    expect(page.get_by_text("The sign-in was cancelled or refused")).to_be_visible()
    assert page.url == address
    assert_accessible(page)
    assert_fits(page)
    pool.error = None
    page.get_by_role("button", name="Sign in and continue").click()
    expect(page.get_by_text("Signed in as Zażółć")).to_be_attached()


@at_one_size
def test_a_code_that_somebody_else_sends_signs_nobody_in(pooled_site: Site, pool: Pool, page: Page) -> None:
    journey = {"client_id": "groundswell-local", "redirect_uri": pool.home, "response_type": "code"}
    pkce = {"code_challenge": "x", "code_challenge_method": "S256", "scope": "openid email profile", "state": "theirs"}
    link = pool.authorize({**journey, **pkce})
    assert parse_qs(urlsplit(link).query)["code"]
    page.goto(link)
    expect(page.get_by_text("This sign-in was not begun in this tab")).to_be_visible()
    expect(page).to_have_url(pool.home)
    assert len(pool.codes) == 1, "the page did not even try the code"


def test_a_name_is_not_needed(pooled_site: Site, pool: Pool, page: Page) -> None:
    pool.name = None
    page.goto(pooled_site.url)
    sign_in(page)
    expect(page.get_by_text("Signed in as ada@fans.example")).to_be_attached()
    assert_fits(page)


@at_one_size
def test_the_configuration_is_asked_for_once(pooled_site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{pooled_site.url}/campaigns/{pooled_site.voting()}")
    expect(page.get_by_role("radio", name=re.compile("^Red"))).to_be_visible()
    assert asked.count("/config.json") == 1


@at_one_size
def test_a_broken_configuration_is_told_and_tried_again(pooled_site: Site, page: Page) -> None:
    pooled_site.voting()
    page.route("**/config.json", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(pooled_site.url)
    expect(page.get_by_text("This page could not load its settings")).to_be_visible()
    assert_accessible(page)
    page.unroute("**/config.json")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name=re.compile("Pocket camera")).first).to_be_visible()


@at_one_size
def test_where_nobody_can_sign_in_everybody_can_read(pooled_site: Site, page: Page) -> None:
    config = '{"api": "", "sign_in": {"way": "carrier_pigeon"}}'
    page.route("**/config.json", lambda route: route.fulfill(body=config, content_type="application/json"))
    page.goto(f"{pooled_site.url}/campaigns/{pooled_site.voting()}")
    expect(page.get_by_role("radio", name=re.compile("^Red"))).to_be_visible()
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Signing in is not possible here")).to_be_visible()
    assert_accessible(page)
