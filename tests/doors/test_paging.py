"""Lists page by page: each item once, newest first unless the list says otherwise, and no page from a cursor that is
not the list's own."""

from collections.abc import Callable

import pytest

from chalicelib.kernel import keys
from chalicelib.plumbing.door import ROUTES, Route
from tests.doors import listing, money
from tests.doors.asking import name
from tests.doors.examples import charged
from tests.doors.problem import faults
from tests.doors.scene import Scene
from tests.people import Reply

PAGED = [route for route in ROUTES if route.paged]
MANY = 7
BEHIND = "/v1/manufacturing-orders/{order_id}/lines/{line}/preorders"
LEDGER, SHEET = "/v1/campaigns/{campaign_id}/ledger", "/v1/campaigns/{campaign_id}/ledger.csv"
REFUNDS = money.OPEN
ID = {
    "/v1/campaigns": "campaign_id",
    "/v1/preorders": "preorder_id",
    "/v1/manufacturing-orders": "order_id",
    BEHIND: "preorder_id",
    LEDGER: "transaction_id",
    SHEET: "transaction_id",
    REFUNDS: "preorder_id",
}
READER = {
    "/v1/campaigns": "nobody",
    "/v1/preorders": "fan",
    "/v1/manufacturing-orders": "manufacturer",
    BEHIND: "organiser",
    LEDGER: "organiser",
    SHEET: "organiser",
    REFUNDS: "organiser",
}
# In the order of the pages on which they lie, which is nobody's to know.
UNSORTED = (BEHIND,)


@pytest.fixture(scope="module")
def listed(scene: Scene) -> dict[str, list[str]]:
    """Seven of each, by the path of their list, newest first (money: oldest first); beside them what these lists
    must not show."""
    campaign_id = scene.campaign("preselling")
    moved = [charged(scene, campaign_id, number) for number in range(MANY)]
    orders = [scene.order(campaign_id, number) for number in range(1, MANY + 1)]
    preorders = [scene.preorder(campaign_id) for _ in range(MANY)]
    scene.secure(campaign_id)
    for preorder_id in preorders:
        money.refunding(scene, preorder_id, "failed")
    money.refunding(scene, scene.preorder(campaign_id, fan="eve"), "succeeded")
    other = scene.campaign("preselling")
    money.refunding(scene, scene.preorder(other, fan="eve"), "failed")
    campaigns = [campaign_id, other, *(scene.campaign("voting") for _ in range(MANY - 2))]
    charged(scene, scene.campaign("draft"))
    made = {"/v1/campaigns": campaigns, "/v1/preorders": preorders, "/v1/manufacturing-orders": orders}
    return {path: found[::-1] for path, found in made.items()} | {
        BEHIND: preorders,
        REFUNDS: preorders,
        LEDGER: moved,
        SHEET: moved,
    }


@pytest.fixture
def ask(scene: Scene, listed: dict[str, list[str]]) -> Callable[[Route, str], Reply]:
    """Asks for a page of the list, as the one whom it is for."""
    order_id, campaign_id = listed["/v1/manufacturing-orders"][-1], listed["/v1/campaigns"][-1]

    def page(route: Route, query: str) -> Reply:
        path = route.path.format(order_id=order_id, line=1, campaign_id=campaign_id)
        return scene.person(READER[route.path]).get(f"{path}?{query}")

    return page


@pytest.fixture
def read(ask: Callable[[Route, str], Reply]) -> Callable[[Route, str], list[str]]:
    """All pages of a list, chained by their cursors, as ids."""

    def chain(route: Route, query: str) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = ask(route, f"{query}{cursor}")
            found += [item[ID[route.path]] for item in listing.items(page)]
            if listing.next_cursor(page) is None:
                return found
            cursor = f"&cursor={listing.next_cursor(page)}"

    return chain


@pytest.mark.parametrize("route", PAGED, ids=name)
@pytest.mark.parametrize("limit", [1, 2, 3, MANY - 1, MANY, MANY + 1, 100])
def test_a_chain_of_pages_shows_each_item_once_and_in_order(
    listed: dict[str, list[str]], read: Callable[[Route, str], list[str]], route: Route, limit: int
) -> None:
    found, wanted = read(route, f"limit={limit}"), listed[route.path]
    assert (sorted(found) if route.path in UNSORTED else found) == wanted


