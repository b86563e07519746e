"""Each check agrees with a sound story, and tells every disagreement that is planted in it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.invariants import checks, draws
from tests.invariants.history import history_is_lawful
from tests.invariants.items import of

Item = dict[str, Any]
Items = list[Item]


def find(items: Items, kind: str, **values: Any) -> Item:
    return next(item for item in of(items, kind) if values.items() <= item.items())


def setting(kind: str, where: Item, **put: Any) -> Callable[[Items], None]:
    return lambda items: find(items, kind, **where).update(put)


def adding(kind: str, where: Item, **add: int) -> Callable[[Items], None]:
    def spoil(items: Items) -> None:
        item = find(items, kind, **where)
        item.update({name: item[name] + more for name, more in add.items()})

    return spoil


def losing(kind: str, **where: Any) -> Callable[[Items], None]:
    return lambda items: items.remove(find(items, kind, **where))


def doubling(kind: str, where: Item, **changes: Any) -> Callable[[Items], None]:
    return lambda items: items.append({**find(items, kind, **where), **changes})


def in_line(items: Items, **put: Any) -> None:
    find(items, "order_lines")["lines"][0].update(put)


def twice_received(items: Items) -> None:
    order = find(items, "order")
    order["answers"] = order["answers"] * 2


def claim_of(items: Items, fan: str) -> tuple[Item, str]:
    """The page on which a fan's claim begins, and the claim's name."""
    pages = ((page, ref) for page in of(items, "page") for ref in page)
    return next((page, ref) for page, ref in pages if str(page[ref]).endswith(f";sub-{fan}"))


def losing_other_part(fan: str) -> Callable[[Items], None]:
    return lambda items: find(items, "preorder", fan_id=f"sub-{fan}").pop("other_part")


def striking(fan: str) -> Callable[[Items], None]:
    def spoil(items: Items) -> None:
        page, ref = claim_of(items, fan)
        del page[ref]

    return spoil


def rewriting(fan: str, old: str, new: str) -> Callable[[Items], None]:
    def spoil(items: Items) -> None:
        page, ref = claim_of(items, fan)
        assert old in page[ref]
        page[ref] = page[ref].replace(old, new, 1)

    return spoil


def beside(fan: str, name: str, old: str = "", new: str = "") -> Callable[[Items], None]:
    """The fan's claim a second time, on a page of its own, under this name if any."""

    def spoil(items: Items) -> None:
        page, ref = claim_of(items, fan)
        other = {"pk": f"{page['pk']}9", "sk": "P", "kind": "page", "n": 0}
        items.append({**other, name or ref: page[ref].replace(old, new, 1)})

    return spoil


def unsealed(items: Items) -> Item:
    return next(page for page in of(items, "page") if "z" not in page)


def offering(*fans: str, units: int = 7) -> Callable[[Items], None]:
    """The page on which ada's claim is, as if it were kept for each of these fans."""

    def spoil(items: Items) -> None:
        page, _ = claim_of(items, "ada")
        campaign_id, number, book, place = (page["pk"].split("#")[at] for at in (1, 3, 5, 7))
        [batch] = [b for b in of(items, "batch") if (b["campaign_id"], b["number"]) == (campaign_id, int(number))]
        batch["books"][int(book) - 1]["sizes"] = [7] * (int(place) + 1)
        spot = {"batch_number": int(number), "book": int(book), "page": int(place), "units": units}
        for fan in fans:
            whose = {"campaign_id": campaign_id, "fan_id": f"sub-{fan}", "entry_id": fan}
            items.append({"kind": "waiting_entry", "state": "offered", "offer": spot, **whose})

    return spoil


def reissued(items: Items) -> None:
    batch = of(items, "batch")[0]
    batch["books"].append({"units": 99})
    batch["reissued_units"] = batch.get("reissued_units", 0) + 99


PAID, RELEASED = {"state": "paid"}, {"state": "released"}
EARLY = {"reference": "c", "series": "first", "minor": 5}


def entry_more(items: Items) -> None:
    find(items, "ledger")["entries"][0]["amount_minor"] += 1


def charging(**put: Any) -> Callable[[Items], None]:
    """The charge of an ordered pre-order as if it had been another."""
    return lambda items: find(items, "payment", **PAID)["charges"][0].update(put)