@pytest.mark.parametrize("route", PAGED, ids=name)
def test_a_page_has_at_most_as_many_as_asked_for(
    ask: Callable[[Route, str], Reply], listed: dict[str, list[str]], route: Route
) -> None:
    found = [item[ID[route.path]] for item in listing.items(ask(route, "limit=3"))]

    assert len(found) == 3
    assert route.path in UNSORTED or found == listed[route.path][:3]


@pytest.mark.parametrize("route", PAGED, ids=name)
@pytest.mark.parametrize("limit", ["0", "101", "-1", "+1", "1.0", "1e1", "", "a", "%D9%A3", "1%00", "0x1", "9" * 500])
def test_a_limit_that_is_no_number_from_1_to_100_is_refused(
    ask: Callable[[Route, str], Reply], route: Route, limit: str
) -> None:
    reply = ask(route, f"limit={limit}")

    assert (reply.status, reply.code, faults(reply)) == (400, "limit_invalid", "")


@pytest.mark.parametrize("route", PAGED, ids=name)
@pytest.mark.parametrize("cursor", ["", "0", "null", "..", "C%23x", "META", "%00", "eyJwayI6ICJGI2V2ZSJ9", "a" * 5_000])
def test_a_cursor_that_no_list_gives_is_refused(ask: Callable[[Route, str], Reply], route: Route, cursor: str) -> None:
    reply = ask(route, f"cursor={cursor}")

    assert (reply.status, reply.code, faults(reply)) == (400, "cursor_invalid", "")


@pytest.mark.parametrize("route", PAGED, ids=name)
def test_a_cursor_in_capitals_or_with_more_behind_it_is_refused(
    ask: Callable[[Route, str], Reply], route: Route
) -> None:
    given = str(listing.next_cursor(ask(route, "limit=1")))
    for changed in (f"{given}%0A", f"{given}x", f" {given}", given.replace("0", "O"), given[:-1]):
        reply = ask(route, f"cursor={changed}")
        assert (reply.status, reply.code) == (400, "cursor_invalid"), changed


@pytest.mark.parametrize("route", PAGED, ids=name)
def test_a_cursor_of_another_kind_of_list_is_refused(
    ask: Callable[[Route, str], Reply], listed: dict[str, list[str]], route: Route
) -> None:
    other = "/v1/campaigns" if route.path == "/v1/manufacturing-orders" else "/v1/manufacturing-orders"

    reply = ask(route, f"cursor={listed[other][0]}")

    assert (reply.status, reply.code) == (400, "cursor_invalid")


def test_a_cursor_of_anothers_list_shows_only_what_is_ones_own(scene: Scene, listed: dict[str, list[str]]) -> None:
    """A1: the cursor says where to go on, never in whose list."""
    for cursor in listed["/v1/preorders"]:
        reply = scene.person("other fan").get(f"/v1/preorders?cursor={cursor}")
        assert reply.status == 200
        assert {item["preorder_id"] for item in reply.json["items"]}.isdisjoint(listed["/v1/preorders"])
    for cursor in listed["/v1/manufacturing-orders"]:
        reply = scene.person("other manufacturer").get(f"/v1/manufacturing-orders?cursor={cursor}")
        assert (reply.status, reply.json["items"]) == (200, [])


def test_an_item_that_vanishes_between_two_pages_hides_no_other(scene: Scene) -> None:
    campaigns = [scene.campaign("voting") for _ in range(4)][::-1]
    first = scene.world.anybody.get("/v1/campaigns?limit=2").json
    for gone in campaigns[1:3]:
        scene.set(keys.campaign(gone), gsi1pk=None, gsi1sk=None)

    second = scene.world.anybody.get(f"/v1/campaigns?limit=1&cursor={first['next_cursor']}").json

    assert [item["campaign_id"] for item in second["items"]] == [campaigns[3]]