def charged_again(items: Items) -> None:
    payment = find(items, "payment", **PAID)
    payment["charges"] = [*payment["charges"], {**payment["charges"][0], "reference": "another"}]


def settled(*changes: Item, **left_open: Any) -> Callable[[Items], None]:
    """An ordered pre-order as if it had left this open, and its first line had become this."""

    def spoil(items: Items) -> None:
        preorder = find(items, "preorder", **ORDERED)
        line = preorder["lines"][0]
        made = [{**line, "unit_price_minor": 1, **change} for change in changes]
        preorder.update(lines=[{**line, **left_open}], settled_lines=made)

    return spoil


def folding(items: Items) -> None:
    """What would be told of the other lens, if it were not for the playbook, which folds another feature."""
    settled({"variant": {"colour": "red", "lens": "macro"}})(items)
    fold = {"kind": "fold", "feature_id": "colour", "from_option": "red", "into_option": "blue"}
    for campaign in of(items, "campaign"):
        campaign["playbook"] = [fold]


ORDERED, SHORT = {"state": "ordered"}, {"state": "short"}
HAL = {"fan_id": "sub-hal"}
PLANTED: list[tuple[Callable[[Items], None], Callable[[Items], None], str]] = [
    (checks.room_is_never_oversold, adding("page", {}, n=30), "units in a room of"),
    (checks.room_is_never_oversold, adding("batch", ORDERED, held_units=9), "tells 21 units in a room of 12"),
    (checks.room_is_never_oversold, adding("page", {}, s=99), "a page's counters"),
    (checks.room_is_never_oversold, setting("page", {}, s=-1), "a page's counters"),
    (checks.room_is_never_oversold, setting("batch", ORDERED, books=[{"units": 11}]), "took more than its books have"),
    (checks.pages_are_recounts, lambda items: unsealed(items).update(n=0), "units taken"),
    (checks.pages_are_recounts, adding("page", {"z": 1}, b=1), "units given back"),
    (checks.pages_are_recounts, adding("page", {"z": 1}, s=-1), "units secured"),
    (checks.pages_are_recounts, striking("ada"), "units"),
    (checks.no_fan_has_more_than_the_limit, setting("campaign", {}, limit_per_fan=6), "the limit is 6"),
    (checks.counters_are_recounts, adding("batch", {"number": 2}, held_units=1), "held units, its claims"),
    (checks.counters_are_recounts, adding("batch", {"number": 2}, secured_units=-1), "secured units, its claims"),
    (checks.counters_are_recounts, striking("ada"), "held units, its claims"),
    (checks.preorders_and_claims_are_one_to_one, striking("ada"), "has 0 claims"),
    (checks.preorders_and_claims_are_one_to_one, beside("ada", ""), "a claim in pieces"),
    (checks.preorders_and_claims_are_one_to_one, beside("ada", "", "sub-ada", "sub-x"), "has 2 claims"),
    (checks.preorders_and_claims_are_one_to_one, beside("ada", "0123456789abcdef_000"), "belong to no pre-order"),
    (checks.preorders_and_claims_are_one_to_one, setting("preorder", ORDERED, batch_number=3), "batch"),
    (checks.preorders_and_claims_are_one_to_one, rewriting("ada", "c;", "p;"), "has a claim that is placed"),
    (checks.preorders_and_claims_are_one_to_one, rewriting("ada", "sub-ada", "sub-x"), "another fan's claim"),
    (checks.preorders_and_claims_are_one_to_one, rewriting("ada", "00*", "01*"), "other lines"),
    (checks.preorders_and_claims_are_one_to_one, rewriting("ada", "c;7", "c;6"), "units"),
    (
        checks.preorders_and_claims_are_one_to_one,
        setting("preorder", ORDERED, state="lapsed"),
        "the lapsed pre-order has a claim that is collected",
    ),
    (checks.payments_fit_their_preorders, setting("payment", {}, state="requested"), "is requested while"),
    (checks.payments_fit_their_preorders, setting("payment", {"state": "released"}, state="secured"), "is secured"),
    (checks.payments_fit_their_preorders, setting("payment", {}, amount_most_minor=1), "another amount"),
    (checks.payments_fit_their_preorders, doubling("payment", {}, preorder_id="x"), "belong to no pre-order"),
    (
        checks.payments_fit_their_preorders,
        setting("payment", {"state": "declined"}, state="released"),
        "payment_declined",
    ),
    (checks.nothing_is_stranded, setting("preorder", {}, state="wanted"), "stayed wanted"),
    (checks.nothing_is_stranded, setting("batch", {}, state="locked"), "never collected"),
    (checks.nothing_is_stranded, setting("campaign", {}, state="cancelled"), "though its campaign ended"),
    (checks.nothing_is_stranded, setting("preorder", ORDERED, state="secured"), "stayed secured"),
    (checks.nothing_is_stranded, setting("preorder", {"state": "secured"}, state="ordered"), "is ordered in a batch"),
    (checks.nothing_is_stranded, setting("preorder", {"state": "lapsed"}, state="withdrawn"), "with or without reason"),
    (checks.each_batch_has_its_one_order, losing("order"), "has 0 orders"),
    (checks.each_batch_has_its_one_order, doubling("order", {}), "has 2 orders"),
    (checks.each_batch_has_its_one_order, doubling("order", {}, batch_number=3), "has 1 orders"),
    (checks.each_batch_has_its_one_order, doubling("order", {}, batch_number=9), "orders of no batch"),
    (checks.each_batch_has_its_one_order, setting("batch", ORDERED, minimum=13), "below its minimum"),
    (checks.orders_say_what_was_secured, lambda items: in_line(items, quantity=11), "the order asks for"),
    (checks.orders_say_what_was_secured, lambda items: in_line(items, unit_price_minor=1), "costs 1 a unit"),
    (checks.orders_say_what_was_secured, adding("order", {}, total_minor=1), "its lines make"),
    (checks.orders_say_what_was_secured, adding("order", {}, units=1), "units are not those of its lines"),
    (checks.orders_say_what_was_secured, striking("ada"), "the order asks for"),
    (checks.orders_say_what_was_secured, setting("order", {}, manufacturer_id="other"), "another manufacturer"),
    (checks.ledger_sums_to_zero, entry_more, "M1"),
    (checks.ledger_tells_what_payments_tell, losing("ledger", movement="charged"), "M6"),
    (checks.ledger_tells_what_payments_tell, charging(minor=1), "M6"),
    (checks.no_more_is_taken_than_was_accepted, charging(minor=10**9), "M2"),
    (checks.nothing_is_charged_twice, charged_again, "M3"),
    (checks.balances_are_taken_after_the_lock, setting("payment", PAID, first_minor=0, charges=[EARLY]), "M4"),
    (checks.every_charge_is_made_or_given_back, charging(minor=1), "M5"),
    (checks.every_charge_is_made_or_given_back, setting("payment", RELEASED, charges=[EARLY]), "M5"),
    (checks.slips_are_paid_back, setting("preorder", ORDERED, refund_wanted=True), "L4"),
    (checks.money_is_where_it_belongs, losing("ledger", movement="ordered"), "M9"),
    (checks.what_is_ordered_is_what_was_paid, adding("preorder", ORDERED, final_total_minor=1), "B4"),
    (checks.nothing_is_made_that_no_fan_left_open, settled({}, {}), "a line went missing"),
    (checks.nothing_is_made_that_no_fan_left_open, settled({"quantity": 8}), "8 of 7 to 7"),
    (checks.nothing_is_made_that_no_fan_left_open, settled({"quantity": 10}, up_to=9), "10 of 7 to 9"),
    (checks.nothing_is_made_that_no_fan_left_open, settled({"quantity": 6}, up_to=9), "6 of 7 to 9"),
    (
        checks.nothing_is_made_that_no_fan_left_open,
        settled({"variant": {"colour": "blue", "lens": "wide"}}, second_choice={"colour": "red", "lens": "tele"}),
        "was never chosen",
    ),
    (checks.nothing_is_made_that_no_fan_left_open, folding, "was never chosen"),
    (checks.one_price_for_all_in_a_batch, adding("preorder", ORDERED, final_total_minor=1), "for what costs"),
    (checks.one_price_for_all_in_a_batch, setting("preorder", ORDERED, total_most_minor=1), "more than was shown"),
    (checks.answers_of_the_manufacturer_follow_each_other, setting("order", {}, state="issued"), "last answer says"),
    (checks.answers_of_the_manufacturer_follow_each_other, twice_received, "taken after received"),
    (
        checks.list_and_entries_agree,
        lambda items: items.append({"kind": "waiting", "campaign_id": "c", "fan_id": "f", "sk": "e"}),
        "the list differs",
    ),
    (checks.offers_are_each_for_one_fan, offering("zoe"), "others are on the page"),
    (checks.offers_are_each_for_one_fan, offering("ada", "zoe"), "two fans have the offer"),
    (checks.offers_are_each_for_one_fan, offering("ada", units=6), "is not what was offered"),
    (checks.given_back_is_reissued_once, adding("batch", {}, capacity=1), "has books of"),
    (checks.given_back_is_reissued_once, reissued, "reissued what was not given back"),
    (checks.rolled_units_have_moved, adding("batch", {"rolled_units": 3}, rolled_units=1), "tells 4 rolled units, 3"),
    (checks.rolled_units_have_moved, setting("preorder", HAL, batch_number=1), "has rolled back"),
    (checks.preorders_and_claims_are_one_to_one, setting("preorder", HAL, rolls=[]), "has 2 claims"),
    (checks.preorders_and_claims_are_one_to_one, rewriting("hal", "b;", "s;"), "in a batch that it has left"),
    (checks.parts_have_room_together, striking("jon"), "one part has room, the other is"),
    (checks.parts_have_room_together, losing_other_part("jon"), "do not name each other"),
    (checks.tallies_are_recounts, losing("ballot"), "the tally says"),
    (checks.tallies_are_recounts, adding("tally", {}, ballots=1), "ballots of"),
    (checks.tallies_are_recounts, losing("tally"), "the tally says"),
    (checks.tallies_are_recounts, doubling("ballot", {}), "two ballots"),
    (checks.results_are_recounts, losing("ballot"), "the result counts"),
    (checks.results_are_recounts, setting("ballot", {}, votes={"colour": ["blue"]}), "the result gives"),
    (checks.results_are_recounts, setting("campaign", {}, selectable={"colour": ["blue"]}), "something else"),
    (checks.results_are_recounts, losing("result"), "without a result"),
]


def test_a_sound_story_agrees_with_itself(items: Items) -> None:
    checks.agree(items)


@pytest.mark.parametrize(("check", "spoil", "sentence"), PLANTED)
def test_a_planted_disagreement_is_told(
    items: Items, check: Callable[[Items], None], spoil: Callable[[Items], None], sentence: str
) -> None:
    spoil(items)
    with pytest.raises(AssertionError, match=sentence):
        check(items)


def test_every_check_has_been_seen_to_fail() -> None:
    assert {check for check, _, _ in PLANTED} == set(checks.AT_REST) - set(draws.ALL)


UNLAWFUL: list[tuple[Item, Item, str]] = [
    (
        {"kind": "batch", "state": "ordered"},
        {"kind": "batch", "state": "locked"},
        "a batch went from ordered to locked",
    ),
    ({"kind": "batch", "state": "open"}, {"kind": "batch", "state": "locked"}, "a batch went from open to locked"),
    ({"kind": "payment", "state": "released"}, {"kind": "payment", "state": "secured"}, "a payment went from released"),
    ({"kind": "batch", "confirmed_at": "1"}, {"kind": "batch", "confirmed_at": "2"}, "confirmed_at of a batch"),
    ({"kind": "batch", "confirmed_at": "1"}, {"kind": "batch"}, "confirmed_at of a batch"),
    ({"kind": "page", "n": 3}, {"kind": "page", "n": 2}, "n of a page shrank"),
    ({"kind": "page", "n": 3, "b": 1}, {"kind": "page", "n": 3}, "b of a page shrank"),
    ({"kind": "page", "n": 3, "v": 2}, {"kind": "page", "n": 3, "v": 1}, "v of a page shrank"),
    ({"kind": "page", "n": 3, "z": 1}, {"kind": "page", "n": 3}, "z of a page shrank"),
    ({"kind": "page", "n": 3, "z": 1}, {"kind": "page", "n": 4, "z": 1}, "a sealed page took a claim"),
    ({"kind": "result", "seed": "1"}, {"kind": "result", "seed": "2"}, "a result was written twice"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), UNLAWFUL)
def test_an_unlawful_change_is_told(old: Item, new: Item, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        history_is_lawful([(old, new)])


def test_lawful_changes_pass() -> None:
    history_is_lawful([({}, {"kind": "batch", "state": "open"}), ({"kind": "tally"}, {})])
